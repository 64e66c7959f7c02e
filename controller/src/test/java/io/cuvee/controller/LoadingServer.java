package io.cuvee.controller;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.deepstore.DeepStores;
import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.cluster.zookeeper.ZooKeeperClusterState;
import io.cuvee.cluster.zookeeper.ZooKeeperConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.segment.store.SegmentArchive;
import io.cuvee.segment.store.SegmentVerifier;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// A server as far as a controller sees it: it does what its assignment says, with the real deep
/// store and real segments, and publishes what it holds. It answers no queries.
final class LoadingServer implements AutoCloseable {
  private final ClusterState cluster;
  private final Path directory;
  private final Map<SegmentKey, Assignment> held = new HashMap<>();
  private volatile boolean broken;

  LoadingServer(ZooKeeperConfig config, String id, Path directory) {
    this.cluster = ZooKeeperClusterState.connect(config);
    this.directory = directory;
    cluster.join(
        new Instance(
            id,
            Instance.Role.SERVER,
            "127.0.0.1",
            8097,
            8098,
            Set.of(Instance.DEFAULT_TENANT),
            System.currentTimeMillis(),
            Instance.Phase.READY));
    var _ = cluster.watchAssignment(id, this::reconcile);
  }

  /// From now on loads nothing.
  LoadingServer breakDown() {
    broken = true;
    return this;
  }

  private synchronized void reconcile(Map<SegmentKey, Assignment> wanted) {
    Map<SegmentKey, Optional<Replica>> changes = new HashMap<>();
    for (SegmentKey key : Set.copyOf(held.keySet())) {
      if (!wanted.containsKey(key)) {
        held.remove(key);
        changes.put(key, Optional.empty());
      }
    }
    wanted.forEach((key, assignment) -> {
      if (!assignment.equals(held.get(key))) {
        changes.put(key, Optional.of(load(key, assignment)));
        held.put(key, assignment);
      }
    });
    cluster.publish(changes);
  }

  private Replica load(SegmentKey key, Assignment assignment) {
    if (broken) {
      return new Replica(SegmentState.ERROR, 0, "the disk is full");
    }
    try (DeepStore store =
        DeepStores.open(DeepStores.announced(cluster.metadata()).orElseThrow())) {
      SegmentRecord record =
          SegmentRecord.parse(
              cluster
                  .metadata()
                  .get(SegmentRecord.path(key.table(), key.segment()))
                  .orElseThrow()
                  .value());
      Path archive = directory.resolve(UUID.randomUUID().toString());
      store.get(URI.create(record.downloadUrl()), archive);
      Path segment = directory.resolve(UUID.randomUUID().toString());
      SegmentArchive.unpack(archive, segment, SegmentArchive.Limits.DEFAULT);
      long crc = SegmentVerifier.verify(segment).crc();
      return crc == assignment.crc()
          ? new Replica(SegmentState.ONLINE, crc, "")
          : new Replica(SegmentState.ERROR, 0, "crc " + crc + " instead of " + assignment.crc());
    } catch (CuveeException e) {
      return new Replica(SegmentState.ERROR, 0, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    cluster.close();
  }
}
