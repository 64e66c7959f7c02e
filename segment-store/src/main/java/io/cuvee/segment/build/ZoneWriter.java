package io.cuvee.segment.build;

import io.cuvee.segment.column.ZoneMap;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnsWriter;
import io.cuvee.segment.packing.PackedFormat;

/// Writes the zone map of a column.
final class ZoneWriter {
  private final RowLayout layout;
  private final int[] nullCounts;
  private final boolean[] hasValues;

  /// For columns whose layout knows all NULLs, as that of scalar columns does.
  ZoneWriter(RowLayout layout) {
    this(layout, nullCounts(layout));
  }

  /// @param nullCounts documents of each block that are NULL
  ZoneWriter(RowLayout layout, int[] nullCounts) {
    this.layout = layout;
    this.nullCounts = nullCounts;
    this.hasValues = new boolean[nullCounts.length];
  }

  private static int[] nullCounts(RowLayout layout) {
    int[] counts = new int[PackedFormat.blockCount(layout.docCount())];
    for (int doc = 0; layout.nullCount() > 0 && doc < layout.docCount(); doc++) {
      counts[doc / ZoneMap.BLOCK_ROWS] += layout.isNull(doc) ? 1 : 0;
    }
    return counts;
  }

  private int firstValue(int block) {
    return layout.start((int) Math.min(layout.docCount(), (long) block * ZoneMap.BLOCK_ROWS));
  }

  void writeDictIds(int[] ids, ColumnsWriter out, String column) {
    int[] minima = new int[nullCounts.length];
    int[] maxima = new int[nullCounts.length];
    for (int block = 0; block < minima.length; block++) {
      int min = Integer.MAX_VALUE;
      int max = -1;
      int end = firstValue(block + 1);
      for (int i = firstValue(block); i < end; i++) {
        int id = ids[i];
        if (nullCounts[block] == 0 || !layout.isNull(i)) {
          min = Math.min(min, id);
          max = Math.max(max, id);
        }
      }
      minima[block] = min;
      maxima[block] = max;
    }
    out.begin();
    out.putInts(minima, minima.length);
    out.putInts(maxima, maxima.length);
    end(out, column);
  }

  void writeLongs(long[] values, ColumnsWriter out, String column) {
    long[] minima = new long[nullCounts.length];
    long[] maxima = new long[nullCounts.length];
    find(values, minima, maxima);
    out.begin();
    out.putLongs(minima, minima.length);
    out.putLongs(maxima, maxima.length);
    end(out, column);
  }

  /// @param values in the form of [SortableDoubles]
  void writeDoubles(long[] values, ColumnsWriter out, String column) {
    long[] minima = new long[nullCounts.length];
    long[] maxima = new long[nullCounts.length];
    find(values, minima, maxima);
    for (int block = 0; block < minima.length; block++) {
      minima[block] = bits(block, minima[block], Double.POSITIVE_INFINITY);
      maxima[block] = bits(block, maxima[block], Double.NEGATIVE_INFINITY);
    }
    out.begin();
    out.putLongs(minima, minima.length);
    out.putLongs(maxima, maxima.length);
    end(out, column);
  }

  private long bits(int block, long value, double ofNone) {
    return Double.doubleToLongBits(hasValues[block] ? SortableDoubles.toDouble(value) : ofNone);
  }

  private void find(long[] values, long[] minima, long[] maxima) {
    for (int block = 0; block < minima.length; block++) {
      long min = Long.MAX_VALUE;
      long max = Long.MIN_VALUE;
      int end = firstValue(block + 1);
      boolean any = false;
      for (int i = firstValue(block); i < end; i++) {
        if (nullCounts[block] == 0 || !layout.isNull(i)) {
          min = Math.min(min, values[i]);
          max = Math.max(max, values[i]);
          any = true;
        }
      }
      minima[block] = min;
      maxima[block] = max;
      hasValues[block] = any;
    }
  }

  private void end(ColumnsWriter out, String column) {
    out.putInts(nullCounts, nullCounts.length);
    out.end(column, BufferKind.ZONES);
  }
}
