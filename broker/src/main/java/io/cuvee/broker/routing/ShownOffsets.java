package io.cuvee.broker.routing;

import io.cuvee.common.wire.SegmentRef;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// How far this broker's answers went into each partition of a table's stream, so that the next
/// answer does not come from a replica that is behind: counts do not go down. Thread-safe.
public final class ShownOffsets {
  /// How long an answer binds the next ones. A stream that begins anew has smaller offsets, and
  /// must not be waited for forever.
  private static final long BINDING_NANOS = 60_000_000_000L;

  private final LongSupplier nanoTime;
  private final Map<Integer, Shown> byPartition = new ConcurrentHashMap<>();

  private record Shown(long offset, long nanos) {}

  public ShownOffsets() {
    this(System::nanoTime);
  }

  ShownOffsets(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /// The rows of a segment and what follows it were shown up to this offset.
  public void shown(SegmentRef.Onward segment, long end) {
    Shown now = new Shown(end, nanoTime.getAsLong());
    byPartition.merge(
        segment.partition(),
        now,
        (before, after) -> before.offset() <= end || isOver(before) ? after : before);
  }

  /// How a request names the segment now.
  public SegmentRef.Onward asked(SegmentRef.Onward segment) {
    Shown last = byPartition.get(segment.partition());
    return last == null || isOver(last) ? segment : segment.atLeast(last.offset());
  }

  private boolean isOver(Shown shown) {
    return nanoTime.getAsLong() - shown.nanos() > BINDING_NANOS;
  }
}
