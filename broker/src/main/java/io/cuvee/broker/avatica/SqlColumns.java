package io.cuvee.broker.avatica;

import io.cuvee.broker.system.TypeFacts;
import io.cuvee.common.catalog.SystemTables;
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
import org.apache.calcite.avatica.Meta;

/// Our types in the words of JDBC and Avatica.
final class SqlColumns {
  static final String CATALOG = SystemTables.CATALOG;
  static final String SCHEMA = SystemTables.DEFAULT_SCHEMA;

  private static final int MAX_TEXT = Integer.MAX_VALUE;

  /// Digits after the second of a TIMESTAMP.
  private static final int FRACTION_DIGITS = 3;

  private SqlColumns() {}

  /// What JDBC says of a scalar type.
  ///
  /// @param displaySize characters at most
  record SqlType(
      int jdbcType, TypeFacts facts, Rep rep, String className, int displaySize, boolean signed) {
    String name() {
      return facts.name();
    }

    int precision() {
      return facts.precision();
    }
  }

  static SqlType scalar(DataType type) {
    TypeFacts facts = TypeFacts.of(type);
    return switch (type) {
      case INT -> new SqlType(Types.INTEGER, facts, Rep.INTEGER, "java.lang.Integer", 11, true);
      case LONG -> new SqlType(Types.BIGINT, facts, Rep.LONG, "java.lang.Long", 20, true);
      case FLOAT -> new SqlType(Types.REAL, facts, Rep.FLOAT, "java.lang.Float", 15, true);
      case DOUBLE -> new SqlType(Types.DOUBLE, facts, Rep.DOUBLE, "java.lang.Double", 24, true);
      case BIG_DECIMAL ->
          new SqlType(Types.DECIMAL, facts, Rep.NUMBER, "java.math.BigDecimal", 40, true);
      case BOOLEAN -> new SqlType(Types.BOOLEAN, facts, Rep.BOOLEAN, "java.lang.Boolean", 5, false);
      case TIMESTAMP ->
          new SqlType(Types.TIMESTAMP, facts, Rep.LONG, "java.sql.Timestamp", 23, false);
      case DATE -> new SqlType(Types.DATE, facts, Rep.INTEGER, "java.sql.Date", 10, false);
      case TIME -> new SqlType(Types.TIME, facts, Rep.INTEGER, "java.sql.Time", 12, false);
      case STRING, JSON ->
          new SqlType(Types.VARCHAR, facts, Rep.STRING, "java.lang.String", MAX_TEXT, false);
      case UUID -> new SqlType(Types.OTHER, facts, Rep.STRING, "java.util.UUID", 36, false);
      case BYTES -> new SqlType(Types.VARBINARY, facts, Rep.BYTE_STRING, "[B", MAX_TEXT, false);
    };
  }

  static int jdbcType(ColumnType type) {
    return type.isArray() ? Types.ARRAY : scalar(type.dataType()).jdbcType();
  }

  static String typeName(ColumnType type) {
    return type.sqlName();
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
    String table = column.table() == null ? "" : column.table();
    boolean ofTable = !table.isEmpty();
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
        ofTable ? SystemTables.schemaOf(table) : "",
        type.isArray() ? 0 : clientPrecision(type.dataType(), scalar),
        type.dataType() == DataType.TIMESTAMP && !type.isArray() ? FRACTION_DIGITS : 0,
        ofTable ? SystemTables.nameInSchema(table) : "",
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

  static Meta.Signature signature(
      String sql, List<OutputColumn> columns, List<AvaticaParameter> parameters) {
    return Meta.Signature.create(
        columns(columns), sql, parameters, Meta.CursorFactory.ARRAY, Meta.StatementType.SELECT);
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
