package io.cuvee.sqltests.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.SharedCluster;
import io.cuvee.sqltests.duckdb.WarehouseRun.Reported;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The 22 queries of TPC-H and the 13 of SSB with its joins give the rows that DuckDB gives.
///
/// `-Dcuvee.tpch.scale=0.1` runs them on 600,000 lines; with `-Dcuvee.tpch.report=times` each
/// query's time is printed, with `plans` its plan and cost as well.
@ExtendWith(ClusterExtension.class)
class TestTpch {
  private static final double SCALE =
      Double.parseDouble(System.getProperty("cuvee.tpch.scale", "0.01"));

  @Test
  void queriesAgreeWithDuckDb(SharedCluster cluster, @TempDir Path directory) throws Exception {
    WarehouseRun run = new WarehouseRun(SCALE, reported());
    run.run(directory, cluster.controllerUrl(), cluster.jdbcUrl());
    assertThat(run.failures()).isEmpty();
    assertThat(run.empty()).isLessThan(10);
  }

  static Reported reported() {
    return Reported.valueOf(
        System.getProperty("cuvee.tpch.report", "nothing").toUpperCase(Locale.ROOT));
  }
}
