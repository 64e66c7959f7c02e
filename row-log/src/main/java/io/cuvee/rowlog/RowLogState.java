package io.cuvee.rowlog;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.ingest.stream.rows.AppendResult;
import io.cuvee.ingest.stream.rows.AppendResult.Appended;
import io.cuvee.ingest.stream.rows.RowBatch;
import io.cuvee.ingest.stream.rows.RowFrames;
import io.cuvee.ingest.stream.rows.RowKey;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What follows from the entries of one log, on each replica alike: which row has which offset, and
/// which keys were used. The rows themselves stay in the log's entries. Thread-safe.
///
/// A snapshot is this state as it was after an earlier entry: it stands for the entries up to that
/// one, whose rows are safe elsewhere; those after it are applied to it again.
final class RowLogState {
  private static final int VERSION = 1;
  private static final long KEPT_MILLIS = 24 * 3_600_000L;
  private static final long BRIEF_MILLIS = 10 * 60_000L;

  private long nextOffset;
  private long nowMillis;

  /// Of the entries that brought rows and that are not forgotten, from `first` to `end`: the offset
  /// of the first row, the place in the log, and the time after it.
  private long[] offsets = new long[64];

  private long[] indexes = new long[64];
  private long[] times = new long[64];
  private int first;
  private int end;

  /// Batches that brought no rows, by entry; most have none.
  private final Map<Long, BitSet> skipped = new HashMap<>();

  private final UsedKeys kept;
  private final UsedKeys brief;

  /// Where rows are.
  ///
  /// @param index of the entry
  /// @param offset of its first row
  /// @param skipped numbers of its batches that brought none
  record Place(long index, long offset, BitSet skipped) {}

  RowLogState(int maxKeys) {
    this.kept = new UsedKeys(KEPT_MILLIS, maxKeys);
    this.brief = new UsedKeys(BRIEF_MILLIS, maxKeys);
  }

  /// Applies the next entry.
  ///
  /// @return what became of its batches
  synchronized List<AppendResult> apply(long index, RowFrames.Entry entry) {
    // Leaders follow each other, and their clocks differ.
    nowMillis = Math.max(nowMillis, entry.timestampMillis());
    kept.expire(nowMillis);
    brief.expire(nowMillis);
    long begin = nextOffset;
    BitSet none = new BitSet();
    List<AppendResult> results = new ArrayList<>(entry.batches().size());
    for (RowBatch batch : entry.batches()) {
      AppendResult result = apply(index, batch);
      if (!(result instanceof Appended appended) || appended.again()) {
        none.set(results.size());
      }
      results.add(result);
    }
    if (nextOffset > begin) {
      if (end == offsets.length) {
        makeRoom();
      }
      offsets[end] = begin;
      times[end] = nowMillis;
      indexes[end++] = index;
      if (!none.isEmpty()) {
        skipped.put(index, none);
      }
      notifyAll();
    }
    return results;
  }

  private AppendResult apply(long index, RowBatch batch) {
    RowKey key = batch.key();
    UsedKeys keys = key.isKept() ? kept : brief;
    Optional<UsedKeys.Use> known = keys.find(key, nowMillis);
    if (known.isPresent()) {
      return known.get().content() == key.content()
          ? new Appended(known.get().offset(), known.get().count(), true)
          : new AppendResult.OtherRows();
    }
    boolean isNoted =
        keys.note(
            key, new UsedKeys.Use(index, nowMillis, key.content(), nextOffset, batch.count()));
    if (!isNoted) {
      return new AppendResult.KeysFull();
    }
    Appended appended = new Appended(nextOffset, batch.count(), false);
    nextOffset += batch.count();
    return appended;
  }

  private void makeRoom() {
    int count = end - first;
    int capacity = Math.max(64, count > offsets.length / 2 ? offsets.length * 2 : offsets.length);
    offsets = Arrays.copyOf(Arrays.copyOfRange(offsets, first, end), capacity);
    indexes = Arrays.copyOf(Arrays.copyOfRange(indexes, first, end), capacity);
    times = Arrays.copyOf(Arrays.copyOfRange(times, first, end), capacity);
    first = 0;
    end = count;
  }

  synchronized long earliestOffset() {
    return first == end ? nextOffset : offsets[first];
  }

  synchronized long latestOffset() {
    return nextOffset;
  }

  /// Waits until there is a row at an offset, but not longer than that.
  synchronized void await(long offset, long millis) throws InterruptedException {
    long deadline = System.nanoTime() + millis * 1_000_000;
    long left = millis;
    while (offset >= nextOffset && left > 0) {
      wait(left);
      left = (deadline - System.nanoTime()) / 1_000_000;
    }
  }

  /// The entry with a row; empty if there is no such row yet, or any more.
  synchronized Optional<Place> find(long offset) {
    if (offset < earliestOffset() || offset >= nextOffset) {
      return Optional.empty();
    }
    int found = Arrays.binarySearch(offsets, first, end, offset);
    int at = found >= 0 ? found : -found - 2;
    return Optional.of(
        new Place(indexes[at], offsets[at], skipped.getOrDefault(indexes[at], new BitSet())));
  }

  /// The last entry all of whose rows, and all rows before, are before an offset.
  synchronized Optional<Long> lastBefore(long offset) {
    int last = lastEntryBefore(offset);
    return last < first ? Optional.empty() : Optional.of(indexes[last]);
  }

  private int lastEntryBefore(long offset) {
    int last = first - 1;
    while (last + 1 < end && (last + 2 < end ? offsets[last + 2] : nextOffset) <= offset) {
      last++;
    }
    return last;
  }

  /// This state as it was after an entry that brought rows.
  synchronized byte[] snapshot(long index) {
    int at = Arrays.binarySearch(indexes, first, end, index);
    long endOffset = at + 1 < end ? offsets[at + 1] : nextOffset;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(VERSION);
      out.writeLong(endOffset);
      out.writeLong(times[at]);
      kept.write(index, times[at], out);
      brief.write(index, times[at], out);
    } catch (IOException e) {
      throw new IllegalStateException("Memory cannot be written.", e);
    }
    return bytes.toByteArray();
  }

  /// The state that a snapshot holds.
  ///
  /// @throws CuveeException `UNSUPPORTED_VERSION`
  static RowLogState restore(InputStream snapshot, int maxKeys) throws IOException {
    DataInputStream in = new DataInputStream(snapshot);
    int version = in.readInt();
    if (version != VERSION) {
      throw new CuveeException(
          ErrorCode.UNSUPPORTED_VERSION,
          "A snapshot of a row log has version "
              + version
              + "; this release reads "
              + VERSION
              + ". Start the release that wrote it.");
    }
    RowLogState state = new RowLogState(maxKeys);
    state.nextOffset = in.readLong();
    state.nowMillis = in.readLong();
    state.kept.read(in);
    state.brief.read(in);
    return state;
  }

  /// Forgets the entries up to one, which a snapshot stands for.
  synchronized void forget(long index) {
    while (first < end && indexes[first] <= index) {
      kept.forget(times[first]);
      brief.forget(times[first]);
      skipped.remove(indexes[first++]);
    }
  }
}
