package io.cuvee.calcite.parser;

import java.util.Objects;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/// `a POSITIONAL JOIN b`: the first row of one with the first of the other, and so on; the shorter
/// one is filled up with NULLs. To the parser it is `a NATURAL CROSS JOIN b`, to the validator a
/// full join.
public final class PositionalJoin extends SqlJoin {
  private static final SqlOperator OPERATOR =
      new SqlOperator("POSITIONAL-JOIN", SqlKind.JOIN, 16, true, null, null, null) {
        @Override
        public SqlSyntax getSyntax() {
          return SqlSyntax.SPECIAL;
        }

        @Override
        public SqlCall createCall(
            @Nullable SqlLiteral quantifier, SqlParserPos position, @Nullable SqlNode... operands) {
          return new PositionalJoin(
              position, Objects.requireNonNull(operands[0]), Objects.requireNonNull(operands[3]));
        }
      };

  private PositionalJoin(SqlParserPos position, SqlNode left, SqlNode right) {
    super(
        position,
        left,
        SqlLiteral.createBoolean(false, position),
        JoinType.FULL.symbol(position),
        right,
        JoinConditionType.ON.symbol(position),
        SqlLiteral.createBoolean(true, position));
  }

  /// The same join in this form, if it is one.
  static SqlCall of(SqlCall call) {
    return call instanceof SqlJoin join && join.isNatural() && join.getJoinType() == JoinType.CROSS
        ? new PositionalJoin(
            join.getParserPosition(), ordered(join.getLeft()), ordered(join.getRight()))
        : call;
  }

  /// An ORDER BY counts here, though a sub-query's rows have no order elsewhere: with a limit it is
  /// kept; more rows cannot be numbered in memory.
  private static SqlNode ordered(SqlNode side) {
    if (side.getKind() == SqlKind.AS && side instanceof SqlCall as) {
      as.setOperand(0, ordered(as.operand(0)));
      return as;
    }
    return side instanceof SqlOrderBy sorted && sorted.fetch == null
        ? new SqlOrderBy(
            sorted.getParserPosition(),
            sorted.query,
            sorted.orderList,
            sorted.offset,
            SqlLiteral.createExactNumeric(
                Integer.toString(Integer.MAX_VALUE), sorted.getParserPosition()))
        : side;
  }

  @Override
  public SqlOperator getOperator() {
    return OPERATOR;
  }
}
