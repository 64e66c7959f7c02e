package io.cuvee.sqltests.input;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.Fixture;
import io.cuvee.sqltests.cluster.Rest;
import io.cuvee.sqltests.cluster.Rows;
import io.cuvee.sqltests.cluster.SharedCluster;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Indexes that come and go with the table's config, while queries run.
@ExtendWith(ClusterExtension.class)
class TestReload {
  private static final int ROWS = 20_000;
  private static final int REPLICAS = SharedCluster.SEGMENTS * 2;

  private static final List<String> QUERIES =
      List.of(
          "SELECT COUNT(*), SUM(n) FROM reloaded WHERE n BETWEEN 700 AND 950",
          "SELECT COUNT(*) FROM reloaded WHERE x > 1.5 AND x <= 1.75",
          "SELECT MIN(n), MAX(n) FROM reloaded WHERE name = 'name17'",
          "SELECT COUNT(*) FROM reloaded WHERE name = 'nobody'",
          "SELECT COUNT(*), MAX(n) FROM reloaded WHERE JSON_MATCH(doc, '\"$.k\" = 3')",
          "SELECT COUNT(*), MAX(n) FROM reloaded WHERE TEXT_MATCH(note, '\"row 17\" OR k3*')",
          "SELECT COUNT(*) FROM reloaded WHERE NOT TEXT_MATCH(kind, 'k1 OR k2')",
          "SELECT kind, COUNT(*) FROM reloaded WHERE kind IN ('k1', 'k3') GROUP BY kind ORDER BY 1");

