package io.cuvee.calcite.catalog;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlCollation;
import org.apache.calcite.sql.type.SqlTypeFactoryImpl;
import org.apache.calcite.sql.type.SqlTypeMappingRule;
import org.apache.calcite.sql.type.SqlTypeName;
import org.jspecify.annotations.Nullable;

/// Our types and Calcite's. JSON is VARCHAR there.
public final class Types {
  /// Shared by all statements; types are interned in it.
  public static final RelDataTypeFactory FACTORY = new Utf8TypeFactory();

  private Types() {}

  /// The Calcite type of a column.
  public static RelDataType relType(ColumnType type, boolean nullable) {
    RelDataType element =
        switch (type.dataType()) {
          case INT -> FACTORY.createSqlType(SqlTypeName.INTEGER);
          case LONG -> FACTORY.createSqlType(SqlTypeName.BIGINT);
          case FLOAT -> FACTORY.createSqlType(SqlTypeName.REAL);
          case DOUBLE -> FACTORY.createSqlType(SqlTypeName.DOUBLE);
          case BIG_DECIMAL ->
              FACTORY.createSqlType(
                  SqlTypeName.DECIMAL, TypeSystem.DECIMAL_PRECISION, TypeSystem.DECIMAL_SCALE);
          case BOOLEAN -> FACTORY.createSqlType(SqlTypeName.BOOLEAN);
          case TIMESTAMP -> FACTORY.createSqlType(SqlTypeName.TIMESTAMP, 3);
          case DATE -> FACTORY.createSqlType(SqlTypeName.DATE);
          case TIME -> FACTORY.createSqlType(SqlTypeName.TIME, 3);
          case STRING, JSON -> varchar();
          case UUID -> FACTORY.createSqlType(SqlTypeName.UUID);
          case BYTES -> FACTORY.createSqlType(SqlTypeName.VARBINARY);
        };
    RelDataType whole = type.isArray() ? FACTORY.createArrayType(element, -1) : element;
    return FACTORY.createTypeWithNullability(whole, nullable);
  }

  private static RelDataType varchar() {
    return FACTORY.createTypeWithCharsetAndCollation(
        FACTORY.createSqlType(SqlTypeName.VARCHAR), StandardCharsets.UTF_8, SqlCollation.IMPLICIT);
  }

  /// Our type for a Calcite type.
  ///
  /// @throws CuveeException `FEATURE_NOT_SUPPORTED` if we have none, as for rows
  public static ColumnType columnType(RelDataType type) {
    return switch (type.getSqlTypeName()) {
      case TINYINT, SMALLINT, INTEGER -> ColumnType.INT;
      case BIGINT -> ColumnType.LONG;
      case REAL -> ColumnType.FLOAT;
      case FLOAT, DOUBLE -> ColumnType.DOUBLE;
      case DECIMAL -> ColumnType.BIG_DECIMAL;
      case BOOLEAN -> ColumnType.BOOLEAN;
      case TIMESTAMP -> ColumnType.TIMESTAMP;
      case DATE -> ColumnType.DATE;
      case TIME -> ColumnType.TIME;
      // NULL without a type becomes text, as in PostgreSQL.
      case CHAR, VARCHAR, NULL -> ColumnType.STRING;
      case UUID -> ColumnType.UUID;
      case BINARY, VARBINARY -> ColumnType.BYTES;
      case ARRAY -> {
        ColumnType element = columnType(java.util.Objects.requireNonNull(type.getComponentType()));
        if (element.isArray()) {
          throw unsupported("Arrays of arrays");
        }
        yield ColumnType.arrayOf(element.dataType());
      }
      case TIME_WITH_LOCAL_TIME_ZONE, TIME_TZ ->
          throw unsupported("Values of type TIME WITH TIME ZONE");
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE, TIMESTAMP_TZ ->
          throw unsupported("Values of type TIMESTAMP WITH TIME ZONE (TIMESTAMP is UTC)");
      case ROW -> throw unsupported("Values that are rows");
      default -> {
        // As a result an interval is its text.
        if (SqlTypeName.INTERVAL_TYPES.contains(type.getSqlTypeName())) {
          yield ColumnType.STRING;
        }
        throw unsupported("Values of type " + type.getSqlTypeName());
      }
    };
  }

  private static CuveeException unsupported(String what) {
    return new CuveeException(ErrorCode.FEATURE_NOT_SUPPORTED, what + " are not supported.");
  }

  /// Whether a value of `from` is a value of `to` without conversion: the Java form is the same,
  /// and no check is needed.
  public static boolean isSameForm(ColumnType from, ColumnType to) {
    return from.equals(to)
        || (from.isArray() == to.isArray() && from.dataType().isText() && to.dataType().isText())
        || (from.equals(ColumnType.INT) && to.equals(ColumnType.LONG))
        || (from.equals(ColumnType.FLOAT) && to.equals(ColumnType.DOUBLE));
  }

  /// Whether the data type is one of those that arithmetic takes.
  public static boolean isNumeric(ColumnType type) {
    return !type.isArray() && type.dataType().isNumeric();
  }

  /// The least numeric type that both convert to.
  public static ColumnType commonNumeric(ColumnType a, ColumnType b) {
    return rank(a.dataType()) >= rank(b.dataType()) ? a : b;
  }

  private static int rank(DataType type) {
    return switch (type) {
      case INT -> 0;
      case LONG -> 1;
      case BIG_DECIMAL -> 2;
      case FLOAT -> 3;
      case DOUBLE -> 4;
      case BOOLEAN, TIMESTAMP, DATE, TIME, STRING, JSON, UUID, BYTES -> -1;
    };
  }

  private static final class Utf8TypeFactory extends SqlTypeFactoryImpl {
    Utf8TypeFactory() {
      super(TypeSystem.INSTANCE);
    }

    @Override
    public Charset getDefaultCharset() {
      return StandardCharsets.UTF_8;
    }

    /// A DATE beside a TIMESTAMP is its midnight; Calcite has no common type for the two.
    @Override
    public @Nullable RelDataType leastRestrictive(
        List<RelDataType> types, SqlTypeMappingRule mapping) {
      boolean dates = types.stream().anyMatch(type -> type.getSqlTypeName() == SqlTypeName.DATE);
      Optional<RelDataType> timestamp =
          types.stream()
              .filter(type -> type.getSqlTypeName() == SqlTypeName.TIMESTAMP)
              .max(Comparator.comparingInt(RelDataType::getPrecision));
      if (!dates || timestamp.isEmpty()) {
        return super.leastRestrictive(types, mapping);
      }
      List<RelDataType> times = new ArrayList<>();
      boolean nullable = false;
      for (RelDataType type : types) {
        times.add(type.getSqlTypeName() == SqlTypeName.DATE ? timestamp.get() : type);
        nullable |= type.isNullable();
      }
      RelDataType common = super.leastRestrictive(times, mapping);
      return common == null ? null : createTypeWithNullability(common, nullable);
    }
  }
}
