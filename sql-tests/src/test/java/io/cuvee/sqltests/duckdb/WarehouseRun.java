package io.cuvee.sqltests.duckdb;

import io.cuvee.launcher.loading.ControllerClient;
import io.cuvee.sqltests.cluster.Rows;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// The 22 queries of TPC-H and the 13 of the Star Schema Benchmark, over tables of their own, in a
/// cluster and in DuckDB.
final class WarehouseRun {
  private final double scale;
  private final Reported reported;
  private final List<String> failures = new ArrayList<>();
  private int empty;

  /// What is printed of each query.
  enum Reported {
    NOTHING,
    TIMES,
    PLANS
  }

  /// @param scale 1 for six million lines
  WarehouseRun(double scale, Reported reported) {
    this.scale = scale;
    this.reported = reported;
  }

  /// What differed, one text each.
  List<String> failures() {
    return failures;
  }

  /// How many queries gave no rows, which tell little.
  int empty() {
    return empty;
  }

  /// @param work for files on the way
  void run(Path work, String controllerUrl, String jdbcUrl) throws IOException, SQLException {
    try (DuckDb duckDb = DuckDb.open();
        ControllerClient controller = new ControllerClient(controllerUrl);
        Connection connection = DriverManager.getConnection(jdbcUrl)) {
      for (TpchTables table : TpchTables.values()) {
        table.generate(scale, work, duckDb).copy(duckDb, work, controller, jdbcUrl);
      }
      compare("TPC-H ", queries("/tpch/queries.sql"), duckDb, connection);
      for (SsbTables table : SsbTables.values()) {
        table.derive(duckDb).copy(duckDb, work, controller, jdbcUrl);
      }
      compare("SSB ", queries("/ssb/queries.sql"), duckDb, connection);
    }
  }

  private void compare(String suite, List<String> queries, DuckDb duckDb, Connection connection)
      throws SQLException {
    for (int i = 0; i < queries.size(); i++) {
      String name = suite + (i + 1);
      Rows expected = duckDb.query(queries.get(i));
      empty += expected.cells().isEmpty() ? 1 : 0;
      long begun = System.nanoTime();
      try {
        Rows actual = Rows.query(connection, queries.get(i));
        long millis = (System.nanoTime() - begun) / 1_000_000;
        String difference = SameRows.difference(expected, actual, true);
        if (!difference.isEmpty()) {
          failures.add(name + ": " + difference);
        }
        report(name + ": " + millis + " ms", queries.get(i), connection);
      } catch (SQLException e) {
        failures.add(name + ": " + e.getMessage());
      }
    }
  }

  private void report(String line, String query, Connection connection) throws SQLException {
    if (reported == Reported.NOTHING) {
      return;
    }
    List<String> plan =
        Rows.query(connection, "EXPLAIN ANALYZE " + query).texts().stream()
            .map(row -> String.valueOf(row.getFirst()))
            .toList();
    System.out.println(line);
    plan.stream()
        .filter(step -> reported == Reported.PLANS || step.startsWith("spilled"))
        .forEach(step -> System.out.println("  " + step));
  }

  /// Where a query has `{a|b}`, `b` is the benchmark's and `a` finds more, for small tables.
  private List<String> queries(String resource) throws IOException {
    try (InputStream in = WarehouseRun.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("There is no resource " + resource);
      }
      String text =
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .replace(":fraction", BigDecimal.valueOf(0.0001 / scale).toPlainString())
              .replaceAll("\\{([^|}]*)\\|([^}]*)}", scale < 0.1 ? "$1" : "$2");
      return List.of(text.split(";\\s*\\n"));
    }
  }
}
