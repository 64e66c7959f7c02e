package io.cuvee.cluster.helix;

import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.Instance.Role;
import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.ServingView;
import io.cuvee.cluster.zookeeper.FencedNodes;
import io.cuvee.cluster.zookeeper.ZooKeeperClusterState;
import io.cuvee.cluster.zookeeper.ZooKeeperConfig;
import io.cuvee.common.catalog.Names;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.helix.PropertyPathBuilder;
import org.apache.helix.SystemPropertyKeys;
import org.apache.helix.manager.zk.ZKHelixManager;
import org.apache.helix.zookeeper.datamodel.ZNRecord;
import org.jspecify.annotations.Nullable;

/// The cluster's state with Helix. Who lives, who leads and the metadata are shared with
/// [ZooKeeperClusterState]: incarnations and epochs need transactions over several nodes, which
/// Helix has not, and they fence what is written here as well. What servers should hold is in ideal
/// states, what they do hold in current states; servers are participants, and the leader runs
/// Helix's controller.
///
/// A server follows the ideal states themselves, level-triggered. Transitions, of which a segment
/// whose CRC changes has none, and of which each costs Helix milliseconds, ask for nothing else:
/// one ends when the server has published what became of the segment.
public final class HelixClusterState implements ClusterState {
  private final ZooKeeperClusterState shared;
  private final FencedNodes nodes;
  private final HelixPaths paths;
  private final String address;
  private final IdealStates ideal;
  private final Set<LeadingController> controllers = ConcurrentHashMap.newKeySet();

  // Guarded by this.
  private @Nullable HelixServingView serving;
  private @Nullable HeldSegments held;
  private @Nullable Participant participant;

  private HelixClusterState(ZooKeeperClusterState shared, ZooKeeperConfig config) {
    this.shared = shared;
    this.nodes = shared.nodes();
    this.paths = new HelixPaths(config.clusterName());
    this.address = config.connectString() + HelixPaths.ROOT;
    this.ideal = new IdealStates(nodes, paths);
    // Helix takes them from nowhere else.
    setDefault(SystemPropertyKeys.ZK_SESSION_TIMEOUT, config.sessionTimeout().toMillis());
    setDefault(SystemPropertyKeys.ZK_CONNECTION_TIMEOUT, config.connectTimeout().toMillis());
  }

