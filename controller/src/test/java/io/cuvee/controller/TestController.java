package io.cuvee.controller;

import static io.cuvee.controller.TestCluster.SCHEMA;
import static io.cuvee.controller.TestCluster.eventually;
import static io.cuvee.controller.TestCluster.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.zookeeper.EmbeddedZooKeeper;
import io.cuvee.cluster.zookeeper.ZooKeeperClusterState;
import io.cuvee.common.config.Settings;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestController {
  private static final String ROWS =
      "city,tags,distance,day\nParis,a;b,3,2024-01-01T00:00:00Z\nZürich,,4,2024-01-02T00:00:00Z\n";
  private static final String CSV = Rest.encode("{\"inputFormat\":\"csv\"}");
  private static final String INGEST =
      "/ingestFromFile?tableNameWithType=trips_OFFLINE&batchConfigMapStr=" + CSV;
  private static final String UPLOAD = "/v2/segments?tableName=trips&tableType=OFFLINE";

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
  void startController() {
    cluster = new TestCluster(directory, zooKeeper);
    rest = cluster.rest(cluster.controller("controller-1", Map.of()));
  }

  @AfterEach
  void stopController() {
    cluster.close();
  }

  private void createTrips(int replication, String more) {
    rest.post("/schemas", SCHEMA).ok();
    rest.post("/tables", table("trips", replication, more)).ok();
  }

  private Path trips(String segment, String csv) throws IOException {
    return cluster.archive(SCHEMA, "trips_OFFLINE", segment, csv);
  }

  private List<String> segments() {
    List<String> names = new ArrayList<>();
    rest.get("/segments/trips")
        .ok()
        .body()
        .get(0)
        .get("OFFLINE")
        .forEach(n -> names.add(n.asText()));
    return names;
  }

  // Schemas.

  @Test
  void schemasAreCreatedReadChangedAndDeleted() {
    assertThat(rest.get("/schemas").ok().body()).isEmpty();
    Rest.Answer created =
        rest.post("/schemas", SCHEMA.replaceFirst("\\{", "{\"color\": \"red\", ")).ok();
    assertThat(created.body().path("status").asText()).isEqualTo("trips successfully added");
    assertThat(created.body().path("unrecognizedProperties").has("/color")).isTrue();
    assertThat(rest.get("/schemas").ok().body().get(0).asText()).isEqualTo("trips");
    assertThat(rest.get("/schemas/trips").ok().body().path("schemaName").asText())
        .isEqualTo("trips");
    assertThat(rest.post("/schemas", SCHEMA).status()).isEqualTo(200);
    assertThat(rest.post("/schemas?override=false", SCHEMA).status()).isEqualTo(409);
    assertThat(rest.get("/schemas/tripz").status()).isEqualTo(404);
    assertThat(rest.get("/schemas/tripz").error()).contains("Did you mean 'trips'?");
    assertThat(rest.put("/schemas/tripz", SCHEMA).status()).isEqualTo(400);
    assertThat(rest.post("/schemas", "{").status()).isEqualTo(400);
    assertThat(rest.post("/schemas", SCHEMA.replace("INT", "INTEGR")).error())
        .contains("distance")
        .contains("INTEGR");
    assertThat(rest.delete("/schemas/trips").ok().body().path("status").asText())
        .isEqualTo("Schema trips deleted");
    assertThat(rest.delete("/schemas/trips").status()).isEqualTo(404);
  }

  @Test
  void schemaInUseTakesNewColumnsOnly() {
    createTrips(1, "");
    String more =
        SCHEMA.replace(
            "\"metricFieldSpecs\": [",
            "\"metricFieldSpecs\": [{\"name\": \"price\", \"dataType\": \"DOUBLE\"},");
    rest.put("/schemas/trips", more).ok();
    assertThat(rest.get("/tables/trips/schema").ok().body().toString()).contains("price");
    Rest.Answer removed = rest.put("/schemas/trips", SCHEMA);
    assertThat(removed.status()).isEqualTo(400);
    assertThat(removed.error()).contains("'price' would be removed");
    Rest.Answer retyped = rest.put("/schemas/trips", more.replace("\"INT\"", "\"LONG\""));
    assertThat(retyped.status()).isEqualTo(400);
    assertThat(retyped.error()).contains("'distance'").contains("INT to LONG");
    assertThat(
            rest.put(
                    "/schemas/trips", more.replace("\"DOUBLE\"}", "\"DOUBLE\", \"notNull\": true}"))
                .status())
        .isEqualTo(400);
    assertThat(rest.delete("/schemas/trips").status()).isEqualTo(409);
    assertThat(rest.delete("/schemas/trips").error()).contains("trips_OFFLINE");
  }

  // Tables.

  @Test
  void tablesAreCreatedReadChangedAndDeleted() {
    Rest.Answer early = rest.post("/tables", table("trips", 1, ""));
    assertThat(early.status()).isEqualTo(400);
    assertThat(early.error()).contains("needs the schema 'trips'");
    rest.post("/schemas", SCHEMA).ok();
    Rest.Answer created = rest.post("/tables", table("trips", 1, ", \"query\": {\"x\": 1}")).ok();
    assertThat(created.body().path("status").asText())
        .isEqualTo("Table trips_OFFLINE successfully added");
    assertThat(created.body().path("unrecognizedProperties").has("/query")).isTrue();
    assertThat(rest.post("/tables", table("trips", 1, "")).status()).isEqualTo(409);
    assertThat(rest.post("/tables", table("TRIPS", 1, "")).error()).contains("in case only");
    assertThat(rest.post("/tables", table("a b", 1, "")).status()).isEqualTo(400);
    assertThat(rest.post("/tables", table("../x", 1, "")).status()).isEqualTo(400);
    assertThat(rest.get("/tables").ok().body().toString()).isEqualTo("{\"tables\":[\"trips\"]}");
    assertThat(rest.get("/tables?type=offline").ok().body().toString())
        .isEqualTo("{\"tables\":[\"trips_OFFLINE\"]}");
    assertThat(rest.get("/tables?type=odd").status()).isEqualTo(400);
    assertThat(rest.get("/tables/trips").ok().body().path("OFFLINE").path("tableName").asText())
        .isEqualTo("trips_OFFLINE");
    assertThat(rest.get("/tables/trips_OFFLINE").ok().body().has("OFFLINE")).isTrue();
    assertThat(rest.get("/tables/trip").status()).isEqualTo(404);
    assertThat(rest.get("/tables/trip").error()).contains("Did you mean 'trips'?");
    assertThat(rest.get("/tables/trips?type=REALTIME").status()).isEqualTo(404);
    rest.put("/tables/trips", table("trips", 2, "")).ok();
    assertThat(rest.get("/tables/trips").body().toString()).contains("\"replication\":\"2\"");
    assertThat(rest.put("/tables/other", table("trips", 2, "")).status()).isEqualTo(400);
    assertThat(rest.delete("/tables/trips").ok().body().path("status").asText())
        .isEqualTo("Tables: [trips_OFFLINE] deleted");
    assertThat(rest.delete("/tables/trips").status()).isEqualTo(404);
    assertThat(rest.get("/tables").body().toString()).isEqualTo("{\"tables\":[]}");
  }

  @Test
  void tableConfigsAreCheckedAgainstTheirSchema() {
    rest.post("/schemas", SCHEMA).ok();
    String config = table("trips", 1, "");
    Rest.Answer unknown =
        rest.post(
            "/tables/validate",
            config.replace(
                "\"tableIndexConfig\": {}",
                "\"tableIndexConfig\": {\"sortedColumn\": [\"tags\"], \"invertedIndexColumns\": [\"citi\"]}"));
    assertThat(unknown.status()).isEqualTo(400);
    assertThat(unknown.error()).contains("'tags', an array").contains("'citi'").contains("'city'");
    String pulsar =
        config
            .replace("OFFLINE", "REALTIME")
            .replace(
                "\"tableIndexConfig\": {}",
                "\"tableIndexConfig\": {\"streamConfigs\": {\"streamType\": \"pulsar\"}}");
    assertThat(rest.post("/tables", pulsar).error())
        .contains("streamConfigs", "stream.pulsar.topic.name");
    rest.post("/tables/validate", config).ok();
    assertThat(rest.get("/tables").body().toString()).isEqualTo("{\"tables\":[]}");
  }

  // Segments.

  @Test
  void uploadedSegmentIsStoredAssignedAndServed() throws Exception {
    cluster.server("server-1");
    cluster.server("server-2");
    cluster.server("server-3");
    createTrips(2, "");
    Path archive = trips("trips_0", ROWS);
    Rest.Answer answer = rest.upload(UPLOAD + "&wait=online", archive).ok();
    assertThat(answer.body().path("status").asText())
        .isEqualTo("Successfully uploaded segment: trips_0 of table: trips_OFFLINE");
    assertThat(answer.body().path("rows").asInt()).isEqualTo(2);
    assertThat(answer.body().path("servers")).hasSize(2);
    assertThat(segments()).containsExactly("trips_0");
    JsonNode ideal = rest.get("/tables/trips/idealstate").ok().body();
    assertThat(ideal.path("OFFLINE").path("trips_0")).hasSize(2);
    assertThat(ideal.path("REALTIME").isNull()).isTrue();
    assertThat(rest.get("/tables/trips/externalview").ok().body()).isEqualTo(ideal);
    JsonNode metadata = rest.get("/segments/trips/trips_0/metadata").ok().body();
    assertThat(metadata.path("segment.total.docs").asText()).isEqualTo("2");
    assertThat(metadata.path("segment.arriving").asText()).isEqualTo("false");
    JsonNode size = rest.get("/tables/trips/size").ok().body();
    assertThat(size.path("reportedSizeInBytes").asLong())
        .isEqualTo(2 * size.path("reportedSizePerReplicaInBytes").asLong());
    assertThat(rest.get("/tables/trips/metadata").ok().body().path("numRows").asInt()).isEqualTo(2);
    assertThat(rest.get("/tables/trips/instances").ok().body().path("server").toString())
        .contains("server-");
    assertThat(rest.bytes("/segments/trips/trips_0")).isEqualTo(Files.readAllBytes(archive));
    assertThat(cluster.workFiles("controller-1")).isEmpty();
  }

  @Test
  void segmentsSpreadEvenly() throws Exception {
    cluster.server("server-1");
    cluster.server("server-2");
    cluster.server("server-3");
    createTrips(2, "");
    for (int i = 0; i < 9; i++) {
      rest.upload(UPLOAD, trips("trips_" + i, ROWS)).ok();
    }
    Map<String, Integer> counts = new TreeMap<>();
    rest.get("/tables/trips/idealstate")
        .body()
        .path("OFFLINE")
        .forEach(servers ->
            servers.fieldNames().forEachRemaining(name -> counts.merge(name, 1, Integer::sum)));
    assertThat(counts).isEqualTo(Map.of("server-1", 6, "server-2", 6, "server-3", 6));
  }

  @Test
  void sameSegmentAgainChangesNothingAndOtherRowsReplaceIt() throws Exception {
    cluster.server("server-1");
    createTrips(1, "");
    Path archive = trips("trips_0", ROWS);
    rest.upload(UPLOAD + "&wait=online", archive).ok();
    JsonNode before = rest.get("/segments/trips/trips_0/metadata").body();
    Rest.Answer again = rest.upload(UPLOAD + "&wait=online", archive).ok();
    assertThat(again.body().path("status").asText()).contains("there already");
    assertThat(rest.get("/segments/trips/trips_0/metadata").body()).isEqualTo(before);
    assertThat(cluster.objects()).isEqualTo(1);
    rest.upload(UPLOAD + "&wait=online", trips("trips_0", ROWS + "Rom,,1,2024-01-03T00:00:00Z\n"))
        .ok();
    assertThat(segments()).containsExactly("trips_0");
    assertThat(
            rest.get("/segments/trips/trips_0/metadata").body().path("segment.total.docs").asText())
        .isEqualTo("3");
    eventually(() -> assertThat(cluster.objects()).isEqualTo(1));
  }

  @Test
  void damagedArchivesAreRefusedAndLeaveNothing() throws Exception {
    cluster.server("server-1");
    createTrips(1, "");
    byte[] good = Files.readAllBytes(trips("trips_0", ROWS));
    List<byte[]> bad = new ArrayList<>();
    bad.add(new byte[0]);
    bad.add("hello".getBytes(StandardCharsets.UTF_8));
    for (int length : new int[] {1, 20, good.length / 2, good.length - 1}) {
      bad.add(Arrays.copyOf(good, length));
    }
    for (int position = 12; position < good.length; position += 37) {
      byte[] flipped = good.clone();
      flipped[position] ^= 0x08;
      bad.add(flipped);
    }
    for (byte[] archive : bad) {
      Rest.Answer answer = rest.upload(UPLOAD, "x.tar.gz", archive);
      assertThat(answer.status()).as(answer.body().toString()).isEqualTo(400);
      assertThat(answer.error())
          .contains("not a good segment")
          .doesNotContain(directory.toString(), "null", "Exception", "\n");
    }
    assertThat(segments()).isEmpty();
    assertThat(cluster.objects()).isZero();
    assertThat(cluster.workFiles("controller-1")).isEmpty();
  }

  @Test
  void segmentsThatDoNotFitAreRefused() throws Exception {
    cluster.server("server-1");
    createTrips(1, "");
    String other = SCHEMA.replace("\"INT\"", "\"DOUBLE\"");
    Rest.Answer retyped =
        rest.upload(UPLOAD, cluster.archive(other, "trips_OFFLINE", "trips_0", ROWS));
    assertThat(retyped.status()).isEqualTo(400);
    assertThat(retyped.error()).contains("'distance'").contains("DOUBLE").contains("INT");
    Rest.Answer foreign =
        rest.upload(UPLOAD, cluster.archive(SCHEMA, "other_OFFLINE", "trips_0", ROWS));
    assertThat(foreign.status()).isEqualTo(400);
    assertThat(foreign.error()).contains("other_OFFLINE").contains("trips_OFFLINE");
    assertThat(rest.upload("/v2/segments?tableName=nothing", trips("s", ROWS)).status())
        .isEqualTo(404);
    assertThat(rest.upload("/v2/segments", trips("s", ROWS)).error()).contains("tableName");
    assertThat(rest.post(UPLOAD, "x").error()).contains("multipart");
    assertThat(segments()).isEmpty();
    assertThat(cluster.objects()).isZero();
  }

  @Test
  void uploadBeyondTheQuotaIsRefused() throws Exception {
    cluster.server("server-1");
    Path archive = trips("trips_0", ROWS);
    long bytes = Files.size(archive);
    createTrips(1, ", \"quota\": {\"storage\": \"" + (bytes + 10) + "\"}");
    rest.upload(UPLOAD, archive).ok();
    Rest.Answer second = rest.upload(UPLOAD, trips("trips_1", ROWS));
    assertThat(second.status()).isEqualTo(403);
    assertThat(second.error())
        .contains("trips_1")
        .contains("quota")
        .contains("its quota of " + (bytes + 10));
    assertThat(segments()).containsExactly("trips_0");
    assertThat(cluster.objects()).isEqualTo(1);
    rest.upload(UPLOAD, archive).ok();
  }

  @Test
  void uploadWithoutServersIsRefusedAndLeavesNothing() throws Exception {
    createTrips(1, "");
    Rest.Answer answer = rest.upload(UPLOAD, trips("trips_0", ROWS));
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.error()).contains("No server is ready");
    assertThat(segments()).isEmpty();
    assertThat(cluster.objects()).isZero();
  }

  @Test
  void uploadThatCannotBeAssignedLeavesNothing() throws Exception {
    cluster.server("server-1");
    createTrips(1, "");
    cluster.raiseEpoch();
    Rest.Answer refused = rest.upload(UPLOAD, trips("trips_0", ROWS));
    assertThat(refused.status()).as(refused.body().toString()).isIn(409, 503);
    assertThat(segments()).isEmpty();
    assertThat(cluster.objects()).isZero();
    eventually(() -> rest.upload(UPLOAD + "&wait=online", trips("trips_0", ROWS)).ok());
    assertThat(segments()).containsExactly("trips_0");
    assertThat(cluster.objects()).isEqualTo(1);
  }

  @Test
  void uploadThatCannotBeStoredLeavesNothing() throws Exception {
    cluster.server("server-1");
    createTrips(1, "");
    Path inTheWay = Files.writeString(cluster.deepStore().resolve("trips_OFFLINE"), "");
    Rest.Answer refused = rest.upload(UPLOAD, trips("trips_0", ROWS));
    assertThat(refused.status()).as(refused.body().toString()).isEqualTo(503);
    assertThat(refused.error()).contains("deep store");
    assertThat(segments()).isEmpty();
    Files.delete(inTheWay);
    assertThat(cluster.objects()).isZero();
    rest.upload(UPLOAD, trips("trips_0", ROWS)).ok();
  }

  @Test
  void replacingCanBeForbidden() throws Exception {
    cluster.server("server-1");
    createTrips(1, "");
    rest.upload(UPLOAD + "&allowRefresh=false", trips("trips_0", ROWS)).ok();
    rest.upload(UPLOAD + "&allowRefresh=false", trips("trips_0", ROWS)).ok();
    Rest.Answer other =
        rest.upload(UPLOAD + "&allowRefresh=false", trips("trips_0", "city\nRom\n"));
    assertThat(other.status()).isEqualTo(409);
    assertThat(cluster.objects()).isEqualTo(1);
  }

  @Test
  void concurrentUploadsOfOneNameLeaveOneWhole() throws Exception {
    cluster.server("server-1");
    createTrips(1, "");
    List<Callable<Rest.Answer>> uploads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Path archive = trips("trips_0", ROWS + "Rom,," + i + ",2024-01-03T00:00:00Z\n");
      uploads.add(() -> rest.upload(UPLOAD + "&wait=online", archive));
    }
    try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Rest.Answer> answer : senders.invokeAll(uploads)) {
        assertThat(answer.get().status()).as(answer.get().body().toString()).isIn(200, 503);
      }
    }
    assertThat(segments()).containsExactly("trips_0");
    eventually(() -> {
      assertThat(cluster.objects()).isEqualTo(1);
      assertThat(rest.get("/tables/trips/externalview").body().toString())
          .contains("{\"server-1\":\"ONLINE\"}");
    });
  }

  @Test
  void deletedSegmentsAndTablesLeaveNothing() throws Exception {
    cluster.server("server-1");
    createTrips(1, "");
    for (int i = 0; i < 3; i++) {
      rest.upload(UPLOAD + "&wait=online", trips("trips_" + i, ROWS)).ok();
    }
    rest.delete("/segments/trips/trips_1").ok();
    assertThat(rest.delete("/segments/trips/trips_1").status()).isEqualTo(404);
    assertThat(segments()).containsExactly("trips_0", "trips_2");
    assertThat(cluster.objects()).isEqualTo(2);
    rest.delete("/tables/trips").ok();
    assertThat(cluster.objects()).isZero();
    rest.post("/tables", table("trips", 1, "")).ok();
    assertThat(segments()).isEmpty();
    eventually(() -> {
      assertThat(rest.get("/tables/trips/externalview").body().path("OFFLINE")).isEmpty();
      assertThat(rest.get("/tables/trips/idealstate").body().path("OFFLINE")).isEmpty();
    });
  }

  @Test
  void dimensionTablesAreOnAllServersAlsoOnNewOnes() throws Exception {
    cluster.server("server-1");
    cluster.server("server-2");
    createTrips(1, ", \"isDimTable\": true");
    rest.upload(UPLOAD + "&wait=online", trips("trips_0", ROWS)).ok();
    assertThat(rest.get("/tables/trips/externalview").body().toString())
        .contains("\"trips_0\":{\"server-1\":\"ONLINE\",\"server-2\":\"ONLINE\"}");
    cluster.server("server-3");
    eventually(() ->
        assertThat(rest.get("/tables/trips/externalview").body().toString())
            .contains("\"server-3\":\"ONLINE\""));
  }

  @Test
  void missingReplicasAreAddedWhenServersCome() throws Exception {
    cluster.server("server-1");
    createTrips(2, "");
    rest.upload(UPLOAD + "&wait=online", trips("trips_0", ROWS)).ok();
    cluster.server("server-2");
    eventually(() ->
        assertThat(rest.get("/tables/trips/externalview").body().toString())
            .contains("\"trips_0\":{\"server-1\":\"ONLINE\",\"server-2\":\"ONLINE\"}"));
  }

  // Files of rows.

  @Test
  void rowsOfAFileAreThereWhenTheAnswerComes() throws Exception {
    cluster.server("server-1");
    createTrips(1, "");
    Rest.Answer answer =
        rest.upload(INGEST, "trips.csv", ROWS.getBytes(StandardCharsets.UTF_8)).ok();
    assertThat(answer.body().path("rows").asInt()).isEqualTo(2);
    assertThat(rest.get("/tables/trips/externalview").body().toString()).contains("ONLINE");
    rest.upload(
            INGEST.replace(CSV, Rest.encode("{\"inputFormat\":\"json\"}")),
            "../../etc/x y.json",
            "{\"city\":\"Bern\",\"tags\":[\"a\"]}\n{\"city\":\"Genf\"}\n{\"city\":\"Chur\"}"
                .getBytes(StandardCharsets.UTF_8))
        .ok();
    assertThat(rest.get("/tables/trips/metadata").body().path("numRows").asInt()).isEqualTo(5);
    assertThat(segments()).hasSize(2);
    Rest.Answer empty =
        rest.upload(INGEST, "empty.csv", "city,tags\n".getBytes(StandardCharsets.UTF_8)).ok();
    assertThat(empty.body().path("rows").asInt()).isZero();
    assertThat(segments()).hasSize(2);
    assertThat(cluster.workFiles("controller-1")).isEmpty();
  }

  @Test
  void fileSentAgainWithItsKeyAddsNothing() throws Exception {
    cluster.server("server-1");
    createTrips(1, "");
    byte[] rows = ROWS.getBytes(StandardCharsets.UTF_8);
    String[] key = {"Idempotency-Key", "load 2024-01-01"};
    Rest.Answer first = rest.upload(INGEST, "trips.csv", rows, key).ok();
    Controller follower = cluster.controller("controller-2", Map.of());
    try (Rest other = new Rest(follower.httpPort())) {
      Rest.Answer again = other.upload(INGEST, "again.csv", rows, key).ok();
      assertThat(again.body().path("segment")).isEqualTo(first.body().path("segment"));
      assertThat(again.body().path("rows").asInt()).isEqualTo(2);
      assertThat(again.body().path("status").asText()).contains("before");
    }
    assertThat(segments()).hasSize(1);
    assertThat(cluster.objects()).isOne();

    byte[] others = (ROWS + "Rom,,4,2024-01-03T00:00:00Z\n").getBytes(StandardCharsets.UTF_8);
    Rest.Answer refused = rest.upload(INGEST, "trips.csv", others, key);
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.error()).contains("load 2024-01-01", "trips", "other rows");
    assertThat(segments()).hasSize(1);

    rest.upload(INGEST, "trips.csv", others, "Idempotency-Key", "load 2024-01-02").ok();
    rest.upload(INGEST, "trips.csv", others).ok();
    assertThat(segments()).hasSize(3);
    assertThat(rest.upload(INGEST, "trips.csv", rows, "Idempotency-Key", "k".repeat(256)).status())
        .isEqualTo(400);
  }

  @Test
  void badRowIsNamedAndChangesNothing() throws Exception {
    cluster.server("server-1");
    createTrips(1, "");
    Rest.Answer answer =
        rest.upload(
            INGEST,
            "trips.csv",
            (ROWS + "Rom,,four,2024-01-03T00:00:00Z\n").getBytes(StandardCharsets.UTF_8));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.error())
        .contains("trips.csv")
        .contains("4")
        .contains("distance")
        .contains("four")
        .doesNotContain(directory.toString());
    assertThat(rest.upload(INGEST, "x.csv", "a,b\n1,2\n".getBytes(StandardCharsets.UTF_8)).status())
        .isEqualTo(400);
    for (String config :
        List.of(
            "{}", "[]", "x", "{\"inputFormat\":\"xml\"}", "{\"inputFormat\":\"csv\",\"y\":1}")) {
      assertThat(
              rest.upload(
                      INGEST.replace(CSV, Rest.encode(config)),
                      "trips.csv",
                      ROWS.getBytes(StandardCharsets.UTF_8))
                  .status())
          .as(config)
          .isEqualTo(400);
    }
    assertThat(segments()).isEmpty();
    assertThat(cluster.objects()).isZero();
    assertThat(cluster.workFiles("controller-1")).isEmpty();
  }

  @Test
  void fileThatNoServerCanLoadIsTakenBack() throws Exception {
    cluster.server("server-1").breakDown();
    createTrips(1, "");
    Rest.Answer answer = rest.upload(INGEST, "trips.csv", ROWS.getBytes(StandardCharsets.UTF_8));
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.error()).contains("the disk is full").contains("Nothing was changed");
    assertThat(segments()).isEmpty();
    assertThat(cluster.objects()).isZero();
  }

  // Several controllers.

  @Test
  void anyControllerTakesWritesAndAnotherLeadsWhenTheFirstStops() throws Exception {
    Controller first = cluster.controller("controller-2", Map.of());
    try (Rest second = new Rest(first.httpPort())) {
      second.post("/schemas", SCHEMA).ok();
      second.post("/tables", table("trips", 1, "")).ok();
      cluster.server("server-1");
      second.upload(UPLOAD + "&wait=online", trips("trips_0", ROWS)).ok();
      assertThat(segments()).containsExactly("trips_0");
      assertThat(second.get("/cluster/info").body().path("leader").asText())
          .isEqualTo("controller-1");
      assertThat(second.get("/instances").body().toString())
          .contains("controller-1", "controller-2", "server-1");
    }
    stopController();
    startController();
    assertThat(rest.get("/schemas").ok().body()).isEmpty();
  }

  @Test
  void nextLeaderFinishesWhatTheLastLeftHalfDone() throws Exception {
    cluster.server("server-1");
    createTrips(1, "");
    rest.upload(UPLOAD + "&wait=online", trips("trips_0", ROWS)).ok();
    try (var state = ZooKeeperClusterState.connect(cluster.zooKeeperConfig())) {
      // As if the last leader had died after the record of one segment and before its assignment …
      JsonNode stored = rest.get("/segments/trips/trips_0/metadata").body();
      Files.copy(
          Path.of(URI.create(stored.path("segment.download.url").asText())),
          cluster.deepStore().resolve("copy"));
      // … and after deleting the record of another and before its assignment.
      state.metadata().delete("segments/trips_OFFLINE/trips_0");
      eventually(() ->
          assertThat(rest.get("/tables/trips/externalview").body().path("OFFLINE")).isEmpty());
      state
          .metadata()
          .create(
              "segments/trips_OFFLINE/trips_0",
              new SegmentRecord(
                      "trips_OFFLINE",
                      "trips_0",
                      Long.parseLong(stored.path("segment.crc").asText()),
                      cluster.deepStore().resolve("copy").toUri().toString(),
                      2,
                      100,
                      0)
                  .withArriving(true)
                  .toJson());
      eventually(() ->
          assertThat(
                  rest.get("/segments/trips/trips_0/metadata")
                      .body()
                      .path("segment.arriving")
                      .asText())
              .isEqualTo("false"));
      assertThat(rest.get("/tables/trips/externalview").body().toString()).contains("ONLINE");
    }
  }

  // The rest.

  @Test
  void openApiNamesExactlyTheRoutes() {
    JsonNode paths = rest.get("/openapi.json").ok().body().path("paths");
    Set<String> known = new TreeSet<>();
    paths.fieldNames().forEachRemaining(known::add);
    assertThat(known)
        .contains("/schemas/{schema}", "/v2/segments", "/ingestFromFile", "/tables/livebrokers");
    assertThat(paths.path("/schemas/{schema}").has("put")).isTrue();
    Rest.Answer unknown = rest.post("/tables/trips/nonsense", "");
    assertThat(unknown.status()).isIn(404, 405);
    assertThat(unknown.error()).contains("/tables/");
    assertThat(rest.get("/health/readiness").status()).isEqualTo(200);
  }

  @Test
  void clientsFindBrokers() throws Exception {
    createTrips(1, "");
    try (var broker = ZooKeeperClusterState.connect(cluster.zooKeeperConfig())) {
      broker.join(
          new Instance(
              "broker-1",
              Instance.Role.BROKER,
              "h",
              8099,
              0,
              Set.of("DefaultTenant"),
              1,
              Instance.Phase.READY));
      eventually(() ->
          assertThat(rest.get("/v2/brokers/tenants/DefaultTenant?state=ONLINE").body().toString())
              .isEqualTo(
                  "[{\"instanceName\":\"Broker_h_8099\",\"host\":\"h\",\"port\":8099,\"grpcPort\":-1}]"));
      assertThat(
              rest.get("/tables/livebrokers")
                  .body()
                  .path("trips_OFFLINE")
                  .get(0)
                  .path("host")
                  .asText())
          .isEqualTo("h");
      assertThat(rest.get("/tables/livebrokers?tables=other").body()).isEmpty();
      assertThat(rest.get("/tables/trips/instances").body().path("brokers").toString())
          .contains("Broker_h_8099");
      assertThat(rest.get("/brokers/tenants/DefaultTenant").body().toString())
          .isEqualTo("[\"Broker_h_8099\"]");
      assertThat(rest.get("/tenants").body().toString()).contains("DefaultTenant");
      assertThat(rest.get("/instances/broker-1").body().path("role").asText()).isEqualTo("broker");
      assertThat(rest.get("/instances/broker-9").status()).isEqualTo(404);
    }
  }

  @Test
  void wrongSettingsAreReportedTogether() {
    assertThatThrownBy(() ->
            ControllerConfig.from(
                Settings.of(
                    Map.of("http.port", "x", "controler.load-timeout", "1s", "broker.y", "1"))))
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SETTING))
        .hasMessageContaining("http.port")
        .hasMessageContaining("controler.load-timeout")
        .hasMessageContaining("'controller.load-timeout'")
        .hasMessageNotContaining("broker.y");
    ControllerConfig defaults = ControllerConfig.from(Settings.of(Map.of()));
    assertThat(defaults.httpPort()).isEqualTo(9000);
    assertThat(defaults.zooKeeper().clusterName()).isEqualTo("cuvee");
  }

  @Test
  void portInUseIsNamed() {
    assertThatThrownBy(() ->
            cluster.controller(
                "controller-3", Map.of("http.port", Integer.toString(zooKeeper.port()))))
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ADDRESS_IN_USE))
        .hasMessageContaining(Integer.toString(zooKeeper.port()));
  }
}
