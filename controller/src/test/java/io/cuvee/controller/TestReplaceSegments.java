package io.cuvee.controller;

import static io.cuvee.controller.TestCluster.SCHEMA;
import static io.cuvee.controller.TestCluster.eventually;
import static io.cuvee.controller.TestCluster.table;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.cluster.zookeeper.EmbeddedZooKeeper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestReplaceSegments {
  private static final String UPLOAD = "/v2/segments?tableName=trips&tableType=OFFLINE&wait=online";

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
  void startCluster() throws IOException {
    cluster = new TestCluster(directory, zooKeeper);
    rest =
        cluster.rest(
            cluster.controller(
                "controller-1",
                Map.of(
                    "controller.retention-interval", "100ms",
                    "controller.replaced-segment-retention", "0s")));
    var _ = cluster.server("server-1");
    rest.post("/schemas", SCHEMA).ok();
    rest.post("/tables", table("trips", 1, "")).ok();
    upload("a", "");
    upload("b", "");
  }

  @AfterEach
  void stopCluster() {
    cluster.close();
  }

  private Rest.Answer send(String segment, int distance, String more) throws IOException {
    return rest.upload(
        UPLOAD + more, cluster.archive(SCHEMA, "trips_OFFLINE", segment, rows(distance)));
  }

  private static String rows(int distance) {
    return "city,tags,distance,day\nParis,a;b,3,2024-01-01T00:00:00Z\nRom,,"
        + distance
        + ",2024-01-02T00:00:00Z\n";
  }

  private void upload(String segment, String more) throws IOException {
    send(segment, 1, more).ok();
  }

  private Rest.Answer start(String from, String to, String more) {
    return rest.post(
        "/segments/trips/startReplaceSegments?type=OFFLINE" + more,
        "{\"segmentsFrom\":[" + from + "],\"segmentsTo\":[" + to + "]}");
  }

  private String started(String from, String to) {
    return start(from, to, "").ok().body().path("segmentLineageEntryId").asText();
  }

  private Rest.Answer end(String id) {
    return rest.post("/segments/trips/endReplaceSegments?segmentLineageEntryId=" + id, "");
  }

  private Rest.Answer revert(String id, boolean force) {
    return rest.post(
        "/segments/trips/revertReplaceSegments?segmentLineageEntryId="
            + id
            + "&forceRevert="
            + force,
        "");
  }

  private List<String> segments() {
    List<String> names = new ArrayList<>();
    rest.get("/segments/trips")
        .ok()
        .body()
        .at("/0/OFFLINE")
        .forEach(name -> names.add(name.asText()));
    return names;
  }

  private boolean isArriving(String segment) {
    return rest.get("/segments/trips/" + segment + "/metadata")
        .ok()
        .body()
        .path("segment.arriving")
        .asBoolean();
  }

  @Test
  void replacedSegmentsGoAWhileAfterTheOthersAreSeen() throws IOException {
    String id = started("\"a\",\"b\"", "\"c\"");
    upload("c", "&segmentLineageEntryId=" + id);
    assertThat(isArriving("c")).isTrue();
    end(id).ok();
    end(id).ok();
    JsonNode lineage = rest.get("/segments/trips/lineage").ok().body();
    assertThat(lineage).hasSize(1);
    assertThat(lineage.at("/0/state").asText()).isEqualTo("COMPLETED");
    assertThat(rest.delete("/segments/trips/a").status()).isIn(200, 404);
    eventually(() -> assertThat(segments()).containsExactly("c"));
    eventually(() -> assertThat(isArriving("c")).isFalse());
    assertThat(revert(id, false).status()).isEqualTo(409);
    eventually(() -> assertThat(cluster.objects()).isEqualTo(1));
  }

  @Test
  void aReplacementThatIsTakenBackLeavesWhatWasThere() throws IOException {
    String id = started("\"a\"", "\"c\",\"d\"");
    upload("c", "");
    assertThat(end(id).error()).contains("'d' of segmentsTo was not uploaded");
    assertThat(revert(id, false).status()).isEqualTo(409);
    revert(id, true).ok();
    revert(id, true).ok();
    assertThat(end(id).error()).contains("was taken back");
    assertThat(send("d", 1, "&segmentLineageEntryId=" + id).status()).isEqualTo(409);
    eventually(() -> assertThat(segments()).containsExactly("a", "b"));
  }

  @Test
  void aReplacementDoesNotEndIfAnOldSegmentHasChanged() throws IOException {
    String id = started("\"a\"", "\"c\"");
    upload("c", "");
    send("a", 7, "").ok();
    assertThat(end(id).error()).contains("'a' of segmentsFrom was changed or deleted");
    revert(id, true).ok();
    String again = started("\"a\"", "\"e\"");
    upload("e", "");
    rest.delete("/segments/trips/a").ok();
    assertThat(end(again).status()).isEqualTo(409);
  }

  @Test
  void aNewSegmentThatIsDeletedTakesTheOldOnesWithIt() throws IOException {
    String id = started("\"a\"", "\"c\"");
    upload("c", "");
    end(id).ok();
    rest.delete("/segments/trips/c").ok();
    assertThat(segments()).containsExactly("b");
  }

  @Test
  void replacementsDoNotMeet() throws IOException {
    String id = started("\"a\"", "\"c\"");
    assertThat(start("\"a\"", "\"d\"", "").error()).contains(id);
    assertThat(start("\"b\"", "\"c\"", "").status()).isEqualTo(409);
    String other = started("\"b\"", "\"d\"");
    start("\"a\"", "\"e\"", "&forceCleanup=true").ok();
    assertThat(end(id).status()).isEqualTo(409);
    upload("d", "");
    end(other).ok();
    assertThat(send("b", 9, "").status()).isEqualTo(409);
  }

  @Test
  void wrongRequestsAreRefused() {
    assertThat(start("", "", "").status()).isEqualTo(400);
    assertThat(start("\"x\"", "\"c\"", "").error()).contains("'x'");
    assertThat(start("\"a\"", "\"b\"", "").status()).isEqualTo(409);
    assertThat(start("\"a\"", "\"a\"", "").status()).isEqualTo(400);
    assertThat(start("\"a\",1", "\"c\"", "").status()).isEqualTo(400);
    assertThat(start("\"a\",\"a\"", "\"c\"", "").status()).isEqualTo(400);
    assertThat(end("none").status()).isEqualTo(404);
    assertThat(revert("none", true).status()).isEqualTo(404);
    assertThat(rest.post("/segments/trips/startReplaceSegments?type=REALTIME", "{}").status())
        .isEqualTo(400);
    assertThat(rest.post("/segments/none/startReplaceSegments", "{}").status()).isEqualTo(404);
    assertThat(segments()).containsExactly("a", "b");
  }

  @Test
  void anUploadThatExpectsAnotherVersionIsRefused() throws IOException {
    String crc = rest.get("/segments/trips/a/metadata").ok().body().path("segment.crc").asText();
    send("a", 5, "&expectedCrc=" + crc + "&mark=MyTask.done%3Dyes").ok();
    assertThat(send("a", 6, "&expectedCrc=" + crc).error()).contains("was changed meanwhile");
    assertThat(send("z", 6, "&expectedCrc=" + crc).status()).isEqualTo(409);
    JsonNode now = rest.get("/segments/trips/a/metadata").ok().body();
    assertThat(now.path("segment.mark.MyTask.done").asText()).isEqualTo("yes");
    String present = now.path("segment.crc").asText();
    rest.put("/segments/trips/a/marks?crc=" + present, "{\"more\":\"1\"}").ok();
    assertThat(rest.put("/segments/trips/a/marks?crc=" + crc, "{}").status()).isEqualTo(409);
    assertThat(segments()).containsExactly("a", "b");
  }
}
