package io.cuvee.calcite.translate;

import io.cuvee.calcite.rule.OpaqueNearestJoin;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.type.ColumnType;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.core.AsofJoin;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rex.RexNode;
import org.jspecify.annotations.Nullable;

/// Joins. Equalities between an expression of the left and one of the right become keys; what
/// remains of the condition is tested for each pair.
final class JoinTranslator {
  private final ExpressionTranslator expressions;

  JoinTranslator(ExpressionTranslator expressions) {
    this.expressions = expressions;
  }

  PlanNode translate(OpaqueNearestJoin join, PlanNode left, PlanNode right) {
    return translate(join.type(), join.condition(), join.nearest(), left, right);
  }

  PlanNode translate(Join join, PlanNode left, PlanNode right) {
    RexNode nearest = join instanceof AsofJoin asOf ? asOf.getMatchCondition() : null;
    return translate(join.getJoinType(), join.getCondition(), nearest, left, right);
  }

  private PlanNode translate(
      JoinRelType type, RexNode joined, @Nullable RexNode nearest, PlanNode left, PlanNode right) {
    PlanNode.JoinKind kind =
        switch (type) {
          case INNER, ASOF -> PlanNode.JoinKind.INNER;
          case LEFT, LEFT_ASOF -> PlanNode.JoinKind.LEFT;
          case RIGHT -> PlanNode.JoinKind.RIGHT;
          case FULL -> PlanNode.JoinKind.FULL;
          case SEMI -> PlanNode.JoinKind.SEMI;
          case ANTI -> PlanNode.JoinKind.ANTI;
          default ->
              throw new CuveeException(
                  ErrorCode.FEATURE_NOT_SUPPORTED, "A join of type " + type + " is not supported.");
        };
    if (nearest == null && (type == JoinRelType.ASOF || type == JoinRelType.LEFT_ASOF)) {
      throw new IllegalStateException("A rule has lost the comparison of an ASOF join.");
    }
    Sides sides = new Sides(left, right);
    List<Expression> inputs = new ArrayList<>(Relation.columnsOf(left.types()));
    for (int i = 0; i < right.types().size(); i++) {
      inputs.add(new Expression.Column(left.types().size() + i, right.types().get(i)));
    }
    List<Expression> residual = new ArrayList<>();
    for (var conjunct : RelOptUtil.conjunctions(joined)) {
      Expression condition = expressions.translate(conjunct, inputs);
      if (!condition.equals(Literals.TRUE) && !sides.addKey(condition)) {
        residual.add(condition);
      }
    }
    if (nearest != null) {
      Expression match = expressions.translate(nearest, inputs);
      if (!residual.isEmpty() || !sides.setNearest(match)) {
        throw new CuveeException(
            ErrorCode.FEATURE_NOT_SUPPORTED,
            "An ASOF join equates scalars of both sides in ON and compares a scalar of the left"
                + " side with one of the right by <, <=, > or >= in MATCH_CONDITION.");
      }
    }
    return sides.join(kind, Typing.connect("AND", residual));
  }

  /// Both inputs with the key columns added that are not there yet.
  private final class Sides {
    private final PlanNode left;
    private final PlanNode right;
    private final int leftWidth;
    private final List<Expression> leftColumns;
    private final List<Expression> rightColumns;
    private final List<Integer> leftKeys = new ArrayList<>();
    private final List<Integer> rightKeys = new ArrayList<>();
    private PlanNode.Join.@Nullable Nearest nearest;

    Sides(PlanNode left, PlanNode right) {
      this.left = left;
      this.right = right;
      this.leftWidth = left.types().size();
      this.leftColumns = new ArrayList<>(Relation.columnsOf(left.types()));
      this.rightColumns = new ArrayList<>(Relation.columnsOf(right.types()));
    }

    /// Whether `condition` equates the sides and so became a key.
    boolean addKey(Expression condition) {
      if (!(condition instanceof Expression.Call call) || call.arguments().size() != 2) {
        return false;
      }
      Expression a = call.arguments().get(0);
      Expression b = call.arguments().get(1);
      boolean straight = isLeft(a) && isRight(b);
      if (!straight && !(isLeft(b) && isRight(a))) {
        return false;
      }
      Expression onLeft = straight ? a : b;
      Expression onRight = shifted(straight ? b : a);
      // Arrays are compared element by element, which no key is.
      if (onLeft.type().isArray() || onRight.type().isArray()) {
        return false;
      }
      if (call.function().equals("EQ")) {
        key(onLeft, onRight);
        return true;
      }
      if (call.function().equals("IS_NOT_DISTINCT_FROM")) {
        // Keys that are NULL match nothing, so NULL is spelled out: whether it is, and the value or
        // a stand-in.
        ColumnType type = Typing.common(onLeft.type(), onRight.type());
        key(isNull(onLeft), isNull(onRight));
        key(standIn(onLeft, type), standIn(onRight, type));
        return true;
      }
      return false;
    }

