package io.cuvee.controller.rebalance;

import java.time.Duration;

/// How a table is rebalanced.
///
/// @param downtime whether segments may be taken away before they are loaded elsewhere
/// @param minAvailableReplicas replicas of a segment that must be loaded at its new servers before
///   old ones go; negative: how many may be wanting; without a value all must be
/// @param bootstrap whether to spread as if the table were new, however much moves
/// @param stallTimeout the job fails when nothing has moved for so long
public record RebalanceOptions(
    boolean downtime, int minAvailableReplicas, boolean bootstrap, Duration stallTimeout) {
  public static final Duration DEFAULT_STALL_TIMEOUT = Duration.ofHours(1);

  public static final RebalanceOptions DEFAULT =
      new RebalanceOptions(false, Integer.MAX_VALUE, false, DEFAULT_STALL_TIMEOUT);

  /// How many of a segment's new servers must have it before others let go of it.
  int required(int replicas) {
    if (downtime) {
      return 0;
    }
    int wanted = minAvailableReplicas < 0 ? replicas + minAvailableReplicas : minAvailableReplicas;
    return Math.clamp(wanted, Math.min(1, replicas), replicas);
  }
}
