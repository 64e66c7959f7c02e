package io.cuvee.launcher.demo;

import io.cuvee.launcher.embedded.ServerProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/// Kills one server after the other with `kill -9` and starts it again, while a loop of queries
/// checks that stored rows stay what they are and live ones do not become fewer. Says after each
/// kill how many queries failed or were wrong. On two threads of its own.
public final class Chaos implements AutoCloseable {
  private static final String STORED = "SELECT COUNT(*), SUM(distance), MAX(delay) FROM flights";
  private static final String LIVE = "SELECT COUNT(*) FROM flights_live";
  private static final String LIVE_REPLICAS =
      "SELECT MIN(n) FROM (SELECT COUNT(*) AS n FROM system.replicas WHERE table_name ="
          + " 'flights_live' GROUP BY segment_name)";
  private static final String REPLICAS =
      "SELECT COUNT(*) FROM system.replicas WHERE table_name = 'flights' AND state = 'ONLINE'";
  private static final String SILENT =
      "SELECT COUNT(*) FROM system.ingestion WHERE state IN ('UNKNOWN', 'FAILING')";
  private static final long QUERY_PAUSE_MILLIS = 20;
  private static final long BEFORE_KILL_MILLIS = 5_000;
  private static final long DEAD_MILLIS = 1_000;
  private static final long RETRY_MILLIS = 200;

  private final List<ServerProcess> servers;
  private final String jdbcUrl;
  private final PrintStream out;
  private final long replicas;
  private final AtomicLong queries = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong wrong = new AtomicLong();
  private final AtomicLong longestNanos = new AtomicLong();
  private volatile boolean closed;
  private final Thread asking = Thread.ofVirtual().name("chaos-queries").unstarted(this::ask);
  private final Thread killing = Thread.ofVirtual().name("chaos").unstarted(this::kill);

  private Chaos(List<ServerProcess> servers, String jdbcUrl, PrintStream out) throws SQLException {
    this.servers = List.copyOf(servers);
    this.jdbcUrl = jdbcUrl;
    this.out = out;
    try (Connection connection = DriverManager.getConnection(jdbcUrl);
        Statement statement = connection.createStatement()) {
      replicas = Long.parseLong(row(statement, REPLICAS));
    }
  }

  /// @param servers at least two, of tables with two replicas
  /// @param out gets a line after each kill
  public static Chaos start(List<ServerProcess> servers, String jdbcUrl, PrintStream out)
      throws SQLException {
    Chaos chaos = new Chaos(servers, jdbcUrl, out);
    chaos.asking.start();
    chaos.killing.start();
    return chaos;
  }

  private void ask() {
    String stored = "";
    long live = 0;
    while (!closed) {
      try (Connection connection = DriverManager.getConnection(jdbcUrl);
          Statement statement = connection.createStatement()) {
        while (true) {
          long begun = System.nanoTime();
          String now = row(statement, STORED);
          wrong.addAndGet(stored.isEmpty() || stored.equals(now) ? 0 : 1);
          stored = stored.isEmpty() ? now : stored;
          queries.incrementAndGet();
          // Not before it is there with two replicas.
          if (live > 0 || isReplicated(statement)) {
            long count = Long.parseLong(row(statement, LIVE));
            wrong.addAndGet(count < live ? 1 : 0);
            live = Math.max(live, count);
            queries.incrementAndGet();
          }
          long took = System.nanoTime() - begun;
          longestNanos.accumulateAndGet(took, Math::max);
          Thread.sleep(QUERY_PAUSE_MILLIS);
        }
      } catch (SQLException e) {
        if (closed) {
          return;
        }
        queries.incrementAndGet();
        failed.incrementAndGet();
        out.println("A query failed: " + e.getMessage());
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static String row(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      StringBuilder row = new StringBuilder(rows.getString(1));
      for (int i = 2; i <= rows.getMetaData().getColumnCount(); i++) {
        row.append(' ').append(rows.getString(i));
      }
      return row.toString();
    }
  }

  private static boolean isReplicated(Statement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery(LIVE_REPLICAS)) {
      return rows.next() && rows.getInt(1) > 1;
    }
  }

  private void kill() {
    try {
      for (int kills = 1; ; kills++) {
        ServerProcess server = servers.get((kills - 1) % servers.size());
        Thread.sleep(BEFORE_KILL_MILLIS);
        longestNanos.set(0);
        long begun = System.nanoTime();
        server.kill();
        Thread.sleep(DEAD_MILLIS);
        server.restart();
        // Only then may the next one die.
        await(this::allAreServed);
        out.printf(
            Locale.ROOT,
            "kill -9 %s (%d): back after %.1f s, longest answer %,d ms; %,d queries, %d failed, %d"
                + " wrong%n",
            server.name(),
            kills,
            (System.nanoTime() - begun) / 1e9,
            longestNanos.get() / 1_000_000,
            queries.get(),
            failed.get(),
            wrong.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException e) {
      out.println("No more kills: " + e.getMessage());
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      Thread.sleep(RETRY_MILLIS);
    }
  }

  /// Whether as many replicas are served as at first, and all streams are followed.
  private boolean allAreServed() {
    try (Connection connection = DriverManager.getConnection(jdbcUrl);
        Statement statement = connection.createStatement()) {
      return Long.parseLong(row(statement, REPLICAS)) >= replicas
          && row(statement, SILENT).equals("0");
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public void close() {
    closed = true;
    killing.interrupt();
    asking.interrupt();
  }
}
