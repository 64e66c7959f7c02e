package io.cuvee.controller;

import static io.cuvee.controller.TestCluster.SCHEMA;
import static io.cuvee.controller.TestCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.cluster.zookeeper.EmbeddedZooKeeper;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestRetention {
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

  private void start(String... settings) throws Exception {
    Map<String, String> all = new HashMap<>();
    all.put("controller.retention-interval", "200ms");
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    rest = cluster.rest(cluster.controller("controller-1", all));
    cluster.server("server-1");
    rest.post("/schemas", SCHEMA).ok();
  }

  private void createTrips(String retention) {
    rest.post(
            "/tables",
            """
            {"tableName": "trips", "tableType": "OFFLINE",
             "segmentsConfig": {"replication": "1", "schemaName": "trips", "timeColumnName": "day"%s},
             "tableIndexConfig": {}, "tenants": {}, "metadata": {}}
            """
                .formatted(retention))
        .ok();
  }

  private void upload(String segment, Instant... days) throws Exception {
    StringBuilder csv = new StringBuilder();
    if (days.length == 0) {
      csv.append("Paris,a,3,\n");
    }
    for (Instant day : days) {
      csv.append("Paris,a,3,").append(day.truncatedTo(ChronoUnit.SECONDS)).append('\n');
    }
    uploadCsv(segment, csv.toString());
  }

  private void uploadCsv(String segment, String rows) throws Exception {
    rest.upload(
            "/v2/segments?tableName=trips&tableType=OFFLINE&wait=online",
            cluster.archive(SCHEMA, "trips_OFFLINE", segment, "city,tags,distance,day\n" + rows))
        .ok();
  }

  private String segments() {
    return rest.get("/segments/trips").ok().body().toString();
  }

  @Test
  void segmentsGoWhenTheirLastRowIsTooOld() throws Exception {
    start();
    createTrips("");
    Instant now = Instant.now();
    Instant old = now.minus(40, ChronoUnit.DAYS);
    upload("old", old, old.minus(1, ChronoUnit.DAYS));
    upload("mixed", old, now);
    upload("undated");
    assertThat(segments()).contains("old", "mixed", "undated");
    rest.put(
            "/tables/trips",
            """
            {"tableName": "trips", "tableType": "OFFLINE",
             "segmentsConfig": {"replication": "1", "schemaName": "trips", "timeColumnName": "day",
               "retentionTimeUnit": "DAYS", "retentionTimeValue": "30"},
             "tableIndexConfig": {}, "tenants": {}, "metadata": {}}
            """)
        .ok();
    eventually(() -> assertThat(segments()).doesNotContain("old"));
    assertThat(segments()).contains("mixed", "undated");
    eventually(() -> assertThat(cluster.objects()).isEqualTo(2));
  }

  @Test
  void objectsOfDeletedSegmentsStayForTheGrace() throws Exception {
    start("controller.deleted-segment-grace", "1s");
    createTrips("");
    upload("one", Instant.now());
    rest.delete("/segments/trips/one").ok();
    assertThat(segments()).doesNotContain("one");
    assertThat(cluster.objects()).isEqualTo(1);
    eventually(() -> assertThat(cluster.objects()).isZero());
  }

  @Test
  void whatIsInDoubtStays() throws Exception {
    start();
    createTrips(", \"retentionTimeUnit\": \"DAYS\", \"retentionTimeValue\": \"30\"");
    Instant now = Instant.now();
    Instant old = now.minus(40, ChronoUnit.DAYS);
    uploadCsv("partly", "Paris,a,3," + old.truncatedTo(ChronoUnit.SECONDS) + "\nRom,a,3,\n");
    // No row is of 1970: the number is of another unit.
    upload("wrong", Instant.ofEpochSecond(1_600_000));
    upload("recent", now.minus(29, ChronoUnit.DAYS));
    upload("future", now.plus(4000, ChronoUnit.DAYS));
    upload("old", old);
    eventually(() -> assertThat(segments()).doesNotContain("old"));
    assertThat(segments()).contains("partly", "wrong", "recent", "future");
  }
}
