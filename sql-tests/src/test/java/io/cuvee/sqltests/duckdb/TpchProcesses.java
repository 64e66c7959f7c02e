package io.cuvee.sqltests.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.sqltests.duckdb.WarehouseRun.Reported;
import io.cuvee.sqltests.process.RoleProcesses;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The queries of [TestTpch] at full scale, on one server and one broker with 4 GiB of heap each,
/// within the 60 s that a broker gives a query: `-Dtest=TpchProcesses`. Needs 16 GB of memory and
/// minutes, so CI leaves it out.
class TpchProcesses {
  private static final double SCALE =
      Double.parseDouble(System.getProperty("cuvee.tpch.scale", "1"));
  private static final String HEAP = System.getProperty("cuvee.tpch.heap", "4g");

  @Test
  void queriesAgreeWithDuckDb(@TempDir Path directory) throws Exception {
    WarehouseRun run =
        new WarehouseRun(
            SCALE,
            System.getProperty("cuvee.tpch.report") == null ? Reported.TIMES : TestTpch.reported());
    try (RoleProcesses cluster =
        new RoleProcesses(
            directory,
            List.of("zookeeper", "controller", "server", "broker"),
            Map.of("CUVEE_JAVA_OPTS", "-Xmx" + HEAP))) {
      cluster.startAll();
      run.run(directory, cluster.controllerUrl(), cluster.jdbcUrl());
      System.out.println(cluster.cost());
    }
    assertThat(run.failures()).isEmpty();
  }
}
