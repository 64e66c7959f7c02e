package io.cuvee.sqltests.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.Fixture;
import io.cuvee.sqltests.cluster.Rows;
import io.cuvee.sqltests.cluster.SharedCluster;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The 22 queries of TPC-H, over a small random database, give the rows that DuckDB gives.
@ExtendWith(ClusterExtension.class)
class TestTpch {
  @Test
  void queriesAgreeWithDuckDb(SharedCluster cluster) throws Exception {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    List<String> failures = new ArrayList<>();
    int empty = 0;
    try (DuckDb duckDb = DuckDb.open();
        Connection connection = cluster.connect()) {
      for (Fixture table : new TpchTables(seed).make()) {
        duckDb.load(table);
        cluster.load(table);
      }
      List<String> queries = queries();
      assertThat(queries).hasSize(22);
      for (int i = 0; i < queries.size(); i++) {
        Rows expected = duckDb.query(queries.get(i));
        empty += expected.cells().isEmpty() ? 1 : 0;
        String difference =
            SameRows.difference(expected, Rows.query(connection, queries.get(i)), true);
        if (!difference.isEmpty()) {
          failures.add("query " + (i + 1) + ": " + difference);
        }
      }
    }
    assertThat(failures).as("-Dcuvee.random.seed=" + seed).isEmpty();
    assertThat(empty).as("queries without rows, -Dcuvee.random.seed=" + seed).isLessThan(6);
  }

  private static List<String> queries() throws IOException {
    try (InputStream in = TestTpch.class.getResourceAsStream("/tpch/queries.sql")) {
      if (in == null) {
        throw new IllegalStateException("There is no resource tpch/queries.sql");
      }
      return List.of(new String(in.readAllBytes(), StandardCharsets.UTF_8).split(";\\s*\\n"));
    }
  }
}
