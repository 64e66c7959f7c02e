package io.cuvee.benchmarks.engine;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The rows of a query over JDBC.
final class JdbcAnswer {
  private JdbcAnswer() {}

  static List<@Nullable Object[]> of(Statement statement, String sql) throws SQLException {
    List<@Nullable Object[]> rows = new ArrayList<>();
    try (ResultSet result = statement.executeQuery(sql)) {
      int width = result.getMetaData().getColumnCount();
      while (result.next()) {
        @Nullable Object[] row = new @Nullable Object[width];
        for (int column = 0; column < width; column++) {
          row[column] = result.getObject(column + 1);
        }
        rows.add(row);
      }
    }
    return rows;
  }
}
