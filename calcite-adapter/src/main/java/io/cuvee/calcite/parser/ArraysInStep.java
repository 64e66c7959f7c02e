package io.cuvee.calcite.parser;

import io.cuvee.calcite.parser.Spelling.Token;
import java.util.ArrayList;
import java.util.List;

/// Several arrays side by side, their first elements in one row, then the next, and NULL where one
/// has no more: the places in the longest are unnested, and say which element of each is meant.
final class ArraysInStep {
  private ArraysInStep() {}

  /// What is between the commas of the call whose bracket opens at `open`.
  static List<List<Token>> arguments(Spelling spelling, int open) {
    int close = spelling.close(open);
    List<List<Token>> arguments = new ArrayList<>();
    int from = open + 1;
    for (int at = from; at < close; at++) {
      if (spelling.is(at, "(") || spelling.is(at, "[")) {
        at = spelling.close(at);
      } else if (spelling.is(at, ",")) {
        arguments.add(spelling.copy(from, at));
        from = at + 1;
      }
    }
    arguments.add(spelling.copy(from, close));
    return arguments;
  }

  /// `UNNEST(a, b) WITH ORDINALITY` in a FROM, which begins at `at`, as a query of each row to its
  /// left.
  ///
  /// @param places what the places are called
  static void table(Spelling spelling, int at, List<List<Token>> arrays, String places) {
    int end = spelling.close(at + 1) + 1;
    boolean counted = spelling.is(end, "WITH") && spelling.is(end + 1, "ORDINALITY");
    spelling.remove(at, counted ? end + 2 : end);
    List<Token> query = new ArrayList<>();
    Spelling.add(query, "LATERAL", "(", "SELECT");
    for (int i = 0; i < arrays.size(); i++) {
      if (i > 0) {
        Spelling.add(query, ",");
      }
      query.addAll(element(arrays.get(i), places));
    }
    if (counted) {
      Spelling.add(query, ",", places, ".", "place");
    }
    Spelling.add(query, "FROM");
    query.addAll(places(arrays, places));
    Spelling.add(query, ")");
    spelling.insertAll(at, query);
  }

  /// The element of `array` at the place of a row of [#places].
  static List<Token> element(List<Token> array, String places) {
    List<Token> item = new ArrayList<>();
    Spelling.add(item, "(");
    item.addAll(array);
    Spelling.add(item, ")", "[", places, ".", "place", "]");
    return item;
  }

  /// The places as a table.
  static List<Token> places(List<List<Token>> arrays, String name) {
    List<Token> table = new ArrayList<>();
    Spelling.add(table, "UNNEST", "(", "GENERATE_SERIES", "(", "1", ",", "GREATEST", "(", "0");
    for (List<Token> array : arrays) {
      Spelling.add(table, ",", "COALESCE", "(", "CARDINALITY", "(");
      table.addAll(array);
      Spelling.add(table, ")", ",", "0", ")");
    }
    Spelling.add(table, ")", ")", ")", "AS", name, "(", "place", ")");
    return table;
  }
}
