package io.cuvee.cluster.zookeeper;

import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.Instance.Role;
import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.ServingView;
import io.cuvee.cluster.state.SplitMap;
import io.cuvee.cluster.zookeeper.ZooKeeperLink.Node;
import io.cuvee.cluster.zookeeper.ZooKeeperLink.Refusal;
import io.cuvee.cluster.zookeeper.ZooKeeperLink.SizedOps;
import io.cuvee.common.catalog.Names;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The cluster's state in ZooKeeper; layout in [Paths]. Reads for decisions ([#assignment],
/// [#metadata()]) ask ZooKeeper; views and watches are served from local copies, which keep the
/// last known state while ZooKeeper is away.
public final class ZooKeeperClusterState implements ClusterState {
  private static final Logger LOG = LoggerFactory.getLogger(ZooKeeperClusterState.class);

  private static final int MAX_ATTEMPTS = 50;
  private static final long RESTORE_RETRY_MILLIS = 500;

  private final ZooKeeperLink link;
  private final Paths paths;
  private final long loadTimeoutMillis;
  private final Membership membership;
  private final ZooKeeperMetadata metadata;

  /// Reads changes and calls listeners.
  private final TaskThread watching = new TaskThread("cuvee-cluster-watch");

  /// Writes this process's entries again, and runs elections.
  private final TaskThread electing = new TaskThread("cuvee-cluster-self");

  // Guarded by this: local copies are made when first asked for.
  private final Map<String, AssignmentWatch> assignments = new HashMap<>();
  private final Set<Election> elections = new HashSet<>();
  private @Nullable LiveWatch live;
  private @Nullable ServingWatch serving;
  private boolean closed;

  private ZooKeeperClusterState(ZooKeeperLink link, ZooKeeperConfig config) {
    this.link = link;
    this.paths = Paths.of(config.clusterName());
    this.loadTimeoutMillis = config.callTimeout().toMillis() + 2000;
    this.membership = new Membership(link, paths);
    this.metadata =
        new ZooKeeperMetadata(link, watching, paths, this::refusedEpoch, loadTimeoutMillis);
  }

  /// Connects and creates what every cluster has.
  ///
  /// @throws CuveeException `IO` if no ZooKeeper answers in time
  public static ZooKeeperClusterState connect(ZooKeeperConfig config) {
    ZooKeeperLink link = ZooKeeperLink.connect(config);
    ZooKeeperClusterState state = new ZooKeeperClusterState(link, config);
    try {
      for (String path :
          List.of(
              state.paths.live(),
              state.paths.assignment(),
              state.paths.serving(),
              state.paths.metadata())) {
        link.ensure(path);
      }
      Election.prepare(link, state.paths);
    } catch (CuveeException e) {
      state.close();
      throw e;
    }
    link.curator().getConnectionStateListenable().addListener(state::connectionChanged);
    return state;
  }

  /// Connects to a cluster that is there, and creates nothing.
  ///
  /// @throws CuveeException `NOT_FOUND` if there is no cluster of this name, `IO` if no ZooKeeper
  ///   answers in time
  public static ZooKeeperClusterState attach(ZooKeeperConfig config) {
    ZooKeeperLink link = ZooKeeperLink.connect(config);
    ZooKeeperClusterState state = new ZooKeeperClusterState(link, config);
    try {
      if (link.read(state.paths.metadata()).isEmpty()) {
        throw new CuveeException(
            ErrorCode.NOT_FOUND,
            "ZooKeeper at "
                + config.connectString()
                + " has no cluster '"
                + config.clusterName()
                + "'. Set zookeeper.connect and cluster.name to those of the controllers.");
      }
    } catch (CuveeException e) {
      state.close();
      throw e;
    }
    link.curator().getConnectionStateListenable().addListener(state::connectionChanged);
    return state;
  }

