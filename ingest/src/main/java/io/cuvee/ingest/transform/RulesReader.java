package io.cuvee.ingest.transform;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.IngestionConfig;
import io.cuvee.common.catalog.IngestionConfig.Aggregation;
import io.cuvee.common.catalog.IngestionConfig.Function;
import io.cuvee.common.catalog.IngestionConfig.Transform;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.catalog.TableType;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.error.Suggestions;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.SqlExpressions;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.Evaluator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Makes [IngestionRules] of a table's `ingestionConfig`.
final class RulesReader {
  private final TableConfig table;
  private final Schema schema;
  private final IngestionConfig config;
  private final SqlExpressions sql = SqlExpressions.installed();

  /// By lower-case name, in the order of the source.
  private final Map<String, FieldSpec> fields = new LinkedHashMap<>();

  private final Set<String> late = new LinkedHashSet<>();

  RulesReader(TableConfig table, Schema schema) {
    this.table = table;
    this.schema = schema;
    this.config = table.ingestion();
    schema.fields().forEach(field -> fields.put(key(field), field));
  }

  IngestionRules rules() {
    Map<String, SqlExpressions.Parsed> parsed = new LinkedHashMap<>();
    for (Transform transform : config.transforms()) {
      parsed.put(key(field(transform.column())), parse(transform.column(), transform.function()));
    }
    checkAggregations();
    Map<String, SqlExpressions.Parsed> aggregated = new LinkedHashMap<>();
    for (Aggregation aggregation : config.aggregations()) {
      aggregated.put(
          key(field(aggregation.column())), parse(aggregation.column(), perRow(aggregation)));
    }
    Optional<SqlExpressions.Parsed> condition =
        config.filter().map(text -> parse("filterFunction", text));
    condition
        .filter(filter -> !filter.expression().type().equals(ColumnType.BOOLEAN))
        .ifPresent(filter -> {
          throw invalid(
              "filterFunction has the type "
                  + filter.expression().type()
                  + "; it must be a condition");
        });
    parsed.keySet().forEach(late::add);
    aggregated.keySet().forEach(late::add);
    List<FieldSpec> from = new ArrayList<>();
    fields.forEach((key, field) -> from.add(late.contains(key) ? optional(field) : field));
    return new IngestionRules(
        schema,
        new Schema(schema.name(), from, schema.primaryKey(), List.of()),
        inOrder(parsed).stream().map(key -> step(key, parsed.get(key))).toList(),
        aggregated.keySet().stream().map(key -> step(key, aggregated.get(key))).toList(),
        condition.map(filter -> Evaluator.compile(ofSource(filter))),
        late.stream()
            .map(this::position)
            .filter(column -> column < schema.fields().size())
            .filter(column -> {
              FieldSpec field = schema.fields().get(column);
              return field.notNull() || field.defaultValue() != null;
            })
            .toList(),
        rollup(),
        config.complexTypes().map(NestedFields::new));
  }

  /// An aggregated metric of one row.
  private static String perRow(Aggregation aggregation) {
    if (aggregation.function() != Function.COUNT) {
      return aggregation.argument();
    }
    return aggregation.argument().equals("*")
        ? "1"
        : "CASE WHEN (" + aggregation.argument() + "\n) IS NULL THEN 0 ELSE 1 END";
  }

  private SqlExpressions.Parsed parse(String what, String text) {
    try {
      SqlExpressions.Parsed parsed = sql.parse(text, List.copyOf(fields.values()));
      for (FieldSpec field : parsed.fields()) {
        fields.putIfAbsent(key(field), field);
        late.add(key(field));
      }
      return parsed;
    } catch (CuveeException e) {
      throw new CuveeException(
          e.code() == ErrorCode.FEATURE_NOT_SUPPORTED ? e.code() : ErrorCode.INVALID_TABLE,
          message(what + ": '" + text + "' cannot be used: " + e.getMessage()),
          e);
    }
  }

  private FieldSpec field(String column) {
    return schema
        .field(column)
        .orElseThrow(() ->
            invalid(
                "'"
                    + column
                    + "' is not a column of schema '"
                    + schema.name()
                    + "'."
                    + Suggestions.didYouMean(
                        column, schema.fields().stream().map(FieldSpec::name).toList())));
  }

