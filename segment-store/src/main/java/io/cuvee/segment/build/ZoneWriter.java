package io.cuvee.segment.build;

import io.cuvee.segment.column.ZoneMap;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnsWriter;
import io.cuvee.segment.packing.PackedFormat;
import java.util.Arrays;

/// Collects the zone map of a column. Doubles come in the form of [SortableDoubles].
final class ZoneWriter {
  enum Form {
    DICT_IDS,
    LONGS,
    DOUBLES
  }

  private final Form form;
  private final long[] minima;
  private final long[] maxima;
  private final int[] nullCounts;
  private final boolean[] hasValues;

  ZoneWriter(Form form, int docCount) {
    this.form = form;
    int blocks = PackedFormat.blockCount(docCount);
    minima = new long[blocks];
    maxima = new long[blocks];
    nullCounts = new int[blocks];
    hasValues = new boolean[blocks];
    Arrays.fill(minima, Long.MAX_VALUE);
    Arrays.fill(maxima, Long.MIN_VALUE);
  }

  void add(int doc, long value) {
    int block = doc / ZoneMap.BLOCK_ROWS;
    minima[block] = Math.min(minima[block], value);
    maxima[block] = Math.max(maxima[block], value);
    hasValues[block] = true;
  }

  void addNull(int doc) {
    nullCounts[doc / ZoneMap.BLOCK_ROWS]++;
  }

  void write(ColumnsWriter out, String column) {
    out.begin();
    for (int block = 0; block < minima.length; block++) {
      put(out, minima[block], hasValues[block], Integer.MAX_VALUE, Double.POSITIVE_INFINITY);
    }
    for (int block = 0; block < maxima.length; block++) {
      put(out, maxima[block], hasValues[block], -1, Double.NEGATIVE_INFINITY);
    }
    out.putInts(nullCounts, nullCounts.length);
    out.end(column, BufferKind.ZONES);
  }

  private void put(ColumnsWriter out, long value, boolean present, int noId, double noDouble) {
    switch (form) {
      case DICT_IDS -> out.putInt(present ? (int) value : noId);
      case LONGS -> out.putLong(value);
      case DOUBLES ->
          out.putLong(
              Double.doubleToLongBits(present ? SortableDoubles.toDouble(value) : noDouble));
    }
  }
}
