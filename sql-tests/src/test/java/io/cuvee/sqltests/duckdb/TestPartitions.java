package io.cuvee.sqltests.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.SharedCluster;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The rows that pass a random condition, those that pass its negation and those for which it is
/// NULL are all rows: see [Partitions].
@ExtendWith(ClusterExtension.class)
class TestPartitions {
  private static final long SEED = Long.getLong("cuvee.random.seed", 20_261_122);
  private static final int SHAPES = Math.max(1, Integer.getInteger("cuvee.random.shapes", 150) / 2);
  private static final int FAILURES_SHOWN = 10;

  @Test
  void threePartsAreTheWhole(SharedCluster cluster) throws SQLException {
    List<String> failures = new ArrayList<>();
    try (Connection connection = cluster.connect()) {
      for (int i = 0; i < SHAPES; i++) {
        failures.addAll(Partitions.differences(connection, new Random(SEED + i)));
      }
    }
    assertThat(failures.stream().limit(FAILURES_SHOWN))
        .as("%d failures, -Dcuvee.random.seed=%d", failures.size(), SEED)
        .isEmpty();
  }
}
