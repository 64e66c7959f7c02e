package io.cuvee.cluster.zookeeper;

import io.cuvee.cluster.zookeeper.ZooKeeperLink.Node;
import io.cuvee.cluster.zookeeper.ZooKeeperLink.Refusal;
import io.cuvee.common.error.CuveeException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One candidate for leadership. Candidates are ephemeral sequential nodes; the lowest leads. A new
/// leader first raises the version of the epoch node, in a transaction that also checks that its
/// candidate node is still there, so that a process whose session ended cannot raise it; that
/// version is its epoch. All on one thread.
final class Election implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Election.class);

  private static final long RETRY_MILLIS = 250;

  private final ZooKeeperLink link;
  private final Paths paths;
  private final Membership membership;
  private final TaskThread thread;
  private final String id;
  private final Consumer<Optional<Long>> listener;
  private final Mirror<String> candidates;

  // That thread only.
  private @Nullable String own;
  private Optional<Long> term = Optional.empty();
  private boolean closed;

  Election(
      ZooKeeperLink link,
      Paths paths,
      Membership membership,
      TaskThread thread,
      String id,
      Consumer<Optional<Long>> listener) {
    this.link = link;
    this.paths = paths;
    this.membership = membership;
    this.thread = thread;
    this.id = id;
    this.listener = listener;
    this.candidates =
        new Mirror<>(
            link,
            thread,
            paths.election(),
            1,
            (name, node) -> candidateId(node.path(), node),
            (before, changed) -> evaluate());
    thread.run(this::removeEarlierCandidates);
    candidates.start();
  }

  /// The id of the leader, if there is one.
  static Optional<String> leader(ZooKeeperLink link, Paths paths) {
    return link.readChildren(paths.election()).entrySet().stream()
        .min(Map.Entry.comparingByKey(BY_SEQUENCE))
        .map(entry -> candidateId(entry.getValue().path(), entry.getValue()));
  }

  private static final Comparator<String> BY_SEQUENCE =
      Comparator.comparing(name -> name.substring(name.lastIndexOf('-') + 1));

  private static String candidateId(String path, Node node) {
    return new String(ZnodeFormat.decode(path, node.data()), StandardCharsets.UTF_8);
  }

  /// A process that was killed leaves its candidate until its session ends; its successor need not
  /// wait for that.
  private void removeEarlierCandidates() {
    try {
      long session = link.sessionId();
      for (Node node : link.readChildren(paths.election()).values()) {
        if (candidateId(node.path(), node).equals(id)
            && node.stat().getEphemeralOwner() != session) {
          membership.transact("replacing a candidate", List.of(Op.delete(node.path(), -1)));
        }
      }
    } catch (CuveeException e) {
      LOG.warn("Left the candidates of earlier processes: {}", e.getMessage());
    }
  }

  /// The connection is back, perhaps with a new session, in which the old candidate does not count.
  void reconnected() {
    thread.run(() -> {
      removeEarlierCandidates();
      candidates.resync();
      thread.run(this::evaluate);
    });
  }

  /// The session is lost: whoever led no longer does.
  void sessionLost() {
    thread.run(() -> lead(Optional.empty()));
  }

  /// A write with this epoch was refused. If this candidate leads with it, somebody else has raised
  /// it, and a new term must begin.
  void epochRefused(long epoch) {
    thread.run(() -> {
      if (term.equals(Optional.of(epoch))) {
        lead(Optional.empty());
        evaluate();
      }
    });
  }

  private void evaluate() {
    if (closed) {
      return;
    }
    try {
      if (membership.isSuperseded()) {
        lead(Optional.empty());
        return;
      }
      List<String> names = candidates.values().keySet().stream().sorted(BY_SEQUENCE).toList();
      if (own == null || !names.contains(own)) {
        lead(Optional.empty());
        enter();
      } else if (names.getFirst().equals(own)) {
        if (term.isEmpty()) {
          lead(raiseEpoch(own));
        }
      } else {
        lead(Optional.empty());
      }
    } catch (RuntimeException e) {
      LOG.warn("The election goes on in a moment: {}", e.toString());
      thread.runLater(RETRY_MILLIS, this::evaluate);
    }
  }

  private void enter() {
    // A lost answer may leave nodes of ours behind, so they are looked for before and after.
    if (ownCandidates().isEmpty()) {
      String prefix = paths.election() + "/candidate-";
      byte[] data = ZnodeFormat.encode(prefix, id.getBytes(StandardCharsets.UTF_8));
      membership.transact(
          "entering the election",
          List.of(ZooKeeperLink.create(prefix, data, CreateMode.EPHEMERAL_SEQUENTIAL)));
    }
    List<String> ours = ownCandidates();
    own = ours.isEmpty() ? null : ours.getFirst();
    for (String extra : ours.subList(Math.min(1, ours.size()), ours.size())) {
      membership.transact(
          "removing a candidate", List.of(Op.delete(paths.election() + "/" + extra, -1)));
    }
    // The watch reports it, and whoever is before it.
    candidates.resync();
  }

  private List<String> ownCandidates() {
    long session = link.sessionId();
    return link.readChildren(paths.election()).entrySet().stream()
        .filter(entry -> entry.getValue().stat().getEphemeralOwner() == session)
        .filter(entry -> candidateId(entry.getKey(), entry.getValue()).equals(id))
        .map(Map.Entry::getKey)
        .sorted(BY_SEQUENCE)
        .toList();
  }

  private Optional<Long> raiseEpoch(String candidate) {
    byte[] data = ZnodeFormat.encode(paths.epoch(), id.getBytes(StandardCharsets.UTF_8));
    while (true) {
      int version = link.read(paths.epoch()).orElseThrow().stat().getVersion();
      Optional<Refusal> refusal =
          membership.transact(
              "taking the lead",
              List.of(
                  Op.check(paths.election() + "/" + candidate, -1),
                  Op.setData(paths.epoch(), data, version)));
      if (refusal.isEmpty()) {
        return Optional.of(version + 1L);
      }
      if (refusal.get().operation() == 0) {
        // The session ended; the next one enters again.
        candidates.resync();
        return Optional.empty();
      }
      // Raised meanwhile, perhaps by a first try of this whose answer was lost.
    }
  }

  private void lead(Optional<Long> epoch) {
    if (term.equals(epoch)) {
      return;
    }
    term = epoch;
    LOG.info(
        "{} {}", id, epoch.map(number -> "leads with epoch " + number).orElse("no longer leads"));
    try {
      listener.accept(epoch);
    } catch (RuntimeException e) {
      LOG.error("The listener of the leadership failed", e);
    }
  }

  /// Leaves the election.
  @Override
  public void close() {
    thread.run(() -> {
      closed = true;
      candidates.close();
      if (own != null) {
        try {
          link.transact(
              "leaving the election", List.of(Op.delete(paths.election() + "/" + own, -1)));
        } catch (CuveeException e) {
          LOG.debug("The candidate ends with the session", e);
        }
      }
      lead(Optional.empty());
    });
  }

  static void prepare(ZooKeeperLink link, Paths paths) {
    link.ensure(paths.election());
    link.ensure(paths.epoch());
  }
}
