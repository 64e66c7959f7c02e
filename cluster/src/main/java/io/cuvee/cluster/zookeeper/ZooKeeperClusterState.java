package io.cuvee.cluster.zookeeper;

import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.AssignmentCopy;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.Instance.Role;
import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentHolders;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.ServingView;
import io.cuvee.cluster.state.SplitMap;
import io.cuvee.common.catalog.Names;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.zookeeper.CreateMode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The cluster's state in ZooKeeper; layout in [Paths]. Reads for decisions ([#assignment],
/// [#metadata()]) ask ZooKeeper; views and watches are served from local copies, which keep the
/// last known state while ZooKeeper is away.
public final class ZooKeeperClusterState implements ClusterState {
  private static final Logger LOG = LoggerFactory.getLogger(ZooKeeperClusterState.class);

  private static final long RESTORE_RETRY_MILLIS = 500;

  private final ZooKeeperLink link;
  private final Paths paths;
  private final long loadTimeoutMillis;
  private final Membership membership;
  private final ZooKeeperMetadata metadata;
  private final FencedNodes nodes;
  private final List<Runnable> restorers = new CopyOnWriteArrayList<>();

  /// Reads changes and calls listeners.
  private final TaskThread watching = new TaskThread("cuvee-cluster-watch");

  /// Writes this process's entries again, and runs elections.
  private final TaskThread electing = new TaskThread("cuvee-cluster-self");

