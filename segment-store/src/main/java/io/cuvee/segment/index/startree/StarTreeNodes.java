package io.cuvee.segment.index.startree;

import io.cuvee.segment.memory.NativeMemory;

/// The mapped nodes of a star-tree. Layout of [io.cuvee.segment.format.BufferKind#STAR_TREE_NODES]:
/// nodes of six 32-bit numbers, the root first and every node before its children:
///
/// | number | meaning |
/// |---|---|
/// | value | dictId of the dimension that the parent splits by, [#NULL] or [#STAR] |
/// | start, end | the node's records, `end` exclusive |
/// | aggregate | the record that stands for all of the node's |
/// | first child, children | where the children are, one after the other by ascending value, so that the star is first and NULL before all dictIds; none for a leaf |
///
/// The root splits by the first dimension, its children by the second, and so on. Thread-safe.
public final class StarTreeNodes {
  /// The value of a node whose records leave the dimension out.
  public static final int STAR = -2;

  /// The value of a node whose records have NULL in the dimension.
  public static final int NULL = -1;

  /// Bytes of a node.
  public static final int NODE_BYTES = 24;

  private final long address;

  public StarTreeNodes(long address) {
    this.address = address;
  }

  int value(int node) {
    return field(node, 0);
  }

  int start(int node) {
    return field(node, 1);
  }

  int end(int node) {
    return field(node, 2);
  }

  int aggregate(int node) {
    return field(node, 3);
  }

  int firstChild(int node) {
    return field(node, 4);
  }

  int childCount(int node) {
    return field(node, 5);
  }

  private int field(int node, int number) {
    return NativeMemory.intAt(address + (long) node * NODE_BYTES + number * 4L);
  }
}
