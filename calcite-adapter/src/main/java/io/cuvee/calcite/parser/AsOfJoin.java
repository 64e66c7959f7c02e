package io.cuvee.calcite.parser;

import java.util.Objects;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlAsofJoin;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/// An ASOF join that has its comparison in ON, or as the last column of USING, which is compared by
/// `>=`. To the validator it is a plain join.
public final class AsOfJoin extends SqlJoin {
  private static final SqlOperator OPERATOR =
      new SqlOperator("ASOF-JOIN", SqlKind.JOIN, 16, true, null, null, null) {
        @Override
        public SqlSyntax getSyntax() {
          return SqlSyntax.SPECIAL;
        }

        @Override
        public SqlCall createCall(
            @Nullable SqlLiteral quantifier, SqlParserPos position, @Nullable SqlNode... operands) {
          return new AsOfJoin(
              position,
              Objects.requireNonNull(operands[0]),
              (SqlLiteral) Objects.requireNonNull(operands[1]),
              (SqlLiteral) Objects.requireNonNull(operands[2]),
              Objects.requireNonNull(operands[3]),
              (SqlLiteral) Objects.requireNonNull(operands[4]),
              operands[5]);
        }
      };

  private AsOfJoin(
      SqlParserPos position,
      SqlNode left,
      SqlLiteral natural,
      SqlLiteral type,
      SqlNode right,
      SqlLiteral conditionType,
      @Nullable SqlNode condition) {
    super(position, left, natural, type, right, conditionType, condition);
  }

  /// The same join in this form, if it is one.
  static SqlCall of(SqlCall call) {
    if (!(call instanceof SqlJoin join)
        || join.getJoinType() != JoinType.ASOF && join.getJoinType() != JoinType.LEFT_ASOF) {
      return call;
    }
    boolean marked =
        join instanceof SqlAsofJoin asOf
            ? asOf.getMatchCondition() instanceof SqlLiteral
            : join.getConditionType() == JoinConditionType.USING;
    if (!marked) {
      return call;
    }
    SqlParserPos position = join.getParserPosition();
    JoinType type = join.getJoinType() == JoinType.ASOF ? JoinType.INNER : JoinType.LEFT;
    if (join instanceof SqlAsofJoin asOf
        && asOf.getMatchCondition() instanceof SqlCharStringLiteral mark) {
      type = JoinType.valueOf(AggregateRewrite.text(mark));
    }
    return new AsOfJoin(
        position,
        join.getLeft(),
        join.isNaturalNode(),
        type.symbol(position),
        join.getRight(),
        join.getConditionTypeNode(),
        join.getCondition());
  }

  @Override
  public SqlOperator getOperator() {
    return OPERATOR;
  }
}
