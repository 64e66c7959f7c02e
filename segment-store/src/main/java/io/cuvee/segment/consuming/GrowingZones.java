package io.cuvee.segment.consuming;

import io.cuvee.segment.build.SortableDoubles;
import io.cuvee.segment.column.ZoneMap;
import java.util.Arrays;

/// Smallest and largest value and count of NULLs of each block that is full. One writer; readers
/// take what lies within the row count that they got from the segment.
final class GrowingZones {
  /// Of some documents, or of none.
  ///
  /// @param min of values, dictIds, or doubles in their sortable form; above `max` if there are
  ///   none
  record Zone(long min, long max, int nulls) {
    static final Zone NONE = new Zone(Long.MAX_VALUE, Long.MIN_VALUE, 0);

    boolean hasValues() {
      return min <= max;
    }

    Zone with(Zone other) {
      return new Zone(Math.min(min, other.min), Math.max(max, other.max), nulls + other.nulls);
    }
  }

  private record State(long[] minima, long[] maxima, int[] nulls) {}

  private volatile State state = new State(new long[16], new long[16], new int[16]);

  /// For the writer, before it publishes the last row of the block.
  void set(int block, Zone zone) {
    State now = state;
    if (block == now.nulls.length) {
      now =
          new State(
              Arrays.copyOf(now.minima, block * 2),
              Arrays.copyOf(now.maxima, block * 2),
              Arrays.copyOf(now.nulls, block * 2));
    }
    now.minima[block] = zone.min;
    now.maxima[block] = zone.max;
    now.nulls[block] = zone.nulls;
    state = now;
  }

  /// Of all documents of the first `blocks` blocks.
  Zone total(int blocks) {
    State now = state;
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    int nulls = 0;
    for (int i = 0; i < blocks; i++) {
      min = Math.min(min, now.minima[i]);
      max = Math.max(max, now.maxima[i]);
      nulls += now.nulls[i];
    }
    return new Zone(min, max, nulls);
  }

  /// The zone map of documents `[0, docCount)`.
  ///
  /// @param tail zone of the documents after the last full block, if there are any
  ZoneMap map(int docCount, Zone tail, Form form) {
    State now = state;
    int blocks = (docCount + ZoneMap.BLOCK_ROWS - 1) / ZoneMap.BLOCK_ROWS;
    int full = docCount / ZoneMap.BLOCK_ROWS;
    long[] minima = Arrays.copyOf(now.minima, blocks);
    long[] maxima = Arrays.copyOf(now.maxima, blocks);
    int[] nulls = Arrays.copyOf(now.nulls, blocks);
    if (full < blocks) {
      minima[full] = tail.min;
      maxima[full] = tail.max;
      nulls[full] = tail.nulls;
    }
    return switch (form) {
      case LONGS -> new ZoneMap.Longs(minima, maxima, nulls);
      case DICT_IDS -> new ZoneMap.DictIds(ints(minima), ints(maxima), nulls);
      case DOUBLES -> {
        double[] min = new double[blocks];
        double[] max = new double[blocks];
        for (int i = 0; i < blocks; i++) {
          boolean any = minima[i] <= maxima[i];
          min[i] = any ? SortableDoubles.toDouble(minima[i]) : Double.POSITIVE_INFINITY;
          max[i] = any ? SortableDoubles.toDouble(maxima[i]) : Double.NEGATIVE_INFINITY;
        }
        yield new ZoneMap.Doubles(min, max, nulls);
      }
    };
  }

  private static int[] ints(long[] values) {
    int[] ints = new int[values.length];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = Math.clamp(values[i], -1, Integer.MAX_VALUE);
    }
    return ints;
  }

  enum Form {
    LONGS,
    DOUBLES,
    DICT_IDS
  }
}
