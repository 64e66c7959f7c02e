package io.cuvee.sqltests.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.launcher.loading.ControllerClient;
import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.Rows;
import io.cuvee.sqltests.cluster.SharedCluster;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The 22 queries of TPC-H give the rows that DuckDB gives.
///
/// `-Dcuvee.tpch.scale=1` runs them on six million lines, which takes 8 GiB of heap; with
/// `-Dcuvee.tpch.report=true` each query's time, plan and cost are printed.
@ExtendWith(ClusterExtension.class)
class TestTpch {
  private static final double SCALE =
      Double.parseDouble(System.getProperty("cuvee.tpch.scale", "0.01"));
  private static final boolean REPORT = Boolean.getBoolean("cuvee.tpch.report");

  @Test
  void queriesAgreeWithDuckDb(SharedCluster cluster, @TempDir Path directory) throws Exception {
    List<String> failures = new ArrayList<>();
    int empty = 0;
    try (DuckDb duckDb = DuckDb.open();
        ControllerClient controller = new ControllerClient(cluster.controllerUrl())) {
      TpchTables.load(SCALE, directory, duckDb, controller, cluster.jdbcUrl());
      List<String> queries = queries();
      try (Connection connection = cluster.connect()) {
        for (int i = 0; i < queries.size(); i++) {
          Rows expected = duckDb.query(queries.get(i));
          empty += expected.cells().isEmpty() ? 1 : 0;
          long begin = System.nanoTime();
          String difference =
              SameRows.difference(expected, Rows.query(connection, queries.get(i)), true);
          if (REPORT) {
            System.out.printf("Q%d %.0f ms%n", i + 1, (System.nanoTime() - begin) / 1e6);
            Rows plan = Rows.query(connection, "EXPLAIN ANALYZE " + queries.get(i));
            plan.texts().forEach(line -> System.out.println("  " + line.getFirst()));
          }
          if (!difference.isEmpty()) {
            failures.add("query " + (i + 1) + ": " + difference);
          }
        }
      }
    }
    assertThat(failures).isEmpty();
    assertThat(empty).isLessThan(6);
  }

  private static List<String> queries() throws IOException {
    try (InputStream in = TestTpch.class.getResourceAsStream("/tpch/queries.sql")) {
      if (in == null) {
        throw new IllegalStateException("There is no resource tpch/queries.sql");
      }
      String text =
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .replace(":fraction", BigDecimal.valueOf(0.0001 / SCALE).toPlainString());
      return List.of(text.split(";\\s*\\n"));
    }
  }
}
