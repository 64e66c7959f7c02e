package io.cuvee.common.type;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The element types of columns. [#representation()] says how a value travels in pages, literals
/// and partial states.
public enum DataType {
  /// 32-bit integer.
  INT(Representation.LONG),
  /// 64-bit integer.
  LONG(Representation.LONG),
  /// IEEE 754 single; travels as the double of the same value.
  FLOAT(Representation.DOUBLE),
  DOUBLE(Representation.DOUBLE),
  /// Exact decimal of up to 38 digits; equality is by value, 1.0 equals 1.00.
  BIG_DECIMAL(Representation.DECIMAL),
  /// 0 or 1.
  BOOLEAN(Representation.LONG),
  /// Milliseconds since 1970-01-01T00:00:00Z.
  TIMESTAMP(Representation.LONG),
  /// Days since 1970-01-01.
  DATE(Representation.LONG),
  /// UTF-8 text, never padded; compared by unsigned bytes, which is code point order.
  STRING(Representation.BYTES),
  /// JSON text in UTF-8.
  JSON(Representation.BYTES),
  /// 16 bytes, most significant first.
  UUID(Representation.BYTES),
  BYTES(Representation.BYTES),
  /// Milliseconds since midnight. Of expressions only: no column has it.
  TIME(Representation.LONG);

  /// The Java form of a value: a `long`, a `double`, a `BigDecimal`, or a byte range.
  public enum Representation {
    LONG,
    DOUBLE,
    DECIMAL,
    BYTES
  }

  /// Those that the columns of tables may have.
  public static final List<DataType> OF_COLUMNS =
      Arrays.stream(values()).filter(type -> type != TIME).toList();

  private final Representation representation;

  DataType(Representation representation) {
    this.representation = representation;
  }

  public Representation representation() {
    return representation;
  }

  public boolean isNumeric() {
    return switch (this) {
      case INT, LONG, FLOAT, DOUBLE, BIG_DECIMAL -> true;
      case BOOLEAN, TIMESTAMP, DATE, TIME, STRING, JSON, UUID, BYTES -> false;
    };
  }

  public boolean isInteger() {
    return this == INT || this == LONG;
  }

  public boolean isText() {
    return this == STRING || this == JSON;
  }

  /// Whether it says a day, with or without a time.
  public boolean isTime() {
    return this == TIMESTAMP || this == DATE;
  }

  /// The name in SQL.
  public String sqlName() {
    return switch (this) {
      case INT -> "INTEGER";
      case LONG -> "BIGINT";
      case FLOAT -> "REAL";
      case BIG_DECIMAL -> "DECIMAL";
      case STRING -> "VARCHAR";
      case BYTES -> "VARBINARY";
      case DOUBLE, BOOLEAN, TIMESTAMP, DATE, TIME, JSON, UUID -> name();
    };
  }

  /// The type of this name in a schema file, in any case.
  ///
  /// @throws CuveeException `INVALID_SCHEMA` if there is none
  public static DataType parse(String name) {
    return switch (name.toUpperCase(Locale.ROOT)) {
      case "INT", "INT32", "INTEGER" -> INT;
      case "LONG", "INT64", "BIGINT" -> LONG;
      case "FLOAT", "FLOAT32", "REAL" -> FLOAT;
      case "DOUBLE", "FLOAT64" -> DOUBLE;
      case "BIG_DECIMAL", "DECIMAL", "NUMERIC" -> BIG_DECIMAL;
      case "BOOLEAN", "BOOL" -> BOOLEAN;
      case "TIMESTAMP" -> TIMESTAMP;
      case "DATE" -> DATE;
      case "STRING", "VARCHAR", "TEXT" -> STRING;
      case "JSON" -> JSON;
      case "UUID" -> UUID;
      case "BYTES", "VARBINARY", "BYTEA" -> BYTES;
      default ->
          throw new CuveeException(
              ErrorCode.INVALID_SCHEMA,
              "Unknown data type '"
                  + name
                  + "'. Use one of INT, LONG, FLOAT, DOUBLE, BIG_DECIMAL, BOOLEAN, TIMESTAMP, DATE, STRING, JSON,"
                  + " UUID, BYTES.");
    };
  }
}
