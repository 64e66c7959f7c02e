package io.cuvee.execution.operator;

import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.SortKey;
import io.cuvee.execution.kernel.RowOrder;
import io.cuvee.execution.kernel.ValueOrder;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where the partition, the peers and the frame of each row begin and end, in rows that are sorted
/// by partition and order. Ends are exclusive.
final class WindowFrames {
  private final int rowCount;
  private final PlanNode.Window.Frame frame;
  private final int[] partitionStarts;
  private final int[] partitionEnds;
  private final int[] peerStarts;
  private final int[] peerEnds;

  /// Where frames begin and end that depend on values or on groups; absent for others.
  private final int @Nullable [] valueStarts;

  private final int @Nullable [] valueEnds;

  WindowFrames(Page sorted, PlanNode.Window node) {
    rowCount = sorted.rowCount();
    frame = node.frame();
    List<SortKey> partitionKeys = new ArrayList<>();
    for (int key : node.partitionKeys()) {
      partitionKeys.add(new SortKey(key, false, false));
    }
    RowOrder partitions = new RowOrder(sorted, partitionKeys);
    RowOrder peers = new RowOrder(sorted, node.order());
    partitionStarts = new int[rowCount];
    peerStarts = new int[rowCount];
    for (int i = 1; i < rowCount; i++) {
      boolean samePartition = partitions.compare(i - 1, i) == 0;
      partitionStarts[i] = samePartition ? partitionStarts[i - 1] : i;
      peerStarts[i] = samePartition && peers.compare(i - 1, i) == 0 ? peerStarts[i - 1] : i;
    }
    partitionEnds = ends(partitionStarts);
    peerEnds = ends(peerStarts);
    boolean groups = frame.unit() == PlanNode.Window.Unit.GROUPS;
    valueStarts =
        groups ? groupEdges(frame.start(), 0) : edges(sorted, node, frame.startColumn(), false);
    valueEnds = groups ? groupEdges(frame.end(), 1) : edges(sorted, node, frame.endColumn(), true);
  }

