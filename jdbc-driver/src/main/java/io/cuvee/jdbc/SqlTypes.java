package io.cuvee.jdbc;

import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Cuvée's types as JDBC lists them, in the order of their JDBC numbers.
enum SqlTypes {
  UUID(Types.OTHER, 36, "'", "'", null, 0),
  BIGINT(Types.BIGINT, 19, null, null, null, 10),
  VARBINARY(Types.VARBINARY, 0, "X'", "'", null, 0),
  DECIMAL(Types.DECIMAL, 38, null, null, "precision,scale", 10),
  INTEGER(Types.INTEGER, 10, null, null, null, 10),
  REAL(Types.REAL, 7, null, null, null, 10),
  DOUBLE(Types.DOUBLE, 15, null, null, null, 10),
  VARCHAR(Types.VARCHAR, 0, "'", "'", "length", 0),
  BOOLEAN(Types.BOOLEAN, 1, null, null, null, 0),
  DATE(Types.DATE, 10, "DATE '", "'", null, 0),
  TIME(Types.TIME, 12, "TIME '", "'", null, 0),
  TIMESTAMP(Types.TIMESTAMP, 23, "TIMESTAMP '", "'", null, 0),
  ARRAY(Types.ARRAY, 0, "ARRAY[", "]", null, 0);

  private final int sqlType;
  private final int precision;
  private final @Nullable String literalPrefix;
  private final @Nullable String literalSuffix;
  private final @Nullable String createParameters;
  private final int radix;

  SqlTypes(
      int sqlType,
      int precision,
      @Nullable String literalPrefix,
      @Nullable String literalSuffix,
      @Nullable String createParameters,
      int radix) {
    this.sqlType = sqlType;
    this.precision = precision;
    this.literalPrefix = literalPrefix;
    this.literalSuffix = literalSuffix;
    this.createParameters = createParameters;
    this.radix = radix;
  }

  /// The JDBC number of a type by its SQL name or Cuvée's own name of it.
  ///
  /// @throws SQLException `22023` with the names that are known
  static int byName(String name) throws SQLException {
    String upper = SqlText.upper(name.trim());
    for (SqlTypes type : values()) {
      if (type.name().equals(upper)) {
        return type.sqlType;
      }
    }
    switch (upper) {
      case "INT":
        return Types.INTEGER;
      case "LONG":
        return Types.BIGINT;
      case "FLOAT":
        return Types.REAL;
      case "STRING":
      case "TEXT":
      case "CHAR":
        return Types.VARCHAR;
      case "BIG_DECIMAL":
      case "NUMERIC":
        return Types.DECIMAL;
      case "BYTES":
      case "BINARY":
        return Types.VARBINARY;
      default:
        throw SqlErrors.of(
            "Type '" + name + "' is not known; known are " + List.of(values()) + ".",
            SqlState.INVALID_PARAMETER);
    }
  }

  /// The rows of `DatabaseMetaData.getTypeInfo`.
  static List<Object[]> typeInfo() {
    List<Object[]> rows = new ArrayList<>();
    for (SqlTypes type : values()) {
      rows.add(type.typeInfoRow());
    }
    rows.sort((left, right) -> Long.compare((Long) left[1], (Long) right[1]));
    return rows;
  }

  private Object[] typeInfoRow() {
    boolean isText = this == VARCHAR;
    boolean isSortable = this != ARRAY;
    return new Object[] {
      name(),
      (long) sqlType,
      (long) precision,
      literalPrefix,
      literalSuffix,
      createParameters,
      (long) DatabaseMetaData.typeNullable,
      isText,
      (long)
          (isText
              ? DatabaseMetaData.typeSearchable
              : isSortable ? DatabaseMetaData.typePredBasic : DatabaseMetaData.typePredNone),
      radix == 0,
      false,
      false,
      name(),
      0L,
      this == DECIMAL ? 38L : 0L,
      null,
      null,
      radix == 0 ? null : (long) radix
    };
  }
}
