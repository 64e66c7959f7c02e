package io.cuvee.broker.avatica;

import io.cuvee.common.plan.QueryPlan.OutputColumn;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.avatica.AvaticaParameter;
import org.apache.calcite.avatica.ColumnMetaData;
import org.apache.calcite.avatica.ColumnMetaData.AvaticaType;
import org.apache.calcite.avatica.ColumnMetaData.Rep;

/// Our types in the words of JDBC and Avatica.
final class SqlColumns {
  static final String CATALOG = "cuvee";
  static final String SCHEMA = "default";

  private static final int MAX_TEXT = Integer.MAX_VALUE;

  /// Digits after the second of a TIMESTAMP.
  private static final int FRACTION_DIGITS = 3;

  private SqlColumns() {}

  /// What JDBC says of a scalar type.
  ///
  /// @param precision digits, characters or bytes at most
  /// @param displaySize characters at most
  record SqlType(
      int jdbcType,
      String name,
      Rep rep,
      String className,
      int precision,
      int displaySize,
      boolean signed) {}

  static SqlType scalar(DataType type) {
    return switch (type) {
      case INT ->
          new SqlType(Types.INTEGER, "INTEGER", Rep.INTEGER, "java.lang.Integer", 10, 11, true);
      case LONG -> new SqlType(Types.BIGINT, "BIGINT", Rep.LONG, "java.lang.Long", 19, 20, true);
      case FLOAT -> new SqlType(Types.REAL, "REAL", Rep.FLOAT, "java.lang.Float", 7, 15, true);
      case DOUBLE ->
          new SqlType(Types.DOUBLE, "DOUBLE", Rep.DOUBLE, "java.lang.Double", 15, 24, true);
      case BIG_DECIMAL ->
          new SqlType(Types.DECIMAL, "DECIMAL", Rep.NUMBER, "java.math.BigDecimal", 38, 40, true);
      case BOOLEAN ->
          new SqlType(Types.BOOLEAN, "BOOLEAN", Rep.BOOLEAN, "java.lang.Boolean", 1, 5, false);
      case TIMESTAMP ->
          new SqlType(Types.TIMESTAMP, "TIMESTAMP", Rep.LONG, "java.sql.Timestamp", 23, 23, false);
      case DATE -> new SqlType(Types.DATE, "DATE", Rep.INTEGER, "java.sql.Date", 10, 10, false);
      case STRING ->
          new SqlType(
              Types.VARCHAR, "VARCHAR", Rep.STRING, "java.lang.String", MAX_TEXT, MAX_TEXT, false);
      case JSON ->
          new SqlType(
              Types.VARCHAR, "JSON", Rep.STRING, "java.lang.String", MAX_TEXT, MAX_TEXT, false);
      case UUID -> new SqlType(Types.OTHER, "UUID", Rep.STRING, "java.util.UUID", 36, 36, false);
      case BYTES ->
          new SqlType(
              Types.VARBINARY, "VARBINARY", Rep.BYTE_STRING, "[B", MAX_TEXT, MAX_TEXT, false);
    };
  }

  static int jdbcType(ColumnType type) {
    return type.isArray() ? Types.ARRAY : scalar(type.dataType()).jdbcType();
  }

  static String typeName(ColumnType type) {
    String name = scalar(type.dataType()).name();
    return type.isArray() ? name + " ARRAY" : name;
  }

  private static AvaticaType avaticaType(ColumnType type) {
    SqlType scalar = scalar(type.dataType());
    AvaticaType element = ColumnMetaData.scalar(scalar.jdbcType(), scalar.name(), scalar.rep());
    return type.isArray() ? ColumnMetaData.array(element, typeName(type), Rep.ARRAY) : element;
  }

  static List<ColumnMetaData> columns(List<OutputColumn> columns) {
    List<ColumnMetaData> all = new ArrayList<>(columns.size());
    for (int i = 0; i < columns.size(); i++) {
      all.add(column(i, columns.get(i)));
    }
    return List.copyOf(all);
  }

  private static ColumnMetaData column(int ordinal, OutputColumn column) {
    ColumnType type = column.type();
    SqlType scalar = scalar(type.dataType());
    boolean ofTable = column.table() != null;
    return new ColumnMetaData(
        ordinal,
        false,
        type.dataType().isText(),
        true,
        false,
        column.nullable()
            ? java.sql.ResultSetMetaData.columnNullable
            : java.sql.ResultSetMetaData.columnNoNulls,
        scalar.signed() && !type.isArray(),
        type.isArray() ? MAX_TEXT : scalar.displaySize(),
        column.label(),
        column.label(),
        ofTable ? SCHEMA : "",
        type.isArray() ? 0 : clientPrecision(type.dataType(), scalar),
        type.dataType() == DataType.TIMESTAMP && !type.isArray() ? FRACTION_DIGITS : 0,
        ofTable ? column.table() : "",
        ofTable ? CATALOG : "",
        avaticaType(type),
        true,
        false,
        false,
        type.isArray() ? "java.sql.Array" : scalar.className());
  }

  /// Avatica's client takes the precision of a TIMESTAMP for the number of digits after the second,
  /// and prints so many.
  private static int clientPrecision(DataType type, SqlType scalar) {
    return type == DataType.TIMESTAMP ? FRACTION_DIGITS : scalar.precision();
  }

  static List<AvaticaParameter> parameters(List<ColumnType> types) {
    List<AvaticaParameter> all = new ArrayList<>(types.size());
    for (int i = 0; i < types.size(); i++) {
      ColumnType type = types.get(i);
      SqlType scalar = scalar(type.dataType());
      all.add(
          new AvaticaParameter(
              scalar.signed() && !type.isArray(),
              type.isArray() ? 0 : scalar.precision(),
              0,
              jdbcType(type),
              typeName(type),
              type.isArray() ? "java.sql.Array" : scalar.className(),
              "?" + (i + 1)));
    }
    return List.copyOf(all);
  }
}
