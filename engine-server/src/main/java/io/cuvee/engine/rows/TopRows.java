package io.cuvee.engine.rows;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.engine.plan.RowOrder;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The first rows of an order so far: where they are, and their sort keys. Rows that compare equal
/// keep the order of segments and documents, so that the choice does not depend on who found them.
/// Not thread-safe.
final class TopRows {
  /// Most rows beyond the limit that are kept before the rest is dropped, at least.
  private static final int SLACK = 4096;

  private final List<ColumnType> keyTypes;
  private final RowOrder order;
  private final long limit;
  private final MemoryBudget budget;
  private List<ValuesBuilder> builders = new ArrayList<>();
  private long[] locations = new long[64];
  private int count;
  private long reserved;

  /// The sort keys of the `limit` first rows as of the last [#compact], with their last row.
  private List<Values> kept = List.of();

  /// @param order by position in the keys
  /// @param limit at most so many rows are wanted; negative for all
  TopRows(List<ColumnType> keyTypes, RowOrder order, long limit, MemoryBudget budget) {
    this.keyTypes = keyTypes;
    this.order = order;
    this.limit = limit;
    this.budget = budget;
    keyTypes.forEach(type -> builders.add(ValuesBuilder.of(type, 64)));
  }

  static long location(int segment, int docId) {
    return (long) segment << 32 | docId;
  }

  int count() {
    return count;
  }

  long location(int row) {
    return locations[row];
  }

  /// Whether there are as many rows as wanted, so that the last of them may bar others.
  boolean isFull() {
    return limit >= 0 && !kept.isEmpty() && kept.getFirst().count() >= limit;
  }

  /// The value of a sort key in the last wanted row.
  Values lastKey(int key) {
    return kept.get(key);
  }

  int lastRow() {
    return kept.getFirst().count() - 1;
  }

  /// Adds rows.
  ///
  /// @return whether the last wanted row may have changed
  boolean add(List<Values> keys, int rows, int segment, int[] docIds) {
    ensureCapacity(rows);
    for (int k = 0; k < keys.size(); k++) {
      ValuesBuilder builder = builders.get(k);
      Values values = keys.get(k);
      for (int i = 0; i < rows; i++) {
        builder.append(values, i);
      }
    }
    for (int i = 0; i < rows; i++) {
      locations[count++] = location(segment, docIds[i]);
    }
    charge(keys, rows);
    boolean enough = limit >= 0 && count >= limit + (isFull() ? Math.max(limit, SLACK) : 0);
    if (enough) {
      compact();
    }
    return enough;
  }

  private void ensureCapacity(int more) {
    long needed = (long) count + more;
    if (needed > locations.length) {
      if (needed > Integer.MAX_VALUE - 16) {
        throw new CuveeException(
            ErrorCode.MEMORY_LIMIT,
            "ORDER BY would have to hold more than 2^31 rows on one server. Add a LIMIT or a filter.");
      }
      locations =
          Arrays.copyOf(
              locations,
              (int) Math.min(Integer.MAX_VALUE - 16, Math.max(needed, locations.length * 2L)));
    }
  }

  private void charge(List<Values> keys, int rows) {
    long bytes = 8L * rows;
    for (Values key : keys) {
      bytes += key.sizeBytes();
    }
    budget.reserve(bytes);
    reserved += bytes;
  }

  /// Sorts, and drops what is not wanted.
  void compact() {
    List<Values> keys = new ArrayList<>(builders.size());
    for (ValuesBuilder builder : builders) {
      keys.add(builder.build());
    }
    int[] sorted = sorted(keys);
    int rows = limit < 0 ? count : (int) Math.min(limit, count);
    long[] sortedLocations = new long[Math.max(64, rows)];
    for (int i = 0; i < rows; i++) {
      sortedLocations[i] = locations[sorted[i]];
    }
    List<Values> sortedKeys = new ArrayList<>(keys.size());
    List<ValuesBuilder> newBuilders = new ArrayList<>(keys.size());
    long bytes = 8L * rows;
    for (int k = 0; k < keys.size(); k++) {
      Values values = keys.get(k).select(sorted, rows);
      sortedKeys.add(values);
      bytes += values.sizeBytes();
      ValuesBuilder builder = ValuesBuilder.of(keyTypes.get(k), rows);
      for (int i = 0; i < rows; i++) {
        builder.append(values, i);
      }
      newBuilders.add(builder);
    }
    kept = sortedKeys;
    builders = newBuilders;
    locations = sortedLocations;
    count = rows;
    if (bytes < reserved) {
      budget.release(reserved - bytes);
      reserved = bytes;
    }
  }

  private int[] sorted(List<Values> keys) {
    Integer[] rows = new Integer[count];
    Arrays.setAll(rows, row -> row);
    Arrays.sort(
        rows,
        (a, b) -> {
          int byKeys = order.compare(keys, a, keys, b);
          return byKeys != 0 ? byKeys : Long.compare(locations[a], locations[b]);
        });
    int[] sorted = new int[count];
    Arrays.setAll(sorted, i -> rows[i]);
    return sorted;
  }

  /// Adds the rows of another.
  void addAll(TopRows other) {
    other.compact();
    ensureCapacity(other.count);
    for (int k = 0; k < builders.size(); k++) {
      for (int i = 0; i < other.count; i++) {
        builders.get(k).append(other.kept.get(k), i);
      }
    }
    System.arraycopy(other.locations, 0, locations, count, other.count);
    count += other.count;
    charge(other.kept, other.count);
  }
}
