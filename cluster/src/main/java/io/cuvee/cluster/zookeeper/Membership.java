package io.cuvee.cluster.zookeeper;

import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.zookeeper.ZooKeeperLink.Node;
import io.cuvee.cluster.zookeeper.ZooKeeperLink.Refusal;
import io.cuvee.cluster.zookeeper.ZooKeeperLink.SizedOps;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This process's own entries: its live entry and what it publishes. Both are ephemeral, so they
/// end with the session, and this class writes them again in the next one. Every write checks the
/// version of the incarnation node in the same transaction: whoever starts with the same id raises
/// it, and from then on the older process cannot write, however late it wakes up. Thread-safe.
final class Membership {
  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

  private static final int MAX_ATTEMPTS = 20;

  private final ZooKeeperLink link;
  private final Paths paths;

  // All guarded by this. What is published is remembered here, and written as soon as that is
  // possible.
  private final List<Map<SegmentKey, Replica>> published = BucketFormat.distribute(Map.of());
  private final BitSet changedBuckets = new BitSet();
  private final BitSet writtenBuckets = new BitSet();
  private @Nullable Instance self;
  private boolean liveChanged;
  private boolean superseded;
  private int fence;

  Membership(ZooKeeperLink link, Paths paths) {
    this.link = link;
    this.paths = paths;
  }

  synchronized void join(Instance instance) {
    if (self != null) {
      throw new CuveeException(
          ErrorCode.INTERNAL, "This process has joined the cluster already, as " + self.id() + ".");
    }
    link.ensure(ZooKeeperLink.parent(paths.live(instance)));
    link.ensure(ZooKeeperLink.parent(paths.incarnation(instance)));
    if (instance.role() == Instance.Role.SERVER) {
      link.ensure(paths.serving(instance.id()));
    }
    enter(instance);
    self = instance;
    writeChanges();
    LOG.info("Joined the cluster as {}, incarnation {}", instance.id(), instance.incarnation());
  }

