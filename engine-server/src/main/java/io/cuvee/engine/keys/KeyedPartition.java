package io.cuvee.engine.keys;

import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.ingest.decode.DecodedRows;
import io.cuvee.ingest.upsert.KeyRules;
import io.cuvee.ingest.upsert.KeyedRows;
import io.cuvee.ingest.upsert.PartitionKeys;
import io.cuvee.ingest.upsert.StoredSegments;
import io.cuvee.segment.consuming.ConsumingSegment;
import io.cuvee.segment.consuming.ConsumingSnapshot;
import io.cuvee.segment.live.LiveRows;
import io.cuvee.segment.store.ReadableSegment;
import io.cuvee.segment.store.Segment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.Lock;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The keys of one partition with the segments that they are of: sealed ones, and those that are
/// consumed here. Keys are there once all segments before the newest are; what makes them untrue,
/// such as rows that are consumed again, makes them be read anew from the segments. Thread-safe:
/// its lock is held by whoever changes keys, and never together with a consumer's.
public final class KeyedPartition {
  private static final Logger LOG = LoggerFactory.getLogger(KeyedPartition.class);

  /// While segments are loaded, the metadata is not asked after each of them.
  private static final long ASK_AGAIN_NANOS = 1_000_000_000L;

  private final String table;
  private final int partition;
  private final SealedSegments sealed;

  /// Sequences of the partition's segments that are sealed, as the metadata says.
  private final Supplier<Set<Long>> committed;

  /// Held while the rows that count change; queries exclude it for a moment.
  private final Lock changes;

  /// Guarded by this.
  private final PartitionKeys keys;

  /// Of the sealed segments, those that are not here, when the metadata was asked last. Guarded by
  /// this, as when that was.
  private final Set<Long> missing = new TreeSet<>();

  private long askedNanos;

  private final ConcurrentSkipListMap<Long, Held> held = new ConcurrentSkipListMap<>();

  /// Rows that are consumed again, or have been sealed otherwise.
  private final Set<ConsumingSegment> dropped = ConcurrentHashMap.newKeySet();

  /// Whether the keys are those of the segments; changed with `changes` held.
  private volatile boolean ready;

  /// Whether something has made them untrue since.
  private volatile boolean stale = true;

  private volatile String waitsFor = "";

  private sealed interface Held {}

  private record Sealed(String name) implements Held {}

  private record Growing(ConsumingSegment rows) implements Held {}

  KeyedPartition(
      String table,
      int partition,
      KeyRules rules,
      SealedSegments sealed,
      Supplier<Set<Long>> committed,
      Lock changes) {
    this.table = table;
    this.partition = partition;
    this.keys = new PartitionKeys(rules);
    this.sealed = sealed;
    this.committed = committed;
    this.changes = changes;
  }

  // The consumer's side.

  /// The segment begins to consume here, or goes on.
  ///
  /// @return false if it is served in its sealed form
  public synchronized boolean begin(long sequence, ConsumingSegment rows) {
    switch (held.get(sequence)) {
      case Sealed _ -> {
        return false;
      }
      case Growing growing when growing.rows() == rows -> {
        return true;
      }
      case Growing _ -> stale = true;
      case null -> {
        if (!held.containsKey(sequence - 1)) {
          // There may be a segment before it that was not here.
          stale = true;
        }
      }
    }
    for (Map.Entry<Long, Held> later : held.tailMap(sequence, false).entrySet()) {
      if (later.getValue() instanceof Growing) {
        held.remove(later.getKey(), later.getValue());
        stale = true;
      }
    }
    held.put(sequence, new Growing(rows));
    return true;
  }

  /// Rows that are not to be used any more. Takes no lock.
  public void dropped(long sequence, ConsumingSegment rows) {
    if (held.get(sequence) instanceof Growing growing && growing.rows() == rows) {
      dropped.add(rows);
      stale = true;
    }
  }

  /// Whether the keys are those of all segments here.
  public boolean isReady() {
    return ready && !stale;
  }

  /// Which segments it waits for.
  public String waitsFor() {
    return waitsFor;
  }

  /// What became of a batch of rows.
  ///
  /// @param rows those that were to be appended
  /// @param count how many of them were; the others found no room
  public record Appended(DecodedRows rows, int count) {}

  /// Appends rows to a segment that has begun, as far as the keys let them.
  ///
  /// @param end hears of the offset after the rows before they can be seen
  /// @return empty if the segment is served in its sealed form by now
  public synchronized Optional<Appended> append(
      long sequence,
      ConsumingSegment segment,
      DecodedRows decoded,
      LongConsumer end,
      PartitionKeys.Refused refused) {
    if (!(held.get(sequence) instanceof Growing growing && growing.rows() == segment)) {
      return Optional.empty();
    }
    int firstDoc = segment.rowCount();
    int room = segment.room();
    if (room == 0) {
      return Optional.of(new Appended(decoded, 0));
    }
    KeyedRows rows;
    try (Reading stored = new Reading()) {
      rows = keys.take(sequence, firstDoc, decoded, room, stored, refused);
    }
    int taken = rows.page().rowCount();
    if (taken > 0) {
      end.accept(rows.offsets()[Math.min(taken, room) - 1] + 1);
    }
    int count = taken == 0 ? 0 : segment.append(rows.page());
    // The rows do not count before, so that the old and the new one change places at one moment.
    changes.lock();
    try {
      keys.appended(sequence, firstDoc, rows, count);
    } finally {
      changes.unlock();
    }
    return Optional.of(new Appended(new DecodedRows(rows.page(), rows.offsets()), count));
  }

