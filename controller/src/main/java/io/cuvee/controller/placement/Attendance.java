package io.cuvee.controller.placement;

import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.Instance.Phase;
import io.cuvee.cluster.state.InstanceSettings;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.common.error.CuveeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which servers can take segments, and which have been out of service for so long that others
/// stand in for them. How long a server has been away is counted by this controller itself, so a
/// new leader waits once more. Thread-safe.
public final class Attendance implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Attendance.class);

  private final ClusterState cluster;
  private final Duration patience;
  private final LongSupplier nanoClock;
  private final AutoCloseable watch;
  private volatile Map<String, InstanceSettings> settings = Map.of();
  private volatile Runnable onChange = () -> {};

  /// When a server was first missed. Guarded by this.
  private final Map<String, Long> missedSince = new HashMap<>();

  /// The servers at one moment, by their ids.
  ///
  /// @param candidates ready and enabled
  /// @param present alive and enabled, and not about to stop: they get dimension tables
  /// @param leaving alive, but disabled or drained by an operator: they answer where nobody else
  ///   can
  /// @param lost out of service for longer than the patience
  /// @param expected those that are to have segments in the long run, whether they are up just now
  ///   or not
  /// @param inService alive and enabled
  public record Roll(
      List<String> candidates,
      List<String> present,
      Set<String> leaving,
      Set<String> lost,
      Set<String> expected,
      List<Instance> inService) {}

  /// @param patience how long a server may be out of service before others stand in for it
  /// @param nanoClock as [System#nanoTime()]
  public Attendance(ClusterState cluster, Duration patience, LongSupplier nanoClock) {
    this.cluster = cluster;
    this.patience = patience;
    this.nanoClock = nanoClock;
    this.watch = cluster.metadata().watch(InstanceSettings.DIRECTORY, this::settingsChanged);
  }

  private void settingsChanged(Map<String, Versioned<String>> texts) {
    Map<String, InstanceSettings> parsed = new HashMap<>();
    texts.forEach((id, text) -> {
      try {
        parsed.put(id, InstanceSettings.parse(text.value()));
      } catch (CuveeException e) {
        LOG.error("The settings of instance {} cannot be read: {}", id, e.getMessage());
      }
    });
    settings = Map.copyOf(parsed);
    onChange.run();
  }

  /// Takes note of a change at once, which this controller has just written.
  public void changed(String instance, InstanceSettings now) {
    Map<String, InstanceSettings> all = new HashMap<>(settings);
    all.put(instance, now);
    settings = Map.copyOf(all);
    onChange.run();
  }

  /// @param listener runs after operators have changed something; must not block
  void onChange(Runnable listener) {
    onChange = listener;
  }

  /// What operators have said of a process.
  public InstanceSettings settings(String instance) {
    return settings.getOrDefault(instance, InstanceSettings.DEFAULT);
  }

  /// Who is there now.
  ///
  /// @param known servers that are expected, since segments are assigned to them
  public synchronized Roll roll(Collection<String> known) {
    List<String> candidates = new ArrayList<>();
    List<String> present = new ArrayList<>();
    Set<String> leaving = new HashSet<>();
    Map<String, Instance> inService = new HashMap<>();
    for (Instance server : cluster.instances(Instance.Role.SERVER)) {
      if (!settings(server.id()).admits(server)) {
        leaving.add(server.id());
        continue;
      }
      inService.put(server.id(), server);
      if (server.isReady()) {
        candidates.add(server.id());
      }
      if (server.phase() != Phase.DRAINING) {
        present.add(server.id());
      }
    }
    Set<String> lost = lost(known, inService.keySet());
    Set<String> expected = new HashSet<>(inService.keySet());
    for (String id : known) {
      if (settings(id).enabled() && !leaving.contains(id) && !lost.contains(id)) {
        expected.add(id);
      }
    }
    return new Roll(
        List.copyOf(candidates),
        List.copyOf(present),
        Set.copyOf(leaving),
        lost,
        Set.copyOf(expected),
        List.copyOf(inService.values()));
  }

  /// How long until the next of those that [#roll] misses has been away for too long; empty if
  /// there is none.
  synchronized Optional<Duration> untilLost() {
    long now = nanoClock.getAsLong();
    return missedSince.values().stream()
        .map(since -> patience.minusNanos(now - since))
        .filter(Duration::isPositive)
        .min(Comparator.naturalOrder());
  }

  private Set<String> lost(Collection<String> known, Set<String> inService) {
    long now = nanoClock.getAsLong();
    missedSince.keySet().removeIf(id -> inService.contains(id) || !known.contains(id));
    Set<String> lost = new HashSet<>();
    for (String id : known) {
      if (!inService.contains(id)) {
        long since = missedSince.computeIfAbsent(id, missed -> now);
        if (now - since >= patience.toNanos()) {
          lost.add(id);
        }
      }
    }
    return Set.copyOf(lost);
  }

  @Override
  public void close() {
    try {
      watch.close();
    } catch (Exception e) {
      LOG.debug("A watch could not be closed", e);
    }
  }
}
