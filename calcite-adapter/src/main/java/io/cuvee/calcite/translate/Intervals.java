package io.cuvee.calcite.translate;

import io.cuvee.calcite.catalog.Types;
import io.cuvee.calcite.operator.TimeDifference;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.type.ColumnType;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.jspecify.annotations.Nullable;

/// Arithmetic of time. An interval is a number of months or of milliseconds while it lasts; a
/// result it cannot be.
final class Intervals {
  private static final long DAY_MILLIS = 86_400_000L;

  private final ExpressionTranslator expressions;
  private final Typing typing;
  private final Slots slots;

  Intervals(ExpressionTranslator expressions, Typing typing, Slots slots) {
    this.expressions = expressions;
    this.typing = typing;
    this.slots = slots;
  }

  boolean isTime(RexCall call) {
    return SqlTypeUtil.isDatetime(call.getType()) || SqlTypeUtil.isInterval(call.getType());
  }

  /// A point in time plus an interval.
  Expression plus(RexCall call, List<Expression> inputs) {
    return shift(call, 1, inputs);
  }

  /// A point in time minus an interval.
  Expression minus(RexCall call, List<Expression> inputs) {
    return shift(call, -1, inputs);
  }

  private Expression shift(RexCall call, int sign, List<Expression> inputs) {
    RexNode time = call.getOperands().get(0);
    RexNode interval = call.getOperands().get(1);
    if (!SqlTypeUtil.isDatetime(time.getType()) || !SqlTypeUtil.isInterval(interval.getType())) {
      throw notSupported("This arithmetic of intervals");
    }
    ColumnType type = Types.columnType(call.getType());
    boolean months = isMonths(interval.getType());
    Expression amount = amount(interval, inputs);
    if (sign < 0) {
      amount =
          amount instanceof Expression.Literal literal && literal.value() instanceof Long value
              ? Literals.integer(-value)
              : Expression.call("NEGATE", ColumnType.LONG, amount);
    }
    if (type.equals(ColumnType.TIME)) {
      return timeOfDay(expressions.translate(time, inputs), months, amount);
    }
    Expression value = typing.as(expressions.translate(time, inputs), type);
    Expression moved = movedConstant(value, months, amount);
    if (moved != null) {
      return moved;
    }
    String unit = months ? "MONTH" : "MILLISECOND";
    if (!months
        && amount instanceof Expression.Literal literal
        && literal.value() instanceof Long millis) {
      if (millis % DAY_MILLIS == 0) {
        unit = "DAY";
        amount = Literals.integer(millis / DAY_MILLIS);
      }
    }
    if (type.equals(ColumnType.DATE) && unit.equals("MILLISECOND")) {
      return Expression.call(
          "CAST",
          type,
          Expression.call(
              "TIMESTAMP_ADD",
              ColumnType.TIMESTAMP,
              Literals.text(unit),
              amount,
              typing.as(value, ColumnType.TIMESTAMP)));
    }
    return Expression.call("TIMESTAMP_ADD", type, Literals.text(unit), amount, value);
  }

  /// A time of day plus an interval: that of the next day behind midnight.
  private Expression timeOfDay(Expression time, boolean months, Expression amount) {
    if (months) {
      throw new CuveeException(
          ErrorCode.TYPE_MISMATCH,
          "A TIME has no day to which months could be added. Add hours, minutes or seconds.");
    }
    return typing.as(
        Expression.call(
            "TIMESTAMP_ADD",
            ColumnType.TIMESTAMP,
            Literals.text("MILLISECOND"),
            amount,
            typing.as(time, ColumnType.TIMESTAMP)),
        ColumnType.TIME);
  }

  /// A constant, or the current time, moved by a constant; null if it is neither. Servers prune by
  /// such bounds.
  private @Nullable Expression movedConstant(Expression value, boolean months, Expression amount) {
    if (!(amount instanceof Expression.Literal literal)
        || !(literal.value() instanceof Long count)) {
      return null;
    }
    boolean date = value.type().equals(ColumnType.DATE);
    if (date && !months && count % DAY_MILLIS != 0) {
      return null;
    }
    long step = date && !months ? count / DAY_MILLIS : count;
    return switch (value) {
      case Expression.Parameter parameter ->
          months ? slots.moved(parameter, step, 0) : slots.moved(parameter, 0, step);
      case Expression.Literal start when start.value() instanceof Long from ->
          new Expression.Literal(
              ConstantCast.moved(from, value.type(), months ? step : 0, months ? 0 : step),
              value.type());
      case Expression.Literal start -> null;
      case Expression.Column column -> null;
      case Expression.Call call -> null;
    };
  }

  /// An interval converted to a number, or a number to an interval.
  Expression cast(RexCall call, List<Expression> inputs) {
    RexNode operand = call.getOperands().getFirst();
    if (!SqlTypeUtil.isInterval(operand.getType()) || !SqlTypeUtil.isNumeric(call.getType())) {
      throw notSupported("This conversion of an interval");
    }
    // The number counts the interval's last unit.
    Expression amount = amount(operand, inputs);
    BigDecimal unit =
        Objects.requireNonNull(operand.getType().getIntervalQualifier()).getUnit().multiplier;
    Expression number =
        unit.longValueExact() == 1
            ? amount
            : Expression.call(
                "DIVIDE", ColumnType.LONG, amount, Literals.integer(unit.longValueExact()));
    return typing.as(number, Types.columnType(call.getType()));
  }