  // The loader's side.

  /// A sealed segment is served from now on.
  ///
  /// @param isSame whether its rows are those that were consumed here
  void sealed(long sequence, String name, boolean isSame) {
    synchronized (this) {
      Held before = held.put(sequence, new Sealed(name));
      boolean kept =
          before instanceof Sealed
              || isSame && before instanceof Growing growing && !dropped.contains(growing.rows());
      if (!kept) {
        stale = true;
      }
      // Documents of one that is kept have the same numbers; it may be what the keys wait for.
    }
    var _ = rebuild();
  }

  /// A segment is no longer here.
  synchronized void unloaded(long sequence) {
    held.remove(sequence);
    changes.lock();
    try {
      keys.remove(sequence);
    } finally {
      changes.unlock();
    }
  }

  /// Nothing is consumed here any more.
  synchronized void consumerEnded() {
    for (Map.Entry<Long, Held> each : held.entrySet()) {
      if (each.getValue() instanceof Growing) {
        held.remove(each.getKey(), each.getValue());
        stale = true;
      }
    }
  }

  boolean isEmpty() {
    return held.isEmpty();
  }

  synchronized void close() {
    setReady(false);
    keys.close();
  }

  private void setReady(boolean now) {
    changes.lock();
    try {
      ready = now;
    } finally {
      changes.unlock();
    }
  }

  /// Reads the keys from the segments if they are all here and that is needed. May take long.
  ///
  /// @return whether the keys are there
  public synchronized boolean rebuild() {
    if (isReady()) {
      return true;
    }
    // What is dropped from here on makes it stale again.
    stale = false;
    held.values()
        .removeIf(each -> each instanceof Growing growing && dropped.remove(growing.rows()));
    missing.removeAll(held.keySet());
    if (missing.isEmpty() || System.nanoTime() - askedNanos > ASK_AGAIN_NANOS) {
      missing.clear();
      missing.addAll(committed.get());
      missing.removeAll(held.keySet());
      askedNanos = System.nanoTime();
    }
    waitsFor = missing.isEmpty() ? "" : "segments " + missing + " of partition " + partition;
    if (!missing.isEmpty()) {
      stale = true;
      return false;
    }
    setReady(false);
    long start = System.nanoTime();
    keys.clear();
    for (Map.Entry<Long, Held> each : held.entrySet()) {
      if (!load(each.getKey(), each.getValue())) {
        stale = true;
        waitsFor = "segment " + each.getKey() + " of partition " + partition;
        return false;
      }
    }
    setReady(true);
    LOG.info(
        "Read {} keys of {} partition {} in {} ms, {} MiB",
        keys.keyCount(),
        table,
        partition,
        (System.nanoTime() - start) / 1_000_000,
        keys.memoryBytes() >> 20);
    return isReady();
  }

  private boolean load(long sequence, Held each) {
    switch (each) {
      case Sealed known -> {
        Optional<Segment> segment =
            sealed.acquire(new SegmentKey(table, known.name()), keys.rules().names());
        if (segment.isEmpty()) {
          return false;
        }
        try {
          keys.load(sequence, segment.get(), segment.get().docCount());
        } finally {
          segment.get().release();
        }
      }
      case Growing growing -> {
        Optional<ConsumingSnapshot> rows = growing.rows().snapshot();
        if (rows.isEmpty()) {
          return false;
        }
        try (ConsumingSnapshot snapshot = rows.get()) {
          keys.load(sequence, snapshot, snapshot.docCount());
        }
      }
    }
    return true;
  }

  // The queries' side, all with changes excluded.

  /// The rows of a segment that count; empty if that is not known now.
  Optional<LiveRows> live(long sequence) {
    return isReady() && held.containsKey(sequence)
        ? Optional.of(keys.live(sequence))
        : Optional.empty();
  }

  /// Segments that rows are read of while a batch is taken.
  private final class Reading implements StoredSegments {
    private final Map<Long, ReadableSegment> open = new HashMap<>();

    /// Rows are read whole.
    private final List<String> columns =
        keys.rules().schema().fields().stream().map(FieldSpec::name).toList();

    @Override
    public ReadableSegment segment(long sequence) {
      return open.computeIfAbsent(sequence, this::acquire);
    }

    private ReadableSegment acquire(long sequence) {
      Optional<? extends ReadableSegment> found =
          switch (held.get(sequence)) {
            case Sealed known -> sealed.acquire(new SegmentKey(table, known.name()), columns);
            case Growing growing -> growing.rows().snapshot();
            case null -> Optional.empty();
          };
      if (found.isEmpty()) {
        throw new CuveeException(
            ErrorCode.DATA_UNAVAILABLE,
            "Segment "
                + sequence
                + " of "
                + table
                + " partition "
                + partition
                + " has a row that the next one is merged with, and is not here.");
      }
      return found.get();
    }

    @Override
    public void close() {
      for (ReadableSegment each : open.values()) {
        switch (each) {
          case Segment segment -> segment.release();
          case ConsumingSnapshot rows -> rows.close();
          default -> throw new IllegalStateException("Not held: " + each);
        }
      }
    }
  }
}