  /// For each row the first row of its partition whose sort key is not before (or, if `after`, is
  /// beyond) the value of `column`. Keys that are NULL are within the frames of their own kind
  /// alone.
  private int @Nullable [] edges(Page sorted, PlanNode.Window node, int column, boolean after) {
    if (column == PlanNode.Window.Frame.NONE) {
      return null;
    }
    SortKey order = node.order().getFirst();
    int sign = order.descending() ? -1 : 1;
    Values keys = sorted.column(order.column());
    Values bounds = sorted.column(column);
    int[] edges = new int[rowCount];
    for (int row = 0; row < rowCount; row++) {
      if (keys.isNull(row)) {
        edges[row] = after ? peerEnds[row] : peerStarts[row];
        continue;
      }
      int low = partitionStarts[row];
      int high = partitionEnds[row];
      while (low < high) {
        int middle = low + high >>> 1;
        int compared =
            keys.isNull(middle)
                ? (order.nullsFirst() ? -1 : 1)
                : sign * ValueOrder.compare(keys, middle, bounds, row);
        if (compared < 0 || after && compared == 0) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      edges[row] = low;
    }
    return edges;
  }

  /// For each row the first row of the group that is so many behind its own, or before it if
  /// negative, and `more`; between the bounds of the partition.
  private int @Nullable [] groupEdges(long offset, int more) {
    if (offset == Long.MIN_VALUE || offset == Long.MAX_VALUE) {
      return null;
    }
    int[] groups = new int[rowCount];
    int[] starts = new int[rowCount + 1];
    int count = 0;
    for (int row = 0; row < rowCount; row++) {
      if (peerStarts[row] == row) {
        starts[count++] = row;
      }
      groups[row] = count - 1;
    }
    starts[count] = rowCount;
    int[] edges = new int[rowCount];
    for (int row = 0; row < rowCount; row++) {
      long wanted = (long) groups[row] + Math.clamp(offset, -rowCount, rowCount) + more;
      int group = Math.clamp(wanted, 0, count);
      edges[row] = Math.clamp(starts[group], partitionStarts[row], partitionEnds[row]);
    }
    return edges;
  }

  private static int[] ends(int[] starts) {
    int[] ends = new int[starts.length];
    for (int i = starts.length - 1; i >= 0; i--) {
      boolean last = i == starts.length - 1 || starts[i + 1] != starts[i];
      ends[i] = last ? i + 1 : ends[i + 1];
    }
    return ends;
  }

  int rowCount() {
    return rowCount;
  }

  int partitionStart(int row) {
    return partitionStarts[row];
  }

  int partitionEnd(int row) {
    return partitionEnds[row];
  }

  int peerStart(int row) {
    return peerStarts[row];
  }

  int peerEnd(int row) {
    return peerEnds[row];
  }

  boolean startsWithPartition() {
    return frame.start() == Long.MIN_VALUE;
  }

  boolean endsWithPartition() {
    return frame.end() == Long.MAX_VALUE;
  }

  /// Whether neither edge of the frames goes back from one row of a partition to the next. Months
  /// may make it so: a month after January 30, 13:00 is later than one after January 31, 12:00.
  boolean isMonotonic() {
    return isMonotonic(valueStarts) && isMonotonic(valueEnds);
  }

  private boolean isMonotonic(int @Nullable [] edges) {
    for (int i = 1; edges != null && i < rowCount; i++) {
      if (edges[i] < edges[i - 1] && partitionStarts[i] != i) {
        return false;
      }
    }
    return true;
  }

  /// The first row of the frame, between the bounds of the partition.
  int frameStart(int row) {
    int[] starts = valueStarts;
    if (starts != null) {
      return starts[row];
    }
    if (frame.start() == Long.MIN_VALUE) {
      return partitionStarts[row];
    }
    if (frame.start() == Long.MAX_VALUE) {
      return partitionEnds[row];
    }
    return frame.rows() ? shifted(row, frame.start(), 0) : peerStarts[row];
  }

  /// The row after the last of the frame; not after [#frameStart] if the frame is empty.
  int frameEnd(int row) {
    int[] ends = valueEnds;
    if (ends != null) {
      return ends[row];
    }
    if (frame.end() == Long.MAX_VALUE) {
      return partitionEnds[row];
    }
    if (frame.end() == Long.MIN_VALUE) {
      return partitionStarts[row];
    }
    return frame.rows() ? shifted(row, frame.end(), 1) : peerEnds[row];
  }

  /// Whether something within the frames is left out.
  boolean hasGaps() {
    return frame.excluded() != PlanNode.Window.Excluded.NOTHING;
  }

  /// The first row of the frame that is left out, or where that would be; within the frame or at
  /// its end. The frame must not be empty.
  int gapStart(int row) {
    int start =
        switch (frame.excluded()) {
          case NOTHING, CURRENT_ROW -> row;
          case GROUP, TIES -> peerStarts[row];
        };
    return Math.clamp(start, frameStart(row), frameEnd(row));
  }

  /// The row after the last that is left out.
  int gapEnd(int row) {
    int end =
        switch (frame.excluded()) {
          case NOTHING -> row;
          case CURRENT_ROW -> row + 1;
          case GROUP, TIES -> peerEnds[row];
        };
    return Math.clamp(end, frameStart(row), frameEnd(row));
  }

  /// Whether the current row belongs to the frame though it is in the gap.
  boolean keepsCurrent(int row) {
    return frame.excluded() == PlanNode.Window.Excluded.TIES
        && row >= frameStart(row)
        && row < frameEnd(row);
  }

  /// How many rows are in the frame, without those left out.
  int frameSize(int row) {
    int start = frameStart(row);
    int end = frameEnd(row);
    return start >= end
        ? 0
        : end - start - (gapEnd(row) - gapStart(row)) + (keepsCurrent(row) ? 1 : 0);
  }

  /// The `n`th row of the frame, from 0 and below [#frameSize].
  int frameRow(int row, int n) {
    int start = frameStart(row);
    int before = gapStart(row) - start;
    if (n < before) {
      return start + n;
    }
    int after = n - before;
    if (keepsCurrent(row)) {
      if (after == 0) {
        return row;
      }
      after--;
    }
    return gapEnd(row) + after;
  }

  private int shifted(int row, long offset, int more) {
    long start = partitionStarts[row];
    long end = partitionEnds[row];
    long bounded = Math.max(-(long) Integer.MAX_VALUE, Math.min(Integer.MAX_VALUE, offset));
    return (int) Math.max(start, Math.min(end, row + bounded + more));
  }
}
