package io.cuvee.engine.filter;

import io.cuvee.engine.scan.Block;
import io.cuvee.engine.scan.IndexedRows;
import io.cuvee.segment.column.InvertedIndex;
import org.jspecify.annotations.Nullable;

/// The rows that an inverted index lists under one of a few dictIds, or a range index in some of
/// its buckets.
final class IndexCondition extends FilterNode {
  /// The slot of an index that belongs to no column.
  static final int NO_COLUMN = -1;

  /// Nanoseconds a row of the table, for a list that has so many rows that it is stored as bits.
  static final double DENSE_COST = 0.03;

  /// Nanoseconds a row that is listed one by one.
  private static final double ROW_COST = 1.2;

  /// Nanoseconds a row of the table, for reading the index morsel by morsel.
  private static final double MORSEL_COST = 30.0 / Block.MORSEL_ROWS;

  final int slot;
  private final int index;
  private final InvertedIndex inverted;
  private final String kind;
  private final int[] dictIds;
  private final boolean exact;
  private final long rowCount;
  private final double passRate;
  private final double cost;

  /// @param index which condition of the filter on an index this is
  /// @param kind of the index, for EXPLAIN
  /// @param dictIds or buckets
  /// @param docCount of the segment
  /// @param exact whether no row is listed under two of the dictIds
  IndexCondition(
      int slot,
      int index,
      InvertedIndex inverted,
      String kind,
      int[] dictIds,
      int docCount,
      boolean exact) {
    this.slot = slot;
    this.index = index;
    this.inverted = inverted;
    this.kind = kind;
    this.dictIds = dictIds;
    this.exact = exact;
    long listed = 0;
    double nanos = MORSEL_COST;
    for (int dictId : dictIds) {
      int rows = inverted.docCount(dictId);
      listed += rows;
      nanos += Math.min(DENSE_COST, ROW_COST * rows / docCount);
    }
    this.rowCount = listed;
    this.passRate = Math.min(1, (double) listed / docCount);
    this.cost = nanos;
  }

  /// For EXPLAIN, as `InvertedIndex`.
  String indexName() {
    return Character.toUpperCase(kind.charAt(0)) + kind.substring(1) + "Index";
  }

  /// Whether [#rowCount] is how many rows pass.
  boolean isExact() {
    return exact;
  }

  /// How many rows the index lists.
  long rowCount() {
    return rowCount;
  }

  @Override
  public void narrow(Block block, long[] mask) {
    block.indexed().narrow(index, inverted, dictIds, block, mask);
  }

  @Override
  boolean keepsDocs() {
    return true;
  }

  @Override
  int keep(Block block, int[] docIds, int count) {
    return block.indexed().keep(index, inverted, dictIds, docIds, count);
  }

  /// The documents of the morsel of `docId` that pass, one bit each; absent if there are none.
  long @Nullable [] listed(Block block, int docId) {
    return block.indexed().listed(index, inverted, dictIds, docId);
  }

  /// How many rows of each block that has any a morsel lists, roughly; many if they are not listed
  /// one by one.
  ///
  /// @param doc any of the morsel
  int rowsPerBlock(int doc) {
    return dictIds.length == 1 ? inverted.docsPerBlock(dictIds[0], doc) : Integer.MAX_VALUE;
  }

  /// Writes the first documents of `[from, to)`, all of one morsel, that pass and whose bits are
  /// set in `others`, if there are any; [IndexedRows#listedTo()] says how far that goes.
  ///
  /// @param out as long as a block
  int list(Block block, long @Nullable [] others, int from, int to, int[] out) {
    IndexedRows rows = block.indexed();
    if (dictIds.length == 1) {
      int found = rows.list(inverted, dictIds[0], others, from, to, out);
      if (found != InvertedIndex.NOT_LISTED) {
        return found;
      }
    }
    long[] words = listed(block, from);
    return words == null ? rows.listNone(to) : rows.list(words, others, from, to, out);
  }

  @Override
  int next(Block block, int from, int to) {
    return block.indexed().next(index, inverted, dictIds, from, to);
  }

  @Override
  double cost() {
    return cost;
  }

  @Override
  double passRate() {
    return passRate;
  }

  @Override
  public String toString() {
    return (slot == NO_COLUMN ? "" : "$" + slot + " ")
        + kind
        + " index, "
        + dictIds.length
        + " lists";
  }
}