  private void connectionChanged(CuratorFramework curator, ConnectionState state) {
    switch (state) {
      case CONNECTED, READ_ONLY -> {}
      case SUSPENDED -> LOG.warn("The connection to ZooKeeper is interrupted");
      case LOST -> {
        LOG.warn("The ZooKeeper session is lost; entering again as soon as ZooKeeper answers");
        synchronized (this) {
          elections.forEach(Election::sessionLost);
        }
      }
      case RECONNECTED -> {
        LOG.info("Connected to ZooKeeper again");
        restoreSelf();
        synchronized (this) {
          elections.forEach(Election::reconnected);
          assignments.values().forEach(watch -> watch.mirror.resync());
          if (live != null) {
            live.mirror.resync();
          }
          if (serving != null) {
            serving.mirror.resync();
          }
        }
        metadata.resync();
      }
    }
  }

  /// Writes this process's entries again where they are missing; tries until it succeeds.
  private void restoreSelf() {
    electing.run(() -> {
      try {
        membership.restore();
      } catch (CuveeException e) {
        LOG.warn("Could not enter the cluster again: {}", e.getMessage());
        if (e.code() != ErrorCode.CONFLICT) {
          electing.runLater(RESTORE_RETRY_MILLIS, this::restoreSelf);
        }
      }
    });
  }

  @Override
  public void join(Instance self) {
    Names.check("Instance id", self.id(), ErrorCode.INVALID_SETTING);
    membership.join(self);
  }

  @Override
  public void update(Instance self) {
    writeOrRemember(() -> membership.update(self));
  }

  @Override
  public List<Instance> instances(Role role) {
    return liveWatch().instances(role);
  }

  @Override
  public AutoCloseable watchInstances(Role role, Consumer<List<Instance>> listener) {
    return liveWatch().subscriptions(role).add(listener, () -> {});
  }

  private LiveWatch liveWatch() {
    LiveWatch watch;
    synchronized (this) {
      watch = live == null ? new LiveWatch() : live;
      live = watch;
    }
    watch.mirror.awaitLoaded(loadTimeoutMillis);
    return watch;
  }

  private final class LiveWatch {
    private final Map<Role, Subscriptions<List<Instance>>> byRole = new EnumMap<>(Role.class);
    private final Mirror<Instance> mirror;

    LiveWatch() {
      for (Role role : Role.values()) {
        byRole.put(role, new Subscriptions<>(() -> instances(role)));
      }
      mirror =
          new Mirror<>(
              link,
              watching,
              paths.live(),
              2,
              (name, node) -> InstanceFormat.decode(node.path(), node.data()),
              (before, changed) -> changed(changed));
      mirror.start();
    }

    Subscriptions<List<Instance>> subscriptions(Role role) {
      return Objects.requireNonNull(byRole.get(role));
    }

    List<Instance> instances(Role role) {
      return mirror.values().values().stream()
          .filter(instance -> instance.role() == role)
          .sorted(Comparator.comparing(Instance::id))
          .toList();
    }

    private void changed(Set<String> names) {
      byRole.forEach((role, subscriptions) -> {
        String prefix = role + "/";
        if (names.stream().anyMatch(name -> name.startsWith(prefix))) {
          subscriptions.changed();
        }
      });
    }
  }

  @Override
  public Map<SegmentKey, Assignment> assignment(String server) {
    Names.check("Server id", server, ErrorCode.INVALID_INPUT);
    Map<SegmentKey, Assignment> all = new HashMap<>();
    link.readChildren(paths.assignment(server))
        .values()
        .forEach(node -> all.putAll(BucketFormat.ASSIGNMENT.decode(node.path(), node.data())));
    return all;
  }

  @Override
  public AutoCloseable watchAssignment(
      String server, Consumer<Map<SegmentKey, Assignment>> listener) {
    Names.check("Server id", server, ErrorCode.INVALID_INPUT);
    AssignmentWatch watch;
    synchronized (this) {
      watch = assignments.computeIfAbsent(server, AssignmentWatch::new);
      watch.users++;
    }
    try {
      watch.mirror.awaitLoaded(loadTimeoutMillis);
    } catch (CuveeException e) {
      release(server, watch);
      throw e;
    }
    return watch.subscriptions.add(listener, () -> release(server, watch));
  }

