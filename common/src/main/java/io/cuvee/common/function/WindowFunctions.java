package io.cuvee.common.function;

import java.util.List;

/// The functions that only a [io.cuvee.common.plan.PlanNode.Window] computes. All of
/// [AggregateFunctions#ALL] may stand there too; those and FIRST_VALUE, LAST_VALUE and NTH_VALUE
/// look at the frame, the others at the partition.
///
/// | function | arguments | result |
/// |---|---|---|
/// | ROW_NUMBER, RANK, DENSE_RANK | none | LONG |
/// | PERCENT_RANK, CUME_DIST | none | DOUBLE |
/// | NTILE | INT or LONG: how many buckets | LONG |
/// | LAG, LEAD | value, then optionally INT or LONG offset (1), then a default of the value's type (NULL) | that of the value |
/// | FIRST_VALUE, LAST_VALUE | value | that of the value |
/// | NTH_VALUE | value, INT or LONG position from 1 | that of the value |
///
/// The last five may have [#IGNORE_NULLS] behind their name, and then pass over rows whose value is
/// NULL.
public final class WindowFunctions {
  public static final String ROW_NUMBER = "ROW_NUMBER";
  public static final String RANK = "RANK";
  public static final String DENSE_RANK = "DENSE_RANK";
  public static final String PERCENT_RANK = "PERCENT_RANK";
  public static final String CUME_DIST = "CUME_DIST";
  public static final String NTILE = "NTILE";
  public static final String LAG = "LAG";
  public static final String LEAD = "LEAD";
  public static final String FIRST_VALUE = "FIRST_VALUE";
  public static final String LAST_VALUE = "LAST_VALUE";
  public static final String NTH_VALUE = "NTH_VALUE";

  public static final List<String> ALL =
      List.of(
          ROW_NUMBER,
          RANK,
          DENSE_RANK,
          PERCENT_RANK,
          CUME_DIST,
          NTILE,
          LAG,
          LEAD,
          FIRST_VALUE,
          LAST_VALUE,
          NTH_VALUE);

  public static final String IGNORE_NULLS = " IGNORE NULLS";

  private WindowFunctions() {}

  /// Whether a function or aggregate looks at the frame of its row, not at the whole partition.
  public static boolean looksAtFrame(String name) {
    return switch (name) {
      case ROW_NUMBER, RANK, DENSE_RANK, PERCENT_RANK, CUME_DIST, NTILE, LAG, LEAD -> false;
      default -> true;
    };
  }

  /// Whether a call's function is one of these.
  public static boolean has(String function) {
    return ALL.contains(plainName(function));
  }

  /// The name without [#IGNORE_NULLS].
  public static String plainName(String function) {
    return function.endsWith(IGNORE_NULLS)
        ? function.substring(0, function.length() - IGNORE_NULLS.length())
        : function;
  }
}
