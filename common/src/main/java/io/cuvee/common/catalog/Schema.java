package io.cuvee.common.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A schema: the columns of a table, in Pinot's JSON form.
///
/// @param fields in the order of the file: dimensions, metrics, date-times
/// @param primaryKey names of key columns; often empty
/// @param unknownKeys keys of the file that mean nothing to us, reported to the user
public record Schema(
    String name, List<FieldSpec> fields, List<String> primaryKey, List<String> unknownKeys) {
  private static final int MAX_COLUMNS = 10_000;

  public Schema {
    fields = List.copyOf(fields);
    primaryKey = List.copyOf(primaryKey);
    unknownKeys = List.copyOf(unknownKeys);
    Names.check("Schema name", name, ErrorCode.INVALID_SCHEMA);
    if (fields.isEmpty()) {
      throw new CuveeException(
          ErrorCode.INVALID_SCHEMA,
          "Schema '" + name + "' has no columns. Add at least one field spec.");
    }
    if (fields.size() > MAX_COLUMNS) {
      throw new CuveeException(
          ErrorCode.INVALID_SCHEMA,
          "Schema '"
              + name
              + "' has "
              + fields.size()
              + " columns; at most "
              + MAX_COLUMNS
              + " are allowed.");
    }
    Set<String> seen = new HashSet<>();
    for (FieldSpec field : fields) {
      if (field.name().isBlank()) {
        throw new CuveeException(
            ErrorCode.INVALID_SCHEMA, "Schema '" + name + "' has a column without a name.");
      }
      if (!seen.add(field.name().toLowerCase(Locale.ROOT))) {
        throw new CuveeException(
            ErrorCode.INVALID_SCHEMA,
            "Schema '"
                + name
                + "' has the column '"
                + field.name()
                + "' twice (names are compared in any case).");
      }
    }
    for (String key : primaryKey) {
      if (fields.stream().noneMatch(field -> field.name().equals(key))) {
        throw new CuveeException(
            ErrorCode.INVALID_SCHEMA,
            "Schema '" + name + "': primary key column '" + key + "' is not among the columns.");
      }
    }
  }

  public static Schema of(String name, List<FieldSpec> fields) {
    return new Schema(name, fields, List.of(), List.of());
  }

  /// The column of this exact name.
  public Optional<FieldSpec> field(String column) {
    return fields.stream().filter(field -> field.name().equals(column)).findFirst();
  }

  /// Parses Pinot's schema JSON.
  ///
  /// @throws CuveeException `INVALID_SCHEMA` that names the place
  public static Schema parse(String json) {
    JsonNode root = Json.object(json, "schema", ErrorCode.INVALID_SCHEMA);
    String name = Json.requiredText(root, "schemaName", "schema", ErrorCode.INVALID_SCHEMA);
    List<FieldSpec> fields = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    root.properties()
        .forEach(entry -> {
          switch (entry.getKey()) {
            case "schemaName", "primaryKeyColumns", "enableColumnBasedNullHandling" -> {}
            case "dimensionFieldSpecs" ->
                addFields(name, entry.getValue(), FieldSpec.Role.DIMENSION, fields, unknown);
            case "metricFieldSpecs" ->
                addFields(name, entry.getValue(), FieldSpec.Role.METRIC, fields, unknown);
            case "dateTimeFieldSpecs" ->
                addFields(name, entry.getValue(), FieldSpec.Role.DATE_TIME, fields, unknown);
            case "timeFieldSpec" -> addTimeField(entry.getValue(), fields);
            default -> unknown.add("/" + entry.getKey());
          }
        });
    List<String> primaryKey = new ArrayList<>();
    root.path("primaryKeyColumns").forEach(key -> primaryKey.add(key.asText()));
    return new Schema(name, fields, primaryKey, unknown);
  }

  private static void addFields(
      String schema,
      JsonNode specs,
      FieldSpec.Role role,
      List<FieldSpec> fields,
      List<String> unknown) {
    int index = 0;
    for (JsonNode spec : specs) {
      String where = "schema '" + schema + "', " + role + " field " + index++;
      String name = Json.requiredText(spec, "name", where, ErrorCode.INVALID_SCHEMA);
      DataType type;
      try {
        type =
            DataType.parse(
                Json.requiredText(
                    spec, "dataType", where + " '" + name + "'", ErrorCode.INVALID_SCHEMA));
      } catch (CuveeException e) {
        throw new CuveeException(
            e.code(), "Column '" + name + "' of schema '" + schema + "': " + e.getMessage(), e);
      }
      boolean array = !spec.path("singleValueField").asBoolean(true);
      fields.add(
          new FieldSpec(
              name,
              new ColumnType(type, array),
              role,
              spec.path("notNull").asBoolean(false),
              text(spec, "defaultNullValue"),
              text(spec, "format"),
              text(spec, "granularity")));
      spec.fieldNames()
          .forEachRemaining(key -> {
            if (!KNOWN_FIELD_KEYS.contains(key)) {
              unknown.add("/" + name + "/" + key);
            }
          });
    }
  }

  private static final Set<String> KNOWN_FIELD_KEYS =
      Set.of(
          "name",
          "dataType",
          "singleValueField",
          "notNull",
          "defaultNullValue",
          "format",
          "granularity",
          "fieldType");

  private static void addTimeField(JsonNode spec, List<FieldSpec> fields) {
    JsonNode granularity =
        spec.has("outgoingGranularitySpec")
            ? spec.get("outgoingGranularitySpec")
            : spec.path("incomingGranularitySpec");
    String name = Json.requiredText(granularity, "name", "timeFieldSpec", ErrorCode.INVALID_SCHEMA);
    String unit = granularity.path("timeType").asText("MILLISECONDS");
    fields.add(
        new FieldSpec(
            name,
            ColumnType.of(DataType.parse(granularity.path("dataType").asText("LONG"))),
            FieldSpec.Role.DATE_TIME,
            false,
            null,
            "EPOCH|" + unit + "|1",
            unit + "|1"));
  }

  private static @Nullable String text(JsonNode node, String key) {
    JsonNode value = node.get(key);
    return value == null || value.isNull()
        ? null
        : value.isValueNode() ? value.asText() : value.toString();
  }

  /// The JSON form, which [#parse(String)] reads back.
  public String toJson() {
    ObjectNode root = Json.MAPPER.createObjectNode();
    root.put("schemaName", name);
    for (FieldSpec.Role role : FieldSpec.Role.values()) {
      ArrayNode list = Json.MAPPER.createArrayNode();
      for (FieldSpec field : fields) {
        if (field.role() == role) {
          ObjectNode spec = list.addObject();
          spec.put("name", field.name()).put("dataType", field.type().dataType().name());
          if (field.type().isArray()) {
            spec.put("singleValueField", false);
          }
          if (field.notNull()) {
            spec.put("notNull", true);
          }
          field.defaultText().ifPresent(text -> spec.put("defaultNullValue", text));
          if (field.format() != null) {
            spec.put("format", field.format());
          }
          if (field.granularity() != null) {
            spec.put("granularity", field.granularity());
          }
        }
      }
      if (!list.isEmpty()) {
        root.set(
            switch (role) {
              case DIMENSION -> "dimensionFieldSpecs";
              case METRIC -> "metricFieldSpecs";
              case DATE_TIME -> "dateTimeFieldSpecs";
            },
            list);
      }
    }
    if (!primaryKey.isEmpty()) {
      ArrayNode keys = root.putArray("primaryKeyColumns");
      primaryKey.forEach(keys::add);
    }
    return root.toPrettyString();
  }
}
