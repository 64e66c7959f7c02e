package io.cuvee.jdbc;

import io.cuvee.jdbc.http.Json;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Date;
import java.sql.ResultSetMetaData;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One column of a result, or one parameter of a statement, as the broker describes it.
final class Column {
  /// How a value travels in JSON, and so how it is converted.
  enum Kind {
    BOOLEAN,
    INTEGER,
    FLOAT,
    DOUBLE,
    DECIMAL,
    TEXT,
    /// Base64 text.
    BINARY,
    /// Days since 1970-01-01.
    DATE,
    /// Milliseconds since midnight.
    TIME,
    /// Milliseconds between 1970-01-01 00:00:00 and the date and time shown, without a zone.
    TIMESTAMP,
    UUID,
    ARRAY,
    OTHER
  }

  final String label;
  final String name;
  final @Nullable String table;
  final @Nullable String schema;
  final @Nullable String catalog;
  final int sqlType;
  final String typeName;
  final Kind kind;
  final int nullable;
  final boolean signed;
  final boolean caseSensitive;
  final int precision;
  final int scale;
  final int displaySize;

  /// The type of an array's elements; null if this is no array.
  final @Nullable Column element;

  private Column(String label, Map<String, Object> json, Map<String, Object> type) {
    this.label = label;
    this.name = text(json.get("columnName"), label);
    this.table = (String) json.get("tableName");
    this.schema = (String) json.get("schemaName");
    this.catalog = (String) json.get("catalogName");
    this.sqlType = number(type.get("id"), Types.OTHER);
    this.typeName = text(type.get("name"), "OTHER");
    this.kind = kindOf(sqlType, typeName);
    this.nullable = number(json.get("nullable"), ResultSetMetaData.columnNullableUnknown);
    this.signed = Boolean.TRUE.equals(json.get("signed"));
    this.caseSensitive = !Boolean.FALSE.equals(json.get("caseSensitive"));
    this.precision = number(json.get("precision"), 0);
    this.scale = number(json.get("scale"), 0);
    this.displaySize = number(json.get("displaySize"), 0);
    this.element = kind == Kind.ARRAY ? elementOf(type) : null;
  }

  private static Column elementOf(Map<String, Object> type) {
    Map<String, Object> component = Json.asObject(type.get("component"));
    return new Column("element", Map.of(), component);
  }

  /// Reads the columns of an Avatica signature.
  static List<Column> listOf(List<Object> json) {
    List<Column> columns = new ArrayList<>();
    for (Object element : json) {
      Map<String, Object> column = Json.asObject(element);
      String label = text(column.get("label"), text(column.get("columnName"), ""));
      columns.add(new Column(label, column, Json.asObject(column.get("type"))));
    }
    return columns;
  }

  /// Reads a parameter of an Avatica signature.
  static Column ofParameter(Map<String, Object> json) {
    Map<String, Object> type = new HashMap<>();
    type.put("id", json.get("parameterType"));
    type.put("name", json.get("typeName"));
    return new Column(text(json.get("name"), "?"), json, type);
  }

  /// A column that the driver makes up itself, for metadata and arrays.
  static Column of(String label, int sqlType, String typeName) {
    return new Column(label, Map.of("signed", true), Map.of("id", sqlType, "name", typeName));
  }

  private static String text(@Nullable Object value, String otherwise) {
    return value instanceof String ? (String) value : otherwise;
  }

  private static int number(@Nullable Object value, int otherwise) {
    return value instanceof Number ? ((Number) value).intValue() : otherwise;
  }

  private static Kind kindOf(int sqlType, String typeName) {
    switch (sqlType) {
      case Types.BIT:
      case Types.BOOLEAN:
        return Kind.BOOLEAN;
      case Types.TINYINT:
      case Types.SMALLINT:
      case Types.INTEGER:
      case Types.BIGINT:
        return Kind.INTEGER;
      case Types.REAL:
        return Kind.FLOAT;
      case Types.FLOAT:
      case Types.DOUBLE:
        return Kind.DOUBLE;
      case Types.DECIMAL:
      case Types.NUMERIC:
        return Kind.DECIMAL;
      case Types.CHAR:
      case Types.VARCHAR:
      case Types.LONGVARCHAR:
      case Types.NCHAR:
      case Types.NVARCHAR:
      case Types.LONGNVARCHAR:
      case Types.CLOB:
        return Kind.TEXT;
      case Types.BINARY:
      case Types.VARBINARY:
      case Types.LONGVARBINARY:
      case Types.BLOB:
        return Kind.BINARY;
      case Types.DATE:
        return Kind.DATE;
      case Types.TIME:
        return Kind.TIME;
      case Types.TIMESTAMP:
      case Types.TIMESTAMP_WITH_TIMEZONE:
        return Kind.TIMESTAMP;
      case Types.ARRAY:
        return Kind.ARRAY;
      default:
        return typeName.equalsIgnoreCase("UUID") ? Kind.UUID : Kind.OTHER;
    }
  }

  /// The class of what `getObject` returns.
  Class<?> javaClass() {
    switch (kind) {
      case BOOLEAN:
        return Boolean.class;
      case INTEGER:
        return sqlType == Types.BIGINT ? Long.class : Integer.class;
      case FLOAT:
        return Float.class;
      case DOUBLE:
        return Double.class;
      case DECIMAL:
        return BigDecimal.class;
      case TEXT:
        return String.class;
      case BINARY:
        return byte[].class;
      case DATE:
        return Date.class;
      case TIME:
        return Time.class;
      case TIMESTAMP:
        return Timestamp.class;
      case UUID:
        return java.util.UUID.class;
      case ARRAY:
        return Array.class;
      case OTHER:
        return Object.class;
    }
    throw new AssertionError(kind);
  }
}
