package io.cuvee.cluster.helix;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.helix.InstanceType;
import org.apache.helix.controller.pipeline.Pipeline;
import org.apache.helix.manager.zk.ZKHelixManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Helix's controller, which sends the transitions and makes the external views. It runs in the
/// process that leads; should there be two for a moment, Helix lets one of them work. It decides
/// nothing, so it needs no fence: servers follow the ideal states, which are fenced.
final class LeadingController implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LeadingController.class);

  private static final long RETRY_MILLIS = 1000;
  private static final long CLOSE_MILLIS = 3000;

  private final String address;
  private final HelixPaths paths;
  private final String id;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> Thread.ofPlatform().daemon().name("cuvee-helix-controller").unstarted(task));
  private volatile boolean leads;

  // That thread writes it.
  private volatile @Nullable ZKHelixManager manager;

  LeadingController(String address, HelixPaths paths, String id) {
    this.address = address;
    this.paths = paths;
    this.id = id;
  }

  void lead(boolean leadsNow) {
    leads = leadsNow;
    runLater(0);
  }

  private void runLater(long delayMillis) {
    try {
      var _ = thread.schedule(this::follow, delayMillis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("Closed meanwhile", e);
    }
  }

  private void follow() {
    ZKHelixManager running = manager;
    if (leads && running == null) {
      try {
        manager =
            Connections.open(
                address,
                paths,
                id,
                InstanceType.CONTROLLER,
                starting -> starting.setEnabledControlPipelineTypes(Set.of(Pipeline.Type.DEFAULT)));
        LOG.info("Helix's controller runs here");
      } catch (RuntimeException e) {
        LOG.warn("Helix's controller could not start, trying again: {}", e.toString());
        runLater(RETRY_MILLIS);
      }
    } else if (!leads && running != null) {
      manager = null;
      Connections.close(running);
    }
  }

  /// For tests that end it.
  Optional<Long> sessionId() {
    return Optional.ofNullable(manager)
        .map(ZKHelixManager::getSessionId)
        .map(session -> Long.parseUnsignedLong(session, 16));
  }

  @Override
  public void close() {
    lead(false);
    thread.shutdown();
    try {
      // Else the next one would wait for the end of the session.
      var _ = thread.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
