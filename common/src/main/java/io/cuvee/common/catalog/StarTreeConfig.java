package io.cuvee.common.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.common.error.Suggestions;
import io.cuvee.common.function.SketchSize;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.type.ColumnType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
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

  private static final String SEPARATOR = "__";
  private static final String ALL_ROWS = "*";
  private static final String PARAMETERS = "functionParameters";
  private static final List<String> AGGREGATION_KEYS =
      List.of("aggregationFunction", "columnName", PARAMETERS);

  public StarTreeConfig {
    dimensions = List.copyOf(dimensions);
    skipStarNodes = List.copyOf(skipStarNodes);
    metrics = List.copyOf(metrics);
  }

  /// An aggregate that is kept in each record.
  ///
  /// @param function of [StarTreeFunction]
  /// @param argument a column or an expression over columns, as [MetricExpression] reads it; `*`
  ///   for COUNT of all rows
  /// @param sketchSize as [io.cuvee.common.function.SketchSize] measures it; 0 for functions
  ///   without a sketch
  public record Metric(String function, String argument, int sketchSize) {
    /// With a sketch of the usual size.
    public Metric(String function, String argument) {
      this(function, argument, usualSize(StarTreeFunction.valueOf(function)));
    }

    private static int usualSize(StarTreeFunction function) {
      SketchSize size = function.size();
      return size == null ? 0 : size.usual();
    }

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
      StarTreeFunction known =
          StarTreeFunction.of(function)
              .orElseThrow(() ->
                  new IllegalArgumentException(
                      "a star-tree cannot aggregate '"
                          + function
                          + "'; it can "
                          + StarTreeFunction.names()));
      String text = argument.strip();
      if (text.equals(ALL_ROWS) && known != StarTreeFunction.COUNT) {
        throw new IllegalArgumentException(
            known + " of * means nothing; name a column, or use COUNT__*");
      }
      return new Metric(known.name(), text);
    }

    /// With the size that Pinot's `functionParameters` state.
    ///
    /// @param unknown receives keys without effect
    Metric sized(JsonNode parameters, String path, List<String> unknown) {
      int size = sketchSize;
      StarTreeFunction known = StarTreeFunction.valueOf(function);
      for (Iterator<Map.Entry<String, JsonNode>> keys = parameters.properties().iterator();
          keys.hasNext(); ) {
        Map.Entry<String, JsonNode> key = keys.next();
        SketchSize bounds = known.size();
        if (bounds == null || !known.sizeKeys().contains(key.getKey())) {
          unknown.add(path + "/" + key.getKey());
          continue;
        }
        size =
            key.getValue().isTextual() ? number(key.getValue().asText()) : key.getValue().asInt(-1);
        if (size < bounds.least() || size > bounds.largest()) {
          throw new IllegalArgumentException(
              this
                  + ": "
                  + key.getKey()
                  + " is "
                  + key.getValue()
                  + "; use a whole number from "
                  + bounds.least()
                  + " to "
                  + bounds.largest());
        }
      }
      return new Metric(function, argument, size);
    }

    public boolean isAllRows() {
      return argument.equals(ALL_ROWS);
    }

    /// What is to be stored, over the fields of a schema that it fits.
    ///
    /// @throws IllegalArgumentException that says what does not fit, without a final stop
    public List<AggregateCall> stored(Schema schema) {
      Expression parsed = MetricExpression.parse(argument, schema);
      StarTreeFunction known = StarTreeFunction.valueOf(function);
      ColumnType type = parsed.type();
      boolean numeric = type.dataType().isNumeric();
      if (type.isArray() || known.takesNumbersOnly() && !numeric) {
        throw new IllegalArgumentException(
            "it needs " + (numeric ? "single values" : "numbers") + ", not " + type);
      }
      return StoredAggregates.parts(known.call(parsed, sketchSize));
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
      String at = path + "/" + i;
      metrics.add(
          Metric.of(function, column).sized(one.path(PARAMETERS), at + "/" + PARAMETERS, unknown));
      for (Iterator<Map.Entry<String, JsonNode>> keys = one.properties().iterator();
          keys.hasNext(); ) {
        String key = keys.next().getKey();
        if (!AGGREGATION_KEYS.contains(key)) {
          unknown.add(at + "/" + key);
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
      metric.stored(schema);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private static String hint(String suggestion) {
    String hint = suggestion.strip();
    return hint.isEmpty() ? "" : " (" + hint + ")";
  }
}
