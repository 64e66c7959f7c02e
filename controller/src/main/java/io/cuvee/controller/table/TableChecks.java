package io.cuvee.controller.table;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.PartitionFunction;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.error.Suggestions;
import io.cuvee.common.type.DataType;
import io.cuvee.ingest.transform.IngestionRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Whether a table config fits its schema.
final class TableChecks {
  private static final int MAX_REPLICATION = 1000;

  private TableChecks() {}

  /// @throws CuveeException `INVALID_TABLE` that lists all problems
  static void check(TableConfig config, Schema schema) {
    List<String> problems = new ArrayList<>();
    config
        .timeColumn()
        .ifPresent(column -> find(schema, "segmentsConfig.timeColumnName", column, problems));
    scalars(schema, "tableIndexConfig.sortedColumn", config.sortedColumns(), problems);
    columns(
        schema, "tableIndexConfig.invertedIndexColumns", config.invertedIndexColumns(), problems);
    columns(schema, "tableIndexConfig.noDictionaryColumns", config.noDictionaryColumns(), problems);
    for (String column : config.invertedIndexColumns()) {
      if (config.noDictionaryColumns().contains(column)) {
        problems.add(
            "column '"
                + column
                + "' is in invertedIndexColumns and in noDictionaryColumns, but an inverted index"
                + " needs a dictionary");
      }
    }
    for (int i = 0; i < config.starTrees().size(); i++) {
      String key = "tableIndexConfig.starTreeIndexConfigs[" + i + "]: ";
      config
          .starTrees()
          .get(i)
          .problems(schema, config.noDictionaryColumns())
          .forEach(problem -> problems.add(key + problem));
    }
    columns(schema, "compressionCodec", List.copyOf(config.compressionCodecs().keySet()), problems);
    columns(
        schema,
        "tableIndexConfig.bloomFilterColumns",
        List.copyOf(config.bloomFilters().keySet()),
        problems);
    for (String column : config.rangeIndexColumns()) {
      find(schema, "tableIndexConfig.rangeIndexColumns", column, problems)
          .filter(field -> !isOrderedNumber(field))
          .ifPresent(field ->
              problems.add(
                  "range index on column '"
                      + column
                      + "' needs a numeric or time type, but the column is "
                      + field.type()
                      + "; use an inverted index"));
    }
    for (String column : config.jsonIndexColumns()) {
      find(schema, "tableIndexConfig.jsonIndexColumns", column, problems)
          .filter(field -> field.type().isArray() || !field.type().dataType().isText())
          .ifPresent(field ->
              problems.add(
                  "JSON index on column '"
                      + column
                      + "' needs the type JSON or STRING, but the column is "
                      + field.type()));
    }
    for (String column : config.textIndexColumns()) {
      find(schema, "fieldConfigList", column, problems)
          .filter(field -> !field.type().dataType().isText())
          .ifPresent(field ->
              problems.add(
                  "text index on column '"
                      + column
                      + "' needs the type STRING or JSON, but the column is "
                      + field.type()));
    }
    config
        .partitioning()
        .forEach((column, function) ->
            find(schema, "segmentPartitionConfig", column, problems)
                .filter(field -> !isPartitionable(field, function))
                .ifPresent(field ->
                    problems.add(
                        "segmentPartitionConfig: "
                            + function.kind().text()
                            + " of column '"
                            + column
                            + "' needs the type "
                            + (function.kind() == PartitionFunction.Kind.MODULO
                                ? "INT or LONG"
                                : "INT, LONG or STRING")
                            + ", but the column is "
                            + field.type())));
    config.keys().ifPresent(keys -> problems.addAll(keys.problems(config, schema)));
    if (config.replication() > MAX_REPLICATION) {
      problems.add("replication is " + config.replication() + ", at most " + MAX_REPLICATION);
    }
    if (!problems.isEmpty()) {
      throw new CuveeException(
          ErrorCode.INVALID_TABLE,
          "Table '" + config.logicalName() + "': " + String.join("; ", problems) + ".");
    }
    var _ = IngestionRules.of(config, schema);
  }

  private static boolean isPartitionable(FieldSpec field, PartitionFunction function) {
    DataType type = field.type().dataType();
    return !field.type().isArray()
        && (type == DataType.INT
            || type == DataType.LONG
            || type == DataType.STRING && function.kind() != PartitionFunction.Kind.MODULO);
  }

  private static boolean isOrderedNumber(FieldSpec field) {
    DataType type = field.type().dataType();
    return type.isNumeric() || type == DataType.TIMESTAMP || type == DataType.DATE;
  }

  private static void columns(
      Schema schema, String key, List<String> names, List<String> problems) {
    names.forEach(name -> find(schema, key, name, problems));
  }

  private static void scalars(
      Schema schema, String key, List<String> names, List<String> problems) {
    for (String name : names) {
      if (find(schema, key, name, problems).filter(field -> field.type().isArray()).isPresent()) {
        problems.add(key + " names '" + name + "', an array; rows are sorted by scalar columns");
      }
    }
  }

  private static Optional<FieldSpec> find(
      Schema schema, String key, String name, List<String> problems) {
    Optional<FieldSpec> field = schema.field(name);
    if (field.isEmpty()) {
      List<String> known = schema.fields().stream().map(FieldSpec::name).toList();
      String hint = Suggestions.didYouMean(name, known).strip();
      problems.add(
          key
              + " names '"
              + name
              + "', which is not a column of schema '"
              + schema.name()
              + "'"
              + (hint.isEmpty() ? "" : " (" + hint + ")"));
    }
    return field;
  }
}
