package io.cuvee.controller.retention;

import static io.cuvee.controller.retention.Storage.TABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentScope;
import io.cuvee.cluster.state.SegmentScope.TimeRange;
import io.cuvee.cluster.state.StreamRange;
import io.cuvee.cluster.zookeeper.EmbeddedZooKeeper;
import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestExpiry {
  private static final FieldSpec DAY =
      new FieldSpec(
          "day", ColumnType.TIMESTAMP, FieldSpec.Role.DATE_TIME, false, null, "TIMESTAMP", null);

  @TempDir private Path directory;
  private EmbeddedZooKeeper zooKeeper;
  private Storage storage;

  @BeforeEach
  void open() {
    zooKeeper = EmbeddedZooKeeper.start(directory.resolve("zookeeper"), 0);
    storage = new Storage(zooKeeper, directory);
  }

  @AfterEach
  void close() {
    storage.close();
    zooKeeper.close();
  }

  private static SegmentScope until(Instant last) {
    return time("day", last.toEpochMilli(), false);
  }

  private static SegmentScope time(String column, long max, boolean hasNulls) {
    return new SegmentScope(
        Optional.of(new TimeRange(column, Math.min(0, max), max, hasNulls)), Map.of());
  }

  private static Instant daysAgo(int days) {
    return Instant.now().minus(Duration.ofDays(days));
  }

  private boolean has(String table, String segment) {
    return storage.records.find(new SegmentKey(table, segment)).isPresent();
  }

  private void sweep(Clock clock) {
    try (Retention retention = storage.retention(clock, Duration.ZERO)) {
      retention.sweep();
    }
  }

  @Test
  void onlyWhatIsKnownToBeOldIsExpired() {
    Instant now = Instant.parse("2026-01-31T00:00:00Z");
    long last = now.toEpochMilli() - 1;
    SegmentRecord old =
        Storage.record(TABLE, "s", URI.create("file:///x"), time("day", last - 1, false));
    assertThat(Retention.isExpired(old, DAY, now)).isTrue();
    assertThat(Retention.isExpired(old.withArriving(true), DAY, now)).isFalse();
    for (SegmentScope scope :
        List.of(
            SegmentScope.UNKNOWN,
            time("day", last, false),
            time("day", Long.MAX_VALUE, false),
            time("day", last - 1, true),
            time("other", last - 1, false),
            time("day", 20_000, false),
            time("day", -1, false),
            time("day", Long.MIN_VALUE, false))) {
      assertThat(
              Retention.isExpired(
                  Storage.record(TABLE, "s", URI.create("file:///x"), scope), DAY, now))
          .as("%s", scope)
          .isFalse();
    }
  }

  private static SegmentRecord sealed(int partition, long sequence, SegmentScope scope) {
    return new SegmentRecord(
        "t_REALTIME",
        "t__" + partition + "__" + sequence + "__20260101T000000000Z",
        1,
        "file:///x",
        10,
        10,
        Instant.parse("2026-01-01T00:00:00Z").toEpochMilli(),
        false,
        Map.of(),
        Optional.of(
            StreamRange.from(partition, sequence, sequence * 10).until((sequence + 1) * 10)),
        scope);
  }

  @Test
  void streamKeepsTheEndOfEachPartitionWithoutGaps() {
    Instant oldest = Instant.parse("2026-01-31T00:00:00Z");
    SegmentScope old = until(oldest.minusSeconds(1));
    SegmentScope young = until(oldest);
    List<SegmentRecord> records =
        List.of(
            // The newest one stays, as old as it may be.
            sealed(0, 3, old),
            sealed(0, 4, old),
            // What comes after a young one stays.
            sealed(1, 0, old),
            sealed(1, 1, young),
            sealed(1, 2, old),
            sealed(1, 3, old),
            // Rows without a time are as old as their segment.
            sealed(2, 0, time("day", oldest.toEpochMilli() - 2, true)),
            sealed(2, 1, SegmentScope.UNKNOWN),
            SegmentRecord.consuming("t_REALTIME", "t__2__2__x", 1, StreamRange.from(2, 2, 20)),
            SegmentRecord.consuming("t_REALTIME", "t__3__0__x", 1, StreamRange.from(3, 0, 0)));
    assertThat(
            Retention.oldestOfChains(records, record -> Retention.isExpired(record, DAY, oldest)))
        .containsExactlyInAnyOrder(records.get(0), records.get(2), records.get(6), records.get(7));
    Instant before = Instant.parse("2025-12-31T00:00:00Z");
    assertThat(Retention.isExpired(sealed(2, 1, SegmentScope.UNKNOWN), DAY, before)).isFalse();
  }

  @Test
  void expiredSegmentsGoAndTheirObjectsAreKeptForTheGrace() throws Exception {
    URI old = storage.segment(TABLE, "old", until(daysAgo(31)));
    URI young = storage.segment(TABLE, "young", until(daysAgo(29)));
    sweep(Clock.systemUTC());
    assertThat(storage.records.names(TABLE)).containsExactly("young");
    assertThat(storage.deepStore.exists(old)).isTrue();
    assertThat(storage.trash.urls(TABLE)).containsExactly(old.toString());
    storage.trash.empty(Instant.now().plus(Storage.GRACE).plusSeconds(60));
    assertThat(storage.deepStore.exists(old)).isFalse();
    assertThat(storage.deepStore.exists(young)).isTrue();
  }

  @Test
  void wrongClockDeletesNothing() throws Exception {
    storage.segment(TABLE, "s", until(daysAgo(31)));
    for (int hours : new int[] {-10_000, -1, 1, 10_000}) {
      sweep(Clock.offset(Clock.systemUTC(), Duration.ofHours(hours)));
      assertThat(has(TABLE, "s")).isTrue();
    }
    sweep(Clock.systemUTC());
    assertThat(has(TABLE, "s")).isFalse();
  }

  @Test
  void segmentThatGotYoungRowsMeanwhileStays() throws Exception {
    storage.segment(TABLE, "s", until(daysAgo(31)));
    SegmentKey key = new SegmentKey(TABLE, "s");
    var seen = storage.records.find(key).orElseThrow();
    Instant oldest = daysAgo(30);
    assertThat(Retention.isExpired(seen.value(), DAY, oldest)).isTrue();
    URI young = storage.segment(TABLE, "s", until(Instant.now()));
    assertThat(
            storage.reconciler.deleteSegment(
                key, record -> Retention.isExpired(record, DAY, oldest)))
        .isFalse();
    // Neither does a deletion that had begun before.
    assertThat(storage.records.delete(List.of(seen), OptionalLong.empty())).isEmpty();
    assertThat(storage.records.find(key).orElseThrow().value().downloadUrl())
        .isEqualTo(young.toString());
    assertThat(storage.deepStore.exists(young)).isTrue();
  }

  @Test
  void deletionAfterTheTermIsRefused() throws Exception {
    URI old = storage.segment(TABLE, "old", until(daysAgo(31)));
    storage.raiseEpoch();
    SegmentKey key = new SegmentKey(TABLE, "old");
    assertThatThrownBy(() -> storage.reconciler.deleteSegment(key))
        .isInstanceOfSatisfying(
            CuveeException.class,
            e -> assertThat(e.code()).isIn(ErrorCode.CONFLICT, ErrorCode.NO_CONTROLLER));
    assertKept(old);
  }

  @Test
  void sweepAfterTheTermDeletesNothing() throws Exception {
    URI old = storage.segment(TABLE, "old", until(daysAgo(31)));
    storage.raiseEpoch();
    // Only the first, as the controller then begins a term of its own.
    sweep(Clock.systemUTC());
    assertKept(old);
  }

  private void assertKept(URI old) throws IOException {
    assertThat(has(TABLE, "old")).isTrue();
    assertThat(storage.deepStore.exists(old)).isTrue();
    assertThat(storage.trash.urls(TABLE)).isEmpty();
  }

  @Test
  void unreadableRecordsKeepTheirTableAndNoOther() throws Exception {
    storage.createTable("u");
    storage.segment(TABLE, "old", until(daysAgo(31)));
    storage.segment("u_OFFLINE", "old", until(daysAgo(31)));
    storage.metadata.create("segments/" + TABLE + "/damaged", "not a record");
    sweep(Clock.systemUTC());
    assertThat(storage.records.names(TABLE)).containsExactly("damaged", "old");
    assertThat(storage.records.names("u_OFFLINE")).isEmpty();
  }

  @Test
  void metadataThatCannotBeReachedDeleteNothing() throws Exception {
    URI old = storage.segment(TABLE, "old", until(daysAgo(31)));
    URI orphan = storage.object(TABLE, "old");
    zooKeeper.close();
    try (Retention retention = storage.retention(Clock.systemUTC(), Duration.ofNanos(1))) {
      retention.sweep();
      retention.sweep();
    }
    assertThat(storage.deepStore.exists(old)).isTrue();
    assertThat(storage.deepStore.exists(orphan)).isTrue();
  }
}