  @Test
  void indexesComeAndGoWhileQueriesRun(SharedCluster cluster) throws Exception {
    Fixture table = table();
    cluster.load(table);
    List<List<List<@Nullable String>>> expected = new ArrayList<>();
    for (String sql : QUERIES) {
      expected.add(cluster.query(sql));
    }
    assertThat(indexes(cluster)).isEmpty();

    AtomicBoolean done = new AtomicBoolean();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> readers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        readers.add(threads.submit(() -> queryUntil(done, cluster, expected)));
      }
      for (int round = 0; round < 2; round++) {
        change(
            cluster,
            table,
            """
            {"invertedIndexColumns": ["kind"], "rangeIndexColumns": ["n", "x"],
             "bloomFilterColumns": ["name"], "jsonIndexColumns": ["doc"]}\
            """,
            "note",
            "kind");
        assertThat(indexes(cluster))
            .containsOnlyKeys(
                "kind inverted",
                "n range",
                "x range",
                "name bloom",
                "doc json",
                "note text",
                "kind text")
            .allSatisfy((index, count) -> assertThat(count).isEqualTo(REPLICAS));
        change(
            cluster,
            table,
            """
            {"rangeIndexColumns": ["x"], "bloomFilterConfigs": {"kind": {"fpp": 0.01}}}\
            """);
        assertThat(indexes(cluster))
            .containsOnlyKeys("x range", "kind bloom")
            .allSatisfy((index, count) -> assertThat(count).isEqualTo(REPLICAS));
      }
      change(cluster, table, "{\"bloomFilterColumns\": [\"name\"]}");
      done.set(true);
      for (Future<Integer> reader : readers) {
        assertThat(reader.get()).isPositive();
      }
    }
    JsonNode pruned = cluster.broker().query("SELECT COUNT(*) FROM reloaded WHERE name = 'nobody'");
    assertThat(pruned.path("numSegmentsPrunedByServer").asInt())
        .as("segments without the name, in %s", pruned)
        .isEqualTo(SharedCluster.SEGMENTS);
    String sums = "SELECT kind, SUM(n) FROM reloaded GROUP BY kind";
    change(
        cluster,
        table,
        """
        {"starTreeIndexConfigs": [
          {"dimensionsSplitOrder": ["kind"], "functionColumnPairs": ["SUM__n"]}]}\
        """);
    assertThat(cluster.broker().query(sums).path("numDocsScanned").asInt())
        .isLessThanOrEqualTo(9 * SharedCluster.SEGMENTS);
    change(cluster, table, "{}");
    assertThat(cluster.broker().query(sums).path("numDocsScanned").asInt()).isEqualTo(ROWS);
  }

  @Test
  void wrongRequestsSaySo(SharedCluster cluster) throws Exception {
    assertThat(cluster.controller().post("/segments/nowhere/reload", "").expect(404).error())
        .contains("nowhere");
    assertThat(cluster.controller().post("/segments/emps/emps_x/reload", "").expect(404).error())
        .contains("emps_x");
    assertThat(cluster.controller().get("/segments/segmentReloadStatus/what").expect(404).error())
        .contains("what");
  }

  private static Fixture table() {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      rows.add(
          """
          {"n": %d, "x": %s, "name": "name%d", "kind": "k%d", "doc": "{\\"k\\": %d}", "note": "Row %d is k%d"}\
          """
              .formatted(
                  (long) i * 7919 % ROWS, i * 37 % 1000 / 100.0, i, i % 9, i % 700, i, i % 500));
    }
    return Fixture.of(
        "reloaded",
        """
        {"schemaName": "reloaded", "dimensionFieldSpecs": [
          {"name": "name", "dataType": "STRING"}, {"name": "kind", "dataType": "STRING"},
          {"name": "doc", "dataType": "JSON"}, {"name": "note", "dataType": "STRING"}],
         "metricFieldSpecs": [
          {"name": "n", "dataType": "LONG"}, {"name": "x", "dataType": "DOUBLE"}]}\
        """,
        rows);
  }

  /// Changes the config, reloads, and waits until all replicas have what it says.
  ///
  /// @param texts columns that get a text index
  private static void change(SharedCluster cluster, Fixture table, String indexing, String... texts)
      throws Exception {
    ObjectNode config = (ObjectNode) Rest.JSON.readTree(table.tableConfig());
    config.set("tableIndexConfig", Rest.JSON.readTree(indexing));
    for (String column : texts) {
      config
          .withArrayProperty("fieldConfigList")
          .addObject()
          .put("name", column)
          .putArray("indexTypes")
          .add("TEXT");
    }
    cluster.controller().put("/tables/reloaded", config.toString()).expect(200);
    String status =
        cluster
            .controller()
            .post("/segments/reloaded/reload", "")
            .expect(200)
            .json()
            .path("status")
            .asText();
    String job = Rest.JSON.readTree(status).path("reloaded_OFFLINE").path("reloadJobId").asText();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    JsonNode state;
    do {
      Thread.sleep(20);
      state = cluster.controller().get("/segments/segmentReloadStatus/" + job).expect(200).json();
    } while (state.path("successCount").asInt() < REPLICAS && System.nanoTime() < end);
    assertThat(state.path("successCount").asInt()).as(state.toString()).isEqualTo(REPLICAS);
    assertThat(state.path("failures").size()).as(state.toString()).isZero();
  }

  /// How many loaded segments have each index, on all servers together.
  private static Map<String, Integer> indexes(SharedCluster cluster) throws Exception {
    Map<String, Integer> counts = new TreeMap<>();
    for (JsonNode id :
        cluster.controller().get("/instances").expect(200).json().path("instances")) {
      JsonNode instance = cluster.controller().get("/instances/" + id.asText()).expect(200).json();
      if (!instance.path("role").asText().equals("server")) {
        continue;
      }
      String url =
          "http://" + instance.path("hostName").asText() + ":" + instance.path("port").asText();
      try (Rest server = new Rest(url)) {
        for (JsonNode segment :
            server.get("/tables/reloaded_OFFLINE/segments").expect(200).json().path("segments")) {
          segment
              .path("indexes")
              .properties()
              .forEach(column ->
                  column
                      .getValue()
                      .forEach(index ->
                          counts.merge(column.getKey() + " " + index.asText(), 1, Integer::sum)));
        }
      }
    }
    return counts;
  }

  private static int queryUntil(
      AtomicBoolean done, SharedCluster cluster, List<List<List<@Nullable String>>> expected)
      throws Exception {
    int queries = 0;
    try (Connection connection = cluster.connect()) {
      while (!done.get()) {
        int which = queries++ % QUERIES.size();
        assertThat(Rows.query(connection, QUERIES.get(which)).texts())
            .as(QUERIES.get(which))
            .isEqualTo(expected.get(which));
      }
    }
    return queries;
  }
}
