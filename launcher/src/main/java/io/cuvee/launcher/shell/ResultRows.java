package io.cuvee.launcher.shell;

import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Rows to be printed, one after the other.
public interface ResultRows {
  /// A column of the result.
  record Column(String label, Form form) {}

  /// How a value is printed where that matters: aligned to the right, and bare in JSON.
  enum Form {
    NUMBER,
    BOOLEAN,
    TEXT
  }

  List<Column> columns();

  /// Moves to the next row; false at the end.
  boolean next() throws SQLException;

  /// The text of a cell of the present row; `null` for SQL NULL.
  @Nullable String text(int column) throws SQLException;
}
