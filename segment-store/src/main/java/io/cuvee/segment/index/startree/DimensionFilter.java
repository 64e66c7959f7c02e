package io.cuvee.segment.index.startree;

/// Which values of a dimension a query wants.
public interface DimensionFilter {
  /// The smallest dictId that can be wanted, [StarTreeNodes#NULL] if NULL is.
  int first();

  /// The largest dictId that can be wanted.
  int last();

  /// @param dictId in `[first(), last()]`, or [StarTreeNodes#NULL]
  boolean accepts(int dictId);
}
