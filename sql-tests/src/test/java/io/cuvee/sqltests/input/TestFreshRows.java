package io.cuvee.sqltests.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.SharedCluster;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ClusterExtension.class)
class TestFreshRows {
  private static final int FILES = 20;

  @Test
  void rowsCanBeQueriedOnceTheirFileIsTaken(SharedCluster cluster) throws Exception {
    IntakeTable table = IntakeTable.create(cluster, "fresh", "");
    for (int i = 1; i <= FILES; i++) {
      table.ingest("csv", "id\n" + (10 + i) + "\n").expect(200);
      assertThat(cluster.query("SELECT COUNT(*) FROM fresh"))
          .isEqualTo(List.of(List.of(Integer.toString(3 + i))));
    }
  }
}
