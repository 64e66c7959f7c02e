package io.cuvee.jdbc;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An array from a result, or one that a program made with `createArrayOf`. Immutable.
public final class CuveeArray implements Array {
  private final Column element;
  private final List<?> values;
  private final ZoneId zone;

  CuveeArray(Column element, List<?> values, ZoneId zone) {
    this.element = element;
    this.values = values;
    this.zone = zone;
  }

  /// The elements in the form in which they travel in JSON.
  List<?> values() {
    return values;
  }

  @Override
  public String getBaseTypeName() {
    return element.typeName;
  }

  @Override
  public int getBaseType() {
    return element.sqlType;
  }

  @Override
  public Object getArray() throws SQLException {
    return Values.toJavaArray(values, element, element.javaClass(), zone);
  }

  @Override
  public Object getArray(@Nullable Map<String, Class<?>> map) throws SQLException {
    return getArray();
  }

  @Override
  public Object getArray(long index, int count) throws SQLException {
    return Values.toJavaArray(slice(index, count), element, element.javaClass(), zone);
  }

  @Override
  public Object getArray(long index, int count, @Nullable Map<String, Class<?>> map)
      throws SQLException {
    return getArray(index, count);
  }

  private List<?> slice(long index, int count) throws SQLException {
    if (index < 1 || count < 0 || index - 1 + count > values.size()) {
      throw SqlErrors.of(
          "Elements "
              + index
              + " to "
              + (index + count - 1)
              + " were asked for, but the array has "
              + values.size()
              + ".",
          SqlState.INVALID_INDEX);
    }
    return values.subList((int) index - 1, (int) index - 1 + count);
  }

  @Override
  public ResultSet getResultSet() {
    return asRows(values, 1);
  }

  @Override
  public ResultSet getResultSet(@Nullable Map<String, Class<?>> map) {
    return getResultSet();
  }

  @Override
  public ResultSet getResultSet(long index, int count) throws SQLException {
    return asRows(slice(index, count), index);
  }

  @Override
  public ResultSet getResultSet(long index, int count, @Nullable Map<String, Class<?>> map)
      throws SQLException {
    return getResultSet(index, count);
  }

  private ResultSet asRows(List<?> elements, long firstIndex) {
    List<Object[]> rows = new ArrayList<>();
    for (Object value : elements) {
      rows.add(new Object[] {firstIndex + rows.size(), value});
    }
    return CuveeResultSet.ofRows(
        List.of(Column.of("INDEX", Types.BIGINT, "BIGINT"), element), rows, zone);
  }

  @Override
  public void free() {
    // Nothing is held.
  }

  @Override
  public String toString() {
    try {
      StringBuilder text = new StringBuilder("[");
      for (Object value : values) {
        text.append(text.length() == 1 ? "" : ", ")
            .append(value == null ? "null" : Values.toText(value, element));
      }
      return text.append(']').toString();
    } catch (SQLException e) {
      return values.toString();
    }
  }
}
