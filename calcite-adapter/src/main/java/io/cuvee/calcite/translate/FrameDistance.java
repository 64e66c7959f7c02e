package io.cuvee.calcite.translate;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.type.ColumnType;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexWindowBound;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.jspecify.annotations.Nullable;

/// How far the values of a sort key go in a frame `RANGE distance PRECEDING` or `FOLLOWING`: an
/// expression for the last value that is in.
///
/// @param key the sort key; a DATE as TIMESTAMP, so that hours count
/// @param descending whether larger values come first
record FrameDistance(Expression key, boolean descending) {
  FrameDistance {
    key =
        key.type().equals(ColumnType.DATE)
            ? Expression.call("CAST", ColumnType.TIMESTAMP, key)
            : key;
  }

  /// The distance of a bound, which is not negative; an interval's in months or milliseconds.
  ///
  /// @throws CuveeException if it is none
  static BigDecimal constant(RexWindowBound bound) {
    BigDecimal value = literal(bound.getOffset());
    if (value == null) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "A window frame whose distance is not a constant is not supported.");
    }
    if (value.signum() < 0) {
      throw new CuveeException(
          ErrorCode.INVALID_PARAMETER,
          "The distance of a window frame must not be negative, as "
              + value.toPlainString()
              + " is. Turn PRECEDING and FOLLOWING around.");
    }
    return value;
  }

  private static @Nullable BigDecimal literal(@Nullable RexNode node) {
    return switch (node) {
      case RexLiteral literal -> literal.getValueAs(BigDecimal.class);
      case RexCall call when call.getKind() == SqlKind.CAST ->
          literal(call.getOperands().getFirst());
      case null, default -> null;
    };
  }

  /// The first value of the frame if `start`, else the last.
  Expression edge(RexWindowBound bound, boolean start) {
    BigDecimal distance = constant(bound);
    RelDataType type = java.util.Objects.requireNonNull(bound.getOffset()).getType();
    boolean plus = bound.isPreceding() == descending;
    return switch (key.type().dataType()) {
      case INT, LONG -> {
        // Of a distance that is no whole number the integers within it count.
        RoundingMode mode =
            start == bound.isPreceding() ? RoundingMode.FLOOR : RoundingMode.CEILING;
        yield integer(distance.setScale(0, mode), plus);
      }
      case FLOAT, DOUBLE ->
          moved(
              as(ColumnType.DOUBLE),
              plus,
              new Expression.Literal(distance.doubleValue(), ColumnType.DOUBLE));
      case BIG_DECIMAL -> moved(key, plus, new Expression.Literal(distance, key.type()));
      case TIMESTAMP -> {
        if (!SqlTypeUtil.isInterval(type)) {
          throw unfit();
        }
        boolean months = SqlTypeName.YEAR_INTERVAL_TYPES.contains(type.getSqlTypeName());
        long amount = distance.longValueExact();
        yield Expression.call(
            "TIMESTAMP_ADD",
            ColumnType.TIMESTAMP,
            Literals.text(months ? "MONTH" : "MILLISECOND"),
            Literals.integer(plus ? amount : -amount),
            key);
      }
      case BOOLEAN, DATE, TIME, STRING, JSON, UUID, BYTES -> throw unfit();
    };
  }

  private Expression as(ColumnType type) {
    return key.type().equals(type) ? key : Expression.call("CAST", type, key);
  }

  private static Expression moved(Expression from, boolean plus, Expression distance) {
    return Expression.call(plus ? "PLUS" : "MINUS", from.type(), from, distance);
  }

  /// Stops at the largest and the least number instead of failing.
  private Expression integer(BigDecimal wanted, boolean plus) {
    long distance = wanted.min(BigDecimal.valueOf(Long.MAX_VALUE)).longValueExact();
    Expression limit =
        new Expression.Literal(
            plus ? Long.MAX_VALUE - distance : Long.MIN_VALUE + distance, ColumnType.LONG);
    Expression from =
        Expression.call(plus ? "LEAST" : "GREATEST", ColumnType.LONG, as(ColumnType.LONG), limit);
    return moved(from, plus, new Expression.Literal(distance, ColumnType.LONG));
  }

  private CuveeException unfit() {
    return new CuveeException(
        ErrorCode.TYPE_MISMATCH,
        "A window frame RANGE with a distance needs an order by numbers and a number, or by dates or"
            + " times and an interval; not "
            + key.type()
            + ".");
  }
}
