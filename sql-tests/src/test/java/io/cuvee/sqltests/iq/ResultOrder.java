package io.cuvee.sqltests.iq;

import io.cuvee.sqltests.iq.SqlTokens.Token;

/// Whether a query says in which order its rows come.
public final class ResultOrder {
  private ResultOrder() {}

  /// Whether there is an ORDER BY outside of all parentheses.
  public static boolean isGiven(String sql) {
    SqlTokens tokens = SqlTokens.of(sql);
    int depth = 0;
    for (int i = 0; i < tokens.tokens().size(); i++) {
      Token token = tokens.tokens().get(i);
      if (token.is("(")) {
        depth++;
      } else if (token.is(")")) {
        depth--;
      } else if (depth == 0 && token.is("ORDER") && tokens.near(i, 1).is("BY")) {
        return true;
      }
    }
    return false;
  }
}