  /// An interval as text, which is what a result has of it.
  Expression text(RexNode interval, List<Expression> inputs) {
    boolean months = isMonths(interval.getType());
    Expression amount = amount(interval, inputs);
    Expression none = Literals.integer(0L);
    return Expression.call(
        "INTERVAL_TEXT", ColumnType.STRING, months ? amount : none, months ? none : amount);
  }

  /// Two intervals of one kind, as numbers that compare as they do.
  List<Expression> comparable(RexNode left, RexNode right, List<Expression> inputs) {
    if (isMonths(left.getType()) != isMonths(right.getType())) {
      throw notSupported("A comparison of months with days");
    }
    return List.of(amount(left, inputs), amount(right, inputs));
  }

  /// A field of an interval, as PostgreSQL counts it: days are not limited, hours are below 24.
  Expression field(String unit, RexNode interval, List<Expression> inputs) {
    Expression amount = amount(interval, inputs);
    boolean months = isMonths(interval.getType());
    return switch (unit) {
      case "YEAR" -> months ? part(amount, 12, 0) : Literals.integer(0L);
      case "MONTH" -> months ? part(amount, 1, 12) : Literals.integer(0L);
      case "DAY" -> months ? Literals.integer(0L) : part(amount, DAY_MILLIS, 0);
      case "HOUR" -> months ? Literals.integer(0L) : part(amount, 3_600_000, 24);
      case "MINUTE" -> months ? Literals.integer(0L) : part(amount, 60_000, 60);
      case "SECOND" -> months ? Literals.integer(0L) : part(amount, 1000, 60);
      case "MILLISECOND" -> months ? Literals.integer(0L) : part(amount, 1, 60_000);
      case "EPOCH" -> {
        if (months) {
          throw notSupported("EPOCH of an interval of months");
        }
        yield part(amount, 1000, 0);
      }
      default -> throw notSupported("This field of an interval");
    };
  }

  private static Expression part(Expression amount, long unit, long modulus) {
    Expression whole =
        unit == 1
            ? amount
            : Expression.call("DIVIDE", ColumnType.LONG, amount, Literals.integer(unit));
    return modulus == 0
        ? whole
        : Expression.call("MOD", ColumnType.LONG, whole, Literals.integer(modulus));
  }

  /// The number of months or milliseconds of an interval.
  private Expression amount(RexNode interval, List<Expression> inputs) {
    if (interval instanceof RexLiteral literal) {
      if (literal.isNull()) {
        return new Expression.Literal(null, ColumnType.LONG);
      }
      return Literals.integer(
          Objects.requireNonNull(literal.getValueAs(BigDecimal.class)).longValueExact());
    }
    if (interval instanceof RexCall call) {
      List<RexNode> operands = call.getOperands();
      if (call.getOperator() instanceof TimeDifference) {
        return Expression.call(
            "TIMESTAMP_DIFF",
            ColumnType.LONG,
            Literals.text("MILLISECOND"),
            typing.as(expressions.translate(operands.get(1), inputs), ColumnType.TIMESTAMP),
            typing.as(expressions.translate(operands.get(0), inputs), ColumnType.TIMESTAMP));
      }
      switch (call.getKind()) {
        case MINUS_PREFIX -> {
          return Expression.call("NEGATE", ColumnType.LONG, amount(operands.getFirst(), inputs));
        }
        case TIMES -> {
          boolean first = SqlTypeUtil.isInterval(operands.get(0).getType());
          Expression amount = amount(operands.get(first ? 0 : 1), inputs);
          Expression factor = expressions.translate(operands.get(first ? 1 : 0), inputs);
          if (!factor.type().dataType().isInteger()) {
            throw notSupported("An interval times a number that is no integer");
          }
          return Expression.call(
              "TIMES", ColumnType.LONG, amount, typing.as(factor, ColumnType.LONG));
        }
        case PLUS, MINUS -> {
          RexNode left = operands.get(0);
          RexNode right = operands.get(1);
          if (SqlTypeUtil.isInterval(left.getType())
              && SqlTypeUtil.isInterval(right.getType())
              && isMonths(left.getType()) == isMonths(right.getType())) {
            return Expression.call(
                call.getKind().name(),
                ColumnType.LONG,
                amount(left, inputs),
                amount(right, inputs));
          }
          if (SqlTypeUtil.isDatetime(left.getType())
              && SqlTypeUtil.isDatetime(right.getType())
              && !isMonths(interval.getType())) {
            return Expression.call(
                "TIMESTAMP_DIFF",
                ColumnType.LONG,
                Literals.text("MILLISECOND"),
                typing.as(expressions.translate(right, inputs), ColumnType.TIMESTAMP),
                typing.as(expressions.translate(left, inputs), ColumnType.TIMESTAMP));
          }
        }
        case CAST -> {
          if (SqlTypeUtil.isInterval(operands.getFirst().getType())
              && isMonths(operands.getFirst().getType()) == isMonths(interval.getType())) {
            return amount(operands.getFirst(), inputs);
          }
        }
        default -> {}
      }
    }
    throw notSupported("This interval expression");
  }

  private static boolean isMonths(RelDataType type) {
    return SqlTypeName.YEAR_INTERVAL_TYPES.contains(type.getSqlTypeName());
  }

  private static CuveeException notSupported(String what) {
    return new CuveeException(
        ErrorCode.FEATURE_NOT_SUPPORTED,
        what + " is not supported. Use TIMESTAMPADD and TIMESTAMPDIFF.");
  }
}
