package io.cuvee.calcite.rule;

import io.cuvee.calcite.parser.AsOfJoin;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalCorrelate;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.tools.RelBuilder;
import org.apache.calcite.util.ImmutableBitSet;

/// The join of an [AsOfJoin]: of the rows on the right that pass the whole condition the nearest by
/// its one comparison that is no equality.
final class NearestJoin {
  private final RelBuilder builder;
  private final RexBuilder rex;
  private final RelNode left;
  private final RelNode right;
  private final int leftWidth;
  private final List<RexNode> equalities = new ArrayList<>();
  private final List<RexNode> ofRight = new ArrayList<>();
  private final List<RexNode> others = new ArrayList<>();
  private final List<RexCall> comparisons = new ArrayList<>();

  private NearestJoin(RelBuilder builder, RelNode left, RelNode right) {
    this.builder = builder;
    this.rex = builder.getRexBuilder();
    this.left = left;
    this.right = right;
    this.leftWidth = left.getRowType().getFieldCount();
  }

  /// @param type INNER, LEFT, RIGHT or FULL
  static RelNode of(
      RelBuilder builder,
      AsOfJoin syntax,
      RelNode left,
      RelNode right,
      RexNode condition,
      JoinRelType type) {
    NearestJoin join = new NearestJoin(builder, left, right);
    int compared = syntax.getConditionType() == JoinConditionType.USING ? join.last(syntax) : -1;
    for (RexNode part : RelOptUtil.conjunctions(condition)) {
      join.add(part, compared);
    }
    return join.build(type);
  }

  /// The field of the last column of USING on the right side.
  private int last(AsOfJoin syntax) {
    SqlNodeList columns = (SqlNodeList) Objects.requireNonNull(syntax.getCondition());
    String name = ((SqlIdentifier) columns.getLast()).getSimple();
    List<String> names = right.getRowType().getFieldNames();
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equalsIgnoreCase(name)) {
        return leftWidth + i;
      }
    }
    throw unfit();
  }

  private void add(RexNode part, int compared) {
    if (RexUtil.SubQueryFinder.find(part) != null) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "A sub-query in the ON of an ASOF join is not supported. Put it into WHERE, or into one of"
              + " the joined tables.");
    }
    ImmutableBitSet fields = RelOptUtil.InputFinder.bits(part);
    boolean between =
        part instanceof RexCall call
            && call.getOperands().size() == 2
            && (isLeft(call.getOperands().get(0)) && isRight(call.getOperands().get(1))
                || isRight(call.getOperands().get(0)) && isLeft(call.getOperands().get(1)));
    if (between && part.getKind() == SqlKind.EQUALS) {
      if (compared >= 0 && fields.get(compared)) {
        List<RexNode> operands = new ArrayList<>(((RexCall) part).getOperands());
        operands.sort((a, b) -> Boolean.compare(isRight(a), isRight(b)));
        comparisons.add(
            (RexCall) rex.makeCall(SqlStdOperatorTable.GREATER_THAN_OR_EQUAL, operands));
      } else {
        equalities.add(part);
      }
    } else if (between && SqlKind.ORDER_COMPARISON.contains(part.getKind())) {
      comparisons.add((RexCall) part);
    } else if (!fields.isEmpty() && fields.nth(0) >= leftWidth) {
      ofRight.add(RexUtil.shift(part, -leftWidth));
    } else if (!part.isAlwaysTrue()) {
      others.add(part);
    }
  }

  private boolean isLeft(RexNode node) {
    ImmutableBitSet fields = RelOptUtil.InputFinder.bits(node);
    return !fields.isEmpty() && fields.length() <= leftWidth;
  }

  private boolean isRight(RexNode node) {
    ImmutableBitSet fields = RelOptUtil.InputFinder.bits(node);
    return !fields.isEmpty() && fields.nth(0) >= leftWidth;
  }

  private static CuveeException unfit() {
    return new CuveeException(
        ErrorCode.SQL_VALIDATION,
        "An ASOF join needs exactly one comparison of both sides by <, <=, > or >=, as in"
            + " l ASOF JOIN r ON l.k = r.k AND l.t >= r.t or l ASOF JOIN r USING (k, t).");
  }

  private RelNode build(JoinRelType type) {
    if (comparisons.size() != 1) {
      throw unfit();
    }
    RexCall nearest = comparisons.getFirst();
    if (type.generatesNullsOnLeft()) {
      if (!ofRight.isEmpty() || !others.isEmpty()) {
        throw new CuveeException(
            ErrorCode.FEATURE_NOT_SUPPORTED,
            "The ON of an ASOF RIGHT or FULL join takes equalities of both sides and one"
                + " comparison by <, <=, > or >=. Put other conditions into sub-queries.");
      }
      return new OpaqueNearestJoin(
          left, right, type, RexUtil.composeConjunction(rex, equalities), nearest);
    }
    RelNode candidates = ofRight.isEmpty() ? right : builder.push(right).filter(ofRight).build();
    if (!others.isEmpty()) {
      return rowByRow(candidates, nearest, type);
    }
    return builder
        .push(left)
        .push(candidates)
        .asofJoin(
            type == JoinRelType.LEFT ? JoinRelType.LEFT_ASOF : JoinRelType.ASOF,
            RexUtil.composeConjunction(rex, equalities),
            nearest)
        .build();
  }

  private RelNode rowByRow(RelNode candidates, RexCall nearest, JoinRelType type) {
    CorrelationId row = left.getCluster().createCorrel();
    RexShuttle ofRow =
        new RexShuttle() {
          @Override
          public RexNode visitInputRef(RexInputRef field) {
            int index = field.getIndex();
            return index < leftWidth
                ? rex.makeFieldAccess(rex.makeCorrel(left.getRowType(), row), index)
                : new RexInputRef(index - leftWidth, field.getType());
          }
        };
    List<RexNode> conditions = new ArrayList<>(equalities);
    conditions.addAll(others);
    conditions.add(nearest);
    builder.push(candidates).filter(ofRow.visitList(conditions));
    boolean leftFirst = isLeft(nearest.getOperands().getFirst());
    RexNode key = nearest.getOperands().get(leftFirst ? 1 : 0).accept(ofRow);
    boolean greater =
        nearest.getKind() == SqlKind.GREATER_THAN
            || nearest.getKind() == SqlKind.GREATER_THAN_OR_EQUAL;
    builder.sortLimit(0, 1, List.of(greater == leftFirst ? builder.desc(key) : key));
    RelNode match = builder.build();
    return LogicalCorrelate.create(
        left, match, List.of(), row, RelOptUtil.correlationColumns(row, match), type);
  }
}
