package io.cuvee.controller.placement;

import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentScope;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.controller.placement.Attendance.Roll;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Which servers get a segment: as many ready ones as the table's replication says, or as there
/// are; for a dimension table all that are not about to leave, since each needs it before it can
/// answer joins. Servers that have it keep it. Others stand in for one that has been out of service
/// for long; when it comes back, there is one too many, which goes. Where a table has replica
/// groups, all this holds for each group by itself.
public final class ServerChoice {
  private final Attendance attendance;
  private final GroupStore groups;

  public ServerChoice(Attendance attendance, GroupStore groups) {
    this.attendance = attendance;
    this.groups = groups;
  }

  /// The servers that should hold the segment; empty if none can take it.
  ///
  /// @param scope of the segment's rows
  /// @throws CuveeException `DATA_UNAVAILABLE` if there are too few servers for the replica groups
  public Set<String> choose(
      Placement placement, SegmentKey key, SegmentScope scope, TableConfig config) {
    Roll roll = roll(placement);
    Optional<SegmentHomes> homes = homes(config, roll);
    Placement.Plan plan = placement.plan(key.table(), roll.candidates());
    return homes.isPresent()
        ? inGroups(placement, key, homes.get().of(key.segment(), scope), roll, plan)
        : choose(placement, key, config, roll, plan);
  }

  Roll roll(Placement placement) {
    return attendance.roll(placement.servers());
  }

  /// Where the segments of a table with replica groups are to be now; empty if it has none.
  Optional<SegmentHomes> homes(TableConfig config, Roll roll) {
    return groups.homes(config, roll);
  }

  /// The servers that should consume a segment: those that are preferred, as far as they are there.
  ///
  /// @param preferred those that had the segment before, so that the next one begins where the last
  ///   one is, or that have the stream at hand
  public Set<String> chooseNext(
      Placement placement, SegmentKey key, Set<String> preferred, TableConfig config) {
    Roll roll = roll(placement);
    List<String> candidates = roll.candidates();
    Set<String> chosen = new TreeSet<>();
    Optional<SegmentHomes> homes = homes(config, roll);
    if (homes.isPresent()) {
      Placement.Plan plan = placement.plan(key.table(), candidates);
      for (Set<String> home : homes.get().of(key.segment(), SegmentScope.UNKNOWN)) {
        preferred.stream()
            .filter(home::contains)
            .filter(candidates::contains)
            .findFirst()
            .or(() -> plan.least(home))
            .ifPresent(chosen::add);
      }
      return chosen;
    }
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

  /// One server of each group: who has it keeps it, unless it has been away for long.
  ///
  /// @param homes of the segment
  Set<String> inGroups(
      Placement placement,
      SegmentKey key,
      List<Set<String>> homes,
      Roll roll,
      Placement.Plan plan) {
    Set<String> holders = placement.of(key).keySet();
    Set<String> chosen = new TreeSet<>(holders);
    boolean stays = holders.stream().anyMatch(roll.candidates()::contains);
    for (Set<String> home : homes) {
      boolean isHeld =
          holders.stream()
              .filter(home::contains)
              .anyMatch(holder ->
                  !roll.lost().contains(holder)
                      // What only a server that leaves can answer for needs another one before it
                      // is gone.
                      && (stays || !roll.leaving().contains(holder)));
      if (!isHeld) {
        plan.least(home).ifPresent(chosen::add);
      }
    }
    return chosen;
  }

  /// As [#isSettled], where a table has replica groups.
  boolean isSettledInGroups(
      Placement placement, SegmentKey key, Assignment wanted, List<Set<String>> homes, Roll roll) {
    Map<String, Assignment> holders = placement.of(key);
    return holders.size() == homes.size()
        && holders.values().stream().allMatch(wanted::equals)
        && homes.stream()
            .allMatch(home -> holders.keySet().stream().filter(home::contains).count() == 1)
        && holders.keySet().stream()
            .noneMatch(server -> roll.lost().contains(server) || roll.leaving().contains(server));
  }

  /// The servers that may let go of a segment, where a table has replica groups: each group has
  /// loaded it on one of those that are left.
  ///
  /// @param crc of the version that counts
  /// @param replicas what servers hold of it
  /// @param keep others go first
  static Set<String> surplusInGroups(
      Placement placement,
      SegmentKey key,
      long crc,
      List<Set<String>> homes,
      Roll roll,
      Map<String, Replica> replicas,
      Set<String> keep) {
    List<String> holders = new ArrayList<>(new TreeSet<>(placement.of(key).keySet()));
    holders.retainAll(roll.candidates());
    Set<String> surplus = new HashSet<>(holders);
    for (Set<String> home : homes) {
      Optional<String> stays =
          holders.stream()
              .filter(home::contains)
              .filter(holder -> Transfers.holds(replicas.get(holder), crc))
              .min(
                  Comparator.<String, Boolean>comparing(holder -> !keep.contains(holder))
                      .thenComparingInt(holder -> placement.count(holder, key.table())));
      if (stays.isEmpty()) {
        return Set.of();
      }
      surplus.remove(stays.get());
    }
    return surplus;
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
