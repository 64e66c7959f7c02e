package io.cuvee.engine.filter;

import io.cuvee.engine.scan.Block;

/// A condition on the rows of one segment that is true or not, NULL being not. Immutable and
/// thread-safe; what changes is in the [Block].
public abstract sealed class FilterNode
    permits AllRows,
        NoRows,
        DocRange,
        DocRanges,
        HasValue,
        DictIdCondition,
        IndexCondition,
        LongCondition,
        DoubleCondition,
        ArrayCondition,
        ComputedCondition,
        Conjunction,
        Disjunction,
        Complement {
  /// Clears the bits of rows that do not pass; bits that are clear stay clear.
  public abstract void narrow(Block block, long[] mask);

  /// The first document in `[from, to)`, all of one morsel, that may pass, as far as can be told
  /// without looking at rows; `to` if none does.
  int next(Block block, int from, int to) {
    return from;
  }

  /// Whether [#keep] can be asked.
  boolean keepsDocs() {
    return false;
  }

  /// Keeps those of some documents of a morsel that pass, in their order; for when an index has
  /// listed few. Needs no block to be started.
  ///
  /// @param docIds ascending, at most as many as a block has
  /// @return how many are left
  int keep(Block block, int[] docIds, int count) {
    throw new IllegalStateException("Not for single documents: " + this);
  }

  /// Nanoseconds a row, roughly.
  abstract double cost();

  /// The share of rows that pass, roughly.
  abstract double passRate();

  /// Whether computing it for a row may fail, so that it must not see rows that other conditions
  /// exclude.
  boolean mayFail() {
    return false;
  }

  /// One line for EXPLAIN and logs.
  @Override
  public abstract String toString();
}
