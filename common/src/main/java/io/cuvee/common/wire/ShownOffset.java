package io.cuvee.common.wire;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/// How far answers went into a partition of a stream, so that no later one comes from rows that do
/// not go as far: counts do not go down. Thread-safe.
public final class ShownOffset {
  /// How long an answer binds the next ones. A stream that begins anew has smaller offsets, and
  /// must not be waited for forever.
  private static final long BINDING_NANOS = 60_000_000_000L;

  private static final Shown NOTHING = new Shown(0, 0);

  private final LongSupplier nanoTime;
  private final AtomicReference<Shown> last = new AtomicReference<>(NOTHING);

  private record Shown(long offset, long nanos) {}

  /// @param nanoTime a clock such as [System#nanoTime]
  public ShownOffset(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /// An answer had rows before this offset, but perhaps none after it.
  public void shown(long end) {
    Shown now = new Shown(end, nanoTime.getAsLong());
    last.accumulateAndGet(
        now, (before, after) -> before.offset() <= end || isOver(before) ? after : before);
  }

  /// The largest offset that binds; 0 if none does.
  public long binding() {
    Shown shown = last.get();
    return isOver(shown) ? 0 : shown.offset();
  }

  private boolean isOver(Shown shown) {
    return nanoTime.getAsLong() - shown.nanos() > BINDING_NANOS;
  }
}
