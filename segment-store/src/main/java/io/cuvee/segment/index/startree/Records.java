package io.cuvee.segment.index.startree;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.aggregate.Accumulator;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.format.SegmentFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The records of a star-tree while it is built: their dictIds, and the states of their aggregates.
/// Records are made from others by [#merge], whose work is done at [#flush].
final class Records {
  private static final int BATCH = 1 << 16;

  private final int[][] ids;
  private final List<Accumulator> accumulators = new ArrayList<>();
  private final MemoryBudget budget;
  private final int[] sources = new int[BATCH];
  private final int[] targets = new int[BATCH];
  private final List<List<Values>> settled = new ArrayList<>();
  private int batched;
  private int count;

  Records(int dimensions, MemoryBudget budget) {
    this.ids = new int[dimensions][0];
    this.budget = budget;
  }

  int count() {
    return count;
  }

  int id(int dimension, int record) {
    return ids[dimension][record];
  }

  void set(int dimension, int record, int id) {
    ids[dimension][record] = id;
  }

  /// The ids of all records, and more.
  int[] ids(int dimension) {
    return ids[dimension];
  }

  /// Adds records without ids and aggregates.
  ///
  /// @return the first of them
  int add(int more) {
    int first = count;
    if (more > SegmentFormat.MAX_VALUES - count) {
      throw new CuveeException(
          ErrorCode.MEMORY_LIMIT,
          "A star-tree would have more than " + SegmentFormat.MAX_VALUES + " records.");
    }
    count += more;
    if (count > ids[0].length) {
      int capacity = (int) Math.min(SegmentFormat.MAX_VALUES, Math.max(count, count * 3L / 2));
      budget.reserve(4L * ids.length * (capacity - ids[0].length));
      for (int d = 0; d < ids.length; d++) {
        ids[d] = Arrays.copyOf(ids[d], capacity);
      }
    }
    return first;
  }

  /// Aggregates of the records that are there.
  void addAggregate(Accumulator accumulator) {
    accumulators.add(accumulator);
  }

  Accumulator accumulator(int metric) {
    return accumulators.get(metric);
  }

  /// From now until [#flush] records are made from those that are there now.
  void settle() {
    settled.clear();
    for (Accumulator accumulator : accumulators) {
      settled.add(accumulator.states(count));
    }
  }

  /// Adds the aggregates of one record to those of another.
  void merge(int source, int target) {
    sources[batched] = source;
    targets[batched++] = target;
    if (batched == BATCH) {
      applyBatch();
    }
  }

  void flush() {
    applyBatch();
    settled.clear();
  }

  private void applyBatch() {
    for (int i = 0; i < accumulators.size(); i++) {
      accumulators.get(i).ensureGroups(count);
      if (batched > 0) {
        List<Values> states = new ArrayList<>();
        for (Values state : settled.get(i)) {
          states.add(state.select(sources, batched));
        }
        accumulators.get(i).merge(targets, batched, states);
      }
    }
    batched = 0;
  }
}
