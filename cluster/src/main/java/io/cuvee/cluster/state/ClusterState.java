package io.cuvee.cluster.state;

import io.cuvee.cluster.state.Instance.Role;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// The seam between the roles and the store of the cluster's state (ZooKeeper with Curator; Helix
/// as a second implementation). Level-triggered: listeners get whole states, not events, and a
/// missed one does no harm. Calls block and throw `CuveeException` `IO` when the store cannot be
/// reached in time. A listener is called by one thread at a time, always with the newest state, the
/// first time before the call that added it returns; it must not block for long. Views, watches and
/// [#instances(Role)] come from local copies that keep the last known state while the store is
/// away. Thread-safe.
public interface ClusterState extends AutoCloseable {
  // Who lives.

  /// Enters this process, replacing an entry of the same id with a lower incarnation at once,
  /// without waiting for its session to end; what that process published goes with it. Re-entered
  /// by itself after a lost session. Once per process.
  ///
  /// @throws io.cuvee.common.error.CuveeException `CONFLICT` if a process with a higher incarnation
  ///   lives under this id
  void join(Instance self);

  /// Publishes a new phase of this process. While the store cannot be reached it is remembered, and
  /// published as soon as it can.
  ///
  /// @throws io.cuvee.common.error.CuveeException `CONFLICT` if a newer process took over this id
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

  /// The same for several servers, together as far as the store can. After a failure each of them
  /// may or may not have been changed.
  ///
  /// @param changes by server
  default void assign(Map<String, Map<SegmentKey, Optional<Assignment>>> changes, long epoch) {
    changes.forEach((server, own) -> assign(server, own, epoch));
  }

  /// All servers that have an assignment, live or not.
  List<String> assignedServers();

  /// Begins to keep a copy of what all servers should hold, until it is closed. A controller has
  /// one before it leads, so that it need not read everything when it does.
  default AssignmentCopy followAssignment() {
    return AssignmentCopy.reading(this);
  }

  // What each server does hold: the serving view. Entries of a server live as long as it does.

  /// Publishes changes of what this server holds; an empty value removes the segment. While the
  /// store cannot be reached they are remembered, and published as soon as it can.
  ///
  /// @throws io.cuvee.common.error.CuveeException `CONFLICT` if a newer process took over this id
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
