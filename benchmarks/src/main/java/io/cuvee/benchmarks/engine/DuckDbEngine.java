package io.cuvee.benchmarks.engine;

import io.cuvee.benchmarks.ssb.SsbBatch;
import io.cuvee.benchmarks.ssb.SsbColumn;
import io.cuvee.benchmarks.ssb.SsbGenerator;
import io.cuvee.benchmarks.ssb.SsbTable;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/// DuckDB in this process, over JDBC, on a file of its own.
public final class DuckDbEngine implements Engine {
  private final boolean hasIndex;
  private @Nullable Connection database;

  /// A connection serves one thread at a time.
  private final ThreadLocal<Statement> statements = ThreadLocal.withInitial(this::statement);

  /// @param variant `index` adds an index on the order key
  public DuckDbEngine(String variant) {
    hasIndex = variant.equals("index");
  }

  @Override
  public String version() {
    return String.valueOf(org.duckdb.DuckDBDriver.class.getPackage().getImplementationVersion());
  }

  private static Connection connect(Path store) throws SQLException {
    return DriverManager.getConnection("jdbc:duckdb:" + store);
  }

  @Override
  public void build(SsbGenerator rows, Path store, int threads) throws Exception {
    String columns =
        SsbTable.COLUMNS.stream()
            .map(column -> column.name() + " " + type(column))
            .collect(Collectors.joining(", ", "(", ")"));
    try (Connection connection = connect(store);
        Statement statement = connection.createStatement()) {
      statement.execute("SET threads=" + threads);
      statement.execute("CREATE TABLE " + SsbTable.NAME + columns);
      try (DuckDBAppender appender =
          ((DuckDBConnection) connection).createAppender("main", SsbTable.NAME)) {
        rows.generate(0, rows.table().rowCount(), batch -> append(rows.table(), batch, appender));
      }
      if (hasIndex) {
        statement.execute("CREATE INDEX by_order ON " + SsbTable.NAME + "(lo_orderkey)");
      }
      statement.execute("CHECKPOINT");
    }
  }

  private static String type(SsbColumn column) {
    return switch (column.kind()) {
      case INT -> "INTEGER";
      case LONG -> "BIGINT";
      case TEXT -> "VARCHAR";
    };
  }

  private static void append(SsbTable table, SsbBatch batch, DuckDBAppender appender) {
    int width = SsbTable.COLUMNS.size();
    try {
      for (int row = 0; row < batch.rowCount(); row++) {
        appender.beginRow();
        for (int column = 0; column < width; column++) {
          long value = batch.values()[column][row];
          switch (SsbTable.COLUMNS.get(column).kind()) {
            case INT -> appender.append((int) value);
            case LONG -> appender.append(value);
            case TEXT -> appender.append(table.texts(column)[(int) value]);
          }
        }
        appender.endRow();
      }
    } catch (SQLException e) {
      throw new IllegalStateException("DuckDB took no rows", e);
    }
  }

  @Override
  public void open(Path store, int threads) throws SQLException {
    database = connect(store);
    try (Statement statement = database.createStatement()) {
      statement.execute("SET threads=" + threads);
    }
  }

  private Statement statement() {
    try {
      if (database instanceof DuckDBConnection connection) {
        return connection.duplicate().createStatement();
      }
    } catch (SQLException e) {
      throw new IllegalStateException("DuckDB gave no connection", e);
    }
    throw new IllegalStateException("The store is not open");
  }

  @Override
  public List<@Nullable Object[]> query(String sql) throws SQLException {
    return JdbcAnswer.of(statements.get(), sql);
  }

  @Override
  public void close() throws SQLException {
    if (database != null) {
      database.close();
    }
  }
}
