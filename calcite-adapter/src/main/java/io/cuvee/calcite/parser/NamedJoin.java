package io.cuvee.calcite.parser;

import io.cuvee.calcite.parser.Spelling.Kind;
import io.cuvee.calcite.parser.Spelling.Token;
import java.util.Set;

/// `(a JOIN b ON …) AS x`, of which the parser knows `(SELECT * FROM a JOIN b ON …) AS x`.
final class NamedJoin {
  private static final Set<String> QUERIES =
      Set.of("SELECT", "VALUES", "WITH", "FROM", "TABLE", "UNION", "EXCEPT", "INTERSECT");

  private NamedJoin() {}

  static void respell(Spelling spelling, int open) {
    if (!spelling.is(open, "(")) {
      return;
    }
    int close = spelling.close(open);
    Token name = spelling.get(close + 1);
    boolean named =
        name.kind() == Kind.QUOTED
            || name.kind() == Kind.WORD && !Clauses.BEHIND_TABLES.contains(name.upper());
    if (named && isJoin(spelling, open + 1, close)) {
      spelling.insert(open + 1, "SELECT", "*", "FROM");
    } else {
      respell(spelling, open + 1);
    }
  }

  private static boolean isJoin(Spelling spelling, int from, int to) {
    boolean join = false;
    for (int i = from; i < to; i++) {
      Token token = spelling.get(i);
      if (token.is("(") || token.is("[")) {
        i = spelling.close(i);
      } else if (token.kind() == Kind.WORD && QUERIES.contains(token.upper())) {
        return false;
      } else {
        join |= token.is("JOIN") || token.is(",");
      }
    }
    return join;
  }
}
