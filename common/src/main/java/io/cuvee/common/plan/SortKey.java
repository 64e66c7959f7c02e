package io.cuvee.common.plan;

/// One key of an order.
///
/// @param column position in the rows that are sorted
public record SortKey(int column, boolean descending, boolean nullsFirst) {
  @Override
  public String toString() {
    return "$"
        + column
        + (descending ? " DESC" : " ASC")
        + (nullsFirst ? " NULLS FIRST" : " NULLS LAST");
  }
}
