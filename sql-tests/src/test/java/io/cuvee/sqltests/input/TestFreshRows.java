package io.cuvee.sqltests.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.SharedCluster;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ClusterExtension.class)
class TestFreshRows {
  private static final int TABLES = 5;
  private static final int FILES = 5;

  @Test
  void rowsCanBeQueriedOnceTheirFileIsTaken(SharedCluster cluster) throws Exception {
    for (int i = 1; i <= TABLES; i++) {
      String name = "fresh" + i;
      cluster
          .controller()
          .post(
              "/schemas",
              "{\"schemaName\": \"%s\", \"dimensionFieldSpecs\": [{\"name\": \"id\", \"dataType\": \"INT\"}]}"
                  .formatted(name))
          .expect(200);
      cluster.controller().post("/tables", "{\"tableName\": \"" + name + "\"}").expect(200);
      for (int j = 1; j <= FILES; j++) {
        cluster.controller().ingest(name, "csv", "rows.csv", "id\n" + j + "\n").expect(200);
        assertThat(cluster.query("SELECT COUNT(*) FROM " + name))
            .isEqualTo(List.of(List.of(Integer.toString(j))));
      }
    }
  }
}
