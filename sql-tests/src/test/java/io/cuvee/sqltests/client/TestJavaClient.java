package io.cuvee.sqltests.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.client.Client;
import io.cuvee.client.ClientException;
import io.cuvee.client.QueryResult;
import io.cuvee.launcher.loading.RowCounts;
import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.SharedCluster;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ClusterExtension.class)
class TestJavaClient {
  @Test
  void createsATableInsertsAndQueries(SharedCluster cluster) {
    Client client = Client.connect(cluster.controllerUrl());
    client.createTable(
        "table visits { id: INT64 NOT NULL, name: STRING, tags: STRING[], seen: TIMESTAMP }");

    assertThat(
            client.insertData(
                "visits",
                List.of(
                    Map.of("id", 1, "name", "Ada", "tags", List.of("a", "b")),
                    Map.of("id", 2, "seen", "2024-05-01 10:00:00"))))
        .isEqualTo(2);
    assertThat(client.insertData("visits", List.of(Map.of("id", 3, "name", "Zoë")))).isEqualTo(1);

    QueryResult result = client.executeQuery("SELECT id, name FROM visits ORDER BY id");
    assertThat(result.columnNames()).containsExactly("id", "name");
    assertThat(result.rows()).hasSize(3);
    assertThat(result.value(2, "name")).isEqualTo("Zoë");
    assertThat(result.value(1, "name")).isNull();
  }

  @Test
  void aRowThatDoesNotFitInsertsNothing(SharedCluster cluster) {
    Client client = Client.connect(cluster.controllerUrl());
    client.createTable("table strict { id: INT32 NOT NULL, name: STRING }");
    // Brokers hear of a new table a moment later.
    RowCounts.await(cluster.jdbcUrl(), "strict", 0, Duration.ofSeconds(30));

    assertThatThrownBy(() ->
            client.insertData(
                "strict", List.of(Map.of("id", 1), Map.of("id", "one"), Map.of("id", 2))))
        .isInstanceOf(ClientException.class)
        .hasMessageContaining("id")
        .hasMessageContaining("one");
    assertThat(client.executeQuery("SELECT COUNT(*) AS n FROM strict").value(0, "n"))
        .hasToString("0");
  }
}
