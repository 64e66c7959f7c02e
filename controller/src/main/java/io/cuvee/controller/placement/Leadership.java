package io.cuvee.controller.placement;

import io.cuvee.cluster.state.AssignmentCopy;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether this controller leads, and the placement of its term. Thread-safe.
public final class Leadership implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);

  private static final Duration RETRY = Duration.ofMillis(250);
  private static final Duration POLL = Duration.ofMillis(10);

  private final ClusterState cluster;
  private final ExecutorService reading =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("controller-term").factory());

  /// Held while epoch and term change together.
  private final Object terms = new Object();

  private volatile @Nullable Placement term;
  private volatile Optional<Long> epoch = Optional.empty();
  private volatile String id = "";
  private volatile Runnable onTerm = () -> {};
  private @Nullable AutoCloseable candidacy;

  /// What the leader before has assigned, while that is not this controller; the reading thread's.
  private @Nullable AssignmentCopy following;

  public Leadership(ClusterState cluster) {
    this.cluster = cluster;
  }

  /// Takes part in the election.
  ///
  /// @param ownId of this controller, as it joined the cluster
  /// @param newTerm runs at the beginning of each term; must not block
  public synchronized void start(String ownId, Runnable newTerm) {
    id = ownId;
    onTerm = newTerm;
    execute(this::follow);
    candidacy = cluster.campaign(ownId, this::elected);
  }

  private void elected(Optional<Long> newEpoch) {
    synchronized (terms) {
      epoch = newEpoch;
      term = null;
    }
    execute(newEpoch.isPresent() ? () -> beginTerm(newEpoch.get()) : this::follow);
  }

  /// Reading the assignment takes a while, so it does not happen on the thread that tells of the
  /// election.
  private void execute(Runnable task) {
    try {
      reading.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.debug("Closed already", e);
    }
  }

  /// So that all is at hand when this controller comes to lead.
  private AssignmentCopy follow() {
    AssignmentCopy copy = following == null ? cluster.followAssignment() : following;
    following = copy;
    return copy;
  }

  private void beginTerm(long number) {
    while (epoch.equals(Optional.of(number))) {
      try {
        AssignmentCopy copy = follow();
        // Nobody else can write from now on: what is read now stays true.
        Placement placement = new Placement(cluster, number, copy.current());
        copy.close();
        following = null;
        synchronized (terms) {
          if (epoch.equals(Optional.of(number))) {
            term = placement;
          }
        }
        onTerm.run();
        return;
      } catch (CuveeException e) {
        LOG.warn("The term with epoch {} cannot begin yet: {}", number, e.getMessage());
        pause(RETRY);
      }
    }
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CuveeException(ErrorCode.NO_CONTROLLER, "This controller is stopping.", e);
    }
  }

  /// The placement of the present term; empty if another controller leads, or none.
  public Optional<Placement> term() {
    return Optional.ofNullable(term);
  }

  /// The placement of the present term.
  ///
  /// @throws CuveeException `NO_CONTROLLER` if this controller does not lead
  public Placement requireTerm() {
    return term()
        .orElseThrow(() ->
            new CuveeException(
                ErrorCode.NO_CONTROLLER,
                "This controller does not lead (any more). Try again in a moment."));
  }

  /// The leading controller, if it is another one that can be asked.
  public Optional<Instance> otherLeader() {
    Optional<String> leader = cluster.leader();
    return cluster.instances(Instance.Role.CONTROLLER).stream()
        .filter(instance -> !instance.id().equals(id))
        .filter(instance -> leader.equals(Optional.of(instance.id())))
        .findFirst();
  }

  /// Waits until this controller leads or knows who does.
  ///
  /// @return false if neither became so in time
  public boolean awaitLeader(Duration timeout) {
    long end = System.nanoTime() + timeout.toNanos();
    while (System.nanoTime() < end) {
      if (term != null || otherLeader().isPresent()) {
        return true;
      }
      pause(POLL);
    }
    return false;
  }

  @Override
  public void close() {
    reading.shutdownNow();
    synchronized (this) {
      if (candidacy != null) {
        try {
          candidacy.close();
        } catch (Exception e) {
          LOG.debug("The candidacy ends with the session", e);
        }
      }
    }
    term = null;
  }
}
