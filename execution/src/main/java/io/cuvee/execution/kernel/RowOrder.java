package io.cuvee.execution.kernel;

import io.cuvee.common.plan.SortKey;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The order of the rows of one page by some keys, and a stable sort by it.
public final class RowOrder {
  private static final int SMALL_RUN = 16;

  private final Values[] columns;
  private final int[] signs;
  private final int[] ofNull;

  /// For each row a number that orders like the first key as far as it goes: equal numbers say
  /// nothing. Absent if that key has NULLs.
  private final long @Nullable [] prefixes;

  public RowOrder(Page page, List<SortKey> keys) {
    columns = new Values[keys.size()];
    signs = new int[columns.length];
    ofNull = new int[columns.length];
    for (int k = 0; k < columns.length; k++) {
      columns[k] = page.column(keys.get(k).column());
      signs[k] = keys.get(k).descending() ? -1 : 1;
      ofNull[k] = keys.get(k).nullsFirst() ? -1 : 1;
    }
    prefixes =
        columns.length == 0 || columns[0].mayHaveNulls() ? null : prefixes(columns[0], signs[0]);
  }

  private static long @Nullable [] prefixes(Values column, int sign) {
    long turn = sign < 0 ? -1 : 0;
    long[] out = new long[column.count()];
    switch (column) {
      case LongValues longs -> {
        for (int i = 0; i < out.length; i++) {
          out[i] = longs.values()[i] ^ turn;
        }
      }
      case DoubleValues doubles -> {
        for (int i = 0; i < out.length; i++) {
          out[i] = ordered(doubles.values()[i]) ^ turn;
        }
      }
      case DecimalValues decimals -> {
        for (int i = 0; i < out.length; i++) {
          out[i] = ordered(decimals.values()[i].doubleValue()) ^ turn;
        }
      }
      case BytesValues bytes -> {
        for (int i = 0; i < out.length; i++) {
          out[i] = firstBytes(bytes, i) ^ Long.MIN_VALUE ^ turn;
        }
      }
      default -> {
        return null;
      }
    }
    return out;
  }

  private static long ordered(double value) {
    long bits = Double.doubleToLongBits(value + 0.0);
    return bits ^ bits >> 63 & Long.MAX_VALUE;
  }

  private static long firstBytes(BytesValues values, int row) {
    long word = 0;
    int from = values.offsets()[row];
    int length = Math.min(8, values.length(row));
    for (int i = 0; i < length; i++) {
      word |= (values.bytes()[from + i] & 0xffL) << 56 - 8 * i;
    }
    return word;
  }

  public int compare(int i, int j) {
    long[] known = prefixes;
    if (known != null && known[i] != known[j]) {
      return known[i] < known[j] ? -1 : 1;
    }
    return compare(this, i, this, j);
  }

  /// Compares row `i` of one page with row `j` of another of the same form.
  public static int compare(RowOrder a, int i, RowOrder b, int j) {
    for (int k = 0; k < a.columns.length; k++) {
      boolean aNull = a.columns[k].isNull(i);
      boolean bNull = b.columns[k].isNull(j);
      if (aNull || bNull) {
        if (aNull != bNull) {
          return aNull ? a.ofNull[k] : -a.ofNull[k];
        }
        continue;
      }
      int order = ValueOrder.compare(a.columns[k], i, b.columns[k], j);
      if (order != 0) {
        return a.signs[k] * order;
      }
    }
    return 0;
  }

  /// The numbers of the first `needed` rows in order; rows that are equal stay in theirs. Few of
  /// many are kept in a heap, whose top is the last of them.
  public int[] first(int rowCount, int needed) {
    if (needed >= rowCount / 8) {
      int[] rows = sorted(rowCount);
      return needed < rowCount ? Arrays.copyOf(rows, needed) : rows;
    }
    int[] heap = new int[needed];
    for (int row = 0; row < needed; row++) {
      heap[row] = row;
    }
    for (int at = needed / 2 - 1; at >= 0; at--) {
      siftDown(heap, at);
    }
    for (int row = needed; row < rowCount && needed > 0; row++) {
      // An equal row that comes later stays behind.
      if (compare(row, heap[0]) < 0) {
        heap[0] = row;
        siftDown(heap, 0);
      }
    }
    Arrays.sort(heap);
    return sort(heap);
  }

  private void siftDown(int[] heap, int from) {
    int row = heap[from];
    int at = from;
    while (2 * at + 1 < heap.length) {
      int child = 2 * at + 1;
      if (child + 1 < heap.length && isAfter(heap[child + 1], heap[child])) {
        child++;
      }
      if (!isAfter(heap[child], row)) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = row;
  }

  private boolean isAfter(int i, int j) {
    int order = compare(i, j);
    return order > 0 || order == 0 && i > j;
  }

  /// The numbers of all rows in order; rows that are equal stay in theirs.
  public int[] sorted(int rowCount) {
    int[] rows = new int[rowCount];
    for (int i = 0; i < rowCount; i++) {
      rows[i] = i;
    }
    return sort(rows);
  }

  /// Sorts row numbers; equal rows stay in their order.
  ///
  /// @return the array that holds them in the end
  private int[] sort(int[] numbers) {
    int[] rows = numbers;
    int rowCount = rows.length;
    for (int from = 0; from < rowCount; from += SMALL_RUN) {
      insertionSort(rows, from, Math.min(rowCount, from + SMALL_RUN));
    }
    int[] other = new int[rowCount];
    for (long run = SMALL_RUN; run < rowCount; run *= 2) {
      for (long from = 0; from < rowCount; from += 2 * run) {
        int middle = (int) Math.min(rowCount, from + run);
        merge(rows, (int) from, middle, (int) Math.min(rowCount, from + 2 * run), other);
      }
      int[] swap = rows;
      rows = other;
      other = swap;
    }
    return rows;
  }

  private void insertionSort(int[] rows, int from, int to) {
    for (int i = from + 1; i < to; i++) {
      int row = rows[i];
      int at = i;
      while (at > from && compare(row, rows[at - 1]) < 0) {
        rows[at] = rows[at - 1];
        at--;
      }
      rows[at] = row;
    }
  }

  private void merge(int[] rows, int from, int middle, int to, int[] out) {
    if (middle == to || compare(rows[middle - 1], rows[middle]) <= 0) {
      System.arraycopy(rows, from, out, from, to - from);
      return;
    }
    int left = from;
    int right = middle;
    for (int i = from; i < to; i++) {
      boolean takeLeft = right == to || left < middle && compare(rows[left], rows[right]) <= 0;
      out[i] = takeLeft ? rows[left++] : rows[right++];
    }
  }
}