  private void checkAggregations() {
    if (config.aggregations().isEmpty()) {
      return;
    }
    if (table.type() != TableType.REALTIME) {
      throw invalid("aggregationConfigs need a REALTIME table; others have MergeRollupTask");
    }
    if (table.keys().isPresent()) {
      throw invalid("aggregationConfigs do not go with upsertConfig or dedupConfig");
    }
    Set<String> aggregated = new HashSet<>();
    for (Aggregation aggregation : config.aggregations()) {
      FieldSpec field = field(aggregation.column());
      aggregated.add(field.name());
      boolean fits =
          field.role() == FieldSpec.Role.METRIC
              && !field.type().isArray()
              && switch (field.type().dataType()) {
                case LONG -> true;
                case DOUBLE, BIG_DECIMAL -> aggregation.function() != Function.COUNT;
                case INT, FLOAT ->
                    aggregation.function() == Function.MIN
                        || aggregation.function() == Function.MAX;
                case BOOLEAN, TIMESTAMP, DATE, TIME, STRING, JSON, UUID, BYTES -> false;
              };
      if (!fits) {
        throw invalid(
            aggregation.function()
                + " cannot be kept in column '"
                + field.name()
                + "', "
                + field.role()
                + " of type "
                + field.type()
                + "; use a metric of type LONG, or for all but COUNT of type DOUBLE or"
                + " BIG_DECIMAL");
      }
    }
    for (FieldSpec field : schema.fields()) {
      if (field.role() == FieldSpec.Role.METRIC && !aggregated.contains(field.name())) {
        throw invalid(
            "metric '" + field.name() + "' has no aggregationConfigs, though others have");
      }
    }
  }

  private Optional<Rollup> rollup() {
    if (config.aggregations().isEmpty()) {
      return Optional.empty();
    }
    Map<String, String> functions = new HashMap<>();
    for (Aggregation aggregation : config.aggregations()) {
      Function function = aggregation.function();
      functions.put(
          aggregation.column() + ".aggregationType",
          function == Function.COUNT ? Function.SUM.name() : function.name());
    }
    return Optional.of(Rollup.of(schema, table.timeColumn(), functions));
  }

  /// Each after those that it reads.
  private List<String> inOrder(Map<String, SqlExpressions.Parsed> parsed) {
    Set<String> done = new LinkedHashSet<>();
    for (String column : parsed.keySet()) {
      visit(column, parsed, done, new LinkedHashSet<>());
    }
    return List.copyOf(done);
  }

  private void visit(
      String column,
      Map<String, SqlExpressions.Parsed> parsed,
      Set<String> done,
      Set<String> waiting) {
    if (done.contains(column)) {
      return;
    }
    if (!waiting.add(column)) {
      throw invalid(
          "transformConfigs of the columns " + String.join(", ", waiting) + " need each other");
    }
    for (FieldSpec read : parsed.get(column).fields()) {
      if (parsed.containsKey(key(read))) {
        visit(key(read), parsed, done, waiting);
      }
    }
    waiting.remove(column);
    done.add(column);
  }

  private ComputedField step(String key, SqlExpressions.Parsed parsed) {
    return new ComputedField(
        optional(fields.get(key)), position(key), Evaluator.compile(ofSource(parsed)));
  }

  private Expression ofSource(SqlExpressions.Parsed parsed) {
    return parsed
        .expression()
        .rewrite(part ->
            part instanceof Expression.Column column
                ? new Expression.Column(
                    position(key(parsed.fields().get(column.index()))), column.type())
                : part);
  }

  private int position(String key) {
    return List.copyOf(fields.keySet()).indexOf(key);
  }

  private static String key(FieldSpec field) {
    return field.name().toLowerCase(Locale.ROOT);
  }

  private static FieldSpec optional(FieldSpec field) {
    return new FieldSpec(
        field.name(), field.type(), field.role(), false, null, field.format(), field.granularity());
  }

  private CuveeException invalid(String problem) {
    return new CuveeException(ErrorCode.INVALID_TABLE, message(problem + "."));
  }

  private String message(String problem) {
    return "Table '" + table.logicalName() + "': ingestionConfig: " + problem;
  }
}
