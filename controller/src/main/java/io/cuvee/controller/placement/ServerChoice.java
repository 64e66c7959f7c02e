package io.cuvee.controller.placement;

import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.controller.placement.Attendance.Roll;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Which servers get a segment: as many ready ones as the table's replication says, or as there
/// are; for a dimension table all that are not about to leave, since each needs it before it can
/// answer joins. Servers that have it keep it. Others stand in for one that has been out of service
/// for long; when it comes back, there is one too many, which goes.
public final class ServerChoice {
  private final Attendance attendance;

  public ServerChoice(Attendance attendance) {
    this.attendance = attendance;
  }

  /// The servers that should hold the segment; empty if none can take it.
  public Set<String> choose(Placement placement, SegmentKey key, TableConfig config) {
    Roll roll = roll(placement);
    return choose(placement, key, config, roll, placement.plan(key.table(), roll.candidates()));
  }

  Roll roll(Placement placement) {
    return attendance.roll(placement.servers());
  }

  /// The servers that should consume a segment: those that are preferred, as far as they are there.
  ///
  /// @param preferred those that had the segment before, so that the next one begins where the last
  ///   one is, or that have the stream at hand
  public Set<String> chooseNext(
      Placement placement, SegmentKey key, Set<String> preferred, TableConfig config) {
    List<String> candidates = roll(placement).candidates();
    Set<String> chosen = new TreeSet<>();
    preferred.stream()
        .filter(candidates::contains)
        .limit(config.replication())
        .forEach(chosen::add);
    List<String> others = new ArrayList<>(candidates);
    others.removeAll(chosen);
    chosen.addAll(placement.choose(key, Math.max(0, config.replication() - chosen.size()), others));
    return chosen;
  }

  /// @param plan of the roll's candidates
  Set<String> choose(
      Placement placement, SegmentKey key, TableConfig config, Roll roll, Placement.Plan plan) {
    if (config.isDimension()) {
      return placement.choose(key, Integer.MAX_VALUE, roll.present());
    }
    Set<String> holders = placement.of(key).keySet();
    int missing = config.replication();
    boolean leaves = false;
    boolean stays = false;
    for (String holder : holders) {
      if (!roll.lost().contains(holder)) {
        missing--;
      }
      leaves |= roll.leaving().contains(holder);
      stays |= roll.candidates().contains(holder);
    }
    // What only a server that leaves can answer for needs another one before it is gone.
    int standIns = Math.max(missing, leaves && !stays ? 1 : 0);
    return plan.choose(key, holders.size() + Math.max(0, standIns));
  }

  /// Whether nothing is to be done for a segment: as many servers as wanted have been told to hold
  /// just this, and none of them is about to leave or has been away for long. Far quicker than to
  /// choose, and mostly so.
  boolean isSettled(
      Placement placement, SegmentKey key, Assignment wanted, TableConfig config, Roll roll) {
    Map<String, Assignment> holders = placement.of(key);
    int count = config.isDimension() ? roll.present().size() : config.replication();
    return holders.size() == count
        && holders.values().stream().allMatch(wanted::equals)
        && holders.keySet().stream()
            .allMatch(server ->
                config.isDimension()
                    ? roll.present().contains(server)
                    : !roll.lost().contains(server) && !roll.leaving().contains(server));
  }

  /// The servers that may let go of a segment: more than wanted should have it, and those that are
  /// left have loaded it. Those that cannot load it go first, then those with the most segments of
  /// the table.
  ///
  /// @param crc of the version that counts
  /// @param replicas what servers hold of it
  /// @param planned removals that are not written yet, by server
  /// @param keep others go first
  Set<String> surplus(
      Placement placement,
      SegmentKey key,
      long crc,
      TableConfig config,
      Roll roll,
      Map<String, Replica> replicas,
      Map<String, Integer> planned,
      Set<String> keep) {
    if (config.isDimension()) {
      return Set.of();
    }
    List<String> holders = new ArrayList<>(new TreeSet<>(placement.of(key).keySet()));
    holders.retainAll(roll.candidates());
    int excess = holders.size() - config.replication();
    if (excess <= 0) {
      return Set.of();
    }
    Set<String> loaded = new HashSet<>();
    for (String holder : holders) {
      @Nullable Replica replica = replicas.get(holder);
      if (Transfers.holds(replica, crc)) {
        loaded.add(holder);
      } else if (replica == null || replica.state() != SegmentState.ERROR) {
        // It is still at it: one that came back has the segment in a moment.
        return Set.of();
      }
    }
    if (loaded.size() < config.replication()) {
      return Set.of();
    }
    holders.sort(
        Comparator.<String, Boolean>comparing(loaded::contains)
            .thenComparing(keep::contains)
            .thenComparingInt(
                holder -> planned.getOrDefault(holder, 0) - placement.count(holder, key.table())));
    return Set.copyOf(holders.subList(0, excess));
  }
}
