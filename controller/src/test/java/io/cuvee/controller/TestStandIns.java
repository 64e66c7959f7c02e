package io.cuvee.controller;

import static io.cuvee.controller.TestCluster.SCHEMA;
import static io.cuvee.controller.TestCluster.eventually;
import static io.cuvee.controller.TestCluster.table;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.cluster.zookeeper.EmbeddedZooKeeper;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Replicas whose server is gone, or shall go.
class TestStandIns {
  private static final int SEGMENTS = 6;

  @TempDir private static Path zooKeeperDirectory;
  private static EmbeddedZooKeeper zooKeeper;

  @TempDir private Path directory;
  private TestCluster cluster;
  private Rest rest;

  @BeforeAll
  static void startZooKeeper() {
    zooKeeper = EmbeddedZooKeeper.start(zooKeeperDirectory, 0);
  }

  @AfterAll
  static void stopZooKeeper() {
    zooKeeper.close();
  }

  @BeforeEach
  void makeCluster() {
    cluster = new TestCluster(directory, zooKeeper);
  }

  @AfterEach
  void closeCluster() {
    cluster.close();
  }

  private void start(String replaceAfter) {
    rest =
        cluster.rest(
            cluster.controller(
                "controller-1",
                Map.of("controller.replace-after", replaceAfter, "controller.max-transfers", "2")));
  }

  private void load(int replication) throws Exception {
    rest.post("/schemas", SCHEMA).ok();
    rest.post("/tables", table("trips", replication, "")).ok();
    for (int i = 0; i < SEGMENTS; i++) {
      String csv = "city,tags,distance,day\nParis,a," + i + ",2024-01-01T00:00:00Z\n";
      rest.upload(
              "/v2/segments?tableName=trips&tableType=OFFLINE&wait=online",
              cluster.archive(SCHEMA, "trips_OFFLINE", "trips_" + i, csv))
          .ok();
    }
  }

  private JsonNode state(String path) {
    return rest.get("/tables/trips/" + path).ok().body().path("OFFLINE");
  }

  private static Set<String> servers(JsonNode segment) {
    Set<String> names = new HashSet<>();
    segment.fieldNames().forEachRemaining(names::add);
    return names;
  }

  @Test
  void othersStandInForAServerThatIsGoneForLong() throws Exception {
    start("300ms");
    cluster.server("server-1");
    LoadingServer second = cluster.server("server-2");
    load(2);
    cluster.server("server-3");
    second.close();
    eventually(() -> {
      assertThat(state("externalview")).hasSize(SEGMENTS);
      for (JsonNode segment : state("externalview")) {
        assertThat(servers(segment)).containsExactlyInAnyOrder("server-1", "server-3");
      }
    });
    for (JsonNode segment : state("idealstate")) {
      assertThat(servers(segment)).contains("server-2");
    }
  }

  @Test
  void aServerThatComesBackFindsNoReplicaTooMany() throws Exception {
    start("300ms");
    cluster.server("server-1");
    LoadingServer second = cluster.server("server-2");
    load(2);
    cluster.server("server-3");
    second.close();
    eventually(() -> {
      for (JsonNode segment : state("externalview")) {
        assertThat(segment).hasSize(2);
      }
    });
    cluster.server("server-2");
    eventually(() -> {
      for (String path : Set.of("idealstate", "externalview")) {
        assertThat(state(path)).hasSize(SEGMENTS);
        for (JsonNode segment : state(path)) {
          assertThat(segment).hasSize(2);
        }
      }
    });
    Set<String> used = new HashSet<>();
    state("idealstate").forEach(segment -> used.addAll(servers(segment)));
    assertThat(used).containsExactlyInAnyOrder("server-1", "server-2", "server-3");
  }

  @Test
  void aServerThatIsGoneForShortIsWaitedFor() throws Exception {
    start("10m");
    cluster.server("server-1");
    LoadingServer second = cluster.server("server-2");
    load(1);
    JsonNode before = state("idealstate");
    second.close();
    cluster.server("server-3");
    eventually(() -> assertThat(rest.get("/instances").body().toString()).contains("server-3"));
    assertThat(state("idealstate")).isEqualTo(before);
  }
}
