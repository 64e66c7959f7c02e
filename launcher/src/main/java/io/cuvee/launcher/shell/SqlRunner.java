package io.cuvee.launcher.shell;

import io.cuvee.common.error.CuveeException;
import io.cuvee.jdbc.CuveeStatement;
import io.cuvee.launcher.local.FileReferences;
import io.cuvee.launcher.local.LocalSql;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/// Runs statements, over JDBC or over local files, and prints their results; errors, times and
/// progress go to `err`. [#interrupt()] may be called from any thread, the rest from one.
public final class SqlRunner implements AutoCloseable {
  private static final int PROGRESS_TIMEOUT_SECONDS = 1;

  private final Connector connector;

  /// Of its own, since the other one is busy while there is progress.
  private final Connector progressConnector;

  private final PrintWriter err;
  private final IntSupplier screenWidth;
  private PrintWriter out;
  private ResultFormat format;
  private boolean timing;
  private @Nullable LocalSql local;
  private boolean allLocal;
  private volatile boolean interrupted;
  private volatile @Nullable Statement running;

  /// @param screenWidth columns of the terminal that shows `err`, or 0 if none does: there is no
  ///   progress then, and no limit to the width of tables
  public SqlRunner(
      String jdbcUrl,
      PrintWriter out,
      ResultFormat format,
      PrintWriter err,
      IntSupplier screenWidth) {
    this.connector = new Connector(jdbcUrl);
    this.progressConnector = new Connector(jdbcUrl);
    this.out = out;
    this.format = format;
    this.err = err;
    this.screenWidth = screenWidth;
  }

  /// Runs the statements in order up to the first that fails. If one of them names files, all run
  /// without a cluster.
  ///
  /// @return whether all succeeded
  public boolean run(List<String> statements) {
    allLocal |= statements.stream().anyMatch(SqlRunner::namesFiles);
    return statements.stream().allMatch(this::run);
  }

  private static boolean namesFiles(String statement) {
    return !FileReferences.of(statement).files().isEmpty();
  }

  /// Runs a statement.
  ///
  /// @return whether it succeeded
  boolean run(String statement) {
    interrupted = false;
    long begun = System.nanoTime();
    try {
      long rows = allLocal || namesFiles(statement) ? runLocally(statement) : ask(statement);
      if (timing) {
        double millis = (System.nanoTime() - begun) / 1e6;
        err.println(
            String.format(
                Locale.ROOT, "%,d %s in %,.1f ms", rows, rows == 1 ? "row" : "rows", millis));
      }
      return true;
    } catch (CuveeException e) {
      err.println(ErrorText.of(e.code().sqlState(), String.valueOf(e.getMessage()), statement));
    } catch (SQLException e) {
      err.println(ErrorText.of(e, statement));
    } finally {
      running = null;
      err.flush();
    }
    return false;
  }

  private long runLocally(String statement) throws SQLException {
    if (local == null) {
      local = new LocalSql();
    }
    return local.run(statement, printer());
  }

  private long ask(String sql) throws SQLException {
    Connection connection = connector.connection();
    try (Statement statement = connection.createStatement()) {
      running = statement;
      if (interrupted) {
        statement.cancel();
      }
      boolean hasRows;
      try (QueryProgress _ = progress(statement)) {
        hasRows = statement.execute(sql);
      }
      long rows = 0;
      if (hasRows) {
        try (ResultSet result = statement.getResultSet()) {
          rows = printer().print(new JdbcRows(result, () -> interrupted));
        }
      }
      for (SQLWarning warning = statement.getWarnings();
          warning != null;
          warning = warning.getNextWarning()) {
        err.println("WARNING " + warning.getSQLState() + ": " + warning.getMessage());
      }
      return rows;
    }
  }

  private ResultPrinter printer() {
    return new ResultPrinter(out, format, screenWidth.getAsInt());
  }

  private @Nullable QueryProgress progress(Statement statement) {
    return screenWidth.getAsInt() == 0
        ? null
        : QueryProgress.start(err, screenWidth, () -> state(statement));
  }

  /// How far the servers are with a statement that runs.
  private Optional<QueryProgress.State> state(Statement statement) {
    try {
      Optional<String> id = statement.unwrap(CuveeStatement.class).runningQueryId();
      if (id.isEmpty()) {
        return Optional.empty();
      }
      try (PreparedStatement question =
          progressConnector
              .connection()
              .prepareStatement(
                  "SELECT examined_rows, total_rows FROM system.queries WHERE query_id = ?")) {
        question.setQueryTimeout(PROGRESS_TIMEOUT_SECONDS);
        question.setString(1, id.get());
        try (ResultSet rows = question.executeQuery()) {
          return rows.next()
              ? Optional.of(new QueryProgress.State(rows.getLong(1), rows.getLong(2)))
              : Optional.empty();
        }
      }
    } catch (SQLException unknown) {
      return Optional.empty();
    }
  }

  /// Cancels the statement that runs, also on the servers, if one does.
  void interrupt() {
    interrupted = true;
    LocalSql files = local;
    if (files != null) {
      files.cancel();
    }
    Statement statement = running;
    if (statement != null) {
      try {
        statement.cancel();
      } catch (SQLException e) {
        err.println("The statement could not be cancelled: " + e.getMessage());
        err.flush();
      }
    }
  }

  boolean isInterrupted() {
    return interrupted;
  }

  Connector connector() {
    return connector;
  }

  /// Where results go from now on.
  void setOutput(PrintWriter newOut) {
    out = newOut;
  }

  PrintWriter out() {
    return out;
  }

  PrintWriter err() {
    return err;
  }

  ResultFormat format() {
    return format;
  }

  void setFormat(ResultFormat newFormat) {
    format = newFormat;
  }

  boolean timing() {
    return timing;
  }

  /// Whether the rows and the time of each statement are said.
  public void setTiming(boolean newTiming) {
    timing = newTiming;
  }

  @Override
  public void close() {
    connector.close();
    progressConnector.close();
    if (local != null) {
      local.close();
    }
  }
}
