package io.cuvee.execution.operator;

import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.SortKey;
import io.cuvee.execution.kernel.RowOrder;
import io.cuvee.execution.page.Page;
import java.util.ArrayList;
import java.util.List;

/// Where the partition, the peers and the frame of each row begin and end, in rows that are sorted
/// by partition and order. Ends are exclusive.
final class WindowFrames {
  private final int rowCount;
  private final PlanNode.Window.Frame frame;
  private final int[] partitionStarts;
  private final int[] partitionEnds;
  private final int[] peerStarts;
  private final int[] peerEnds;

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

  /// The first row of the frame, between the bounds of the partition.
  int frameStart(int row) {
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
    if (frame.end() == Long.MAX_VALUE) {
      return partitionEnds[row];
    }
    if (frame.end() == Long.MIN_VALUE) {
      return partitionStarts[row];
    }
    return frame.rows() ? shifted(row, frame.end(), 1) : peerEnds[row];
  }

  private int shifted(int row, long offset, int more) {
    long start = partitionStarts[row];
    long end = partitionEnds[row];
    long bounded = Math.max(-(long) Integer.MAX_VALUE, Math.min(Integer.MAX_VALUE, offset));
    return (int) Math.max(start, Math.min(end, row + bounded + more));
  }
}
