package io.cuvee.calcite.pql;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The old response to a PQL statement: what to ask in SQL, and how the rows are put.
public sealed interface PqlForm {
  /// How many groups TOP may ask for.
  int MOST_GROUPS = 100_000;

  /// Aggregates whose value is a real number, whatever their argument is.
  Set<String> REAL =
      Set.of("SUM", "MIN", "MAX", "AVG", "SUMMV", "MINMV", "MAXMV", "AVGMV", "MINMAXRANGE");

  /// Names that are not in lower case in the response.
  List<String> NAMES =
      List.of(
          "countMV",
          "minMV",
          "maxMV",
          "sumMV",
          "avgMV",
          "minMaxRange",
          "minMaxRangeMV",
          "distinctCount",
          "distinctCountMV",
          "distinctCountHLL",
          "distinctCountHLLMV",
          "distinctCountRawHLL",
          "fastHLL",
          "percentileEst",
          "percentileTDigest");

  /// The statement in SQL.
  String sql();

  /// Rows under `selectionResults`.
  record Selection(String sql) implements PqlForm {}

  /// An entry of `aggregationResults` for each function.
  ///
  /// @param sql gives the keys, then the functions; if there are several functions and no order,
  ///   all groups, and each function has its own first ones
  /// @param keys the expressions of GROUP BY; none without it
  /// @param top how many groups each function shows
  record Aggregation(String sql, List<String> keys, List<Function> functions, int top)
      implements PqlForm {
    public Aggregation {
      keys = List.copyOf(keys);
      functions = List.copyOf(functions);
    }

    /// Whether each function sorts the groups for itself.
    public boolean sortsEach() {
      return !keys.isEmpty() && functions.size() > 1 && !sql.contains(" ORDER BY ");
    }
  }

  /// An aggregate.
  ///
  /// @param name in the response, such as `sum_delay` or `count_star`
  /// @param isReal whether its value has a fraction also where it is whole
  /// @param smallestFirst whether the groups of the smallest values are shown
  record Function(String name, boolean isReal, boolean smallestFirst) {}

  /// An aggregate's name in the response.
  static String name(String word) {
    return NAMES.stream()
        .filter(word::equalsIgnoreCase)
        .findFirst()
        .orElseGet(() ->
            NAMES.stream()
                .filter(name ->
                    word.startsWith(name.toUpperCase(Locale.ROOT)) && name.startsWith("percentile"))
                .map(name -> name + word.substring(name.length()))
                .findFirst()
                .orElse(word.toLowerCase(Locale.ROOT)));
  }
}
