package io.cuvee.common.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a table's `ingestionConfig` does with rows before they are stored.
///
/// @param filter SQL condition of the rows that are left out
/// @param deadLetterTable where messages of a stream go that are no rows
/// @param complexTypes what becomes of records and lists within rows; absent if they are values
public record IngestionConfig(
    List<Transform> transforms,
    Optional<String> filter,
    List<Aggregation> aggregations,
    Optional<String> deadLetterTable,
    Optional<ComplexTypes> complexTypes) {
  private static final Pattern CALL =
      Pattern.compile("\\s*(\\w+)\\s*\\(\\s*(.*?)\\s*\\)\\s*", Pattern.DOTALL);

  /// A column that is computed where a row has no value for it.
  ///
  /// @param function SQL expression over the fields of the row
  public record Transform(String column, String function) {}

  /// A metric of which rows that are equal in all else have one value together.
  ///
  /// @param argument SQL expression over the fields of the row; `*` of COUNT
  public record Aggregation(String column, Function function, String argument) {}

  /// Inner records are flattened; lists are unnested or kept.
  ///
  /// @param fieldsToUnnest paths of the lists of which each element becomes a row
  /// @param delimiter between the names of a path
  /// @param listsToJson which of the other lists become JSON
  /// @param prefixesToRename of the names of fields, by what they are before
  public record ComplexTypes(
      List<String> fieldsToUnnest,
      String delimiter,
      ListsToJson listsToJson,
      Map<String, String> prefixesToRename) {
    public ComplexTypes {
      fieldsToUnnest = List.copyOf(fieldsToUnnest);
      prefixesToRename = Collections.unmodifiableMap(new LinkedHashMap<>(prefixesToRename));
    }
  }

  /// Which lists become JSON.
  public enum ListsToJson {
    NONE,
    /// Those of records and lists.
    NON_PRIMITIVE,
    ALL
  }

  public enum Function {
    COUNT,
    SUM,
    MIN,
    MAX
  }

  public IngestionConfig {
    transforms = List.copyOf(transforms);
    aggregations = List.copyOf(aggregations);
  }

  /// @throws CuveeException `INVALID_TABLE`, `FEATURE_NOT_SUPPORTED`
  static IngestionConfig parse(String table, JsonNode config) {
    List<Transform> transforms = new ArrayList<>();
    for (JsonNode each : list(table, config, "transformConfigs")) {
      transforms.add(
          new Transform(
              text(table, each, "transformConfigs", "columnName"),
              expression(table, each, "transformConfigs", "transformFunction")));
    }
    List<Aggregation> aggregations = new ArrayList<>();
    for (JsonNode each : list(table, config, "aggregationConfigs")) {
      aggregations.add(
          aggregation(
              table,
              text(table, each, "aggregationConfigs", "columnName"),
              expression(table, each, "aggregationConfigs", "aggregationFunction")));
    }
    Set<String> columns = new HashSet<>();
    transforms.forEach(each -> refuseSecond(table, columns, each.column()));
    aggregations.forEach(each -> refuseSecond(table, columns, each.column()));
    JsonNode filter = config.path("filterConfig");
    return new IngestionConfig(
        transforms,
        filter.path("filterFunction").isMissingNode() || filter.path("filterFunction").isNull()
            ? Optional.empty()
            : Optional.of(expression(table, filter, "filterConfig", "filterFunction")),
        aggregations,
        deadLetterTable(table, config.path("deadLetterTable").asText("")),
        complexTypes(table, config.path("complexTypeConfig")));
  }

  private static Optional<ComplexTypes> complexTypes(String table, JsonNode config) {
    if (config.isMissingNode() || config.isNull()) {
      return Optional.empty();
    }
    List<String> unnested = new ArrayList<>();
    list(table, config, "fieldsToUnnest").forEach(field -> unnested.add(field.asText()));
    String mode =
        config.path("collectionNotUnnestedToJson").asText(ListsToJson.NON_PRIMITIVE.name());
    Optional<ListsToJson> lists =
        Arrays.stream(ListsToJson.values())
            .filter(each -> each.name().equals(mode.toUpperCase(Locale.ROOT)))
            .findFirst();
    if (lists.isEmpty()) {
      throw invalid(
          table,
          "complexTypeConfig.collectionNotUnnestedToJson is '"
              + mode
              + "'. Use NONE, NON_PRIMITIVE or ALL");
    }
    Map<String, String> prefixes = new LinkedHashMap<>();
    config
        .path("prefixesToRename")
        .properties()
        .forEach(prefix -> prefixes.put(prefix.getKey(), prefix.getValue().asText()));
    if (prefixes.containsKey("")) {
      throw invalid(table, "complexTypeConfig.prefixesToRename has an empty prefix");
    }
    return Optional.of(
        new ComplexTypes(unnested, config.path("delimiter").asText("."), lists.get(), prefixes));
  }

  private static Optional<String> deadLetterTable(String table, String name) {
    if (name.equals(table)) {
      throw invalid(table, "deadLetterTable cannot be the table itself");
    }
    return name.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Names.check("ingestionConfig.deadLetterTable", name, ErrorCode.INVALID_TABLE));
  }

  private static Aggregation aggregation(String table, String column, String text) {
    Matcher call = CALL.matcher(text);
    if (call.matches() && !call.group(2).isEmpty()) {
      for (Function function : Function.values()) {
        boolean isAll = call.group(2).equals("*");
        if (function.name().equals(call.group(1).toUpperCase(Locale.ROOT))
            && (!isAll || function == Function.COUNT)) {
          return new Aggregation(column, function, call.group(2));
        }
      }
    }
    throw new CuveeException(
        ErrorCode.FEATURE_NOT_SUPPORTED,
        message(
            table,
            "aggregationConfigs: '"
                + text
                + "' for column '"
                + column
                + "' cannot be kept up row by row. Use COUNT(*), or SUM, MIN or MAX of a field"));
  }

  private static JsonNode list(String table, JsonNode config, String key) {
    JsonNode list = config.path(key);
    if (!list.isMissingNode() && !list.isNull() && !list.isArray()) {
      throw invalid(table, key + " is not a list");
    }
    return list;
  }

  private static String text(String table, JsonNode node, String list, String key) {
    String text = node.path(key).asText("").strip();
    if (text.isEmpty()) {
      throw invalid(table, list + ": '" + key + "' is missing");
    }
    return text;
  }

  private static String expression(String table, JsonNode node, String list, String key) {
    String text = text(table, node, list, key);
    if (text.toLowerCase(Locale.ROOT).startsWith("groovy(")) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          message(table, list + ": Groovy is not run. Write '" + text + "' as a SQL expression"));
    }
    return text;
  }

  private static void refuseSecond(String table, Set<String> columns, String column) {
    if (!columns.add(column)) {
      throw invalid(table, "column '" + column + "' is transformed or aggregated twice");
    }
  }

  private static CuveeException invalid(String table, String problem) {
    return new CuveeException(ErrorCode.INVALID_TABLE, message(table, problem));
  }

  private static String message(String table, String problem) {
    return "Table '" + table + "': ingestionConfig: " + problem + ".";
  }
}
