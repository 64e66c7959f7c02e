package io.cuvee.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads the short form of a schema, `table T { user_id: INT32 NOT NULL, tags: STRING[] }`, into
/// the schema file's form.
///
/// Types are those of schema files (INT, LONG, …) and the names that say their width (INT32,
/// FLOAT64, …), in any case. A name in double quotes may hold anything.
final class ShortSchema {
  private static final String NAME = "(?:\"([^\"]+)\"|([\\p{L}_$][\\p{L}\\p{N}_$]*))";
  private static final Pattern TABLE =
      Pattern.compile(
          "\\s*table\\s+" + NAME + "\\s*\\{(.*)\\}\\s*;?\\s*",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  private static final Pattern COLUMN =
      Pattern.compile(
          "\\s*" + NAME + "\\s*:\\s*([A-Za-z][A-Za-z0-9_]*)\\s*(\\[\\s*\\])?\\s*(not\\s+null)?\\s*",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern SEPARATOR = Pattern.compile("[,\n]");

  private static final Map<String, String> TYPES = new LinkedHashMap<>();

  static {
    for (String type :
        List.of(
            "INT",
            "LONG",
            "FLOAT",
            "DOUBLE",
            "BIG_DECIMAL",
            "BOOLEAN",
            "TIMESTAMP",
            "DATE",
            "STRING",
            "JSON",
            "UUID",
            "BYTES")) {
      TYPES.put(type, type);
    }
    TYPES.put("INT8", "INT");
    TYPES.put("INT16", "INT");
    TYPES.put("INT32", "INT");
    TYPES.put("INTEGER", "INT");
    TYPES.put("INT64", "LONG");
    TYPES.put("BIGINT", "LONG");
    TYPES.put("FLOAT32", "FLOAT");
    TYPES.put("REAL", "FLOAT");
    TYPES.put("FLOAT64", "DOUBLE");
    TYPES.put("DECIMAL", "BIG_DECIMAL");
    TYPES.put("BOOL", "BOOLEAN");
    TYPES.put("VARCHAR", "STRING");
    TYPES.put("TEXT", "STRING");
  }

  private ShortSchema() {}

  /// The schema file's content, as JSON values.
  ///
  /// @throws IllegalArgumentException with a message for users if the text is no short schema
  static Map<String, Object> parse(String text) {
    Matcher table = TABLE.matcher(text);
    if (!table.matches()) {
      throw new IllegalArgumentException(
          "A schema is JSON or looks like: table T { user_id: INT32, name: STRING, tags: STRING[] }");
    }
    List<Object> dimensions = new ArrayList<>();
    List<Object> dateTimes = new ArrayList<>();
    for (String part : SEPARATOR.split(table.group(3), -1)) {
      if (!part.isBlank()) {
        Map<String, Object> field = field(part);
        (field.containsKey("format") ? dateTimes : dimensions).add(field);
      }
    }
    if (dimensions.isEmpty() && dateTimes.isEmpty()) {
      throw new IllegalArgumentException("Table '" + name(table) + "' has no columns.");
    }
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("schemaName", name(table));
    schema.put("enableColumnBasedNullHandling", true);
    if (!dimensions.isEmpty()) {
      schema.put("dimensionFieldSpecs", dimensions);
    }
    if (!dateTimes.isEmpty()) {
      schema.put("dateTimeFieldSpecs", dateTimes);
    }
    return schema;
  }

  private static Map<String, Object> field(String text) {
    Matcher column = COLUMN.matcher(text);
    if (!column.matches()) {
      throw new IllegalArgumentException(
          "Column '"
              + text.trim()
              + "' must look like name: TYPE, name: TYPE[] or name: TYPE NOT"
              + " NULL.");
    }
    String type = TYPES.get(column.group(3).toUpperCase(Locale.ROOT));
    if (type == null) {
      throw new IllegalArgumentException(
          "Column '"
              + name(column)
              + "' has the unknown type '"
              + column.group(3)
              + "'. Known are "
              + String.join(", ", TYPES.keySet())
              + ".");
    }
    boolean isArray = column.group(4) != null;
    Map<String, Object> field = new LinkedHashMap<>();
    field.put("name", name(column));
    field.put("dataType", type);
    if (isArray) {
      field.put("singleValueField", false);
    } else if (type.equals("TIMESTAMP")) {
      field.put("format", "TIMESTAMP");
      field.put("granularity", "1:MILLISECONDS");
    }
    if (column.group(5) != null) {
      field.put("notNull", true);
    }
    return field;
  }

  private static String name(Matcher matcher) {
    return matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
  }
}
