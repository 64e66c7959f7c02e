package io.cuvee.engine.startree;

import java.util.List;

/// Where the records of a star-tree have the states of a query's aggregates.
///
/// @param slots for each aggregate the columns of its state, as the scan numbers them; empty for
///   one that is computed from dimensions, because it ignores how often a value comes. COUNT has
///   one, AVG that of its count last, SUM of integers one if its states fit 64 bits, else two.
/// @param dimensions by which the tree splits, for EXPLAIN
public record TreeAggregates(List<List<Integer>> slots, List<String> dimensions) {
  public TreeAggregates {
    dimensions = List.copyOf(dimensions);
    slots = List.copyOf(slots);
  }
}
