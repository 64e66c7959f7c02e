package io.cuvee.engine.consuming;

import io.cuvee.common.wire.Reach;
import io.cuvee.common.wire.ShownOffset;
import io.cuvee.segment.consuming.ConsumingSnapshot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// What queries see of a partition: the segments that its consumer has sealed and gone on from,
/// then the links of its chain, as far as they follow each other without a gap. Guarded by the
/// consumer's lock.
final class PartitionView {
  private static final int MAX_PASSED = 64;

  private final Collection<GrowingSegment> chain;

  /// Sealed segments that this server went on from, by their sequence.
  private final TreeMap<Long, Passed> passed = new TreeMap<>();

  private record Passed(String name, long end) {}

  /// How far queries have seen it, here or elsewhere. Not all brokers know of all queries.
  private final ShownOffset shown = new ShownOffset(System::nanoTime);

  /// @param chain in its order; changed by the consumer
  PartitionView(Collection<GrowingSegment> chain) {
    this.chain = chain;
  }

  /// The segment is served in its sealed form from now on.
  void sealed(long sequence, String segment, long end) {
    passed.put(sequence, new Passed(segment, end));
    while (passed.size() > MAX_PASSED) {
      passed.pollFirstEntry();
    }
  }

  /// A link that queries may see and that ends just there.
  Optional<GrowingSegment> until(String segment, long end) {
    return chain.stream()
        .filter(
            growing -> growing.name().equals(segment) && growing.isShown() && growing.end() == end)
        .findFirst();
  }

  /// A segment and all after it.
  ///
  /// @param atLeast offset up to which the rows must go
  /// @return empty if the segment is not known here, or not as far
  Optional<StreamConsumers.Onward> onward(String segment, long atLeast) {
    OptionalLong first = sequenceOf(segment);
    if (first.isEmpty()) {
      return Optional.empty();
    }
    List<String> sealed = new ArrayList<>();
    List<GrowingSegment> open = new ArrayList<>();
    long position = GrowingSegment.OPEN;
    long end = GrowingSegment.OPEN;
    boolean anew = false;
    for (long sequence = first.getAsLong(); ; sequence++) {
      Passed known = passed.get(sequence);
      if (known != null) {
        sealed.add(known.name());
        position = end = known.end();
        continue;
      }
      Optional<GrowingSegment> next = link(sequence);
      if (next.isEmpty()) {
        break;
      }
      if (end != GrowingSegment.OPEN && next.get().startOffset != end) {
        return Optional.empty();
      }
      open.add(next.get());
      // Before the rows are looked at: they go at least as far.
      position = next.get().position;
      end = next.get().isFrozen() ? next.get().end() : position;
      anew |= next.get().anew;
    }
    if (end == GrowingSegment.OPEN || (position < Math.max(atLeast, shown.binding()) && !anew)) {
      return Optional.empty();
    }
    List<ConsumingSnapshot> rows = new ArrayList<>();
    open.forEach(growing -> growing.rows.snapshot().ifPresent(rows::add));
    long last = open.isEmpty() ? end : open.getLast().rowsEnd;
    shown.shown(last);
    return Optional.of(new StreamConsumers.Onward(sealed, rows, new Reach(position, last)));
  }

  /// Rows were shown up to an offset elsewhere; 0 if that is not known. Needs no lock.
  ///
  /// @return the same here or elsewhere
  long shown(long offset) {
    if (offset > 0) {
      shown.shown(offset);
    }
    return shown.binding();
  }

  private OptionalLong sequenceOf(String segment) {
    for (Map.Entry<Long, Passed> entry : passed.entrySet()) {
      if (entry.getValue().name().equals(segment)) {
        return OptionalLong.of(entry.getKey());
      }
    }
    for (GrowingSegment growing : chain) {
      if (growing.isRecorded() && growing.name().equals(segment)) {
        return OptionalLong.of(growing.sequence);
      }
    }
    return OptionalLong.empty();
  }

  private Optional<GrowingSegment> link(long sequence) {
    return chain.stream()
        .filter(growing -> growing.sequence == sequence && growing.isShown())
        .findFirst();
  }
}
