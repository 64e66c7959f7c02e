package io.cuvee.engine.consuming;

import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.ingest.stream.OffsetGap;
import io.cuvee.segment.consuming.ConsumingSegment;
import java.util.ArrayDeque;
import java.util.Deque;

/// One link of a partition's chain of segments that are not sealed yet. Guarded by the consumer's
/// lock but for what is final or volatile.
final class GrowingSegment {
  static final long OPEN = -1;

  final ConsumedTable table;
  final long sequence;
  final long startOffset;
  final ConsumingSegment rows;

  /// When all replicas end it: the same moment for all of them once it has a record.
  volatile long createdMillis;

  /// Offset of the next message; written by the consuming thread alone.
  volatile long position;

  /// Offset after the last row that readers may have seen; never behind the rows, if ahead of them
  /// for a moment.
  volatile long rowsEnd;

  /// Offsets that the stream did not have; the newest of many.
  final Deque<OffsetGap> gaps = new ArrayDeque<>();

  /// Whether the stream's offsets began anew within it: they cannot be compared with older ones.
  volatile boolean anew;

  /// Whether somebody asked for its end when it had no rows; the consuming thread's.
  boolean isForceOver;

  /// Whether its rows are not to be used any more.
  volatile boolean stale;

  /// Offset where it ends, once that is agreed.
  private long end = OPEN;

  /// Whether it has a record; until then it goes ahead of the commit of the one before.
  private boolean recorded;

  /// Whether there is nothing left to agree on.
  private boolean settled;

  /// Whether what was committed has other rows.
  private boolean discarded;

  GrowingSegment(ConsumedTable table, long sequence, long startOffset, ConsumingSegment rows) {
    this.table = table;
    this.sequence = sequence;
    this.startOffset = startOffset;
    this.position = startOffset;
    this.rowsEnd = startOffset;
    this.rows = rows;
    this.createdMillis = System.currentTimeMillis();
  }

  String name() {
    return rows.name();
  }

  void record(SegmentRecord record) {
    rows.rename(record.name());
    createdMillis = record.createdMillis();
    recorded = true;
  }

  boolean isRecorded() {
    return recorded;
  }

  boolean isFull() {
    return rows.isFull() || rows.rowCount() >= table.stream().flush().rows();
  }

  /// How many of the rows it takes: as many as are wanted, and the others of the last message.
  ///
  /// @param offsets of the messages of the rows
  int room(long[] offsets) {
    int room = isFull() ? 0 : table.stream().flush().rows() - rows.rowCount();
    if (room == 0 || room >= offsets.length) {
      return Math.min(room, offsets.length);
    }
    while (room < offsets.length && offsets[room] == offsets[room - 1]) {
      room++;
    }
    return room;
  }

  void freeze() {
    end = position;
  }

  boolean isFrozen() {
    return end != OPEN;
  }

  long end() {
    return end;
  }

  void settle() {
    settled = true;
  }

  void discard() {
    discarded = true;
    settled = true;
  }

  boolean isDiscarded() {
    return discarded;
  }

  /// Whether queries may see its rows.
  boolean isShown() {
    return !stale && !discarded;
  }

  boolean isSettled() {
    return settled;
  }
}
