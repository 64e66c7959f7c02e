package io.cuvee.benchmarks.ssb;

import java.util.List;

/// The star-trees that serve the benchmark's queries, one for each kind of them.
public final class SsbTrees {
  public static final int MAX_LEAF_RECORDS = 10_000;

  /// What the first kind sums.
  public static final String DISCOUNTED = "lo_extendedprice * lo_discount";

  /// What the last kind sums.
  public static final String PROFIT = "lo_revenue - lo_supplycost";

  /// All trees; engines differ only in how they write down what is summed.
  public static final List<Tree> ALL =
      List.of(
          tree(
              DISCOUNTED,
              "d_year",
              "d_yearmonthnum",
              "d_weeknuminyear",
              "lo_discount",
              "lo_quantity"),
          tree("lo_revenue", "s_region", "p_category", "p_brand", "d_year"),
          tree("lo_revenue", "c_region", "s_region", "d_year", "c_nation", "s_nation"),
          tree(
              "lo_revenue", "c_nation", "s_nation", "c_city", "s_city", "d_year", "d_yearmonthnum"),
          tree(
              PROFIT,
              "c_region",
              "s_region",
              "p_mfgr",
              "d_year",
              "c_nation",
              "s_nation",
              "p_category"),
          tree(PROFIT, "s_nation", "p_category", "d_year", "s_city", "p_brand"));

  private SsbTrees() {}

  /// @param sum a column or an expression
  /// @param dimensions in the order in which the tree splits
  public record Tree(String sum, List<String> dimensions) {}

  private static Tree tree(String sum, String... dimensions) {
    return new Tree(sum, List.of(dimensions));
  }
}
