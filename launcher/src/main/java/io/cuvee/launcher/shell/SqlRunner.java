package io.cuvee.launcher.shell;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;

/// Runs statements over JDBC and prints their results; errors and times go to `err`.
public final class SqlRunner {
  private final Connection connection;
  private final ResultPrinter printer;
  private final PrintWriter err;
  private final boolean timing;

  /// @param timing whether the rows and the time of each statement are said
  public SqlRunner(Connection connection, ResultPrinter printer, PrintWriter err, boolean timing) {
    this.connection = connection;
    this.printer = printer;
    this.err = err;
    this.timing = timing;
  }

  /// Runs the statements in order up to the first that fails.
  ///
  /// @return whether all succeeded
  public boolean run(List<String> statements) {
    for (String sql : statements) {
      try (Statement statement = connection.createStatement()) {
        long begun = System.nanoTime();
        long rows = 0;
        if (statement.execute(sql)) {
          try (ResultSet result = statement.getResultSet()) {
            rows = printer.print(new JdbcRows(result));
          }
        }
        for (SQLWarning warning = statement.getWarnings();
            warning != null;
            warning = warning.getNextWarning()) {
          err.println("WARNING " + warning.getSQLState() + ": " + warning.getMessage());
        }
        if (timing) {
          err.println(
              String.format(
                  Locale.ROOT,
                  "%,d %s in %.1f ms",
                  rows,
                  rows == 1 ? "row" : "rows",
                  (System.nanoTime() - begun) / 1e6));
        }
        err.flush();
      } catch (SQLException e) {
        err.println("ERROR " + e.getSQLState() + ": " + e.getMessage());
        err.flush();
        return false;
      }
    }
    return true;
  }
}
