package io.cuvee.controller.retention;

import static io.cuvee.controller.retention.Storage.GRACE;
import static io.cuvee.controller.retention.Storage.TABLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.cluster.state.SegmentScope;
import io.cuvee.cluster.zookeeper.EmbeddedZooKeeper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestOrphans {
  private static final Duration AGE = Duration.ofHours(2);
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir private static Path zooKeeperDirectory;
  private static EmbeddedZooKeeper zooKeeper;

  @TempDir private Path directory;
  private Storage storage;
  private Orphans orphans;

  @BeforeAll
  static void startZooKeeper() {
    zooKeeper = EmbeddedZooKeeper.start(zooKeeperDirectory, 0);
  }

  @AfterAll
  static void stopZooKeeper() {
    zooKeeper.close();
  }

  @BeforeEach
  void open() {
    storage = new Storage(zooKeeper, directory);
    orphans = storage.orphans(AGE);
  }

  @AfterEach
  void close() {
    storage.close();
  }

  private URI segment(String name) throws IOException {
    return storage.segment(TABLE, name, SegmentScope.UNKNOWN);
  }

  private URI object(String segment) throws IOException {
    return storage.object(TABLE, segment);
  }

  private void record(String segment, URI object) {
    assertThat(
            storage.records.put(
                Storage.record(TABLE, segment, object, SegmentScope.UNKNOWN), Optional.empty()))
        .isTrue();
  }

  private boolean exists(URI object) {
    return storage.deepStore.exists(object);
  }

  private void sweepForLong() {
    orphans.sweep(BEGIN);
    orphans.sweep(BEGIN.plus(AGE));
  }

  @Test
  void objectsWithoutOwnerGoAfterAWhile() throws Exception {
    URI owned = segment("a");
    segment("b");
    URI older = object("a");
    URI neverRecorded = object("c");
    URI foreign = storage.object("others_OFFLINE", "a");
    Path notOurs = Files.writeString(directory.resolve("store/t_OFFLINE/a/README"), "x");
    orphans.sweep(BEGIN);
    orphans.sweep(BEGIN.plus(AGE).minusMillis(1));
    assertThat(exists(older)).isTrue();
    orphans.sweep(BEGIN.plus(AGE));
    assertThat(exists(older)).isFalse();
    assertThat(exists(neverRecorded)).isFalse();
    assertThat(exists(owned)).isTrue();
    assertThat(exists(foreign)).isTrue();
    assertThat(notOurs).exists();
  }

  @Test
  void uploadThatIsUnderWayKeepsItsObject() throws Exception {
    segment("a");
    segment("b");
    URI stored = object("c");
    orphans.sweep(BEGIN);
    record("c", stored);
    orphans.sweep(BEGIN.plus(AGE));
    assertThat(exists(stored)).isTrue();
  }

  @Test
  void whenTheMetadataAreLostNothingGoes() throws Exception {
    Set<URI> all = new HashSet<>();
    for (int i = 0; i < 6; i++) {
      all.add(object("s" + i));
    }
    sweepForLong();
    assertThat(all).allMatch(this::exists);
    // A few segments were uploaded since.
    all.add(segment("new"));
    sweepForLong();
    assertThat(all).allMatch(this::exists);
  }

  @Test
  void whenTheMetadataAreOlderThanTheObjectsNothingGoes() throws Exception {
    URI first = segment("a");
    URI second = object("a");
    storage.deepStore.delete(first);
    sweepForLong();
    assertThat(exists(second)).isTrue();
  }

  @Test
  void unreadableRecordsKeepAllObjectsOfTheirTable() throws Exception {
    segment("a");
    segment("b");
    URI older = object("a");
    storage.metadata.create("segments/t_OFFLINE/c", "not a record");
    sweepForLong();
    assertThat(exists(older)).isTrue();
    storage.metadata.delete("segments/t_OFFLINE/c");
    sweepForLong();
    assertThat(exists(older)).isFalse();
  }

  @Test
  void onlyTheLeaderDeletesAndANewOneCountsAgain() throws Exception {
    segment("a");
    URI older = object("a");
    orphans.sweep(BEGIN);
    orphans.forget();
    orphans.sweep(BEGIN.plus(AGE));
    assertThat(exists(older)).isTrue();
    storage.leadership.close();
    orphans.sweep(BEGIN.plus(AGE.multipliedBy(2)));
    assertThat(exists(older)).isTrue();
  }

  @Test
  void withoutAnAgeNothingIsLookedAt() throws Exception {
    segment("a");
    URI older = object("a");
    orphans = storage.orphans(Duration.ZERO);
    sweepForLong();
    assertThat(exists(older)).isTrue();
  }

  @Test
  void deletedObjectsBelongToTheTrashUntilTheirGraceIsOver() throws Exception {
    segment("a");
    segment("b");
    URI gone = object("c");
    storage.trash.discard(TABLE, List.of(gone.toString()));
    sweepForLong();
    assertThat(exists(gone)).isTrue();
    Instant now = storage.metadata.clock();
    storage.trash.empty(now.plus(GRACE).minusSeconds(60));
    assertThat(exists(gone)).isTrue();
    storage.trash.empty(now.plus(GRACE).plusSeconds(60));
    assertThat(exists(gone)).isFalse();
    assertThat(storage.metadata.list("deleted")).isEmpty();
  }

  @Test
  void trashKeepsWhatARecordNamesAgainAndWhatItCannotRead() throws Exception {
    URI restored = object("a");
    URI other = object("b");
    storage.trash.discard(TABLE, List.of(restored.toString(), other.toString()));
    record("a", restored);
    storage.metadata.create("deleted/t_OFFLINE/damaged", "{\"urls\": []}");
    Instant late = storage.metadata.clock().plus(GRACE).plusSeconds(60);
    storage.trash.empty(late);
    assertThat(exists(other)).isTrue();
    storage.metadata.delete("deleted/t_OFFLINE/damaged");
    storage.trash.empty(late);
    assertThat(exists(other)).isFalse();
    assertThat(exists(restored)).isTrue();
  }
}
