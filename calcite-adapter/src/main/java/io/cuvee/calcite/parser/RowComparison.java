package io.cuvee.calcite.parser;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlQuantifyOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/// Comparisons of rows as those of their values: `(a, b) = (c, d)` is `a = c AND b = d`, `(a, b) <
/// (c, d)` is `a < c OR a = c AND b < d`.
final class RowComparison {
  private RowComparison() {}

  /// The same condition without rows, or nothing if the call compares none.
  static @Nullable SqlNode of(SqlCall call) {
    if (call.operandCount() < 2 || !isRow(call.operand(0))) {
      return null;
    }
    List<SqlNode> left = values(call.operand(0));
    SqlNode second = call.operand(1);
    SqlParserPos position = call.getParserPosition();
    if (second instanceof SqlNodeList list && (call.getKind() == SqlKind.IN || isNotIn(call))) {
      return list.size() > 0 && list.stream().allMatch(RowComparison::isRow)
          ? membership(call, left, list)
          : null;
    }
    if (call.getOperator() instanceof SqlQuantifyOperator quantified) {
      checkQuantified(call.getKind(), quantified.comparisonKind);
    }
    if (!isRow(second)) {
      return null;
    }
    List<SqlNode> right = values(second);
    return switch (call.getKind()) {
      case EQUALS -> all(SqlStdOperatorTable.EQUALS, left, right, position);
      case NOT_EQUALS -> not(all(SqlStdOperatorTable.EQUALS, left, right, position), position);
      case IS_NOT_DISTINCT_FROM ->
          all(SqlStdOperatorTable.IS_NOT_DISTINCT_FROM, left, right, position);
      case IS_DISTINCT_FROM ->
          not(all(SqlStdOperatorTable.IS_NOT_DISTINCT_FROM, left, right, position), position);
      case LESS_THAN, LESS_THAN_OR_EQUAL ->
          ordered(SqlStdOperatorTable.LESS_THAN, call.getOperator(), left, right, position);
      case GREATER_THAN, GREATER_THAN_OR_EQUAL ->
          ordered(SqlStdOperatorTable.GREATER_THAN, call.getOperator(), left, right, position);
      default -> null;
    };
  }

  /// Of comparisons of rows with those of a query, Calcite knows IN and NOT IN only.
  private static void checkQuantified(SqlKind kind, SqlKind comparison) {
    boolean in = kind == SqlKind.SOME && comparison == SqlKind.EQUALS;
    boolean notIn = kind == SqlKind.ALL && comparison == SqlKind.NOT_EQUALS;
    if (!in && !notIn) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "Rows are compared with those of a query by = ANY and <> ALL, which are IN and NOT IN,"
              + " and in no other way.");
    }
  }

  private static boolean isRow(@Nullable SqlNode node) {
    return node != null && node.getKind() == SqlKind.ROW;
  }

  private static boolean isNotIn(SqlCall call) {
    return call.getKind() == SqlKind.NOT_IN;
  }

  private static List<SqlNode> values(SqlNode row) {
    return ((SqlCall) row).getOperandList();
  }

  private static SqlNode membership(SqlCall call, List<SqlNode> left, SqlNodeList rows) {
    SqlParserPos position = call.getParserPosition();
    List<SqlNode> terms = new ArrayList<>();
    for (SqlNode row : rows) {
      terms.add(all(SqlStdOperatorTable.EQUALS, left, values(row), position));
    }
    SqlNode some = terms.getFirst();
    for (SqlNode term : terms.subList(1, terms.size())) {
      some = SqlStdOperatorTable.OR.createCall(position, some, term);
    }
    return isNotIn(call) ? not(some, position) : some;
  }

  private static SqlNode not(SqlNode condition, SqlParserPos position) {
    return SqlStdOperatorTable.NOT.createCall(position, condition);
  }

  private static SqlNode all(
      SqlOperator comparison, List<SqlNode> left, List<SqlNode> right, SqlParserPos position) {
    checkLengths(left, right, position);
    SqlNode all = pair(comparison, left, right, 0, position);
    for (int i = 1; i < left.size(); i++) {
      all =
          SqlStdOperatorTable.AND.createCall(
              position, all, pair(comparison, left, right, i, position));
    }
    return all;
  }

  private static SqlNode ordered(
      SqlOperator strict,
      SqlOperator last,
      List<SqlNode> left,
      List<SqlNode> right,
      SqlParserPos position) {
    checkLengths(left, right, position);
    int end = left.size() - 1;
    SqlNode ordered = pair(last, left, right, end, position);
    for (int i = end - 1; i >= 0; i--) {
      ordered =
          SqlStdOperatorTable.OR.createCall(
              position,
              pair(strict, left, right, i, position),
              SqlStdOperatorTable.AND.createCall(
                  position, pair(SqlStdOperatorTable.EQUALS, left, right, i, position), ordered));
    }
    return ordered;
  }

  private static SqlNode pair(
      SqlOperator comparison,
      List<SqlNode> left,
      List<SqlNode> right,
      int i,
      SqlParserPos position) {
    SqlCall pair =
        comparison.createCall(position, Expansion.copy(left.get(i)), Expansion.copy(right.get(i)));
    SqlNode rows = of(pair);
    return rows == null ? pair : rows;
  }

  private static void checkLengths(List<SqlNode> left, List<SqlNode> right, SqlParserPos position) {
    if (left.size() != right.size()) {
      throw new CuveeException(
          ErrorCode.TYPE_MISMATCH,
          "A row of "
              + left.size()
              + " values at line "
              + position.getLineNum()
              + ", column "
              + position.getColumnNum()
              + " is compared with a row of "
              + right.size()
              + ".");
    }
  }
}
