package io.cuvee.calcite.catalog;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeSystemImpl;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.jspecify.annotations.Nullable;

/// Our rules for types: sums widen so that they cannot wrap, averages of integers are DOUBLE,
/// decimals have 38 digits, text is never padded, points in time are milliseconds.
public final class TypeSystem extends RelDataTypeSystemImpl {
  /// Digits of a DECIMAL.
  public static final int DECIMAL_PRECISION = 38;

  /// Scale that Calcite is told for decimals of any scale. It leaves 19 digits before the point,
  /// enough for any BIGINT. Our decimals keep the scale that each value has; casts to this type
  /// therefore change nothing.
  public static final int DECIMAL_SCALE = 19;

  public static final TypeSystem INSTANCE = new TypeSystem();

  private TypeSystem() {}

  @Override
  public int getMaxPrecision(SqlTypeName typeName) {
    return switch (typeName) {
      case DECIMAL -> DECIMAL_PRECISION;
      case VARCHAR, CHAR, VARBINARY, BINARY -> 1 << 30;
      case TIME, TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE, TIMESTAMP_TZ -> 3;
      default -> super.getMaxPrecision(typeName);
    };
  }

  @Override
  public int getDefaultPrecision(SqlTypeName typeName) {
    return switch (typeName) {
      case DECIMAL -> DECIMAL_PRECISION;
      case TIME, TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE, TIMESTAMP_TZ -> 3;
      case VARCHAR, VARBINARY -> RelDataType.PRECISION_NOT_SPECIFIED;
      default -> super.getDefaultPrecision(typeName);
    };
  }

  @Override
  public int getMaxScale(SqlTypeName typeName) {
    return typeName == SqlTypeName.DECIMAL ? DECIMAL_PRECISION : super.getMaxScale(typeName);
  }

  @Override
  public int getDefaultScale(SqlTypeName typeName) {
    return typeName == SqlTypeName.DECIMAL ? DECIMAL_SCALE : super.getDefaultScale(typeName);
  }

  @Override
  public boolean shouldConvertRaggedUnionTypesToVarying() {
    return true;
  }

  @Override
  public RelDataType deriveSumType(RelDataTypeFactory typeFactory, RelDataType argumentType) {
    SqlTypeName name =
        switch (argumentType.getSqlTypeName()) {
          case TINYINT, SMALLINT, INTEGER, BIGINT -> SqlTypeName.BIGINT;
          case REAL, FLOAT, DOUBLE -> SqlTypeName.DOUBLE;
          default -> argumentType.getSqlTypeName();
        };
    RelDataType type =
        name == SqlTypeName.DECIMAL
            ? decimal(typeFactory)
            : scalar(typeFactory, name, argumentType);
    return typeFactory.createTypeWithNullability(type, argumentType.isNullable());
  }

  @Override
  public RelDataType deriveAvgAggType(RelDataTypeFactory typeFactory, RelDataType argumentType) {
    RelDataType type =
        argumentType.getSqlTypeName() == SqlTypeName.DECIMAL
            ? decimal(typeFactory)
            : typeFactory.createSqlType(SqlTypeName.DOUBLE);
    return typeFactory.createTypeWithNullability(type, argumentType.isNullable());
  }

  private static RelDataType scalar(
      RelDataTypeFactory typeFactory, SqlTypeName name, RelDataType argumentType) {
    return name == argumentType.getSqlTypeName() ? argumentType : typeFactory.createSqlType(name);
  }

  @Override
  public @Nullable RelDataType deriveDecimalPlusType(
      RelDataTypeFactory typeFactory, RelDataType type1, RelDataType type2) {
    return decimalOfExact(typeFactory, type1, type2);
  }

  @Override
  public @Nullable RelDataType deriveDecimalMultiplyType(
      RelDataTypeFactory typeFactory, RelDataType type1, RelDataType type2) {
    return decimalOfExact(typeFactory, type1, type2);
  }

  @Override
  public @Nullable RelDataType deriveDecimalDivideType(
      RelDataTypeFactory typeFactory, RelDataType type1, RelDataType type2) {
    return decimalOfExact(typeFactory, type1, type2);
  }

  @Override
  public @Nullable RelDataType deriveDecimalModType(
      RelDataTypeFactory typeFactory, RelDataType type1, RelDataType type2) {
    return decimalOfExact(typeFactory, type1, type2);
  }

  /// DECIMAL if both are exact and at least one is DECIMAL; null leaves the choice to Calcite.
  private static @Nullable RelDataType decimalOfExact(
      RelDataTypeFactory typeFactory, RelDataType type1, RelDataType type2) {
    boolean exact = SqlTypeUtil.isExactNumeric(type1) && SqlTypeUtil.isExactNumeric(type2);
    return exact && (SqlTypeUtil.isDecimal(type1) || SqlTypeUtil.isDecimal(type2))
        ? decimal(typeFactory)
        : null;
  }

  private static RelDataType decimal(RelDataTypeFactory typeFactory) {
    return typeFactory.createSqlType(SqlTypeName.DECIMAL, DECIMAL_PRECISION, DECIMAL_SCALE);
  }
}
