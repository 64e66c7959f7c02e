package io.cuvee.controller;

import static io.cuvee.controller.TestCluster.SCHEMA;
import static io.cuvee.controller.TestCluster.eventually;
import static io.cuvee.controller.TestCluster.table;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.cluster.zookeeper.EmbeddedZooKeeper;
import io.cuvee.common.catalog.Json;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestRebalance {
  private static final int SEGMENTS = 6;
  private static final String REBALANCE = "/tables/trips/rebalance";

  @TempDir private static Path zooKeeperDirectory;
  private static EmbeddedZooKeeper zooKeeper;

  @TempDir private Path directory;
  private TestCluster cluster;
  private Controller controller;
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
  void start() {
    cluster = new TestCluster(directory, zooKeeper);
    controller = cluster.controller("controller-1", Map.of("controller.max-transfers", "2"));
    rest = cluster.rest(controller);
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  private void load() throws Exception {
    rest.post("/schemas", SCHEMA).ok();
    rest.post("/tables", table("trips", 1, "")).ok();
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

  /// How many segments each server has loaded; every segment must be on one.
  private Map<String, Integer> loads() {
    Map<String, Integer> loads = new TreeMap<>();
    JsonNode view = state("externalview");
    assertThat(view).hasSize(SEGMENTS);
    view.forEach(segment -> {
      assertThat(segment).hasSize(1);
      segment
          .properties()
          .forEach(server -> {
            assertThat(server.getValue().asText()).isEqualTo("ONLINE");
            loads.merge(server.getKey(), 1, Integer::sum);
          });
    });
    return loads;
  }

  private JsonNode awaitEnd(String job, String status) {
    eventually(() ->
        assertThat(stats(job).path("status").asText()).as(stats(job).toString()).isEqualTo(status));
    return stats(job);
  }

  private JsonNode stats(String job) {
    return rest.get("/rebalanceStatus/" + job).ok().body().path("tableRebalanceProgressStats");
  }

  @Test
  void aNewServerGetsItsShareAndTheMoveCanBeUndone() throws Exception {
    cluster.server("server-1");
    load();
    cluster.server("server-2");
    eventually(() ->
        assertThat(rest.post(REBALANCE + "?dryRun=true", "").ok().body().path("status").asText())
            .isEqualTo("DONE"));
    JsonNode dry = rest.post(REBALANCE + "?dryRun=true", "").ok().body();
    assertThat(dry.at("/rebalanceSummaryResult/segmentInfo/totalSegmentsToBeMoved").asInt())
        .isEqualTo(3);
    assertThat(dry.at("/rebalanceSummaryResult/serverInfo/serversAdded/0").asText())
        .isEqualTo("server-2");
    assertThat(dry.has("jobId")).isFalse();
    assertThat(loads()).isEqualTo(Map.of("server-1", SEGMENTS));

    JsonNode begun = rest.post(REBALANCE, "").ok().body();
    assertThat(begun.path("status").asText()).isEqualTo("IN_PROGRESS");
    JsonNode end = awaitEnd(begun.path("jobId").asText(), "DONE");
    assertThat(end.at("/rebalanceProgressStatsOverall/totalRemainingSegmentsToConverge").asInt())
        .isZero();
    eventually(() -> assertThat(loads()).isEqualTo(Map.of("server-1", 3, "server-2", 3)));
    assertThat(rest.post(REBALANCE, "").ok().body().path("status").asText()).isEqualTo("NO_OP");

    String undo = rest.post(REBALANCE + "/undo", "").ok().body().path("jobId").asText();
    awaitEnd(undo, "DONE");
    eventually(() -> assertThat(loads()).isEqualTo(Map.of("server-1", SEGMENTS)));
  }

  @Test
  void aDisabledServerLosesItsSegments() throws Exception {
    cluster.server("server-1");
    cluster.server("server-2");
    load();
    rest.put("/instances/server-1/state?state=DISABLE", "").ok();
    assertThat(rest.get("/instances/server-1").ok().body().path("enabled").asBoolean()).isFalse();
    // What only it could answer for gets another server at once; the rebalance takes it away.
    String job = rest.post(REBALANCE + "?bootstrap=true", "").ok().body().path("jobId").asText();
    awaitEnd(job, "DONE");
    eventually(() -> assertThat(loads()).isEqualTo(Map.of("server-2", SEGMENTS)));
    rest.put("/instances/server-1/state", "enable").ok();
    assertThat(rest.get("/instances/server-1").ok().body().path("enabled").asBoolean()).isTrue();
    assertThat(rest.put("/instances/server-1/state", "rest").status()).isEqualTo(400);
    assertThat(rest.put("/instances/server-9/state", "ENABLE").status()).isEqualTo(404);
    assertThat(rest.put("/instances/server-1/state", "DROP").status()).isEqualTo(409);
    assertThat(rest.put("/instances/controller-1/state", "DISABLE").status()).isEqualTo(400);
  }

  @Test
  void aDroppedServerIsReplacedAtOnce() throws Exception {
    LoadingServer first = cluster.server("server-1");
    load();
    cluster.server("server-2");
    first.close();
    eventually(() -> rest.put("/instances/server-1/state", "DROP").ok());
    eventually(() -> assertThat(loads()).isEqualTo(Map.of("server-2", SEGMENTS)));
    assertThat(rest.delete("/instances/server-1").status()).isEqualTo(404);
  }

  @Test
  void aCancelledRebalanceLeavesWholeSegments() throws Exception {
    cluster.server("server-1");
    load();
    cluster.server("server-2").breakDown();
    eventually(() ->
        assertThat(rest.post(REBALANCE + "?dryRun=true", "").ok().body().path("status").asText())
            .isEqualTo("DONE"));
    String job = rest.post(REBALANCE, "").ok().body().path("jobId").asText();
    assertThat(rest.post(REBALANCE, "").status()).isEqualTo(409);
    assertThat(rest.delete(REBALANCE).ok().body().get(0).asText()).isEqualTo(job);
    awaitEnd(job, "CANCELLED");
    assertThat(rest.delete(REBALANCE).ok().body()).isEmpty();
    // The server that cannot load them loses them again.
    eventually(() -> assertThat(loads()).isEqualTo(Map.of("server-1", SEGMENTS)));
    assertThat(rest.get("/rebalanceStatus/none").status()).isEqualTo(404);
  }

  @Test
  void anotherLeaderGoesOn() throws Exception {
    cluster.server("server-1");
    load();
    LoadingServer broken = cluster.server("server-2").breakDown();
    eventually(() ->
        assertThat(rest.post(REBALANCE + "?dryRun=true", "").ok().body().path("status").asText())
            .isEqualTo("DONE"));
    String job = rest.post(REBALANCE, "").ok().body().path("jobId").asText();
    Controller second = cluster.controller("controller-2", Map.of());
    controller.close();
    rest = cluster.rest(second);
    broken.close();
    cluster.server("server-2");
    awaitEnd(job, "DONE");
    eventually(() -> assertThat(loads()).isEqualTo(Map.of("server-1", 3, "server-2", 3)));
  }

  private static final String GROUPS =
      """
      , "routing": {"instanceSelectorType": "replicaGroup"},
      "instanceAssignmentConfigMap": {"OFFLINE": {
        "tagPoolConfig": {"tag": "DefaultTenant_OFFLINE"},
        "replicaGroupPartitionConfig": {
          "replicaGroupBased": true, "numReplicaGroups": 2, "numInstancesPerReplicaGroup": %d}}}
      """;

  private Map<String, Set<String>> holders(String path) {
    Map<String, Set<String>> holders = new TreeMap<>();
    state(path)
        .properties()
        .forEach(segment ->
            holders.put(segment.getKey(), new TreeSet<>(Json.texts(segment.getValue()).keySet())));
    return holders;
  }

  private void assertEachGroupHasAll(String path) {
    JsonNode map =
        rest.get("/tables/trips/instancePartitions")
            .ok()
            .body()
            .at("/trips_OFFLINE/partitionToInstancesMap");
    assertThat(map).hasSize(2);
    Map<String, Set<String>> holders = holders(path);
    assertThat(holders).hasSize(SEGMENTS);
    holders
        .values()
        .forEach(servers -> {
          assertThat(servers).hasSize(2);
          for (JsonNode group : map) {
            Set<String> members = new TreeSet<>();
            group.forEach(name -> members.add(name.asText()));
            assertThat(members).containsAnyElementsOf(servers);
          }
        });
  }

  @Test
  void segmentsFollowTheReplicaGroups() throws Exception {
    LoadingServer first = cluster.server("server-1");
    rest.post("/schemas", SCHEMA).ok();
    rest.post("/tables", table("trips", 1, GROUPS.formatted(1))).ok();
    String csv = "city,tags,distance,day\nParis,a,1,2024-01-01T00:00:00Z\n";
    String upload = "/v2/segments?tableName=trips&tableType=OFFLINE&wait=online";
    Path archive = cluster.archive(SCHEMA, "trips_OFFLINE", "trips_0", csv);
    Rest.Answer refused = rest.upload(upload, archive);
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.body().path("error").asText())
        .contains("needs 2 replica groups of 1 server", "group 1 would have 0");

    cluster.server("server-2");
    eventually(() -> rest.upload(upload, archive).ok());
    for (int i = 1; i < SEGMENTS; i++) {
      rest.upload(upload, cluster.archive(SCHEMA, "trips_OFFLINE", "trips_" + i, csv)).ok();
    }
    assertEachGroupHasAll("externalview");

    // Larger groups: a rebalance gives the new servers their share, and nothing else moves.
    cluster.server("server-3");
    cluster.server("server-4");
    rest.put("/tables/trips", table("trips", 1, GROUPS.formatted(2))).ok();
    eventually(() ->
        assertThat(
                rest.post(REBALANCE + "?dryRun=true", "")
                    .ok()
                    .body()
                    .at("/rebalanceSummaryResult/segmentInfo/totalSegmentsToBeMoved")
                    .asInt())
            .isEqualTo(SEGMENTS));
    awaitEnd(rest.post(REBALANCE, "").ok().body().path("jobId").asText(), "DONE");
    eventually(() -> assertEachGroupHasAll("externalview"));
    assertThat(rest.post(REBALANCE, "").ok().body().path("status").asText()).isEqualTo("NO_OP");
    assertThat(rest.post(REBALANCE + "/undo", "").status()).isEqualTo(400);

    // What a lost server had, the other of its group takes over.
    first.close();
    eventually(() -> rest.put("/instances/server-1/state", "DROP").ok());
    eventually(() -> {
      assertThat(holders("externalview").values())
          .allSatisfy(servers -> assertThat(servers).hasSize(2).doesNotContain("server-1"));
      assertEachGroupHasAll("externalview");
    });
  }
}