  private static void setDefault(String property, long millis) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, Long.toString(millis));
    }
  }

  /// Connects and creates what every cluster has.
  ///
  /// @throws CuveeException `IO` if no ZooKeeper answers in time, `INVALID_SETTING` if the cluster
  ///   keeps its state in another way
  static HelixClusterState connect(ZooKeeperConfig config) {
    ZooKeeperClusterState shared = ZooKeeperClusterState.connect(config);
    try {
      HelixClusterState state = new HelixClusterState(shared, config);
      state.createLayout();
      return state;
    } catch (RuntimeException e) {
      shared.close();
      throw e;
    }
  }

  /// Connects to a cluster that is there, and creates nothing.
  static HelixClusterState attach(ZooKeeperConfig config) {
    return new HelixClusterState(ZooKeeperClusterState.attach(config), config);
  }

  /// As Helix's own tools do, but node by node, so that a process that dies meanwhile, or another
  /// one that does the same, does no harm.
  private void createLayout() {
    String cluster = paths.cluster();
    for (String path :
        List.of(
            PropertyPathBuilder.idealState(cluster),
            PropertyPathBuilder.instanceConfig(cluster),
            PropertyPathBuilder.resourceConfig(cluster),
            PropertyPathBuilder.customizedStateConfig(cluster),
            PropertyPathBuilder.propertyStore(cluster),
            PropertyPathBuilder.liveInstance(cluster),
            PropertyPathBuilder.instance(cluster),
            PropertyPathBuilder.externalView(cluster),
            PropertyPathBuilder.controllerMessage(cluster),
            PropertyPathBuilder.controllerStatusUpdate(cluster),
            PropertyPathBuilder.controllerError(cluster),
            PropertyPathBuilder.controllerHistory(cluster))) {
      nodes.ensure(HelixPaths.ROOT + path);
    }
    ZNRecord config = new ZNRecord(cluster);
    config.setBooleanField(ZKHelixManager.ALLOW_PARTICIPANT_AUTO_JOIN, true);
    writeFirst(PropertyPathBuilder.clusterConfig(cluster), config);
    writeFirst(
        PropertyPathBuilder.stateModelDef(cluster, SegmentStates.MODEL),
        SegmentStates.definition().getRecord());
  }

  private void writeFirst(String path, ZNRecord record) {
    String full = HelixPaths.ROOT + path;
    nodes.writeFirst(full, Records.encode(full, record));
  }

  @Override
  public void join(Instance self) {
    shared.join(self);
    if (self.role() != Role.SERVER) {
      return;
    }
    HeldSegments segments = segments(self.id());
    Participant entered = new Participant(address, nodes, paths, self.id(), segments);
    synchronized (this) {
      participant = entered;
    }
    shared.onRestore(segments::write);
    shared.writeOrRemember(segments::write);
  }

  private synchronized HeldSegments segments(String server) {
    HeldSegments segments = held == null ? new HeldSegments(nodes, paths, server) : held;
    held = segments;
    return segments;
  }

  @Override
  public void update(Instance self) {
    shared.update(self);
  }

  @Override
  public List<Instance> instances(Role role) {
    return shared.instances(role);
  }

  @Override
  public AutoCloseable watchInstances(Role role, Consumer<List<Instance>> listener) {
    return shared.watchInstances(role, listener);
  }

  @Override
  public Map<SegmentKey, Assignment> assignment(String server) {
    Names.check("Server id", server, ErrorCode.INVALID_INPUT);
    return ideal.of(server);
  }

  @Override
  public AutoCloseable watchAssignment(
      String server, Consumer<Map<SegmentKey, Assignment>> listener) {
    Names.check("Server id", server, ErrorCode.INVALID_INPUT);
    return ideal.watch(server, listener);
  }

  @Override
  public void assign(String server, Map<SegmentKey, Optional<Assignment>> changes, long epoch) {
    assign(Map.of(server, changes), epoch);
  }

  @Override
  public void assign(Map<String, Map<SegmentKey, Optional<Assignment>>> changes, long epoch) {
    changes.keySet().forEach(server -> Names.check("Server id", server, ErrorCode.INVALID_INPUT));
    ideal.assign(changes, epoch);
  }

  @Override
  public List<String> assignedServers() {
    return ideal.servers();
  }

  @Override
  public void publish(Map<SegmentKey, Optional<Replica>> changes) {
    HeldSegments segments;
    synchronized (this) {
      segments = held;
    }
    if (segments == null) {
      throw new CuveeException(
          ErrorCode.INTERNAL, "Only a server that has joined can publish what it holds.");
    }
    shared.writeOrRemember(() -> segments.publish(changes));
  }

  @Override
  public ServingView servingView() {
    return serving().current();
  }

  @Override
  public AutoCloseable watchServingView(Consumer<ServingView> listener) {
    return serving().watch(listener);
  }

  private synchronized HelixServingView serving() {
    HelixServingView view = serving == null ? new HelixServingView(nodes, paths) : serving;
    serving = view;
    return view;
  }

  @Override
  public AutoCloseable campaign(String id, Consumer<Optional<Long>> listener) {
    LeadingController controller = new LeadingController(address, paths, id);
    controllers.add(controller);
    AutoCloseable candidacy =
        shared.campaign(
            id,
            term -> {
              controller.lead(term.isPresent());
              listener.accept(term);
            });
    return () -> {
      candidacy.close();
      controllers.remove(controller);
      controller.close();
    };
  }

  @Override
  public Optional<String> leader() {
    return shared.leader();
  }

  @Override
  public MetadataStore metadata() {
    return shared.metadata();
  }

  /// Of all connections, for tests that end them.
  synchronized List<Long> sessionIds() {
    List<Long> ids = new ArrayList<>();
    ids.add(shared.sessionId());
    if (participant != null) {
      participant.sessionId().ifPresent(ids::add);
    }
    controllers.forEach(controller -> controller.sessionId().ifPresent(ids::add));
    return ids;
  }

  /// Ends all sessions, which removes this process's entries at once.
  @Override
  public void close() {
    Participant entered;
    synchronized (this) {
      entered = participant;
      participant = null;
    }
    if (entered != null) {
      entered.close();
    }
    controllers.forEach(LeadingController::close);
    shared.close();
  }
}
