package io.cuvee.common.type;

/// The type of a column or an expression: an element type, alone or as an array. Arrays are one
/// level deep and their elements are never NULL; the array itself may be.
///
/// @param dataType type of the value, or of the elements if `isArray`
public record ColumnType(DataType dataType, boolean isArray) {
  public static final ColumnType INT = of(DataType.INT);
  public static final ColumnType LONG = of(DataType.LONG);
  public static final ColumnType FLOAT = of(DataType.FLOAT);
  public static final ColumnType DOUBLE = of(DataType.DOUBLE);
  public static final ColumnType BIG_DECIMAL = of(DataType.BIG_DECIMAL);
  public static final ColumnType BOOLEAN = of(DataType.BOOLEAN);
  public static final ColumnType TIMESTAMP = of(DataType.TIMESTAMP);
  public static final ColumnType DATE = of(DataType.DATE);
  public static final ColumnType STRING = of(DataType.STRING);
  public static final ColumnType JSON = of(DataType.JSON);
  public static final ColumnType TIME = of(DataType.TIME);
  public static final ColumnType UUID = of(DataType.UUID);
  public static final ColumnType BYTES = of(DataType.BYTES);

  public static ColumnType of(DataType dataType) {
    return new ColumnType(dataType, false);
  }

  public static ColumnType arrayOf(DataType dataType) {
    return new ColumnType(dataType, true);
  }

  /// The scalar type of this array's elements; itself if it is scalar.
  public ColumnType elementType() {
    return isArray ? of(dataType) : this;
  }

  /// The name in SQL: `INTEGER`, or `INTEGER ARRAY`.
  public String sqlName() {
    return isArray ? dataType.sqlName() + " ARRAY" : dataType.sqlName();
  }

  /// As Pinot writes it in `columnDataTypes`: `INT`, or `INT_ARRAY`.
  @Override
  public String toString() {
    return isArray ? dataType + "_ARRAY" : dataType.toString();
  }
}
