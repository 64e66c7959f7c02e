package io.cuvee.cluster.helix;

import io.cuvee.cluster.zookeeper.FencedNodes;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.helix.InstanceType;
import org.apache.helix.manager.zk.ZKHelixManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This server as a participant of Helix's: its live instance, and the answers to transitions.
/// Helix opens a new session where one is lost; should that fail, or somebody delete the live
/// instance, this server enters again from the beginning.
final class Participant implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Participant.class);

  private static final long LOOK_MILLIS = 1000;

  private static final long REWRITE_MILLIS = 200;

  /// So many looks are Helix's own time to enter again.
  private static final int PATIENCE_LOOKS = 3;

  private final String address;
  private final FencedNodes nodes;
  private final HelixPaths paths;
  private final String server;
  private final HeldSegments held;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> Thread.ofPlatform().daemon().name("cuvee-helix-participant").unstarted(task));

  // Guarded by this.
  private ZKHelixManager manager;
  private int misses;
  private boolean closed;

  /// Enters, in place of an earlier process of this id.
  ///
  /// @throws CuveeException `CONFLICT` if a newer process took over this id
  Participant(
      String address, FencedNodes nodes, HelixPaths paths, String server, HeldSegments held) {
    this.address = address;
    this.nodes = nodes;
    this.paths = paths;
    this.server = server;
    this.held = held;
    this.manager = enter();
    var _ =
        thread.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private ZKHelixManager enter() {
    return Connections.open(
        address,
        paths,
        server,
        InstanceType.PARTICIPANT,
        entering -> {
          entering
              .getStateMachineEngine()
              .registerStateModelFactory(
                  SegmentStates.MODEL, new SegmentStates.Factory(held, this::rewriteSoon));
          entering.addPreConnectCallback(() -> beginSession(entering));
        });
  }

  /// In each new session, before its live instance shows what is below it. Helix would wait for the
  /// end of an earlier process's session. In a process that a newer one has replaced the deletion
  /// fails, and it never enters again.
  private void beginSession(ZKHelixManager entering) {
    nodes.delete(paths.liveInstance(server));
    held.enter(entering.getSessionId());
    held.write();
  }

  private void rewriteSoon(String resource) {
    try {
      var _ = thread.schedule(() -> rewrite(resource), REWRITE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("Closed meanwhile", e);
    }
  }

  private void rewrite(String resource) {
    try {
      held.rewrite(resource);
    } catch (CuveeException e) {
      LOG.debug("It is written with the next change", e);
    }
  }

  private synchronized void look() {
    try {
      if (closed || !nodes.isConnected()) {
        return;
      }
      String path = paths.liveInstance(server);
      Optional<String> live = nodes.read(path).map(bytes -> Records.session(path, bytes));
      misses = live.isPresent() && held.isOf(live.get()) ? 0 : misses + 1;
      if (misses > PATIENCE_LOOKS) {
        misses = 0;
        LOG.warn("Helix does not show {} as live; entering again", server);
        Connections.close(manager);
        manager = enter();
      }
    } catch (CuveeException e) {
      if (e.code() == ErrorCode.CONFLICT) {
        LOG.warn("Stays out: {}", e.getMessage());
        thread.shutdown();
      } else {
        LOG.warn("Looking again in a moment: {}", e.getMessage());
      }
    }
  }

  /// For tests that end it; none if this process stays out.
  synchronized Optional<Long> sessionId() {
    return manager.isConnected()
        ? Optional.of(Long.parseUnsignedLong(manager.getSessionId(), 16))
        : Optional.empty();
  }

  @Override
  public synchronized void close() {
    closed = true;
    thread.shutdown();
    try {
      if (nodes.isConnected()) {
        nodes.delete(paths.liveInstance(server));
      }
    } catch (CuveeException e) {
      LOG.debug("The live instance ends with the session", e);
    }
    Connections.close(manager);
  }
}
