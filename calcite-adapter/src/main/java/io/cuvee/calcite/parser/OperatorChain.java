package io.cuvee.calcite.parser;

import org.jspecify.annotations.Nullable;

/// The operators between two parentheses, commas or clauses, counted while a statement is scanned.
/// The bounds are those within which the parser and the planner take less than about a second.
final class OperatorChain {
  /// Operators of arithmetic stand in each other as deep as they are many.
  private static final int MAX_ARITHMETIC = 300;

  /// For each LIKE or BETWEEN the parser looks at each pair of tokens around it.
  private static final long MAX_STEPS = 60_000_000;

  private int arithmetic;
  private long operators;
  private long patterns;

  void startClause() {
    arithmetic = 0;
    operators = 0;
    patterns = 0;
  }

  void startOperand() {
    arithmetic = 0;
  }

  /// Counts an operator of arithmetic. Returns what is wrong, null if nothing is.
  @Nullable String countArithmetic() {
    arithmetic++;
    return arithmetic > MAX_ARITHMETIC
        ? "An expression has more than " + MAX_ARITHMETIC + " operators"
        : count();
  }

  /// Counts AND, OR or a comparison. Returns what is wrong, null if nothing is.
  @Nullable String countLogical() {
    return count();
  }

  /// Counts LIKE or BETWEEN. Returns what is wrong, null if nothing is.
  @Nullable String countPattern() {
    patterns++;
    return count();
  }

  private @Nullable String count() {
    operators++;
    return patterns * operators * operators > MAX_STEPS
        ? "Too many conditions are beside LIKE or BETWEEN; put each LIKE or BETWEEN in parentheses of its own"
        : null;
  }
}
