package io.cuvee.benchmarks.driver;

import io.cuvee.benchmarks.engine.Cpu;
import io.cuvee.benchmarks.report.Figure;
import io.cuvee.benchmarks.report.Report;
import io.cuvee.benchmarks.report.Timings;
import io.cuvee.common.file.FileTree;
import io.cuvee.launcher.embedded.EmbeddedCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// `./cuvee bench driver`: a cluster in this process, asked through the driver over loopback; and
/// the same rows from a server of Avatica's own classes through Avatica's own client.
public final class DriverBench {
  private static final int THREADS = Runtime.getRuntime().availableProcessors();
  private static final double NANOS_PER_MILLI = 1e6;
  private static final int STOPS = 7;
  private static final int FETCHES = 7;
  private static final int WARM_UP_FETCHES = 4;
  private static final String TRIVIAL = "SELECT 1";
  private static final String COUNT = "SELECT COUNT(*) FROM facts";

  /// The way through driver, HTTP and broker is compiled in some ten thousand rounds only.
  private static final long MIN_WARM_UP_MILLIS = 15_000;

  /// Fewer are only to try whether it runs.
  private static final int FULL_ROWS = 1_000_000;

  private static final String GROUPS =
      "SELECT code, COUNT(*), SUM(n), MAX(price) FROM facts GROUP BY code";

  /// Nothing but looking at each pair tells that there is none.
  private static final String CROSS_JOIN =
      "SELECT COUNT(*) FROM facts a CROSS JOIN facts b WHERE a.n * 3 + b.n = -1";

  private final int rows;
  private final int rounds;
  private final long warmUpMillis;
  private final Report report = new Report("driver");

  /// @param rows of the table
  /// @param warmUpMillis of each short query; 15 s at least for a table of full size
  public DriverBench(int rows, int rounds, long warmUpMillis) {
    this.rows = rows;
    this.rounds = rounds;
    this.warmUpMillis = Math.max(warmUpMillis, rows < FULL_ROWS ? 0 : MIN_WARM_UP_MILLIS);
  }

  public Report run() throws IOException, SQLException {
    Path work = Files.createTempDirectory("cuvee-bench-driver");
    try (EmbeddedCluster cluster =
            EmbeddedCluster.start(
                work.resolve("cluster"),
                new EmbeddedCluster.Size(1, 1, 1),
                Map.of(),
                (part, millis) -> {});
        StockAvatica stock = new StockAvatica(rows)) {
      FactsTable.load(rows, work, cluster);
      try (Connection connection = DriverManager.getConnection(cluster.jdbcUrl())) {
        shortQueries(connection);
        try (Connection other = DriverManager.getConnection(stock.jdbcUrl())) {
          fetches(connection, other);
        }
        stops(connection);
      }
    } finally {
      FileTree.delete(work);
    }
    return report;
  }