  private synchronized void release(String server, AssignmentWatch watch) {
    watch.users--;
    if (watch.users == 0) {
      assignments.remove(server);
      watch.mirror.close();
    }
  }

  private final class AssignmentWatch {
    private final Subscriptions<Map<SegmentKey, Assignment>> subscriptions =
        new Subscriptions<>(this::all);
    private final Mirror<Map<SegmentKey, Assignment>> mirror;
    private int users;

    AssignmentWatch(String server) {
      mirror =
          new Mirror<>(
              link,
              watching,
              paths.assignment(server),
              1,
              (name, node) -> BucketFormat.ASSIGNMENT.decode(node.path(), node.data()),
              (before, changed) -> subscriptions.changed());
      mirror.start();
    }

    private Map<SegmentKey, Assignment> all() {
      List<Map<SegmentKey, Assignment>> buckets = BucketFormat.distribute(Map.of());
      mirror.values().forEach((number, bucket) -> buckets.set(Integer.parseInt(number), bucket));
      return new BucketedMap<>(buckets);
    }
  }

  @Override
  public void assign(String server, Map<SegmentKey, Optional<Assignment>> changes, long epoch) {
    assign(Map.of(server, changes), epoch);
  }

  @Override
  public void assign(Map<String, Map<SegmentKey, Optional<Assignment>>> changes, long epoch) {
    if (epoch < 0 || epoch > Integer.MAX_VALUE) {
      throw staleEpoch(epoch);
    }
    Map<String, Map<SegmentKey, Optional<Assignment>>> open = new LinkedHashMap<>();
    changes.forEach((server, own) -> {
      Names.check("Server id", server, ErrorCode.INVALID_INPUT);
      List<Map<SegmentKey, Optional<Assignment>>> byBucket = BucketFormat.distribute(own);
      for (int bucket = 0; bucket < byBucket.size(); bucket++) {
        if (!byBucket.get(bucket).isEmpty()) {
          open.put(paths.assignment(server) + "/" + bucket, byBucket.get(bucket));
        }
      }
    });
    for (int attempt = 0; !open.isEmpty(); attempt++) {
      if (attempt == MAX_ATTEMPTS) {
        throw new CuveeException(
            ErrorCode.CONFLICT,
            "The assignment of "
                + String.join(", ", changes.keySet())
                + " keeps changing while it is written. Try again.");
      }
      open.keySet().removeAll(assignOnce(open, epoch));
    }
  }

  /// @param open changes by the paths of their buckets
  /// @return the buckets that were written
  private Set<String> assignOnce(
      Map<String, Map<SegmentKey, Optional<Assignment>>> open, long epoch) {
    List<String> buckets = List.copyOf(open.keySet());
    Map<String, Node> present = link.readAll(buckets);
    List<SizedOps> groups = new ArrayList<>();
    for (int i = 0; i < buckets.size(); i++) {
      String path = buckets.get(i);
      groups.add(change(i, path, Optional.ofNullable(present.get(path)), open.get(path)));
    }
    Set<String> written = new HashSet<>();
    for (List<SizedOps> chunk : ZooKeeperLink.chunks(groups)) {
      List<Op> operations = new ArrayList<>();
      operations.add(Op.check(paths.epoch(), (int) epoch));
      chunk.forEach(group -> operations.addAll(group.operations()));
      Optional<Refusal> refusal = link.transact("assigning segments", operations);
      if (refusal.isPresent()) {
        if (refusal.get().operation() == 0) {
          throw refusedEpoch(epoch);
        }
        buckets.stream().map(ZooKeeperLink::parent).distinct().forEach(link::ensure);
        return written;
      }
      chunk.forEach(group -> written.add(buckets.get(group.bucket())));
    }
    return written;
  }

