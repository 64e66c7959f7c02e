package io.cuvee.jdbc;

import java.sql.SQLException;
import java.util.List;

/// The values of one column in the rows of a frame. A value is made when it is asked for, and a
/// number without an object where the frame holds it as one.
abstract class Cells {
  abstract boolean isNull(int row);

  /// The value in its form in JSON, for which [Values] knows all conversions; or a `byte[]` or a
  /// [java.util.UUID] where JSON would have text for one. Not to be asked of a NULL.
  abstract Object get(int row);

  long toLong(int row, Column column) throws SQLException {
    return Values.toLong(get(row), column);
  }

  double toDouble(int row, Column column) throws SQLException {
    return Values.toDouble(get(row), column);
  }

  float toFloat(int row, Column column) throws SQLException {
    return (float) toDouble(row, column);
  }

  boolean toBoolean(int row, Column column) throws SQLException {
    return Values.toBoolean(get(row), column);
  }

  String toText(int row, Column column) throws SQLException {
    return Values.toText(get(row), column);
  }

  /// One column of rows that came as such, or that the driver made up. A cell that a row is too
  /// short for is NULL.
  static final class OfRows extends Cells {
    private final List<Object[]> rows;
    private final int index;

    OfRows(List<Object[]> rows, int index) {
      this.rows = rows;
      this.index = index;
    }

    @Override
    boolean isNull(int row) {
      Object[] cells = rows.get(row);
      return index >= cells.length || cells[index] == null;
    }

    @Override
    Object get(int row) {
      return rows.get(row)[index];
    }
  }
}