  /// Writes the live entry for the first time, in place of that of an older process with this id.
  private void enter(Instance instance) {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      Optional<Node> oldFence = link.read(paths.incarnation(instance));
      Optional<Node> oldLive = link.read(paths.live(instance));
      if (oldLive.isPresent()) {
        Instance other = InstanceFormat.decode(oldLive.get().path(), oldLive.get().data());
        if (other.incarnation() > instance.incarnation()) {
          throw new CuveeException(
              ErrorCode.CONFLICT,
              "A process that calls itself "
                  + instance.id()
                  + " was started later than this one (incarnation "
                  + other.incarnation()
                  + ", this one is "
                  + instance.incarnation()
                  + "). Stop it, give this one other ports or another host name, or check the machine's clock.");
        }
      }
      byte[] incarnation =
          ZnodeFormat.encode(
              paths.incarnation(instance),
              Long.toString(instance.incarnation()).getBytes(StandardCharsets.UTF_8));
      List<Op> operations = new ArrayList<>();
      if (oldFence.isPresent()) {
        operations.add(
            Op.setData(
                paths.incarnation(instance), incarnation, oldFence.get().stat().getVersion()));
      } else {
        operations.add(
            ZooKeeperLink.create(paths.incarnation(instance), incarnation, CreateMode.PERSISTENT));
      }
      oldLive.ifPresent(node -> operations.add(Op.delete(node.path(), node.stat().getVersion())));
      operations.add(createLive(instance));
      link.readChildren(paths.serving(instance.id()))
          .values()
          .forEach(node -> operations.add(Op.delete(node.path(), node.stat().getVersion())));
      if (link.transact("joining as " + instance.id(), operations).isEmpty()) {
        fence = oldFence.map(node -> node.stat().getVersion() + 1).orElse(0);
        writtenBuckets.clear();
        liveChanged = false;
        if (oldLive.isPresent()) {
          LOG.info("Took over the entry of an earlier process with the id {}", instance.id());
        }
        return;
      }
    }
    throw contention(instance);
  }

  private Op createLive(Instance instance) {
    String path = paths.live(instance);
    return ZooKeeperLink.create(path, InstanceFormat.encode(path, instance), CreateMode.EPHEMERAL);
  }

  private static CuveeException contention(Instance instance) {
    return new CuveeException(
        ErrorCode.CONFLICT,
        "The entries of "
            + instance.id()
            + " keep changing while this process writes them. Check that no other process uses this id.");
  }

  /// Remembers the new entry and writes it; later, by [#restore()], if the store cannot be reached.
  synchronized void update(Instance instance) {
    Instance before = self;
    if (before == null || !before.id().equals(instance.id()) || before.role() != instance.role()) {
      throw new CuveeException(
          ErrorCode.INTERNAL, "Only a process that joined as " + instance.id() + " can update it.");
    }
    self = instance;
    liveChanged = true;
    // A process that stops should not wait for a store that is away.
    if (superseded || link.isConnected()) {
      writeChanges();
    }
  }

  /// Remembers the changes and writes them. If the store cannot be reached they are written later,
  /// by [#restore()].
  synchronized void publish(Map<SegmentKey, Optional<Replica>> changes) {
    changes.forEach((key, replica) -> {
      int bucket = BucketFormat.bucket(key);
      Replica before =
          replica.isPresent()
              ? published.get(bucket).put(key, replica.get())
              : published.get(bucket).remove(key);
      if (!replica.equals(Optional.ofNullable(before))) {
        changedBuckets.set(bucket);
      }
    });
    // A server that loads segments should not wait for a store that is away.
    if (self != null && (superseded || link.isConnected())) {
      writeChanges();
    }
  }

  synchronized boolean isSuperseded() {
    return superseded;
  }

  /// Runs a transaction that only a process in its own right may run: it fails if a newer one has
  /// taken over the id. A process that has not joined has no id that anybody could take.
  ///
  /// @return as [ZooKeeperLink#transact], counting the given operations from 0
  /// @throws CuveeException `CONFLICT` if a newer process took over this id
  synchronized Optional<Refusal> transact(String what, List<Op> operations) {
    Instance me = self;
    if (me == null) {
      return link.transact(what, operations);
    }
    if (superseded) {
      throw supersededFailure(me);
    }
    List<Op> fenced = new ArrayList<>();
    fenced.add(checkFence(me));
    fenced.addAll(operations);
    Optional<Refusal> refusal = link.transact(what, fenced);
    refusal.ifPresent(cause -> checkSuperseded(me, cause));
    return refusal.map(cause -> new Refusal(cause.operation() - 1, cause.code()));
  }

  /// Writes whatever the store does not have: after a lost session everything, else what could not
  /// be written.
  synchronized void restore() {
    Instance me = self;
    if (me == null || superseded) {
      return;
    }
    Optional<Node> live = link.read(paths.live(me));
    if (live.isEmpty() || live.get().stat().getEphemeralOwner() != link.sessionId()) {
      enterAgain(me);
    }
    writeChanges();
  }

  /// Writes all entries in a new session, replacing those of the lost one, bucket by bucket, so
  /// that nobody sees them missing.
  private void enterAgain(Instance me) {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      List<Op> operations = new ArrayList<>();
      operations.add(checkFence(me));
      link.read(paths.live(me))
          .ifPresent(node -> operations.add(Op.delete(node.path(), node.stat().getVersion())));
      operations.add(createLive(me));
      Optional<Refusal> refusal = link.transact("entering again as " + me.id(), operations);
      if (refusal.isEmpty() && replaceBuckets(me)) {
        liveChanged = false;
        LOG.info("Entered the cluster again as {} after a lost session", me.id());
        return;
      }
      refusal.ifPresent(cause -> checkSuperseded(me, cause));
    }
    throw contention(me);
  }

  private boolean replaceBuckets(Instance me) {
    Map<String, Node> old = link.readChildren(paths.serving(me.id()));
    List<SizedOps> groups = new ArrayList<>();
    for (int bucket = 0; bucket < BucketFormat.BUCKET_COUNT; bucket++) {
      List<Op> operations = new ArrayList<>();
      int bytes = 200;
      Node node = old.get(Integer.toString(bucket));
      if (node != null) {
        operations.add(Op.delete(node.path(), node.stat().getVersion()));
      }
      if (!published.get(bucket).isEmpty()) {
        byte[] data = encode(me, bucket);
        bytes += data.length;
        operations.add(ZooKeeperLink.create(bucketPath(me, bucket), data, CreateMode.EPHEMERAL));
      }
      if (!operations.isEmpty()) {
        groups.add(new SizedOps(bucket, operations, bytes));
      }
    }
    writtenBuckets.clear();
    changedBuckets.clear();
    for (int bucket = 0; bucket < BucketFormat.BUCKET_COUNT; bucket++) {
      if (!published.get(bucket).isEmpty()) {
        changedBuckets.set(bucket);
      }
    }
    return write(me, groups).isEmpty();
  }

  private void writeChanges() {
    Instance me = self;
    if (me == null) {
      return;
    }
    if (superseded) {
      throw supersededFailure(me);
    }
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (!liveChanged && changedBuckets.isEmpty()) {
        return;
      }
      Optional<Refusal> refusal = writeLive(me).or(() -> write(me, changedGroups(me)));
      if (refusal.isEmpty()) {
        return;
      }
      checkSuperseded(me, refusal.get());
      // The nodes are not as remembered: a lost session, or a transaction that was done before its
      // answer was lost.
      enterAgain(me);
    }
    throw contention(me);
  }

  private Optional<Refusal> writeLive(Instance me) {
    if (!liveChanged) {
      return Optional.empty();
    }
    String path = paths.live(me);
    Optional<Refusal> refusal =
        link.transact(
            "updating " + me.id(),
            List.of(checkFence(me), Op.setData(path, InstanceFormat.encode(path, me), -1)));
    liveChanged = refusal.isPresent();
    return refusal;
  }

  private List<SizedOps> changedGroups(Instance me) {
    List<SizedOps> groups = new ArrayList<>();
    for (int bucket = changedBuckets.nextSetBit(0);
        bucket >= 0;
        bucket = changedBuckets.nextSetBit(bucket + 1)) {
      String path = bucketPath(me, bucket);
      boolean written = writtenBuckets.get(bucket);
      byte[] data = encode(me, bucket);
      List<Op> operations;
      if (published.get(bucket).isEmpty()) {
        operations = written ? List.of(Op.delete(path, -1)) : List.of();
      } else if (written) {
        operations = List.of(Op.setData(path, data, -1));
      } else {
        operations = List.of(ZooKeeperLink.create(path, data, CreateMode.EPHEMERAL));
      }
      groups.add(new SizedOps(bucket, operations, data.length + 200));
    }
    return groups;
  }

  private Optional<Refusal> write(Instance me, List<SizedOps> groups) {
    for (List<SizedOps> chunk : ZooKeeperLink.chunks(groups)) {
      List<Op> operations = new ArrayList<>();
      operations.add(checkFence(me));
      chunk.forEach(group -> operations.addAll(group.operations()));
      Optional<Refusal> refusal =
          operations.size() == 1
              ? Optional.empty()
              : link.transact("publishing segments of " + me.id(), operations);
      if (refusal.isPresent()) {
        return refusal;
      }
      for (SizedOps group : chunk) {
        changedBuckets.clear(group.bucket());
        writtenBuckets.set(group.bucket(), !published.get(group.bucket()).isEmpty());
      }
    }
    return Optional.empty();
  }

  private byte[] encode(Instance me, int bucket) {
    return BucketFormat.SERVING.encode(bucketPath(me, bucket), published.get(bucket));
  }

  private String bucketPath(Instance me, int bucket) {
    return paths.serving(me.id()) + "/" + bucket;
  }

  private Op checkFence(Instance me) {
    return Op.check(paths.incarnation(me), fence);
  }

  /// The fence is always the first operation.
  private void checkSuperseded(Instance me, Refusal refusal) {
    if (refusal.operation() == 0 && refusal.code() == Code.BADVERSION) {
      superseded = true;
      LOG.error("{}", supersededFailure(me).getMessage());
      throw supersededFailure(me);
    }
  }

  private static CuveeException supersededFailure(Instance me) {
    return new CuveeException(
        ErrorCode.CONFLICT,
        "A newer process has taken over the id "
            + me.id()
            + "; this one (incarnation "
            + me.incarnation()
            + ") no longer belongs to the cluster. Stop it.");
  }
}