  private void shortQueries(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        PreparedStatement trivial = connection.prepareStatement(TRIVIAL);
        PreparedStatement count = connection.prepareStatement(COUNT)) {
      report.add(timed("trivial query", () -> statement.executeQuery(TRIVIAL)));
      report.add(timed("trivial query, prepared", trivial::executeQuery));
      report.add(timed("count, prepared", count::executeQuery));
      Timings groups = timed("groups", () -> statement.executeQuery(GROUPS));
      report.add(groups);
      Timings own = ownTime(connection);
      report.add(own);
      report.add(
          new Figure(
              "groups, ms above the engine's own time",
              "cuvee",
              THREADS,
              groups.median() - own.median()));
    }
  }

  /// One way to run a query.
  private interface Query {
    ResultSet run() throws SQLException;
  }

  private Timings timed(String name, Query query) throws SQLException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(warmUpMillis);
    while (System.nanoTime() < end) {
      drain(query);
    }
    double[] millis = new double[rounds];
    long cpu = Cpu.nanos();
    int count = 0;
    for (int i = 0; i < rounds; i++) {
      long begun = System.nanoTime();
      count = drain(query);
      millis[i] = (System.nanoTime() - begun) / NANOS_PER_MILLI;
    }
    double cpuMillis = (Cpu.nanos() - cpu) / NANOS_PER_MILLI / rounds;
    return new Timings(name, "cuvee", THREADS, millis, count, "", cpuMillis);
  }

  private static int drain(Query query) throws SQLException {
    int count = 0;
    try (ResultSet result = query.run()) {
      while (result.next()) {
        count++;
      }
    }
    return count;
  }

  /// What the broker says that the last groups took it, with the servers, from the plan cache on.
  private Timings ownTime(Connection connection) throws SQLException {
    double[] millis = new double[Math.min(rounds, 900)];
    int count = 0;
    try (Statement statement = connection.createStatement();
        ResultSet log =
            statement.executeQuery(
                "SELECT queue_ms + plan_ms + dispatch_ms + merge_ms FROM system.query_log WHERE"
                    + " query = '"
                    + GROUPS
                    + "' ORDER BY started_at DESC LIMIT "
                    + millis.length)) {
      while (log.next()) {
        millis[count++] = log.getDouble(1);
      }
    }
    return new Timings(
        "groups, engine's own time", "cuvee", THREADS, Arrays.copyOf(millis, count), count, "");
  }

  /// All rows, in turns, at two fetch sizes; what counts is the processor time of the process, in
  /// which clients, brokers and servers are.
  private void fetches(Connection ours, Connection stock) throws SQLException {
    Map<String, Connection> engines = new LinkedHashMap<>();
    engines.put("cuvee", ours);
    engines.put("avatica-json", stock);
    for (int fetchSize : List.of(1_000, 10_000)) {
      String name = "rows at fetch size " + fetchSize;
      Map<String, double[]> millis = new LinkedHashMap<>();
      Map<String, double[]> cpuMillis = new LinkedHashMap<>();
      Map<String, String> digests = new LinkedHashMap<>();
      for (int round = -WARM_UP_FETCHES; round < FETCHES; round++) {
        for (Map.Entry<String, Connection> engine : engines.entrySet()) {
          long begun = System.nanoTime();
          long cpu = Cpu.nanos();
          digests.put(engine.getKey(), fetch(engine.getValue(), fetchSize));
          if (round >= 0) {
            millis.computeIfAbsent(engine.getKey(), key -> new double[FETCHES])[round] =
                (System.nanoTime() - begun) / NANOS_PER_MILLI;
            cpuMillis.computeIfAbsent(engine.getKey(), key -> new double[FETCHES])[round] =
                (Cpu.nanos() - cpu) / NANOS_PER_MILLI;
          }
        }
      }
      Map<String, Double> medians = new LinkedHashMap<>();
      for (String engine : engines.keySet()) {
        double[] cpu = cpuMillis.getOrDefault(engine, new double[1]);
        Arrays.sort(cpu);
        medians.put(engine, cpu[cpu.length / 2]);
        report.add(
            new Timings(
                name,
                engine,
                THREADS,
                millis.getOrDefault(engine, new double[1]),
                rows,
                digests.getOrDefault(engine, ""),
                cpu[cpu.length / 2]));
        report.add(new Figure(name + ", CPU ms", engine, THREADS, cpu[cpu.length / 2]));
      }
      report.add(
          new Figure(
              name + ", CPU of Avatica's",
              "cuvee",
              THREADS,
              medians.getOrDefault("cuvee", 0.0) / medians.getOrDefault("avatica-json", 1.0)));
    }
  }

  private static String fetch(Connection connection, int fetchSize) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(fetchSize);
      try (ResultSet result = statement.executeQuery(FactsTable.SCAN)) {
        return FactsTable.read(result);
      }
    }
  }

  /// From the call of `cancel`, or the start with a time limit of a second, until the query fails.
  private void stops(Connection connection) throws SQLException {
    double[] cancelled = new double[STOPS];
    double[] timedOut = new double[STOPS];
    for (int i = 0; i < STOPS; i++) {
      try (Statement statement = connection.createStatement()) {
        CompletableFuture<Long> query =
            CompletableFuture.supplyAsync(() -> failure(statement, "57014"));
        TimeUnit.MILLISECONDS.sleep(400);
        long begun = System.nanoTime();
        statement.cancel();
        cancelled[i] = (query.join() - begun) / NANOS_PER_MILLI;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      try (Statement statement = connection.createStatement()) {
        statement.setQueryTimeout(1);
        long begun = System.nanoTime();
        timedOut[i] = (failure(statement, "57014") - begun) / NANOS_PER_MILLI;
      }
    }
    report.add(new Timings("cancel of a cross join", "cuvee", THREADS, cancelled, 0, ""));
    report.add(new Timings("cross join, limit of 1 s", "cuvee", THREADS, timedOut, 0, ""));
    try (Statement statement = connection.createStatement();
        ResultSet left =
            statement.executeQuery("SELECT COUNT(*) FROM system.queries WHERE elapsed_ms > 500")) {
      left.next();
      if (left.getLong(1) != 0) {
        report.fail("Queries that were stopped still run.");
      }
    }
  }

  /// When the cross join failed.
  private long failure(Statement statement, String sqlState) {
    try {
      drain(() -> statement.executeQuery(CROSS_JOIN));
      report.fail("The cross join was not stopped.");
    } catch (SQLException e) {
      if (!sqlState.equals(e.getSQLState())) {
        report.fail("The cross join failed otherwise: " + e.getMessage());
      }
    }
    return System.nanoTime();
  }
}