  private static SizedOps change(
      int bucket,
      String path,
      Optional<Node> present,
      Map<SegmentKey, Optional<Assignment>> changes) {
    Map<SegmentKey, Assignment> before =
        present
            .filter(node -> node.data().length > 0)
            .map(node -> BucketFormat.ASSIGNMENT.decode(path, node.data()))
            .orElse(Map.of());
    Map<SegmentKey, Assignment> after = new HashMap<>(before);
    changes.forEach((key, assignment) ->
        assignment.ifPresentOrElse(value -> after.put(key, value), () -> after.remove(key)));
    if (after.equals(before)) {
      return new SizedOps(bucket, List.of(), 0);
    }
    byte[] data = BucketFormat.ASSIGNMENT.encode(path, after);
    Op operation =
        present
            .map(node -> Op.setData(path, data, node.stat().getVersion()))
            .orElseGet(() -> ZooKeeperLink.create(path, data, CreateMode.PERSISTENT));
    if (present.isPresent() && after.isEmpty()) {
      operation = Op.delete(path, present.get().stat().getVersion());
    }
    return new SizedOps(bucket, List.of(operation), data.length + 200);
  }

  /// Tells the elections, which may not know yet.
  private CuveeException refusedEpoch(long epoch) {
    synchronized (this) {
      elections.forEach(election -> election.epochRefused(epoch));
    }
    return staleEpoch(epoch);
  }

  private static CuveeException staleEpoch(long epoch) {
    return new CuveeException(
        ErrorCode.CONFLICT,
        "Epoch "
            + epoch
            + " is no longer that of the leading controller; another one leads now. Ask it instead.");
  }

  @Override
  public List<String> assignedServers() {
    return link.children(paths.assignment()).stream().sorted().toList();
  }

  @Override
  public void publish(Map<SegmentKey, Optional<Replica>> changes) {
    writeOrRemember(() -> membership.publish(changes));
  }

  private void writeOrRemember(Runnable write) {
    try {
      write.run();
    } catch (CuveeException e) {
      if (e.code() != ErrorCode.IO) {
        throw e;
      }
      LOG.warn("Publishing later, when ZooKeeper answers: {}", e.getMessage());
      restoreSelf();
    }
  }

  @Override
  public ServingView servingView() {
    return servingWatch().view;
  }

  @Override
  public AutoCloseable watchServingView(Consumer<ServingView> listener) {
    return servingWatch().subscriptions.add(listener, () -> {});
  }

  private ServingWatch servingWatch() {
    ServingWatch watch;
    synchronized (this) {
      watch = serving == null ? new ServingWatch() : serving;
      serving = watch;
    }
    watch.mirror.awaitLoaded(loadTimeoutMillis);
    return watch;
  }

  private final class ServingWatch {
    private final Subscriptions<ServingView> subscriptions = new Subscriptions<>(() -> this.view);
    private final Mirror<MirroredServingView.Bucket> mirror;
    private volatile MirroredServingView view = MirroredServingView.EMPTY;

    ServingWatch() {
      mirror =
          new Mirror<>(
              link,
              watching,
              paths.serving(),
              2,
              (name, node) -> MirroredServingView.Bucket.of(node.path(), node.data()),
              this::changed);
      mirror.start();
    }

    private void changed(SplitMap<MirroredServingView.Bucket> before, Set<String> names) {
      view = view.with(names, before, mirror.values());
      subscriptions.changed();
    }
  }

  @Override
  public AutoCloseable campaign(String id, Consumer<Optional<Long>> listener) {
    Election election = new Election(link, paths, membership, electing, id, listener);
    synchronized (this) {
      elections.add(election);
    }
    return () -> {
      synchronized (this) {
        elections.remove(election);
      }
      election.close();
    };
  }

  @Override
  public Optional<String> leader() {
    return Election.leader(link, paths);
  }

  @Override
  public MetadataStore metadata() {
    return metadata;
  }

  /// For tests that end it.
  long sessionId() {
    return link.sessionId();
  }

  /// Whether ZooKeeper answers at present.
  public boolean isConnected() {
    return link.isConnected();
  }

  /// Ends the session, which removes all of this process's entries at once.
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    watching.close();
    electing.close();
    link.close();
  }
}
