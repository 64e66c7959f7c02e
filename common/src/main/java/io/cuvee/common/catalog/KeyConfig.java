package io.cuvee.common.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.DataType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What a REALTIME table does with rows whose primary key it has already, `upsertConfig` or
/// `dedupConfig`.
///
/// @param comparison column whose greater value wins, or that tells the age of a key; absent for
///   the time column of the table
/// @param strategies of columns, for [Mode#PARTIAL]
/// @param others the strategy of all other columns
/// @param deleted column that says whether a row deletes its key
/// @param ttl how far behind the greatest comparison value a key is forgotten, in that column's
///   units; 0 for never
/// @param deletedTtl the same for keys that were deleted
public record KeyConfig(
    Mode mode,
    Optional<String> comparison,
    Map<String, MergeStrategy> strategies,
    MergeStrategy others,
    Optional<String> deleted,
    long ttl,
    long deletedTtl) {
  /// What becomes of a row whose key is there.
  public enum Mode {
    /// It replaces the one before.
    FULL,
    /// It is merged with the one before, and replaces it.
    PARTIAL,
    /// It is dropped.
    DEDUP
  }

  public KeyConfig {
    strategies = Map.copyOf(strategies);
  }

  /// Whether rows replace others; else they are dropped.
  public boolean replaces() {
    return mode != Mode.DEDUP;
  }

  /// @throws CuveeException `INVALID_TABLE`, `FEATURE_NOT_SUPPORTED`
  static Optional<KeyConfig> parse(String table, ObjectNode root) {
    JsonNode upsert = root.path("upsertConfig");
    JsonNode dedup = root.path("dedupConfig");
    boolean upserts =
        upsert.isObject() && !upsert.path("mode").asText("FULL").equalsIgnoreCase("NONE");
    boolean dedups = dedup.isObject() && dedup.path("dedupEnabled").asBoolean(true);
    if (upserts && dedups) {
      throw invalid(table, "it has an upsertConfig and a dedupConfig; keep one of them");
    }
    if (dedups) {
      return Optional.of(
          new KeyConfig(
              Mode.DEDUP,
              text(dedup, "dedupTimeColumn"),
              Map.of(),
              MergeStrategy.OVERWRITE,
              Optional.empty(),
              ttl(table, "dedupConfig", dedup, "metadataTTL"),
              0));
    }
    if (!upserts) {
      return Optional.empty();
    }
    Mode mode =
        switch (upsert.path("mode").asText("FULL").toUpperCase(Locale.ROOT)) {
          case "FULL" -> Mode.FULL;
          case "PARTIAL" -> Mode.PARTIAL;
          default ->
              throw invalid(
                  table,
                  "upsertConfig.mode is '"
                      + upsert.path("mode").asText()
                      + "'; use FULL, PARTIAL or NONE");
        };
    Map<String, MergeStrategy> strategies = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> column : upsert.path("partialUpsertStrategies").properties()) {
      strategies.put(column.getKey(), strategy(table, column.getValue().asText()));
    }
    if (mode == Mode.FULL && !strategies.isEmpty()) {
      throw invalid(table, "partialUpsertStrategies need upsertConfig.mode PARTIAL");
    }
    return Optional.of(
        new KeyConfig(
            mode,
            comparison(table, upsert),
            strategies,
            strategy(table, upsert.path("defaultPartialUpsertStrategy").asText("OVERWRITE")),
            text(upsert, "deleteRecordColumn"),
            ttl(table, "upsertConfig", upsert, "metadataTTL"),
            ttl(table, "upsertConfig", upsert, "deletedKeysTTL")));
  }

  private static Optional<String> text(JsonNode node, String key) {
    return Optional.ofNullable(node.path(key).asText(null)).filter(text -> !text.isBlank());
  }

  private static Optional<String> comparison(String table, JsonNode upsert) {
    JsonNode several = upsert.path("comparisonColumns");
    if (several.size() > 1) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "Table '" + table + "': upsertConfig.comparisonColumns names several columns; name one.");
    }
    return several.isTextual()
        ? text(upsert, "comparisonColumns")
        : several.size() == 1
            ? Optional.of(several.get(0).asText())
            : text(upsert, "comparisonColumn");
  }

  private static MergeStrategy strategy(String table, String name) {
    try {
      return MergeStrategy.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new CuveeException(
          ErrorCode.INVALID_TABLE,
          "Table '"
              + table
              + "': '"
              + name
              + "' is no partial upsert strategy. Use OVERWRITE, IGNORE, INCREMENT, APPEND, UNION, MIN or MAX.",
          e);
    }
  }

  private static long ttl(String table, String config, JsonNode node, String key) {
    JsonNode value = node.path(key);
    double number = value.asDouble(0);
    if (!value.isMissingNode()
        && (!value.isNumber() || number < 0 || number != Math.rint(number) || number > 1e18)) {
      throw invalid(
          table, config + "." + key + " is " + value + "; use a whole number, 0 for none");
    }
    return (long) number;
  }

  private static CuveeException invalid(String table, String problem) {
    return new CuveeException(ErrorCode.INVALID_TABLE, "Table '" + table + "': " + problem + ".");
  }

  /// The column whose greater value wins, or that tells the age of a key; absent if only the order
  /// of the stream does.
  public Optional<String> comparison(TableConfig config) {
    return comparison.or(config::timeColumn);
  }

  /// Whether an order of its values is kept for the type.
  private static boolean isComparable(FieldSpec field) {
    return !field.type().isArray()
        && switch (field.type().dataType()) {
          case INT, LONG, FLOAT, DOUBLE, BOOLEAN, TIMESTAMP, DATE, TIME -> true;
          case BIG_DECIMAL, STRING, JSON, UUID, BYTES -> false;
        };
  }

  /// What does not fit together.
  public List<String> problems(TableConfig config, Schema schema) {
    String key = replaces() ? "upsertConfig" : "dedupConfig";
    List<String> problems = new ArrayList<>();
    if (config.type() != TableType.REALTIME) {
      problems.add(key + " needs the tableType REALTIME; rows of uploaded segments have no order");
    }
    if (schema.primaryKey().isEmpty()) {
      problems.add(key + " needs primaryKeyColumns in the schema '" + schema.name() + "'");
    }
    for (String column : schema.primaryKey()) {
      if (schema.field(column).filter(field -> field.type().isArray()).isPresent()) {
        problems.add("the key column '" + column + "' is an array; keys are single values");
      }
    }
    Optional<String> order = comparison(config);
    order.ifPresent(column -> checkOrder(key, column, schema, problems));
    if (order.isEmpty() && (ttl > 0 || deletedTtl > 0)) {
      problems.add(key + " has a TTL, which needs a comparison or time column");
    }
    deleted.ifPresent(column -> {
      if (schema
          .field(column)
          .filter(field -> !field.type().isArray() && field.type().dataType() == DataType.BOOLEAN)
          .isEmpty()) {
        problems.add(
            "upsertConfig.deleteRecordColumn names '" + column + "', which is no BOOLEAN column");
      }
    });
    if (replaces()) {
      if (!config.starTrees().isEmpty() || config.enableDefaultStarTree()) {
        problems.add("a star-tree would count rows that were replaced; leave out its config");
      }
      if (!config.sortedColumns().isEmpty()) {
        problems.add(
            "tableIndexConfig.sortedColumn would change the order of rows, which decides between equal"
                + " comparison values; leave it out");
      }
    }
    strategies.forEach(
        (column, strategy) -> checkStrategy(column, strategy, schema, order, problems));
    if (mode == Mode.PARTIAL
        && others != MergeStrategy.OVERWRITE
        && others != MergeStrategy.IGNORE) {
      problems.add(
          "upsertConfig.defaultPartialUpsertStrategy is " + others + "; use OVERWRITE or IGNORE");
    }
    return problems;
  }

  private void checkOrder(String key, String column, Schema schema, List<String> problems) {
    Optional<FieldSpec> field = schema.field(column);
    if (field.isEmpty()) {
      problems.add(key + " compares by '" + column + "', which is not a column");
    } else if (!isComparable(field.get())) {
      problems.add(
          key
              + " compares by '"
              + column
              + "', which is "
              + field.get().type()
              + "; name a numeric or time column");
    } else if ((ttl > 0 || deletedTtl > 0)
        && field.get().type().dataType().representation() != DataType.Representation.LONG) {
      problems.add(
          key + " has a TTL, which needs '" + column + "' to be INT, LONG, TIMESTAMP or DATE");
    }
  }

  private static void checkStrategy(
      String column,
      MergeStrategy strategy,
      Schema schema,
      Optional<String> order,
      List<String> problems) {
    Optional<FieldSpec> field = schema.field(column);
    String what = "partialUpsertStrategies: '" + column + "' ";
    if (field.isEmpty()) {
      problems.add(what + "is not a column");
      return;
    }
    if (schema.primaryKey().contains(column) || order.filter(column::equals).isPresent()) {
      problems.add(what + "is a key or comparison column, which is always the newer row's");
      return;
    }
    boolean isArray = field.get().type().isArray();
    DataType type = field.get().type().dataType();
    boolean fits =
        switch (strategy) {
          case OVERWRITE, IGNORE -> true;
          case INCREMENT -> !isArray && type.isNumeric();
          case APPEND, UNION -> isArray;
          case MIN, MAX -> !isArray && (type.isNumeric() || type.isTime());
        };
    if (!fits) {
      problems.add(what + "is " + field.get().type() + ", which " + strategy + " cannot merge");
    }
  }
}
