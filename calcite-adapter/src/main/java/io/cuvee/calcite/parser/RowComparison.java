package io.cuvee.calcite.parser;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.fun.SqlQuantifyOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/// Comparisons of rows as those of their values: `(a, b) = (c, d)` is `a = c AND b = d`, `(a, b) <
/// (c, d)` is `a < c OR a = c AND b < d`.
final class RowComparison {
  private static final Map<SqlKind, SqlOperator> COMPARISONS =
      Map.of(
          SqlKind.EQUALS, SqlStdOperatorTable.EQUALS,
          SqlKind.NOT_EQUALS, SqlStdOperatorTable.NOT_EQUALS,
          SqlKind.LESS_THAN, SqlStdOperatorTable.LESS_THAN,
          SqlKind.LESS_THAN_OR_EQUAL, SqlStdOperatorTable.LESS_THAN_OR_EQUAL,
          SqlKind.GREATER_THAN, SqlStdOperatorTable.GREATER_THAN,
          SqlKind.GREATER_THAN_OR_EQUAL, SqlStdOperatorTable.GREATER_THAN_OR_EQUAL);

  private RowComparison() {}

  /// The same condition without rows, or nothing if the call compares none.
  static @Nullable SqlNode of(SqlCall call) {
    if (call.operandCount() < 2) {
      return null;
    }
    SqlParserPos position = call.getParserPosition();
    SqlNode second = call.operand(1);
    if (second != null && call.operandCount() == 2 && isRow(second)) {
      SqlNode query = query(call.operand(0));
      SqlOperator mirrored = COMPARISONS.get(call.getKind().reverse());
      if (query != null && mirrored != null) {
        return of(mirrored.createCall(position, second, query));
      }
    }
    if (!isRow(call.operand(0))) {
      return null;
    }
    List<SqlNode> left = values(call.operand(0));
    if (second instanceof SqlNodeList list && (call.getKind() == SqlKind.IN || isNotIn(call))) {
      return list.size() > 0 && list.stream().allMatch(RowComparison::isRow)
          ? membership(call, left, list)
          : null;
    }
    SqlNode query = query(second);
    if (query != null && call.getOperator() instanceof SqlQuantifyOperator quantified) {
      return isMembership(call.getKind(), quantified.comparisonKind)
          ? null
          : quantified(call, quantified.comparisonKind, left, query);
    }
    SqlOperator comparison = COMPARISONS.get(call.getKind());
    if (query != null && comparison != null) {
      QueryRow row = new QueryRow(left.size(), position);
      return SqlStdOperatorTable.SCALAR_QUERY.createCall(
          position, row.select(compared(comparison, left, row, position), query));
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
  private static boolean isMembership(SqlKind kind, SqlKind comparison) {
    return kind == SqlKind.SOME && comparison == SqlKind.EQUALS
        || kind == SqlKind.ALL && comparison == SqlKind.NOT_EQUALS;
  }

  /// `(a, b) < ANY (query)`: true or false as soon as one row says so, else unknown if one does.
  private static SqlNode quantified(SqlCall call, SqlKind kind, List<SqlNode> left, SqlNode query) {
    SqlParserPos position = call.getParserPosition();
    SqlOperator comparison = COMPARISONS.get(kind);
    if (comparison == null) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "Rows are compared with those of a query by =, <>, <, <=, > and >=, not by "
              + kind.sql
              + ".");
    }
    boolean some = call.getKind() == SqlKind.SOME;
    QueryRow row = new QueryRow(left.size(), position);
    SqlNode decisive = compared(comparison, left, row, position);
    SqlNode unknown =
        SqlStdOperatorTable.IS_NULL.createCall(position, compared(comparison, left, row, position));
    SqlNode outcome =
        new SqlCase(
            position,
            null,
            SqlNodeList.of(
                occurs(some ? decisive : not(decisive, position), position),
                occurs(unknown, position)),
            SqlNodeList.of(
                SqlLiteral.createBoolean(some, position),
                SqlStdOperatorTable.CAST.createCall(
                    position,
                    SqlLiteral.createNull(position),
                    SyntaxRewrite.type("BOOLEAN", position))),
            SqlLiteral.createBoolean(!some, position));
    return SqlStdOperatorTable.SCALAR_QUERY.createCall(position, row.select(outcome, query));
  }

  /// `COUNT(*) FILTER (WHERE condition) > 0`.
  private static SqlNode occurs(SqlNode condition, SqlParserPos position) {
    SqlNode count = SqlStdOperatorTable.COUNT.createCall(position, SqlIdentifier.star(position));
    return SqlStdOperatorTable.GREATER_THAN.createCall(
        position,
        SqlStdOperatorTable.FILTER.createCall(position, count, condition),
        SqlLiteral.createExactNumeric("0", position));
  }

  private static SqlNode compared(
      SqlOperator comparison, List<SqlNode> left, QueryRow row, SqlParserPos position) {
    return Objects.requireNonNull(
        of(
            comparison.createCall(
                position,
                SqlStdOperatorTable.ROW.createCall(position, left),
                SqlStdOperatorTable.ROW.createCall(position, row.columns()))));
  }

  /// A row of a query, under names that mean nothing else.
  private record QueryRow(int width, SqlParserPos position) {
    List<SqlNode> columns() {
      return IntStream.range(0, width)
          .<SqlNode>mapToObj(i -> new SqlIdentifier("row$" + i, position))
          .toList();
    }

    SqlNode select(SqlNode item, SqlNode query) {
      List<SqlNode> named = new ArrayList<>();
      named.add(query);
      named.add(new SqlIdentifier("row$", position));
      named.addAll(columns());
      return SyntaxRewrite.select(
          position, List.of(item), SqlStdOperatorTable.AS.createCall(position, named), null);
    }
  }

  /// The query that an operand is, if it is one.
  private static @Nullable SqlNode query(@Nullable SqlNode operand) {
    SqlNode node = operand;
    if (node instanceof SqlNodeList list && list.size() == 1) {
      node = list.get(0);
    }
    if (node instanceof SqlCall call && call.getKind() == SqlKind.SCALAR_QUERY) {
      node = call.operand(0);
    }
    return node != null && node.isA(SqlKind.QUERY) && node.getKind() != SqlKind.VALUES
        ? node
        : null;
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