  // Guarded by this: local copies are made when first asked for.
  private final Map<String, AssignmentWatch> assignments = new HashMap<>();
  private final Set<AssignmentFollower> followers = new HashSet<>();
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
    this.nodes =
        new FencedNodes(link, watching, membership, paths, this::refusedEpoch, loadTimeoutMillis);
  }

  /// Connects and creates what every cluster has.
  ///
  /// @throws CuveeException `IO` if no ZooKeeper answers in time, `INVALID_SETTING` if the cluster
  ///   keeps its state in another way than the configuration says
  public static ZooKeeperClusterState connect(ZooKeeperConfig config) {
    ZooKeeperLink link = ZooKeeperLink.connect(config);
    ZooKeeperClusterState state = new ZooKeeperClusterState(link, config);
    try {
      state.noteKind(config.kind());
      state.checkKind(config);
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
  ///   answers in time, `INVALID_SETTING` if it keeps its state in another way
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
      state.checkKind(config);
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
          followers.forEach(follower -> follower.mirror.resync());
          if (live != null) {
            live.mirror.resync();
          }
          if (serving != null) {
            serving.mirror.resync();
          }
        }
        metadata.resync();
        nodes.resync();
      }
    }
  }

  /// Writes this process's entries again where they are missing; tries until it succeeds.
  private void restoreSelf() {
    electing.run(() -> {
      try {
        membership.restore();
        restorers.forEach(Runnable::run);
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
    Map<String, UnaryOperator<Optional<byte[]>>> edits = new HashMap<>();
    changes.forEach((server, own) -> {
      Names.check("Server id", server, ErrorCode.INVALID_INPUT);
      List<Map<SegmentKey, Optional<Assignment>>> byBucket = BucketFormat.distribute(own);
      for (int bucket = 0; bucket < byBucket.size(); bucket++) {
        Map<SegmentKey, Optional<Assignment>> part = byBucket.get(bucket);
        if (!part.isEmpty()) {
          String path = paths.assignment(server) + "/" + bucket;
          edits.put(path, present -> edit(path, present, part));
        }
      }
    });
    nodes.edit(edits, epoch);
  }

  private static Optional<byte[]> edit(
      String path, Optional<byte[]> present, Map<SegmentKey, Optional<Assignment>> changes) {
    Map<SegmentKey, Assignment> before =
        present.map(data -> BucketFormat.ASSIGNMENT.decode(path, data)).orElse(Map.of());
    Map<SegmentKey, Assignment> after = new HashMap<>(before);
    changes.forEach((key, assignment) ->
        assignment.ifPresentOrElse(value -> after.put(key, value), () -> after.remove(key)));
    if (after.equals(before)) {
      return present;
    }
    return after.isEmpty()
        ? Optional.empty()
        : Optional.of(BucketFormat.ASSIGNMENT.encode(path, after));
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
  public AssignmentCopy followAssignment() {
    AssignmentFollower follower = new AssignmentFollower();
    synchronized (this) {
      followers.add(follower);
    }
    follower.mirror.start();
    return follower;
  }

  private final class AssignmentFollower implements AssignmentCopy {
    private final Mirror<Bucket<Assignment>> mirror =
        new Mirror<>(
            link,
            watching,
            paths.assignment(),
            2,
            (name, node) -> Bucket.of(node.path(), node.data(), this::decode),
            this::changed);

    /// Nodes that cannot be read, with the reason. While there is one, nobody can lead.
    private final Map<String, CuveeException> damaged = new ConcurrentHashMap<>();

    private volatile SegmentHolders<Assignment> holders = SegmentHolders.empty();

    private Map<SegmentKey, Assignment> decode(String path, byte[] bytes) {
      try {
        Map<SegmentKey, Assignment> bucket = BucketFormat.ASSIGNMENT.decode(path, bytes);
        damaged.remove(path);
        return bucket;
      } catch (CuveeException e) {
        damaged.put(path, e);
        return Map.of();
      }
    }

    private void changed(SplitMap<Bucket<Assignment>> before, Set<String> names) {
      SplitMap<Bucket<Assignment>> after = mirror.values();
      // What a node holds now is decoded last, so that is what counts.
      holders = Bucket.apply(holders, names, before, after);
      names.stream()
          .filter(name -> !after.containsKey(name))
          .forEach(name -> damaged.remove(paths.assignment() + "/" + name));
    }

    @Override
    public SegmentHolders<Assignment> current() {
      mirror.catchUp(loadTimeoutMillis);
      for (CuveeException damage : damaged.values()) {
        throw new CuveeException(damage.code(), String.valueOf(damage.getMessage()), damage);
      }
      return holders;
    }

    @Override
    public void close() {
      synchronized (ZooKeeperClusterState.this) {
        followers.remove(this);
      }
      mirror.close();
    }
  }

  @Override
  public void publish(Map<SegmentKey, Optional<Replica>> changes) {
    writeOrRemember(() -> membership.publish(changes));
  }

  /// Runs `write`, which remembers what it could not write, and if ZooKeeper is away, later what
  /// [#onRestore] was told.
  ///
  /// @throws CuveeException `CONFLICT` if a newer process took over this id
  public void writeOrRemember(Runnable write) {
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
    private final Mirror<Bucket<Replica>> mirror;
    private volatile MirroredServingView view = MirroredServingView.EMPTY;

    ServingWatch() {
      mirror =
          new Mirror<>(
              link,
              watching,
              paths.serving(),
              2,
              (name, node) -> Bucket.of(node.path(), node.data(), BucketFormat.SERVING::decode),
              this::changed);
      mirror.start();
    }

    private void changed(SplitMap<Bucket<Replica>> before, Set<String> names) {
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

  /// Nodes of another kind of state, under the same fences.
  public FencedNodes nodes() {
    return nodes;
  }

  /// Runs `restorer` whenever this process's entries are written again.
  public void onRestore(Runnable restorer) {
    restorers.add(restorer);
  }

  /// Who keeps assignment and serving of the cluster, if there is one.
  public static String kindOf(ZooKeeperConfig config) {
    try (ZooKeeperLink link = ZooKeeperLink.connect(config)) {
      return kind(link, Paths.of(config.clusterName()));
    }
  }

  private static String kind(ZooKeeperLink link, Paths paths) {
    return link.read(paths.kind())
        .map(node -> ZnodeFormat.decode(node.path(), node.data()))
        .map(text -> new String(text, StandardCharsets.UTF_8))
        .orElse(ZooKeeperConfig.OWN_KIND);
  }

  /// Notes how the cluster keeps its state, if nobody has.
  private void noteKind(String wanted) {
    while (link.read(paths.kind()).isEmpty()) {
      // One without the node is from before there were kinds.
      boolean began = link.read(paths.metadata()).isPresent();
      String kind = began ? ZooKeeperConfig.OWN_KIND : wanted;
      byte[] data = ZnodeFormat.encode(paths.kind(), kind.getBytes(StandardCharsets.UTF_8));
      link.ensure(ZooKeeperLink.parent(paths.kind()));
      var _ =
          link.transact(
              "beginning the cluster",
              List.of(ZooKeeperLink.create(paths.kind(), data, CreateMode.PERSISTENT)));
    }
  }

  private void checkKind(ZooKeeperConfig config) {
    String kind = kind(link, paths);
    if (!kind.equals(config.kind())) {
      throw new CuveeException(
          ErrorCode.INVALID_SETTING,
          "The cluster '"
              + config.clusterName()
              + "' keeps its state with cluster.state="
              + kind
              + ", and this process has cluster.state="
              + config.kind()
              + ". Give it that of the cluster, or another cluster.name.");
    }
  }

  @Override
  public MetadataStore metadata() {
    return metadata;
  }

  /// For tests that end it.
  public long sessionId() {
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
