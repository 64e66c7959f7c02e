package io.cuvee.controller.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.deepstore.DeepStores;
import io.cuvee.cluster.deepstore.ObjectVersions;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentScope;
import io.cuvee.cluster.state.StreamRange;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.error.CuveeException;
import io.cuvee.controller.table.RecordObjects;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestDeepStoreRebuild {
  private static final String UPLOADED = "trips_OFFLINE";
  private static final String LIVE = "trips_REALTIME";
  private static final long LATER_MILLIS = 3_600_000;
  private static final Schema SCHEMA =
      Schema.parse(
          """
          {"schemaName": "trips", "dimensionFieldSpecs": [{"name": "city", "dataType": "STRING"}],
           "metricFieldSpecs": [{"name": "n", "dataType": "LONG"}],
           "dateTimeFieldSpecs": [{"name": "at", "dataType": "TIMESTAMP", "format": "TIMESTAMP",
             "granularity": "1:MILLISECONDS"}]}
          """);

  private static final String CONFIG =
      """
      {"tableName": "trips", "tableType": "%s",
       "segmentsConfig": {"replication": "3", "timeColumnName": "at"}}
      """;

  @TempDir private Path directory;
  private Path root;
  private DeepStore store;
  private final long now = System.currentTimeMillis();
  private final Map<String, String> texts = new TreeMap<>();

  @BeforeEach
  void open() {
    root = directory.resolve("store");
    store = DeepStores.open(root.toUri());
  }

  private SegmentRecord segment(String table, String name, String version, int rows)
      throws IOException {
    StringBuilder csv = new StringBuilder("city,n,at\n");
    for (int i = 0; i < rows; i++) {
      csv.append("Köln,").append(i).append(",2026-11-22T00:00:0").append(i % 10).append("Z\n");
    }
    return SegmentObjects.store(store, directory, SCHEMA, table, name, version, csv.toString());
  }

  private void record(SegmentRecord record) {
    texts.put(SegmentRecord.path(record.table(), record.name()), record.toJson());
  }

  /// A record that was made after its object.
  private static SegmentRecord at(SegmentRecord record, long millis) {
    return new SegmentRecord(
        record.table(),
        record.name(),
        record.crc(),
        record.downloadUrl(),
        record.totalDocs(),
        record.sizeBytes(),
        millis);
  }

  private SegmentRecord sealed(String name, int sequence, long from, long to) throws IOException {
    SegmentRecord plain = segment(LIVE, name, ObjectVersions.next(), (int) (to - from));
    return new SegmentRecord(
        LIVE,
        name,
        plain.crc(),
        plain.downloadUrl(),
        plain.totalDocs(),
        plain.sizeBytes(),
        1,
        false,
        Map.of(),
        Optional.of(StreamRange.from(0, sequence, from).until(to)),
        SegmentScope.UNKNOWN);
  }

  private void copy(String part, long millis) throws IOException {
    Path file = directory.resolve(UUID.randomUUID().toString());
    BackupFormat.write(new Backup("c", part, millis, new TreeMap<>(texts), Map.of()), file);
    store.put(file, "metadata/c/" + part + "/" + ObjectVersions.next());
    texts.clear();
  }

  private DeepStoreRebuild rebuild() throws IOException {
    Path work = Files.createTempDirectory(directory, "work");
    return new DeepStoreRebuild(store, root.toUri(), "c", work, text -> {});
  }

  private static Map<String, SegmentRecord> records(DeepStoreRebuild.Result result, String table) {
    Map<String, SegmentRecord> records = new TreeMap<>();
    result
        .backup()
        .texts()
        .forEach((path, text) -> {
          if (path.startsWith("segments/" + table + "/")) {
            SegmentRecord record = SegmentRecord.parse(text);
            records.put(record.name(), record);
          }
        });
    return records;
  }

  @Test
  void uploadsAfterTheCopyAreTakenUp() throws IOException {
    record(at(segment(UPLOADED, "old", ObjectVersions.next(), 1), now + 1));
    record(at(segment(UPLOADED, "replaced", ObjectVersions.next(), 2), now - LATER_MILLIS));
    SegmentRecord replaced = segment(UPLOADED, "replaced", ObjectVersions.next(), 3);
    SegmentRecord fresh = segment(UPLOADED, "fresh", ObjectVersions.next(), 4);
    // One of several that count together only; and one that was deleted.
    segment(UPLOADED, "merged", UUID.randomUUID().toString(), 5);
    SegmentRecord deleted = segment(UPLOADED, "deleted", ObjectVersions.next(), 6);
    texts.put(
        "deleted/" + UPLOADED + "/x",
        "{\"deletedMillis\": 1, \"urls\": [\"" + deleted.downloadUrl() + "\"]}");
    texts.put("tables/" + UPLOADED, CONFIG.formatted("OFFLINE"));
    copy(UPLOADED, now);
    texts.put("schemas/trips", SCHEMA.toJson());
    copy("cluster", now);
    DeepStoreRebuild.Result result = rebuild().run();
    assertThat(result.notes()).isEmpty();
    Map<String, SegmentRecord> records = records(result, UPLOADED);
    assertThat(records.keySet()).isEqualTo(new TreeSet<>(List.of("old", "replaced", "fresh")));
    assertThat(records.get("replaced").crc()).isEqualTo(replaced.crc());
    SegmentRecord found = records.get("fresh");
    assertThat(found.crc()).isEqualTo(fresh.crc());
    assertThat(found.totalDocs()).isEqualTo(4);
    assertThat(found.sizeBytes()).isEqualTo(fresh.sizeBytes());
    assertThat(found.arriving()).isFalse();
    assertThat(found.scope().time().orElseThrow().column()).isEqualTo("at");
    assertThat(result.backup().texts())
        .containsEntry("schemas/trips", SCHEMA.toJson())
        .containsEntry(DeepStores.PATH, root.toUri().toString());
  }

  @Test
  void whatIsOlderThanTheCopyAndNotInItStaysOut() throws IOException {
    segment(UPLOADED, "failed", ObjectVersions.next(), 1);
    texts.put("tables/" + UPLOADED, CONFIG.formatted("OFFLINE"));
    copy(UPLOADED, now + LATER_MILLIS);
    assertThat(records(rebuild().run(), UPLOADED)).isEmpty();
  }

  @Test
  void streamsGoOnWithTheAttemptThatTheNextSegmentFollows() throws IOException {
    record(SegmentRecord.consuming(LIVE, "trips__0__1", 1, StreamRange.from(0, 1, 10)));
    texts.put("tables/" + LIVE, CONFIG.formatted("REALTIME"));
    copy(LIVE, now);
    SegmentRecord chosen = sealed("trips__0__1", 1, 10, 15);
    SegmentRecord given = sealed("trips__0__1", 1, 10, 17);
    SegmentRecord next = sealed("trips__0__2", 2, 15, 20);
    SegmentRecord apart = sealed("trips__0__9", 9, 90, 95);
    for (SegmentRecord each : new SegmentRecord[] {chosen, given, next, apart}) {
      RecordObjects.write(store, directory, each);
    }
    // It was never committed.
    sealed("trips__0__3", 3, 20, 21);
    Map<String, SegmentRecord> records = records(rebuild().run(), LIVE);
    assertThat(records.keySet()).containsExactly("trips__0__1", "trips__0__2");
    assertThat(records.get("trips__0__1")).isEqualTo(chosen);
    assertThat(records.get("trips__0__2")).isEqualTo(next);
  }

  @Test
  void damagedCopiesGiveWayToTheOnesBefore() throws IOException {
    texts.put("tables/" + UPLOADED, CONFIG.formatted("OFFLINE"));
    copy(UPLOADED, now);
    Path bad = Files.writeString(directory.resolve("bad"), "bad");
    store.put(bad, "metadata/c/" + UPLOADED + "/" + ObjectVersions.next());
    segment(UPLOADED, "a", ObjectVersions.next(), 1);
    DeepStoreRebuild.Result result = rebuild().run();
    assertThat(result.notes()).singleElement().asString().contains("is damaged");
    assertThat(records(result, UPLOADED)).containsOnlyKeys("a");
  }

  @Test
  void deletedTablesStayDeleted() throws IOException {
    segment(UPLOADED, "a", ObjectVersions.next(), 1);
    copy(UPLOADED, now);
    DeepStoreRebuild.Result result = rebuild().run();
    assertThat(result.backup().texts()).containsOnlyKeys(DeepStores.PATH);
    assertThat(result.notes()).singleElement().asString().contains("was deleted");
  }

  @Test
  void segmentsWithoutAnyCopyTellTheirSchema() throws IOException {
    segment(UPLOADED, "a", UUID.randomUUID().toString(), 3);
    segment(UPLOADED, "b", UUID.randomUUID().toString(), 4);
    Path damaged =
        Path.of(URI.create(segment(UPLOADED, "c", ObjectVersions.next(), 5).downloadUrl()));
    Files.write(damaged, new byte[] {31});
    segment(LIVE, "trips__0__0", ObjectVersions.next(), 1);
    DeepStoreRebuild.Result result = rebuild().run();
    assertThat(records(result, UPLOADED)).containsOnlyKeys("a", "b");
    Schema schema = Schema.parse(result.backup().texts().get("schemas/trips"));
    assertThat(schema.fields()).extracting("name").containsExactlyInAnyOrder("city", "n", "at");
    assertThat(result.notes())
        .hasSize(3)
        .anyMatch(note -> note.contains("/c/") && note.contains("left out"))
        .anyMatch(note -> note.contains(LIVE) && note.contains("stream is not known"))
        .anyMatch(note -> note.contains("schema as its segments have it"));
    assertThat(BackupCheck.check(result.backup())).isEmpty();
  }

  @Test
  void missingObjectsAreTold() throws IOException {
    SegmentRecord record = segment(UPLOADED, "a", ObjectVersions.next(), 1);
    record(record);
    texts.put("tables/" + UPLOADED, CONFIG.formatted("OFFLINE"));
    copy(UPLOADED, now);
    store.delete(URI.create(record.downloadUrl()));
    segment(UPLOADED, "b", ObjectVersions.next(), 1);
    DeepStoreRebuild.Result result = rebuild().run();
    assertThat(records(result, UPLOADED)).containsOnlyKeys("a", "b");
    assertThat(result.notes()).singleElement().asString().contains("trips_OFFLINE/a", "not in the");
  }

  @Test
  void anEmptyStoreAndAnotherClusterAreRefused() throws IOException {
    assertThatThrownBy(() -> rebuild().run())
        .isInstanceOf(CuveeException.class)
        .hasMessageContaining("neither segments nor copies");
    copy("cluster", now);
    assertThatThrownBy(
            () -> new DeepStoreRebuild(store, root.toUri(), "other", directory, text -> {}).run())
        .isInstanceOf(CuveeException.class)
        .hasMessageContaining("copies of the metadata of [c]");
  }
}
