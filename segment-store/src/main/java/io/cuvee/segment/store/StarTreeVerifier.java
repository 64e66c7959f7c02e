package io.cuvee.segment.store;

import io.cuvee.common.error.CuveeException;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnMetadata;
import io.cuvee.segment.format.ColumnsFormat;
import io.cuvee.segment.format.SegmentFormat;
import io.cuvee.segment.format.StarTreeMetadata;
import io.cuvee.segment.index.startree.StarTree;
import io.cuvee.segment.index.startree.StarTreeNodes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Checks a star-tree: its columns as those of a segment, that its nodes are a tree over its
/// records, and that each node's aggregate stands for as many rows as its records and its children
/// do, the root's for all.
final class StarTreeVerifier {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Segment segment;
  private final int number;
  private final StarTree tree;
  private final StarTreeMetadata metadata;
  private final MemorySegment nodes;

  StarTreeVerifier(Segment segment, int number) {
    this.segment = segment;
    this.number = number;
    this.tree = segment.starTrees().get(number);
    this.metadata = tree.metadata();
    this.nodes =
        segment
            .buffers(StarTreeMetadata.owner(number))
            .buffer(BufferKind.STAR_TREE_NODES)
            .orElseThrow();
  }

  void verify() {
    for (int i = 0; i < metadata.columns().size(); i++) {
      ColumnMetadata column = metadata.columns().get(i);
      new ColumnVerifier(
              segment.directory(),
              column,
              tree.column(i),
              segment.buffers(StarTreeMetadata.owner(number, i)))
          .verify();
    }
    SegmentColumn counts =
        tree.states("COUNT", "")
            .filter(states -> states.size() == 1)
            .map(states -> states.getFirst())
            .filter(states -> states.framedLongs().isPresent())
            .orElseThrow(() -> damaged("it does not count rows"));
    long[] rows = new long[tree.docCount()];
    counts.longs(0, rows.length, rows);
    verifyNodes(rows);
  }

  private void verifyNodes(long[] rows) {
    int count = metadata.nodeCount();
    int[] levels = new int[count];
    boolean[] known = new boolean[count];
    known[0] = true;
    int next = 1;
    for (int node = 0; node < count; node++) {
      int start = field(node, 1);
      int end = field(node, 2);
      int aggregate = field(node, 3);
      int first = field(node, 4);
      int children = field(node, 5);
      if (!known[node] || start < 0 || end <= start || end > rows.length) {
        throw damaged("node " + node + " has the records " + start + " to " + end);
      }
      if (aggregate < 0 || aggregate >= rows.length) {
        throw damaged("node " + node + " is aggregated in record " + aggregate);
      }
      long expected = rows[aggregate];
      if (sum(rows, start, end) != expected) {
        throw damaged("node " + node + " stands for other rows than its aggregate");
      }
      if (children == 0) {
        continue;
      }
      if (children < 0
          || first != next
          || children > count - next
          || levels[node] >= metadata.dimensions().size()) {
        throw damaged("node " + node + " has " + children + " children from " + first);
      }
      next += children;
      verifyChildren(node, first, children, rows, expected);
      Arrays.fill(levels, first, next, levels[node] + 1);
      Arrays.fill(known, first, next, true);
    }
    if (next != count || field(0, 1) != 0 || field(0, 2) != metadata.baseCount()) {
      throw damaged("the root is not above all nodes and records");
    }
    if (rows[field(0, 3)] != segment.docCount()) {
      throw damaged("it stands for " + rows[field(0, 3)] + " rows, expected " + segment.docCount());
    }
  }

  private void verifyChildren(int node, int first, int children, long[] rows, long expected) {
    long sum = 0;
    int at = field(node, 1);
    for (int child = first; child < first + children; child++) {
      int value = field(child, 0);
      boolean star = value == StarTreeNodes.STAR && child == first;
      boolean ascends =
          child == first || value > field(child - 1, 0) && value >= StarTreeNodes.NULL;
      int aggregate = field(child, 3);
      if (!star && (value < StarTreeNodes.NULL || !ascends || field(child, 1) != at)
          || aggregate < 0
          || aggregate >= rows.length
          || star && rows[aggregate] != expected) {
        throw damaged("node " + child + " does not fit its parent " + node);
      }
      if (!star) {
        at = field(child, 2);
        sum += rows[aggregate];
      }
    }
    if (sum != expected || at != field(node, 2)) {
      throw damaged("the children of node " + node + " are not all of its records");
    }
  }

  private static long sum(long[] rows, int start, int end) {
    long sum = 0;
    for (int i = start; i < end; i++) {
      sum += rows[i];
    }
    return sum;
  }

  private int field(int node, int number) {
    return nodes.get(INT, (long) node * StarTreeNodes.NODE_BYTES + number * 4L);
  }

  private CuveeException damaged(String what) {
    return SegmentFormat.corrupt(
        segment.directory().resolve(ColumnsFormat.FILE), "star-tree " + number + ": " + what);
  }
}
