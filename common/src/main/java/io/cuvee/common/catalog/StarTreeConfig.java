package io.cuvee.common.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.common.error.Suggestions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One star-tree of a table, as an element of `tableIndexConfig.starTreeIndexConfigs` states it:
/// rows that agree in the dimensions are aggregated ahead.
///
/// @param dimensions columns by which the tree splits, the first at its root
/// @param skipStarNodes dimensions for which no records are kept that leave them out
/// @param metrics what is aggregated; `COUNT(*)` always is
/// @param maxLeafRecords a node of at most so many records is not split further
public record StarTreeConfig(
    List<String> dimensions, List<String> skipStarNodes, List<Metric> metrics, int maxLeafRecords) {
  /// Pinot's default, and what 0 stands for.
  public static final int DEFAULT_MAX_LEAF_RECORDS = 10_000;

  /// Each further dimension may multiply the records.
  public static final int MOST_DIMENSIONS = 64;

  /// The functions that a tree can aggregate ahead.
  public static final List<String> FUNCTIONS =
      List.of("COUNT", "SUM", "MIN", "MAX", "AVG", "MINMAXRANGE");

  private static final String SEPARATOR = "__";
  private static final String ALL_ROWS = "*";

  public StarTreeConfig {
    dimensions = List.copyOf(dimensions);
    skipStarNodes = List.copyOf(skipStarNodes);
    metrics = List.copyOf(metrics);
  }

  /// An aggregate that is kept in each record.
  ///
  /// @param function one of [StarTreeConfig#FUNCTIONS]
  /// @param argument a column or an expression over columns, as [MetricExpression] reads it; `*`
  ///   for COUNT of all rows
  public record Metric(String function, String argument) {
    /// From Pinot's form `SUM__column`.
    ///
    /// @throws IllegalArgumentException if it has another form, or the function is unknown
    static Metric parse(String pair) {
      int at = pair.indexOf(SEPARATOR);
      if (at <= 0 || at + SEPARATOR.length() == pair.length()) {
        throw new IllegalArgumentException(
            "'" + pair + "' is not of the form FUNCTION__column, as SUM__price or COUNT__*");
      }
      return of(pair.substring(0, at), pair.substring(at + SEPARATOR.length()));
    }

    static Metric of(String function, String argument) {
      String name = function.strip().toUpperCase(Locale.ROOT);
      if (!FUNCTIONS.contains(name)) {
        throw new IllegalArgumentException(
            "a star-tree cannot aggregate '"
                + function
                + "'; it can "
                + String.join(", ", FUNCTIONS));
      }
      String text = argument.strip();
      if (text.equals(ALL_ROWS) && !name.equals("COUNT")) {
        throw new IllegalArgumentException(
            name + " of * means nothing; name a column, or use COUNT__*");
      }
      return new Metric(name, text);
    }

    public boolean isAllRows() {
      return argument.equals(ALL_ROWS);
    }

    @Override
    public String toString() {
      return function + SEPARATOR + argument;
    }
  }

  /// @param node one element of the list
  /// @param unknown receives the keys below `path` that mean nothing to us
  /// @throws IllegalArgumentException that says what is wrong
  static StarTreeConfig parse(JsonNode node, String path, List<String> unknown) {
    if (!node.isObject()) {
      throw new IllegalArgumentException("it is not a JSON object");
    }
    List<Metric> metrics = new ArrayList<>();
    List<String> dimensions = List.of();
    List<String> skipped = List.of();
    int maxLeafRecords = 0;
    for (Iterator<Map.Entry<String, JsonNode>> keys = node.properties().iterator();
        keys.hasNext(); ) {
      Map.Entry<String, JsonNode> key = keys.next();
      JsonNode value = key.getValue();
      switch (key.getKey()) {
        case "dimensionsSplitOrder" -> dimensions = texts(key.getKey(), value);
        case "skipStarNodeCreationForDimensions" -> skipped = texts(key.getKey(), value);
        case "functionColumnPairs" ->
            texts(key.getKey(), value).forEach(pair -> metrics.add(Metric.parse(pair)));
        case "aggregationConfigs" ->
            aggregations(value, path + "/aggregationConfigs", metrics, unknown);
        case "maxLeafRecords" -> maxLeafRecords = leafRecords(value);
        default -> unknown.add(path + "/" + key.getKey());
      }
    }
    StarTreeConfig config =
        new StarTreeConfig(
            dimensions,
            skipped,
            List.copyOf(new LinkedHashSet<>(metrics)),
            maxLeafRecords == 0 ? DEFAULT_MAX_LEAF_RECORDS : maxLeafRecords);
    config.checkDimensions();
    return config;
  }

  private static List<String> texts(String key, JsonNode value) {
    if (value.isNull()) {
      return List.of();
    }
    List<String> list = new ArrayList<>();
    boolean sound = value.isArray();
    for (JsonNode item : value) {
      sound &= item.isTextual();
      list.add(item.asText());
    }
    if (!sound) {
      throw new IllegalArgumentException(key + " is not a list of texts");
    }
    return list;
  }

  private static int leafRecords(JsonNode value) {
    int records = value.isTextual() ? number(value.asText()) : value.asInt(-1);
    if (records < 0) {
      throw new IllegalArgumentException(
          "maxLeafRecords is " + value + "; use a whole number above 0, or 0 for the default");
    }
    return records;
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static void aggregations(
      JsonNode list, String path, List<Metric> metrics, List<String> unknown) {
    if (list.isNull()) {
      return;
    }
    if (!list.isArray()) {
      throw new IllegalArgumentException("aggregationConfigs is not a list");
    }
    for (int i = 0; i < list.size(); i++) {
      JsonNode one = list.get(i);
      String function = one.path("aggregationFunction").asText("");
      String column = one.path("columnName").asText(function.equalsIgnoreCase("COUNT") ? "*" : "");
      if (function.isBlank() || column.isBlank()) {
        throw new IllegalArgumentException(
            "aggregationConfigs[" + i + "] needs aggregationFunction and columnName");
      }
      metrics.add(Metric.of(function, column));
      for (Iterator<Map.Entry<String, JsonNode>> keys = one.properties().iterator();
          keys.hasNext(); ) {
        String key = keys.next().getKey();
        if (!key.equals("aggregationFunction") && !key.equals("columnName")) {
          unknown.add(path + "/" + i + "/" + key);
        }
      }
    }
  }

  private void checkDimensions() {
    if (dimensions.isEmpty()) {
      throw new IllegalArgumentException(
          "dimensionsSplitOrder is empty; name the columns that queries filter and group by");
    }
    if (dimensions.size() > MOST_DIMENSIONS) {
      throw new IllegalArgumentException(
          "dimensionsSplitOrder names "
              + dimensions.size()
              + " columns, at most "
              + MOST_DIMENSIONS
              + " are allowed");
    }
    Set<String> seen = new HashSet<>();
    for (String dimension : dimensions) {
      if (!seen.add(dimension)) {
        throw new IllegalArgumentException("dimensionsSplitOrder names '" + dimension + "' twice");
      }
    }
    for (String dimension : skipStarNodes) {
      if (!seen.contains(dimension)) {
        throw new IllegalArgumentException(
            "skipStarNodeCreationForDimensions names '"
                + dimension
                + "', which is not in dimensionsSplitOrder."
                + Suggestions.didYouMean(dimension, dimensions));
      }
    }
  }

  /// What does not fit the schema, without a final stop; empty if all does.
  ///
  /// @param noDictionaryColumns columns that are stored raw
  public List<String> problems(Schema schema, List<String> noDictionaryColumns) {
    List<String> problems = new ArrayList<>();
    for (String dimension : dimensions) {
      Optional<FieldSpec> field = schema.field(dimension);
      if (field.isEmpty()) {
        List<String> known = schema.fields().stream().map(FieldSpec::name).toList();
        problems.add(
            "dimensionsSplitOrder names '"
                + dimension
                + "', which is not a column of schema '"
                + schema.name()
                + "'"
                + hint(Suggestions.didYouMean(dimension, known)));
      } else if (field.get().type().isArray()) {
        problems.add(
            "dimensionsSplitOrder names '"
                + dimension
                + "', an array; a tree splits by columns of single values");
      } else if (noDictionaryColumns.contains(dimension)) {
        problems.add(
            "dimensionsSplitOrder names '"
                + dimension
                + "', which is in noDictionaryColumns, but a tree needs the column's dictionary");
      }
    }
    for (Metric metric : metrics) {
      metricProblem(metric, schema).ifPresent(problem -> problems.add(metric + ": " + problem));
    }
    return problems;
  }

  private static Optional<String> metricProblem(Metric metric, Schema schema) {
    if (metric.isAllRows()) {
      return Optional.empty();
    }
    try {
      var type = MetricExpression.parse(metric.argument(), schema).type();
      boolean numeric = type.dataType().isNumeric();
      boolean fits =
          switch (metric.function()) {
            case "SUM", "AVG", "MINMAXRANGE" -> numeric;
            default -> true;
          };
      return type.isArray() || !fits
          ? Optional.of("it needs " + (numeric ? "single values" : "numbers") + ", not " + type)
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private static String hint(String suggestion) {
    String hint = suggestion.strip();
    return hint.isEmpty() ? "" : " (" + hint + ")";
  }
}
