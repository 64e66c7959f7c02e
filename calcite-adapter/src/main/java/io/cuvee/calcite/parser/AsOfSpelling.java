package io.cuvee.calcite.parser;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.Set;

/// `a ASOF LEFT JOIN b ON …` as the parser wants it: `a LEFT ASOF JOIN b MATCH_CONDITION TRUE ON
/// …`, where TRUE stands for a comparison that [AsOfJoin] finds in ON or USING. The parser knows no
/// RIGHT or FULL: these stand in the place of TRUE.
final class AsOfSpelling {
  private static final Set<String> CONDITIONS = Set.of("MATCH_CONDITION", "ON", "USING");

  private AsOfSpelling() {}

  /// Respells the join whose ASOF is at `at`.
  static void apply(Spelling spelling, int at) {
    int kind = at + 1;
    if (spelling.is(kind, "SEMI") || spelling.is(kind, "ANTI")) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "ASOF "
              + spelling.get(kind).upper()
              + " JOIN is not supported. Use ASOF JOIN, or ASOF LEFT, RIGHT or FULL JOIN.");
    }
    boolean keepsRight = spelling.is(kind, "RIGHT") || spelling.is(kind, "FULL");
    String mark = keepsRight ? "'" + spelling.get(kind).upper() + "'" : "TRUE";
    boolean left = spelling.is(kind, "LEFT") || spelling.is(at - 1, "LEFT");
    int join = keepsRight ? kind + 1 : kind;
    while (spelling.is(join, "LEFT") || spelling.is(join, "OUTER") || spelling.is(join, "INNER")) {
      join++;
    }
    if (!spelling.is(join, "JOIN")) {
      return;
    }
    spelling.remove(at + 1, join);
    if (left && !spelling.is(at - 1, "LEFT")) {
      spelling.insert(at, "LEFT");
    }
    int condition = spelling.clauseEnd(at + 2, CONDITIONS);
    if (spelling.is(condition, "ON")) {
      spelling.insert(condition, "MATCH_CONDITION", mark);
    } else if (keepsRight) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "ASOF RIGHT and FULL JOIN take their comparison in ON, as in"
              + " l ASOF FULL JOIN r ON l.k = r.k AND l.t >= r.t.");
    }
  }
}
