package io.cuvee.engine.keys;

import io.cuvee.cluster.state.StreamSegmentName;
import io.cuvee.ingest.upsert.KeyRules;
import io.cuvee.segment.live.LiveRows;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The partitions of a table with keys. All that changes which rows count shares a lock that a
/// query has alone, for as long as it takes to name its segments: so it sees each key once, in
/// whichever segment its row is at that moment. Thread-safe.
public final class KeyedTable {
  private final String name;
  private final KeyRules rules;
  private final SealedSegments sealed;
  private final IntFunction<Set<Long>> committed;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final ConcurrentHashMap<Integer, KeyedPartition> partitions = new ConcurrentHashMap<>();

  /// @param committed gives the sequences of a partition's sealed segments
  KeyedTable(String name, KeyRules rules, SealedSegments sealed, IntFunction<Set<Long>> committed) {
    this.name = name;
    this.rules = rules;
    this.sealed = sealed;
    this.committed = committed;
  }

  boolean replaces() {
    return rules.config().replaces();
  }

  KeyedPartition partition(int number) {
    return partitions.computeIfAbsent(
        number,
        _ ->
            new KeyedPartition(
                name, number, rules, sealed, () -> committed.apply(number), lock.readLock()));
  }

  @Nullable KeyedPartition find(int number) {
    return partitions.get(number);
  }

  /// @return whether no partition is left
  boolean remove(int number, KeyedPartition partition) {
    if (partitions.remove(number, partition)) {
      partition.close();
    }
    return partitions.isEmpty();
  }

  /// Does something while no row begins or ceases to count; it must not take long.
  public <T> T atOneMoment(Supplier<T> work) {
    lock.writeLock().lock();
    try {
      return work.get();
    } finally {
      lock.writeLock().unlock();
    }
  }

  /// The rows of a segment that count, to be asked [#atOneMoment]; empty if that is not known.
  public Optional<LiveRows> live(StreamSegmentName segment) {
    KeyedPartition partition = partitions.get(segment.partition());
    return partition == null ? Optional.empty() : partition.live(segment.sequence());
  }
}
