package io.cuvee.broker.routing;

import io.cuvee.common.wire.SegmentRef;
import io.cuvee.common.wire.ShownOffset;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// How far answers went into each partition of a table's stream: this broker's, and what servers
/// told of those of others. The next answer does not come from a replica that is behind.
/// Thread-safe.
public final class ShownOffsets {
  private final LongSupplier nanoTime;
  private final Map<Integer, ShownOffset> byPartition = new ConcurrentHashMap<>();

  public ShownOffsets() {
    this(System::nanoTime);
  }

  ShownOffsets(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /// The rows of a partition were shown up to this offset.
  public void shown(int partition, long end) {
    byPartition.computeIfAbsent(partition, _ -> new ShownOffset(nanoTime)).shown(end);
  }

  /// The offset up to which a partition was shown; 0 if it was not, or too long ago to matter.
  public long binding(int partition) {
    ShownOffset last = byPartition.get(partition);
    return last == null ? 0 : last.binding();
  }

  /// How a request names the segment now.
  public SegmentRef.Onward asked(SegmentRef.Onward segment) {
    long offset = binding(segment.partition());
    return offset == 0 ? segment : segment.atLeast(offset);
  }
}
