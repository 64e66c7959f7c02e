package io.cuvee.engine.filter;

import io.cuvee.engine.scan.Block;
import io.cuvee.segment.column.InvertedIndex;
import org.jspecify.annotations.Nullable;

/// The rows that an inverted index lists under one of a few dictIds, or a range index in some of
/// its buckets.
final class IndexCondition extends FilterNode {
  /// Nanoseconds for each row of the table, and for each that is listed.
  static final double FIXED_COST = 0.03;

  static final double ROW_COST = 4;

  /// So many rows cost as much as reading the index for a morsel.
  private static final double ROWS_PER_MORSEL = 25;

  final int slot;
  private final int index;
  private final InvertedIndex inverted;
  private final String kind;
  private final int[] dictIds;
  private final double passRate;
  private final boolean exact;

  /// @param index which condition of the filter on an index this is
  /// @param kind of the index, for EXPLAIN
  /// @param dictIds or buckets
  /// @param exact whether no row is listed under two of the dictIds
  IndexCondition(
      int slot,
      int index,
      InvertedIndex inverted,
      String kind,
      int[] dictIds,
      double passRate,
      boolean exact) {
    this.slot = slot;
    this.index = index;
    this.inverted = inverted;
    this.kind = kind;
    this.dictIds = dictIds;
    this.passRate = passRate;
    this.exact = exact;
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
    long rows = 0;
    for (int dictId : dictIds) {
      rows += inverted.docCount(dictId);
    }
    return rows;
  }

  @Override
  public void narrow(Block block, long[] mask) {
    block.narrowByIndex(index, inverted, dictIds, mask);
  }

  @Override
  boolean keepsDocs() {
    return true;
  }

  @Override
  int keep(Block block, int[] docIds, int count) {
    return block.keepByIndex(index, inverted, dictIds, docIds, count);
  }

  /// The documents of the morsel of `docId` that pass, one bit each; absent if there are none.
  long @Nullable [] listed(Block block, int docId) {
    return block.listedByIndex(index, inverted, dictIds, docId);
  }

  @Override
  int next(Block block, int from, int to) {
    return block.nextByIndex(index, inverted, dictIds, from, to);
  }

  @Override
  double cost() {
    return FIXED_COST + ROW_COST * passRate;
  }

  /// What it costs to find the rows, in rows looked at for each row of the table: those that pass,
  /// and what reading the index for a morsel takes.
  double likelyReads() {
    return passRate + ROWS_PER_MORSEL / Block.MORSEL_ROWS;
  }

  @Override
  double passRate() {
    return passRate;
  }

  @Override
  public String toString() {
    return "$" + slot + " " + kind + " index, " + dictIds.length + " lists";
  }
}
