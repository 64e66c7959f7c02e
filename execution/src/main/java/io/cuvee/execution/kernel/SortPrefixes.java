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

/// For each row of a page a number that orders like the row's sort keys as far as it goes: one key
/// after the other, each in as few bits as its values take, until the bits are used up. This is the
/// normalized key of Graefe, "Implementing Sorting in Database Systems" (2006), cut to 64 bits.
final class SortPrefixes {
  private final long[] codes;
  private int bits;
  private boolean exact = true;

  SortPrefixes(Page page, List<SortKey> keys) {
    codes = new long[page.rowCount()];
    for (SortKey key : keys) {
      if (!exact) {
        break;
      }
      append(page.column(key.column()), key);
    }
    if (bits == Long.SIZE) {
      // Codes compare as signed numbers.
      for (int i = 0; i < codes.length; i++) {
        codes[i] ^= Long.MIN_VALUE;
      }
    }
  }

  long get(int row) {
    return codes[row];
  }

  /// Whether rows with equal numbers are equal.
  boolean isExact() {
    return exact;
  }

  /// How many low bits tell the rows apart; the others are all alike.
  int bits() {
    return bits;
  }

  private void append(Values column, SortKey key) {
    if (column.mayHaveNulls()) {
      if (bits == Long.SIZE) {
        exact = false;
        return;
      }
      bits++;
      for (int i = 0; i < codes.length; i++) {
        codes[i] = codes[i] << 1 | (column.isNull(i) == key.nullsFirst() ? 0 : 1);
      }
    }
    long turn = key.descending() ? -1 : 0;
    switch (column) {
      case LongValues longs -> append(Arrays.copyOf(longs.values(), codes.length), column, turn);
      case DoubleValues doubles -> append(ordered(doubles), column, turn);
      case DecimalValues decimals -> {
        append(ordered(decimals), column, turn);
        exact = false;
      }
      case BytesValues texts -> append(texts, turn);
      default -> exact = false;
    }
  }

  private long[] ordered(DoubleValues column) {
    long[] out = new long[codes.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = ordered(column.values()[i]);
    }
    return out;
  }

  private long[] ordered(DecimalValues column) {
    long[] out = new long[codes.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = column.isNull(i) ? 0 : ordered(column.values()[i].doubleValue());
    }
    return out;
  }

  private static long ordered(double value) {
    long bits = Double.doubleToLongBits(value + 0.0);
    return bits ^ bits >> 63 & Long.MAX_VALUE;
  }

  /// @param values signed; overwritten
  private void append(long[] values, Values column, long turn) {
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    for (int i = 0; i < values.length; i++) {
      if (!column.isNull(i)) {
        values[i] ^= turn;
        min = Math.min(min, values[i]);
        max = Math.max(max, values[i]);
      }
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = min > max || column.isNull(i) ? 0 : values[i] - min;
    }
    appendCodes(values, min > max ? 0 : Long.SIZE - Long.numberOfLeadingZeros(max - min));
  }

  /// @param values below `2^width`, unsigned
  private void appendCodes(long[] values, int width) {
    int taken = Math.min(width, Long.SIZE - bits);
    exact &= taken == width;
    if (taken == 0) {
      return;
    }
    int dropped = width - taken;
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (taken == Long.SIZE ? 0 : codes[i] << taken) | values[i] >>> dropped;
    }
    bits += taken;
  }

  /// The bytes behind those that all have in common, as many as fit. A zero byte could not be told
  /// from the end.
  private void append(BytesValues column, long turn) {
    int common = commonLength(column);
    int longest = 0;
    for (int i = 0; i < codes.length; i++) {
      if (!column.isNull(i)) {
        longest = Math.max(longest, column.length(i) - common);
      }
    }
    int width = Math.min(longest, Long.BYTES);
    exact &= width == longest;
    long[] words = new long[codes.length];
    for (int i = 0; i < words.length; i++) {
      if (!column.isNull(i)) {
        words[i] = (word(column, i, common, width) ^ turn) & lowBits(width * Byte.SIZE);
      }
    }
    appendCodes(words, width * Byte.SIZE);
  }

  private static long lowBits(int count) {
    return count == 0 ? 0 : -1L >>> Long.SIZE - count;
  }

  private long word(BytesValues column, int row, int skipped, int width) {
    int from = column.offsets()[row] + skipped;
    int length = Math.min(width, column.length(row) - skipped);
    long word = 0;
    for (int i = 0; i < length; i++) {
      byte value = column.bytes()[from + i];
      exact &= value != 0;
      word = word << Byte.SIZE | value & 0xff;
    }
    return length == 0 ? 0 : word << (width - length) * Byte.SIZE;
  }

  private static int commonLength(BytesValues column) {
    int first = -1;
    int common = 0;
    for (int i = 0; i < column.count(); i++) {
      if (column.isNull(i)) {
        continue;
      }
      if (first < 0) {
        first = i;
        common = column.length(i);
        continue;
      }
      int length = Math.min(common, column.length(i));
      int same = 0;
      while (same < length
          && column.bytes()[column.offsets()[first] + same]
              == column.bytes()[column.offsets()[i] + same]) {
        same++;
      }
      common = same;
    }
    return common;
  }
}
