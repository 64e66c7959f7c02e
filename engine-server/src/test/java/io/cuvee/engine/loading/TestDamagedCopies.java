package io.cuvee.engine.loading;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.deepstore.DeepStores;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.zookeeper.EmbeddedZooKeeper;
import io.cuvee.cluster.zookeeper.ZooKeeperClusterState;
import io.cuvee.cluster.zookeeper.ZooKeeperConfig;
import io.cuvee.common.file.FileTree;
import io.cuvee.engine.TestTables;
import io.cuvee.segment.store.SegmentArchive;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damages the copy of a segment on a server's disk between two starts, again and again, anywhere:
/// `-Dcuvee.mutations=10000` for a long run.
final class TestDamagedCopies {
  private static final int MUTATIONS = Integer.getInteger("cuvee.mutations", 200);
  private static final SegmentKey KEY = new SegmentKey(TestTables.TABLE, "s");
  private static final int ROWS = 10_000;
  private static final int PAGE_BYTES = 4096;

  private enum Mutation {
    FLIPPED_BIT,
    ZEROED_PAGE,
    TRUNCATION,
    FILE_OF_ANOTHER,
    ALL_OF_ANOTHER
  }

  private final long seed = Long.getLong("cuvee.random.seed", 20_261_122);
  private final Random random = new Random(seed);

  @TempDir private Path directory;

  private Map<String, byte[]> good;
  private Map<String, byte[]> other;

  @Test
  void damageIsFoundBeforeAnythingIsReadAndMendedFromTheDeepStore() throws Exception {
    System.out.println("seed " + seed + " (replay with -Dcuvee.random.seed=" + seed + ")");
    URI objects = Files.createDirectories(directory.resolve("deep-store")).toUri();
    Map<Mutation, Integer> done = new EnumMap<>(Mutation.class);
    try (EmbeddedZooKeeper zooKeeper = EmbeddedZooKeeper.start(directory.resolve("zookeeper"), 0);
        ZooKeeperClusterState cluster =
            ZooKeeperClusterState.connect(new ZooKeeperConfig(zooKeeper.connectString(), "test"));
        DeepStore deepStore = DeepStores.open(objects);
        LocalStore store = LocalStore.open(directory.resolve("server"))) {
      long crc = upload(cluster, deepStore);
      SegmentLoader loader =
          new SegmentLoader(store, cluster.metadata(), uri -> deepStore, new PeerCopies(cluster));
      loader.load(KEY, crc).close();
      Path copy = store.directory(KEY, crc);
      good = files(copy);
      TestTables.build(directory.resolve("other"), "other", ROWS / 2, 77);
      other = files(directory.resolve("other"));
      for (int i = 0; i < MUTATIONS; i++) {
        String what = "mutation " + i + " of seed " + seed + ": ";
        Mutation mutation = damage(copy);
        boolean isChanged = !same(files(copy), good);
        serve(store, loader, crc);
        assertThat(same(files(copy), good)).as(what + mutation).isTrue();
        assertThat(takeSetAside()).as(what + mutation).isEqualTo(isChanged ? 1 : 0);
        done.merge(mutation, isChanged ? 1 : 0, Integer::sum);
      }
    }
    System.out.println("Found and mended: " + done);
    assertThat(done).hasSize(Mutation.values().length).doesNotContainValue(0);
  }

  private long upload(ZooKeeperClusterState cluster, DeepStore deepStore) throws IOException {
    Path built = directory.resolve("built");
    Path archive = directory.resolve("archive");
    long crc = TestTables.build(built, KEY.segment(), ROWS, 0).crc();
    SegmentArchive.pack(built, archive);
    URI stored = deepStore.put(archive, "s");
    SegmentRecord record =
        new SegmentRecord(
            KEY.table(), KEY.segment(), crc, stored.toString(), ROWS, Files.size(archive), 1);
    cluster.metadata().create(SegmentRecord.path(KEY.table(), KEY.segment()), record.toJson());
    return crc;
  }

  /// Does with the copy what a server does from its start to the first query.
  private static void serve(LocalStore store, SegmentLoader loader, long crc) {
    ServedSegments served = new ServedSegments();
    served.onDamage((key, segment, failure) -> {
      store.quarantine(segment.directory());
      segment.close();
      served.put(key, loader.load(key, crc));
    });
    served.put(KEY, loader.load(KEY, crc));
    List<String> names = List.of(KEY.segment());
    served.dropDamaged(KEY.table(), names, TestTables.COLUMNS);
    ServedSegments.Acquired acquired = served.acquire(KEY.table(), names);
    assertThat(acquired.missing()).isEmpty();
    assertThat(acquired.segments().getFirst().docCount()).isEqualTo(ROWS);
    assertThat(acquired.segments().getFirst().isUnchecked(TestTables.COLUMNS)).isFalse();
    acquired.release();
    served.closeAll();
  }

  private Mutation damage(Path copy) throws IOException {
    Mutation mutation = Mutation.values()[random.nextInt(Mutation.values().length)];
    long position = random.nextLong(good.values().stream().mapToLong(bytes -> bytes.length).sum());
    for (Map.Entry<String, byte[]> file : good.entrySet()) {
      int length = file.getValue().length;
      if (position < length) {
        damage(copy, mutation, file.getKey(), (int) position);
        return mutation;
      }
      position -= length;
    }
    throw new IllegalStateException("Beyond all files");
  }

  private void damage(Path copy, Mutation mutation, String name, int position) throws IOException {
    byte[] bytes = good.get(name).clone();
    switch (mutation) {
      case FLIPPED_BIT -> bytes[position] ^= (byte) (1 << random.nextInt(8));
      case ZEROED_PAGE -> {
        int from = position / PAGE_BYTES * PAGE_BYTES;
        Arrays.fill(bytes, from, Math.min(bytes.length, from + PAGE_BYTES), (byte) 0);
      }
      case TRUNCATION -> bytes = Arrays.copyOf(bytes, position);
      case FILE_OF_ANOTHER -> bytes = other.get(name);
      case ALL_OF_ANOTHER -> {
        for (Map.Entry<String, byte[]> file : other.entrySet()) {
          Files.write(copy.resolve(file.getKey()), file.getValue());
        }
        return;
      }
    }
    Files.write(copy.resolve(name), bytes);
  }

  private static Map<String, byte[]> files(Path copy) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> list = Files.list(copy)) {
      for (Path file : list.toList()) {
        files.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return files;
  }

  private static boolean same(Map<String, byte[]> some, Map<String, byte[]> others) {
    return some.keySet().equals(others.keySet())
        && some.entrySet().stream()
            .allMatch(file -> Arrays.equals(file.getValue(), others.get(file.getKey())));
  }

  /// Deletes what was set aside.
  ///
  /// @return how many copies
  private int takeSetAside() throws IOException {
    List<Path> copies = new ArrayList<>();
    try (Stream<Path> list = Files.list(directory.resolve("server/quarantine"))) {
      copies.addAll(list.toList());
    }
    for (Path copy : copies) {
      FileTree.delete(copy);
    }
    return copies.size();
  }
}
