package io.cuvee.execution.operator;

import io.cuvee.common.plan.AggregateCall;
import io.cuvee.execution.aggregate.Accumulator;
import io.cuvee.execution.aggregate.Accumulators;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An aggregate over the frame of each row. Frames that are whole partitions are computed once;
/// those that begin or end with the partition grow row by row; others, and those with gaps, are
/// computed each on its own, many at a time.
final class WindowAggregate {
  /// How many rows of frames are put into one batch.
  private static final int BATCH_ROWS = 1 << 16;

  private final AggregateCall call;
  private final List<Values> arguments;
  private final @Nullable LongValues condition;
  private final WindowFrames frames;
  private final QueryContext context;
  private final MemoryBudget memory;

  WindowAggregate(
      AggregateCall call,
      List<Values> arguments,
      @Nullable Values condition,
      WindowFrames frames,
      QueryContext context,
      MemoryBudget memory) {
    this.call = call;
    this.arguments = arguments;
    this.condition = (LongValues) condition;
    this.frames = frames;
    this.context = context;
    this.memory = memory;
  }

  Values compute() {
    if (frames.hasGaps()) {
      return sliding();
    }
    if (frames.startsWithPartition() && frames.endsWithPartition()) {
      return ofPartitions();
    }
    if (!frames.isMonotonic()) {
      return sliding();
    }
    if (frames.startsWithPartition()) {
      return growing(true);
    }
    return frames.endsWithPartition() ? growing(false) : sliding();
  }

  private boolean takesPart(int row) {
    LongValues truths = condition;
    return truths == null || truths.values()[row] != 0 && !truths.isNull(row);
  }

  private Accumulator create() {
    return Accumulators.create(call, memory);
  }

  private Values ofPartitions() {
    int rowCount = frames.rowCount();
    int[] groups = new int[rowCount];
    int[] partitions = new int[rowCount];
    int partition = -1;
    for (int i = 0; i < rowCount; i++) {
      partition += frames.partitionStart(i) == i ? 1 : 0;
      partitions[i] = partition;
      groups[i] = takesPart(i) ? partition : -1;
    }
    Accumulator accumulator = create();
    accumulator.ensureGroups(partition + 1);
    accumulator.add(groups, rowCount, arguments);
    return accumulator.results(partition + 1).select(partitions, rowCount);
  }

  /// Frames that begin with the partition take more rows from row to row; those that end with it do
  /// so backwards. A result is read whenever the frame has grown.
  private Values growing(boolean forward) {
    int rowCount = frames.rowCount();
    ValuesBuilder results = ValuesBuilder.of(call.type(), rowCount);
    int[] positions = new int[rowCount];
    int at = forward ? 0 : rowCount - 1;
    while (at >= 0 && at < rowCount) {
      context.check();
      int start = frames.partitionStart(at);
      int end = frames.partitionEnd(at);
      growPartition(forward, start, end, results, positions);
      at = forward ? end : start - 1;
    }
    return results.build().select(positions, rowCount);
  }

  private void growPartition(
      boolean forward, int start, int end, ValuesBuilder results, int[] positions) {
    long before = memory.usedBytes();
    Accumulator accumulator = create();
    accumulator.ensureGroups(1);
    int taken = forward ? start : end;
    boolean read = false;
    for (int i = 0; i < end - start; i++) {
      int row = forward ? start + i : end - 1 - i;
      int bound = forward ? frames.frameEnd(row) : frames.frameStart(row);
      boolean grows = forward ? bound > taken : bound < taken;
      if (grows) {
        add(accumulator, Math.min(taken, bound), Math.max(taken, bound));
        taken = bound;
      }
      if (grows || !read) {
        context.check();
        results.append(accumulator.results(1), 0);
        read = true;
      }
      positions[row] = results.count() - 1;
    }
    // What the accumulator took is free again.
    memory.release(Math.max(0, memory.usedBytes() - before));
  }

  /// Adds the rows `[from, to)` to group 0.
  private void add(Accumulator accumulator, int from, int to) {
    int count = to - from;
    int[] groups = new int[count];
    List<Values> parts = new ArrayList<>(arguments.size());
    for (Values argument : arguments) {
      parts.add(argument.slice(from, count));
    }
    for (int i = 0; i < count; i++) {
      groups[i] = takesPart(from + i) ? 0 : -1;
    }
    accumulator.add(groups, count, parts);
  }

  private Values sliding() {
    int rowCount = frames.rowCount();
    List<Values> parts = new ArrayList<>();
    int row = 0;
    do {
      context.check();
      long before = memory.usedBytes();
      int first = row;
      long size = 0;
      while (row < rowCount && (row == first || size < BATCH_ROWS)) {
        size += Math.max(0, frames.frameEnd(row) - frames.frameStart(row));
        row++;
      }
      parts.add(batch(first, row, (int) size));
      memory.release(Math.max(0, memory.usedBytes() - before));
    } while (row < rowCount);
    return io.cuvee.execution.page.Pages.concatValues(call.type(), parts);
  }

  /// The results of the rows `[first, end)`, whose frames have `size` rows together: a group for
  /// each.
  private Values batch(int first, int end, int size) {
    int[] rows = new int[size];
    int[] groups = new int[size];
    int count = 0;
    for (int row = first; row < end; row++) {
      int from = count;
      int frameStart = frames.frameStart(row);
      int frameEnd = frames.frameEnd(row);
      if (!frames.hasGaps()) {
        count = collect(frameStart, frameEnd, rows, count);
      } else if (frameStart < frameEnd) {
        count = collect(frameStart, frames.gapStart(row), rows, count);
        count = collect(row, frames.keepsCurrent(row) ? row + 1 : row, rows, count);
        count = collect(frames.gapEnd(row), frameEnd, rows, count);
      }
      Arrays.fill(groups, from, count, row - first);
    }
    List<Values> selected = new ArrayList<>(arguments.size());
    for (Values argument : arguments) {
      selected.add(argument.select(rows, count));
    }
    Accumulator accumulator = create();
    accumulator.ensureGroups(end - first);
    accumulator.add(groups, count, selected);
    return accumulator.results(end - first);
  }

  /// Puts those of the rows `[from, to)` that take part behind the `count` that are there.
  ///
  /// @return how many there are then
  private int collect(int from, int to, int[] rows, int count) {
    int next = count;
    for (int i = from; i < to; i++) {
      if (takesPart(i)) {
        rows[next++] = i;
      }
    }
    return next;
  }
}
