package io.cuvee.engine.loading;

import io.cuvee.cluster.state.SegmentKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// How much of the local disk segments take, and which go first when others need the room: those
/// that queries have not used for longest. What was loaded for a query stays until one has used it,
/// but not for long, so that queries which need more than fits take turns. Thread-safe.
public final class SegmentCache {
  private static final long GRACE_NANOS = 5_000_000_000L;

  private final long budget;
  private final LongSupplier nanoClock;
  private volatile @Nullable CacheMetrics metrics;

  // Guarded by this.
  private final Map<SegmentKey, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private long usedBytes;
  private long loads;
  private long evictions;

  private static final class Entry {
    private long bytes;
    private boolean stays;
    private boolean isUsed;
    private long sinceNanos;
  }

  /// How full it is, and what went through it.
  ///
  /// @param budgetBytes 0 if there is no limit
  /// @param loads on demand
  public record State(long budgetBytes, long usedBytes, int segments, long loads, long evictions) {}

  /// @param budgetBytes 0: no limit, and nothing is noted
  SegmentCache(long budgetBytes, LongSupplier nanoClock) {
    this.budget = budgetBytes;
    this.nanoClock = nanoClock;
  }

  /// From now on tells what it does.
  void tell(CacheMetrics newMetrics) {
    metrics = newMetrics;
  }

  private void tellBytes() {
    CacheMetrics known = metrics;
    if (known != null) {
      known.holds(usedBytes);
    }
  }

  boolean isLimited() {
    return budget > 0;
  }

  /// Whether so much more fits without others going.
  synchronized boolean fits(long bytes) {
    return usedBytes + bytes <= budget;
  }

  /// Takes room for a segment that is about to be loaded. One that is larger than all the room gets
  /// it when there is no other that could go.
  ///
  /// @param stays whether it never goes for others
  /// @return false if others have to go first
  synchronized boolean reserve(SegmentKey key, long bytes, boolean stays) {
    boolean isAlone = entries.values().stream().allMatch(entry -> entry.stays);
    if (!stays && !fits(bytes) && !isAlone) {
      return false;
    }
    put(key, bytes, stays);
    return true;
  }

  private void put(SegmentKey key, long bytes, boolean stays) {
    Entry entry = entries.computeIfAbsent(key, name -> new Entry());
    usedBytes += bytes - entry.bytes;
    entry.bytes = bytes;
    entry.stays = stays;
    entry.isUsed = false;
    entry.sinceNanos = nanoClock.getAsLong();
    tellBytes();
  }

  /// Whether a segment that takes more than it was reserved for still fits.
  synchronized boolean stillFits(SegmentKey key, long bytes) {
    Entry entry = entries.get(key);
    return fits(bytes - (entry == null ? 0 : entry.bytes));
  }

  /// It is there now, and takes so much.
  synchronized void loaded(SegmentKey key, long bytes, boolean stays, boolean onDemand) {
    put(key, bytes, stays);
    CacheMetrics known = metrics;
    if (onDemand) {
      loads++;
      if (known != null) {
        known.loaded();
      }
    }
  }

  /// A query uses it.
  synchronized void used(SegmentKey key) {
    Entry entry = entries.get(key);
    if (entry != null) {
      entry.isUsed = true;
    }
  }

  /// It is not there any more.
  synchronized void remove(SegmentKey key, boolean isEvicted) {
    Entry entry = entries.remove(key);
    if (entry != null) {
      usedBytes -= entry.bytes;
      tellBytes();
      CacheMetrics known = metrics;
      if (isEvicted) {
        evictions++;
        if (known != null) {
          known.evicted();
        }
      }
    }
  }

  /// Those that should go so that there is room, the ones that were not used for longest first.
  ///
  /// @param isFree whether it can go now
  /// @return as many as there are, perhaps too few
  synchronized List<SegmentKey> victims(long bytes, Predicate<SegmentKey> isFree) {
    List<SegmentKey> victims = new ArrayList<>();
    long left = usedBytes + bytes - budget;
    long now = nanoClock.getAsLong();
    // A copy, since looking into a map in order of use must not change that order.
    for (Map.Entry<SegmentKey, Entry> candidate : List.copyOf(entries.entrySet())) {
      if (left <= 0) {
        break;
      }
      Entry entry = candidate.getValue();
      if (!entry.stays
          && (entry.isUsed || now - entry.sinceNanos > GRACE_NANOS)
          && isFree.test(candidate.getKey())) {
        victims.add(candidate.getKey());
        left -= entry.bytes;
      }
    }
    return victims;
  }

  public synchronized State state() {
    return new State(budget, usedBytes, entries.size(), loads, evictions);
  }
}
