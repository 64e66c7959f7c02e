package io.cuvee.calcite.translate;

import com.google.common.collect.BoundType;
import com.google.common.collect.Range;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.type.ColumnType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.util.RangeSets;
import org.apache.calcite.util.Sarg;

/// Calcite's search arguments, sets of ranges that a value is looked up in, as comparisons and IN.
final class Sargs {
  private final RexBuilder rexBuilder;
  private final Typing typing;

  Sargs(RexBuilder rexBuilder, Typing typing) {
    this.rexBuilder = rexBuilder;
    this.typing = typing;
  }

  /// Whether `value` is in the set, with what the set says of NULL.
  Expression search(Expression value, RexLiteral set) {
    Sarg<?> sarg = Objects.requireNonNull(set.getValueAs(Sarg.class));
    Expression inside = inside(value, sarg, set.getType());
    return switch (sarg.nullAs) {
      case TRUE -> Objects.requireNonNull(Typing.connect("OR", List.of(isNull(value), inside)));
      case FALSE ->
          Objects.requireNonNull(
              Typing.connect(
                  "AND",
                  List.of(Expression.call("IS_NOT_NULL", ColumnType.BOOLEAN, value), inside)));
      case UNKNOWN -> inside;
    };
  }

  private static Expression isNull(Expression value) {
    return Expression.call("IS_NULL", ColumnType.BOOLEAN, value);
  }

  private <C extends Comparable<C>> Expression inside(
      Expression value, Sarg<C> sarg, RelDataType type) {
    if (sarg.rangeSet.isEmpty()) {
      // FALSE, but NULL for NULL.
      return Expression.call("AND", ColumnType.BOOLEAN, isNull(value), Literals.UNKNOWN);
    }
    if (sarg.rangeSet.equals(RangeSets.<C>rangeSetAll())) {
      return Expression.call(
          "OR",
          ColumnType.BOOLEAN,
          Expression.call("IS_NOT_NULL", ColumnType.BOOLEAN, value),
          Literals.UNKNOWN);
    }
    if (sarg.isComplementedPoints()) {
      List<Expression> points = new ArrayList<>();
      for (Range<C> range : sarg.rangeSet.complement().asRanges()) {
        points.add(constant(range.lowerEndpoint(), type));
      }
      return points.size() == 1
          ? typing.compare("NE", value, points.getFirst())
          : Expression.call("NOT", ColumnType.BOOLEAN, typing.in(value, points));
    }
    List<Expression> points = new ArrayList<>();
    List<Expression> terms = new ArrayList<>();
    for (Range<C> range : sarg.rangeSet.asRanges()) {
      if (RangeSets.isPoint(range)) {
        points.add(constant(range.lowerEndpoint(), type));
      } else {
        terms.add(between(value, range, type));
      }
    }
    if (points.size() == 1) {
      terms.addFirst(typing.compare("EQ", value, points.getFirst()));
    } else if (!points.isEmpty()) {
      terms.addFirst(typing.in(value, points));
    }
    return Objects.requireNonNull(Typing.connect("OR", terms));
  }

  private <C extends Comparable<C>> Expression between(
      Expression value, Range<C> range, RelDataType type) {
    List<Expression> bounds = new ArrayList<>();
    if (range.hasLowerBound()) {
      bounds.add(
          typing.compare(
              range.lowerBoundType() == BoundType.CLOSED ? "GE" : "GT",
              value,
              constant(range.lowerEndpoint(), type)));
    }
    if (range.hasUpperBound()) {
      bounds.add(
          typing.compare(
              range.upperBoundType() == BoundType.CLOSED ? "LE" : "LT",
              value,
              constant(range.upperEndpoint(), type)));
    }
    return Objects.requireNonNull(Typing.connect("AND", bounds));
  }

  private Expression constant(Comparable<?> value, RelDataType type) {
    return Literals.of((RexLiteral) rexBuilder.makeLiteral(value, type, true, true));
  }
}
