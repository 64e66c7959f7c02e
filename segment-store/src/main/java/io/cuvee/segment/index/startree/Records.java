package io.cuvee.segment.index.startree;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
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

  /// Of records with long states so many are in the making at once.
  private static final int MOST_LONG = 1 << 12;

  private final int[][] ids;
  private final List<RecordStates> aggregates = new ArrayList<>();
  private final MemoryBudget budget;
  private final int[] sources = new int[BATCH];
  private final int[] targets = new int[BATCH];
  private int batched;
  private int count;

  /// The first record that is not finished.
  private int making;

  /// How many records are in the making at once.
  private int mostMaking = BATCH;

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

  /// Adds records without ids and aggregates. Records that were added before are finished: nothing
  /// is merged into them any more.
  ///
  /// @return the first of them
  int add(int more) {
    if (count - making >= mostMaking) {
      finish();
    }
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

  /// Adds an aggregate, finished for the records that are there.
  void addAggregate(RecordStates states) {
    aggregates.add(states);
    making = count;
    mostMaking = states.isLong() ? Math.min(mostMaking, MOST_LONG) : mostMaking;
  }

  /// The states of an aggregate, of all records.
  List<Values> states(int metric) {
    return aggregates.get(metric).states();
  }

  /// From now until [#flush] records are made from those that are there now.
  void settle() {
    finish();
    aggregates.forEach(RecordStates::settle);
  }

  /// Adds the aggregates of one record to those of another, the last that was added.
  void merge(int source, int target) {
    sources[batched] = source;
    targets[batched++] = target - making;
    if (batched == BATCH) {
      applyBatch();
    }
  }

  void flush() {
    finish();
  }

  private void finish() {
    if (count > making) {
      applyBatch();
      for (RecordStates states : aggregates) {
        states.finish(count - making);
      }
      making = count;
    }
  }

  private void applyBatch() {
    if (batched > 0) {
      for (RecordStates states : aggregates) {
        states.merge(sources, targets, batched, count - making);
      }
    }
    batched = 0;
  }
}
