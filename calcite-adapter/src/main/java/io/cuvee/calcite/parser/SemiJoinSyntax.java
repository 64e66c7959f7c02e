package io.cuvee.calcite.parser;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;

/// `a SEMI JOIN b ON …` keeps the rows of `a` that have a partner, `a ANTI JOIN b ON …` those that
/// have none: conditions with EXISTS.
final class SemiJoinSyntax {
  private SemiJoinSyntax() {}

  static void expand(SqlSelect select) {
    SqlNode from = select.getFrom();
    if (from == null) {
      return;
    }
    List<SqlNode> conditions = new ArrayList<>();
    select.setFrom(plain(from, conditions));
    SqlNode where = select.getWhere();
    // In the order of the text: the parser's positions are added up.
    for (SqlNode condition : conditions.reversed()) {
      where =
          where == null
              ? condition
              : SqlStdOperatorTable.AND.createCall(condition.getParserPosition(), condition, where);
    }
    if (!conditions.isEmpty()) {
      select.setWhere(where);
    }
  }

  /// What is joined without the semi-joins on the way along its left sides, whose conditions are
  /// added to `conditions`.
  private static SqlNode plain(SqlNode from, List<SqlNode> conditions) {
    if (!(from instanceof SqlJoin join)) {
      return from;
    }
    JoinType type = join.getJoinType();
    if (type == JoinType.LEFT_SEMI_JOIN || type == JoinType.LEFT_ANTI_JOIN) {
      SqlNode left = plain(join.getLeft(), conditions);
      conditions.add(exists(join, left, type == JoinType.LEFT_ANTI_JOIN));
      return left;
    }
    int before = conditions.size();
    join.setLeft(plain(join.getLeft(), conditions));
    if (conditions.size() > before && (type == JoinType.RIGHT || type == JoinType.FULL)) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "A SEMI or ANTI JOIN before a " + type + " JOIN is not supported. Put it into FROM (…).");
    }
    return join;
  }

  private static SqlNode exists(SqlJoin join, SqlNode left, boolean anti) {
    SqlParserPos position = join.getParserPosition();
    SqlNode condition = join.getCondition();
    if (join.isNatural()) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "NATURAL with a SEMI or ANTI JOIN is not supported. Name the columns: USING (a, b).");
    }
    if (join.getConditionType() == JoinConditionType.USING
        && condition instanceof SqlNodeList columns) {
      condition = null;
      for (SqlNode column : columns) {
        String name = ((SqlIdentifier) column).getSimple();
        SqlNode equal =
            SqlStdOperatorTable.EQUALS.createCall(
                position, column(left, name, position), column(join.getRight(), name, position));
        condition =
            condition == null
                ? equal
                : SqlStdOperatorTable.AND.createCall(position, condition, equal);
      }
    }
    SqlSelect query =
        new SqlSelect(
            position,
            null,
            SqlNodeList.of(
                SqlStdOperatorTable.AS.createCall(
                    position,
                    SqlLiteral.createExactNumeric("1", position),
                    new SqlIdentifier("one", position))),
            join.getRight(),
            condition,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null);
    SqlNode exists = SqlStdOperatorTable.EXISTS.createCall(position, query);
    return anti ? SqlStdOperatorTable.NOT.createCall(position, exists) : exists;
  }

  /// A column of one side, by the name that the side has.
  private static SqlNode column(SqlNode side, String name, SqlParserPos position) {
    SqlNode table = side;
    while (table instanceof SqlJoin join) {
      table = join.getLeft();
    }
    if (table.getKind() == SqlKind.AS) {
      table = ((SqlBasicCall) table).operand(1);
    }
    while (table instanceof SqlCall call && call.operandCount() > 0) {
      table = call.operand(0);
    }
    if (!(table instanceof SqlIdentifier identifier)) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "SEMI and ANTI JOIN with USING need names for both sides: (SELECT …) AS name.");
    }
    return new SqlIdentifier(List.of(identifier.names.getLast(), name), position);
  }
}
