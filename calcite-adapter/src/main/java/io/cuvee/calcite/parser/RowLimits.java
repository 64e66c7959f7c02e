package io.cuvee.calcite.parser;

import io.cuvee.calcite.parser.Spelling.Kind;
import io.cuvee.calcite.parser.Spelling.Token;

/// What stands behind LIMIT and FETCH: no limit at all, a share of the rows, ties.
final class RowLimits {
  private RowLimits() {}

  /// `LIMIT NULL`, `LIMIT (10)%`.
  static void limit(Spelling spelling, int i) {
    Token count = spelling.get(i + 1);
    if (count.is("NULL")) {
      spelling.replace(i + 1, i + 2, "ALL");
    }
    if (spelling.is(i + 1, "(") && spelling.is(spelling.close(i + 1) + 1, "%")
        || spelling.is(i + 1, "(") && spelling.is(spelling.close(i + 1) + 1, "PERCENT")) {
      spelling.remove(spelling.close(i + 1), spelling.close(i + 1) + 1);
      spelling.remove(i + 1, i + 2);
    }
    ConstantCount.apply(spelling, i + 1);
    percentage(spelling, i + 1);
  }

  /// `FETCH FIRST ROW ONLY`, `FETCH FIRST 3 ROWS WITH TIES`.
  static void fetch(Spelling spelling, int i) {
    int count = i + 2;
    ConstantCount.apply(spelling, count);
    if (spelling.is(count, "ROW") || spelling.is(count, "ROWS")) {
      spelling.insert(count, "1");
    }
    percentage(spelling, count);
    if (spelling.is(count + 2, "WITH") && spelling.is(count + 3, "TIES")) {
      spelling.replace(count + 2, count + 4, "ONLY");
      spelling.tie(count);
    }
  }

  /// `10%` and `10 PERCENT` as a count that is marked.
  private static void percentage(Spelling spelling, int count) {
    Token behind = spelling.get(count + 2);
    boolean modulo = behind.kind() == Kind.NUMBER || behind.is("(") || behind.is("?");
    if (spelling.is(count + 1, "PERCENT") || spelling.is(count + 1, "%") && !modulo) {
      spelling.remove(count + 1, count + 2);
      spelling.percentage(count);
    }
  }
}
