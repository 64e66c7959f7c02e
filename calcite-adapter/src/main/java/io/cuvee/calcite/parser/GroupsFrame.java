package io.cuvee.calcite.parser;

import io.cuvee.calcite.parser.Spelling.Kind;
import io.cuvee.calcite.parser.Spelling.Token;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;

/// A frame of GROUPS, which the parser does not know.
public final class GroupsFrame {
  /// A text that stands behind the sort keys of a window whose frame counts groups of peers, which
  /// are written as rows.
  public static final String MARK = "groups$frame";

  private GroupsFrame() {}

  /// A frame of GROUPS as one of ROWS, whose order has a mark at its end.
  static void apply(Spelling spelling, int i) {
    Token next = spelling.get(i + 1);
    boolean frame =
        next.is("BETWEEN")
            || (next.is("UNBOUNDED") || next.kind() == Kind.NUMBER || next.is("?"))
                && spelling.is(i + 2, "PRECEDING")
            || next.is("CURRENT") && spelling.is(i + 2, "ROW");
    boolean first =
        spelling.is(i - 1, "(") && (spelling.is(i - 2, "OVER") || spelling.is(i - 2, "AS"));
    if (!frame || spelling.beginsOperand(i) && !first) {
      return;
    }
    int order = i;
    int depth = 0;
    while (order > 0 && depth == 0 && !spelling.is(order, "ORDER")) {
      order--;
      depth += spelling.is(order, ")") ? 1 : spelling.is(order, "(") ? -1 : 0;
      while (depth > 0) {
        order--;
        depth += spelling.is(order, ")") ? 1 : spelling.is(order, "(") ? -1 : 0;
      }
    }
    if (!spelling.is(order, "ORDER")) {
      throw new CuveeException(
          ErrorCode.SQL_VALIDATION, "A window frame of GROUPS needs an ORDER BY in its window.");
    }
    spelling.replace(i, i + 1, "ROWS");
    spelling.insert(i, ",", "'" + MARK + "'");
  }
}
