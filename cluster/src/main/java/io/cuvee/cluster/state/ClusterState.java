package io.cuvee.cluster.state;

import io.cuvee.cluster.state.Instance.Role;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// The seam between the roles and the store of the cluster's state (ZooKeeper with Curator; Helix
/// as a second implementation). Level-triggered: listeners get whole states, not events, and a
/// missed one does no harm. Calls block and throw `CuveeException` `IO` when the store cannot be
/// reached in time. Listeners are called from one thread at a time and must not block for long.
/// Thread-safe.
public interface ClusterState extends AutoCloseable {
  // Who lives.

  /// Enters this process, replacing an entry of the same id with a lower incarnation at once,
  /// without waiting for its session to end. Re-entered by itself after a lost session.
  void join(Instance self);

  /// Publishes a new phase of this process.
  void update(Instance self);

  List<Instance> instances(Role role);

  /// Calls `listener` now and after every change with all live instances of the role.
  AutoCloseable watchInstances(Role role, Consumer<List<Instance>> listener);

  // What each server should hold: the assignment. Written by the leading controller only.

  /// What `server` should hold, of all tables.
  Map<SegmentKey, Assignment> assignment(String server);

  /// Calls `listener` now and after every change with all that `server` should hold.
  AutoCloseable watchAssignment(String server, Consumer<Map<SegmentKey, Assignment>> listener);

  /// Changes what `server` should hold: an empty value removes the segment. Atomic for each bucket;
  /// fails with `CONFLICT` if `epoch` is not that of the present leader.
  void assign(String server, Map<SegmentKey, Optional<Assignment>> changes, long epoch);

  /// All servers that have an assignment, live or not.
  List<String> assignedServers();

  // What each server does hold: the serving view. Entries of a server live as long as it does.

  /// Publishes changes of what this server holds; an empty value removes the segment.
  void publish(Map<SegmentKey, Optional<Replica>> changes);

  ServingView servingView();

  /// Calls `listener` now and after every change.
  AutoCloseable watchServingView(Consumer<ServingView> listener);

  // Who leads.

  /// Takes part in the election of the leading controller. `listener` hears the new epoch when this
  /// process leads, and empty when it no longer does. A newer leader has a higher epoch, which
  /// fences writes of the older one.
  AutoCloseable campaign(String id, Consumer<Optional<Long>> listener);

  /// Id of the leading controller, if there is one now.
  Optional<String> leader();

  MetadataStore metadata();

  /// Leaves: removes the live entry and everything published, then closes the connection.
  @Override
  void close();
}
