package io.cuvee.segment.index.startree;

import java.util.Arrays;

/// The records of a star-tree that answer a query.
///
/// @param starts of the ranges, ascending, at least one record between two of them
/// @param ends exclusive
/// @param count records in all ranges
/// @param open the dimensions whose filters the tree did not decide for all of these records, a bit
///   each
public record RecordRanges(int[] starts, int[] ends, long count, long open) {
  /// Collects ranges in any order.
  static final class Collector {
    private final long most;
    private long[] ranges = new long[16];
    private int size;
    private long count;
    private long open;

    /// @param most beyond so many records the answer is not wanted
    Collector(long most) {
      this.most = most;
    }

    /// @return whether still more are wanted
    boolean add(int start, int end) {
      count += end - start;
      if (size > 0 && (int) ranges[size - 1] == start) {
        ranges[size - 1] = ranges[size - 1] >>> 32 << 32 | end;
        return count <= most;
      }
      if (size == ranges.length) {
        ranges = Arrays.copyOf(ranges, size * 2);
      }
      ranges[size++] = (long) start << 32 | end;
      return count <= most;
    }

    void leaveOpen(long dimensions) {
      open |= dimensions;
    }

    RecordRanges toRanges() {
      Arrays.sort(ranges, 0, size);
      int[] starts = new int[size];
      int[] ends = new int[size];
      int merged = 0;
      for (int i = 0; i < size; i++) {
        int start = (int) (ranges[i] >>> 32);
        int end = (int) ranges[i];
        if (merged > 0 && ends[merged - 1] == start) {
          ends[merged - 1] = end;
        } else {
          starts[merged] = start;
          ends[merged++] = end;
        }
      }
      return new RecordRanges(
          Arrays.copyOf(starts, merged), Arrays.copyOf(ends, merged), count, open);
    }
  }
}
