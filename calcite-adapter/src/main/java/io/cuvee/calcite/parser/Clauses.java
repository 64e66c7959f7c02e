package io.cuvee.calcite.parser;

import java.util.HashSet;
import java.util.Set;

/// Words that begin a clause, and so end the one before them.
final class Clauses {
  /// Of the clauses behind a FROM or a select list, or of what follows a query.
  private static final Set<String> CLAUSES =
      Set.of(
          "WHERE",
          "GROUP",
          "HAVING",
          "QUALIFY",
          "WINDOW",
          "ORDER",
          "LIMIT",
          "OFFSET",
          "FETCH",
          "UNION",
          "EXCEPT",
          "INTERSECT",
          "MINUS");

  static final Set<String> AFTER_FROM = with("SELECT");
  static final Set<String> AFTER_SELECT = with("FROM");

  /// Behind a table, where they are no name of it.
  static final Set<String> BEHIND_TABLES =
      with(
          "SELECT",
          "JOIN",
          "LEFT",
          "RIGHT",
          "FULL",
          "INNER",
          "CROSS",
          "ON",
          "USING",
          "NATURAL",
          "ASOF",
          "SEMI",
          "ANTI",
          "LATERAL",
          "POSITIONAL",
          "TABLESAMPLE",
          "PIVOT",
          "UNPIVOT");

  private Clauses() {}

  private static Set<String> with(String... more) {
    Set<String> words = new HashSet<>(CLAUSES);
    words.addAll(Set.of(more));
    return Set.copyOf(words);
  }
}
