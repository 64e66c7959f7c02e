package io.cuvee.jdbc;

import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.List;

/// What is known of a result's columns. Immutable.
public final class CuveeResultSetMetaData implements ResultSetMetaData {
  private final List<Column> columns;

  CuveeResultSetMetaData(List<Column> columns) {
    this.columns = columns;
  }

  private Column column(int index) throws SQLException {
    if (index < 1 || index > columns.size()) {
      throw SqlErrors.of(
          "Column " + index + " was asked for, but the result has " + columns.size() + ".",
          SqlState.INVALID_INDEX);
    }
    return columns.get(index - 1);
  }

  @Override
  public int getColumnCount() {
    return columns.size();
  }

  @Override
  public String getColumnLabel(int column) throws SQLException {
    return column(column).label;
  }

  @Override
  public String getColumnName(int column) throws SQLException {
    return column(column).name;
  }

  @Override
  public String getTableName(int column) throws SQLException {
    String table = column(column).table;
    return table == null ? "" : table;
  }

  @Override
  public String getSchemaName(int column) throws SQLException {
    String schema = column(column).schema;
    return schema == null ? "" : schema;
  }

  @Override
  public String getCatalogName(int column) throws SQLException {
    String catalog = column(column).catalog;
    return catalog == null ? "" : catalog;
  }

  @Override
  public int getColumnType(int column) throws SQLException {
    return column(column).sqlType;
  }

  @Override
  public String getColumnTypeName(int column) throws SQLException {
    return column(column).typeName;
  }

  @Override
  public String getColumnClassName(int column) throws SQLException {
    return column(column).javaClass().getName();
  }

  @Override
  public int getPrecision(int column) throws SQLException {
    Column described = column(column);
    // The broker, like Calcite, states the digits after the second; JDBC wants all characters.
    boolean isStated = described.precision > 0 && described.kind != Column.Kind.TIMESTAMP;
    return isStated ? described.precision : usualPrecision(described);
  }

  /// Digits or characters of a type that the broker does not state; 0 where there is no bound.
  private static int usualPrecision(Column column) {
    switch (column.kind) {
      case BOOLEAN:
        return 1;
      case INTEGER:
        return column.javaClass() == Long.class ? 19 : 10;
      case FLOAT:
        return 7;
      case DOUBLE:
        return 15;
      case DECIMAL:
        return 38;
      case DATE:
        return 10;
      case TIME:
        return 12;
      case TIMESTAMP:
        return 23;
      case UUID:
        return 36;
      default:
        return 0;
    }
  }

  @Override
  public int getScale(int column) throws SQLException {
    return Math.max(0, column(column).scale);
  }

  @Override
  public int getColumnDisplaySize(int column) throws SQLException {
    Column described = column(column);
    if (described.displaySize > 0) {
      return described.displaySize;
    }
    switch (described.kind) {
      case BOOLEAN:
        return 5;
      case INTEGER:
        return getPrecision(column) + 1;
      case FLOAT:
        return 15;
      case DOUBLE:
        return 24;
      case DECIMAL:
        return getPrecision(column) + 2;
      case TEXT:
      case BINARY:
      case ARRAY:
      case OTHER:
        return described.precision > 0 ? described.precision : 65_535;
      default:
        return getPrecision(column);
    }
  }

  @Override
  public int isNullable(int column) throws SQLException {
    return column(column).nullable;
  }

  @Override
  public boolean isSigned(int column) throws SQLException {
    switch (column(column).kind) {
      case INTEGER:
      case FLOAT:
      case DOUBLE:
      case DECIMAL:
        return true;
      default:
        return false;
    }
  }

  @Override
  public boolean isCaseSensitive(int column) throws SQLException {
    Column described = column(column);
    return described.kind == Column.Kind.TEXT && described.caseSensitive;
  }

  @Override
  public boolean isSearchable(int column) throws SQLException {
    return column(column).kind != Column.Kind.OTHER;
  }

  @Override
  public boolean isAutoIncrement(int column) throws SQLException {
    column(column);
    return false;
  }

  @Override
  public boolean isCurrency(int column) throws SQLException {
    column(column);
    return false;
  }

  @Override
  public boolean isReadOnly(int column) throws SQLException {
    column(column);
    return true;
  }

  @Override
  public boolean isWritable(int column) throws SQLException {
    column(column);
    return false;
  }

  @Override
  public boolean isDefinitelyWritable(int column) throws SQLException {
    column(column);
    return false;
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return SqlErrors.unwrap(this, type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }
}
