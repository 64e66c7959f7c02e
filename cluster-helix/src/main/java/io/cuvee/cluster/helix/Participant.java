package io.cuvee.cluster.helix;

import io.cuvee.cluster.zookeeper.FencedNodes;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import org.apache.helix.HelixManager;
import org.apache.helix.HelixManagerFactory;
import org.apache.helix.InstanceType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This server as a participant of Helix's: its live instance, and the answers to transitions. It
/// lives as long as Helix's session, of which Helix opens another one when it is lost.
final class Participant implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Participant.class);

  private final FencedNodes nodes;
  private final HelixPaths paths;
  private final String server;
  private final HelixManager manager;

  private Participant(FencedNodes nodes, HelixPaths paths, String server, HelixManager manager) {
    this.nodes = nodes;
    this.paths = paths;
    this.server = server;
    this.manager = manager;
  }

  /// Enters, in place of an earlier process of this id.
  static Participant start(
      String address, FencedNodes nodes, HelixPaths paths, String server, HeldSegments held) {
    // Helix would wait for the end of an earlier process's session.
    nodes.delete(paths.liveInstance(server));
    HelixManager manager =
        HelixManagerFactory.getZKHelixManager(
            paths.cluster(), server, InstanceType.PARTICIPANT, address);
    manager
        .getStateMachineEngine()
        .registerStateModelFactory(SegmentStates.MODEL, new SegmentStates.Factory(held));
    // In each new session, before its live instance shows what is below it. The deletion fails in a
    // process that a newer one has replaced, which thus never enters again.
    manager.addPreConnectCallback(() -> {
      nodes.delete(paths.liveInstance(server));
      held.enter(manager.getSessionId());
      held.write();
    });
    try {
      manager.connect();
    } catch (CuveeException e) {
      throw e;
    } catch (Exception e) {
      throw new CuveeException(
          ErrorCode.IO, "Helix could not enter " + server + ": " + e.getMessage() + ".", e);
    }
    return new Participant(nodes, paths, server, manager);
  }

  /// For tests that end it.
  long sessionId() {
    return Long.parseUnsignedLong(manager.getSessionId(), 16);
  }

  @Override
  public void close() {
    try {
      if (nodes.isConnected()) {
        nodes.delete(paths.liveInstance(server));
      }
    } catch (CuveeException e) {
      LOG.debug("The live instance ends with the session", e);
    }
    Disconnecting.of(manager);
  }
}