    /// Whether `condition` compares the sides, so that the nearest of the matches can be told.
    boolean setNearest(Expression condition) {
      if (!(condition instanceof Expression.Call call) || call.arguments().size() != 2) {
        return false;
      }
      Expression a = call.arguments().get(0);
      Expression b = call.arguments().get(1);
      boolean straight = isLeft(a) && isRight(b);
      boolean known = List.of("GT", "GE", "LT", "LE").contains(call.function());
      if (!known
          || !straight && !(isLeft(b) && isRight(a))
          || a.type().isArray()
          || b.type().isArray()) {
        return false;
      }
      ColumnType type = Typing.common(a.type(), b.type());
      Expression onLeft = expressions.typing().inForm(straight ? a : b, type);
      Expression onRight = expressions.typing().inForm(shifted(straight ? b : a), type);
      nearest =
          new PlanNode.Join.Nearest(
              position(leftColumns, onLeft),
              position(rightColumns, onRight),
              call.function().startsWith("G") == straight,
              call.function().endsWith("E"));
      return true;
    }

    private Expression isNull(Expression value) {
      return Expression.call("IS_NULL", ColumnType.BOOLEAN, value);
    }

    private Expression standIn(Expression value, ColumnType type) {
      return Expression.call(
          "COALESCE", type, expressions.typing().as(value, type), Literals.zero(type));
    }

    private void key(Expression onLeft, Expression onRight) {
      ColumnType type = Typing.common(onLeft.type(), onRight.type());
      leftKeys.add(position(leftColumns, expressions.typing().inForm(onLeft, type)));
      rightKeys.add(position(rightColumns, expressions.typing().inForm(onRight, type)));
    }

    private static int position(List<Expression> columns, Expression key) {
      int index = columns.indexOf(key);
      if (index < 0) {
        columns.add(key);
        return columns.size() - 1;
      }
      return index;
    }

    PlanNode join(PlanNode.JoinKind kind, @Nullable Expression residual) {
      int added = leftColumns.size() - leftWidth;
      // Key columns added on the left move the right ones.
      Expression condition =
          residual == null
              ? null
              : residual.rewrite(part ->
                  part instanceof Expression.Column column && column.index() >= leftWidth
                      ? new Expression.Column(column.index() + added, column.type())
                      : part);
      PlanNode joined =
          new PlanNode.Join(
              Plans.project(left, leftColumns),
              Plans.project(right, rightColumns),
              kind,
              leftKeys,
              rightKeys,
              condition,
              nearest);
      List<Expression> all = Relation.columnsOf(joined.types());
      List<Expression> wanted = new ArrayList<>(all.subList(0, leftWidth));
      boolean both =
          switch (kind) {
            case INNER, LEFT, RIGHT, FULL -> true;
            case SEMI, ANTI -> false;
          };
      if (both) {
        int start = leftColumns.size();
        wanted.addAll(all.subList(start, start + right.types().size()));
      }
      return Plans.project(joined, wanted);
    }

    private boolean isLeft(Expression expression) {
      return hasColumns(expression) && columnsWithin(expression, 0, leftWidth);
    }

    private boolean isRight(Expression expression) {
      return hasColumns(expression) && columnsWithin(expression, leftWidth, Integer.MAX_VALUE);
    }

    private static boolean hasColumns(Expression expression) {
      return switch (expression) {
        case Expression.Column column -> true;
        case Expression.Literal literal -> false;
        case Expression.Parameter parameter -> false;
        case Expression.Call call -> call.arguments().stream().anyMatch(Sides::hasColumns);
      };
    }

    private static boolean columnsWithin(Expression expression, int from, int to) {
      return switch (expression) {
        case Expression.Column column -> column.index() >= from && column.index() < to;
        case Expression.Literal literal -> true;
        case Expression.Parameter parameter -> true;
        case Expression.Call call ->
            call.arguments().stream().allMatch(argument -> columnsWithin(argument, from, to));
      };
    }

    private Expression shifted(Expression expression) {
      return expression.rewrite(part ->
          part instanceof Expression.Column column
              ? new Expression.Column(column.index() - leftWidth, column.type())
              : part);
    }
  }
}
