package io.cuvee.calcite.translate;

import io.cuvee.calcite.catalog.Types;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Makes the operands of a call have the types that our functions ask for. Constants are converted
/// here, columns at run time.
final class Typing {
  private final Slots slots;

  Typing(Slots slots) {
    this.slots = slots;
  }

  /// `expression` as a value of `type`.
  Expression as(Expression expression, ColumnType type) {
    ColumnType from = expression.type();
    if (from.equals(type)) {
      return expression;
    }
    return switch (expression) {
      case Expression.Literal literal when literal.value() == null ->
          new Expression.Literal(null, type);
      case Expression.Literal literal when ConstantCast.isCovered(from, type) ->
          converted(literal, type);
      case Expression.Parameter parameter when slots.isConvertible(parameter, type) ->
          slots.converted(parameter, type);
      case Expression.Literal literal -> cast(literal, type);
      case Expression.Parameter parameter -> cast(parameter, type);
      case Expression.Column column -> cast(column, type);
      case Expression.Call call -> cast(call, type);
    };
  }

  private static Expression converted(Expression.Literal literal, ColumnType type) {
    try {
      return new Expression.Literal(
          ConstantCast.convert(literal.value(), literal.type(), type), type);
    } catch (CuveeException unfit) {
      // The kernel knows more forms of text; if none fits, only a query with rows fails.
      return cast(literal, type);
    }
  }

  private static Expression cast(Expression expression, ColumnType type) {
    boolean sameText =
        expression.type().isArray() == type.isArray()
            && expression.type().dataType().isText()
            && type.dataType().isText();
    return sameText ? expression : Expression.call("CAST", type, expression);
  }

  /// `expression` as a value of `type`, but left as it is where its values have the form of that
  /// type anyway.
  Expression inForm(Expression expression, ColumnType type) {
    return expression instanceof Expression.Column && Types.isSameForm(expression.type(), type)
        ? expression
        : as(expression, type);
  }

  /// A comparison of two scalars or two arrays.
  Expression compare(String function, Expression left, Expression right) {
    List<Expression> operands = unified(List.of(left, right));
    if (operands.get(0) instanceof Expression.Literal a
        && operands.get(1) instanceof Expression.Literal b
        && a.value() instanceof Long x
        && b.value() instanceof Long y) {
      return truth(function, x.compareTo(y));
    }
    return Expression.call(function, ColumnType.BOOLEAN, operands.get(0), operands.get(1));
  }

  private static Expression truth(String function, int order) {
    boolean holds =
        switch (function) {
          case "EQ", "IS_NOT_DISTINCT_FROM" -> order == 0;
          case "NE", "IS_DISTINCT_FROM" -> order != 0;
          case "LT" -> order < 0;
          case "LE" -> order <= 0;
          case "GT" -> order > 0;
          case "GE" -> order >= 0;
          default -> throw new IllegalArgumentException(function);
        };
    return holds ? Literals.TRUE : Literals.FALSE;
  }

  /// `value IN (candidates)`.
  Expression in(Expression value, List<Expression> candidates) {
    List<Expression> all = new ArrayList<>();
    all.add(value);
    all.addAll(candidates);
    return new Expression.Call("IN", unified(all), ColumnType.BOOLEAN);
  }

  /// The operands with one type for all. The first that is no constant decides if all constants
  /// have a value of its type.
  List<Expression> unified(List<Expression> given) {
    List<Expression> operands = unwidened(given);
    ColumnType wanted = null;
    for (Expression operand : operands) {
      if (!isConstant(operand)) {
        wanted = wanted == null ? operand.type() : common(wanted, operand.type());
      }
    }
    for (Expression operand : operands) {
      if (isConstant(operand) && (wanted == null || !fits(operand, wanted))) {
        wanted = wanted == null ? operand.type() : common(wanted, operand.type());
      }
    }
    ColumnType type = Objects.requireNonNull(wanted);
    for (Expression operand : operands) {
      checkElements(operand.type(), type);
    }
    return operands.stream().map(operand -> as(operand, type)).toList();
  }

  /// Arrays convert only where their elements do without question.
  static void checkElements(ColumnType from, ColumnType to) {
    boolean alike =
        from.dataType() == to.dataType()
            || (from.dataType().isNumeric() && to.dataType().isNumeric())
            || (from.dataType().isText() && to.dataType().isText())
            || (from.dataType().isTime() && to.dataType().isTime());
    if ((from.isArray() || to.isArray()) && (!alike || from.isArray() != to.isArray())) {
      throw new CuveeException(
          ErrorCode.TYPE_MISMATCH,
          "Values of type " + from + " and " + to + " do not go together.");
    }
  }

  /// INT columns that were widened only to be compared with constants that are INTs as well, as
  /// they were.
  private static List<Expression> unwidened(List<Expression> operands) {
    for (Expression operand : operands) {
      if (!isWidened(operand)
          && !(operand instanceof Expression.Literal && fits(operand, ColumnType.INT))) {
        return operands;
      }
    }
    return operands.stream()
        .map(operand ->
            isWidened(operand) ? ((Expression.Call) operand).arguments().getFirst() : operand)
        .toList();
  }

  private static boolean isWidened(Expression operand) {
    return operand instanceof Expression.Call call
        && call.function().equals("CAST")
        && call.type().equals(ColumnType.LONG)
        && call.arguments().getFirst().type().equals(ColumnType.INT)
        && !isConstant(call.arguments().getFirst());
  }

  static boolean isConstant(Expression expression) {
    return switch (expression) {
      case Expression.Literal literal -> true;
      case Expression.Parameter parameter -> true;
      case Expression.Column column -> false;
      case Expression.Call call -> false;
    };
  }

  /// Whether the constant is a value of `type` after an exact conversion.
  private static boolean fits(Expression constant, ColumnType type) {
    if (Types.isSameForm(constant.type(), type)) {
      return true;
    }
    return constant instanceof Expression.Literal literal
        && constant.type().equals(ColumnType.LONG)
        && type.equals(ColumnType.INT)
        && literal.value() instanceof Long value
        && value.intValue() == value;
  }

  /// The least type that values of both convert to.
  static ColumnType common(ColumnType a, ColumnType b) {
    if (a.equals(b) || a.isArray() != b.isArray()) {
      return a;
    }
    DataType x = a.dataType();
    DataType y = b.dataType();
    DataType common =
        x.isNumeric() && y.isNumeric()
            ? Types.commonNumeric(ColumnType.of(x), ColumnType.of(y)).dataType()
            : x.isTime() && y.isTime() ? DataType.TIMESTAMP : x == DataType.JSON ? y : x;
    return new ColumnType(common, a.isArray());
  }

  /// AND or OR of the terms, with inner ones of the same kind dissolved; null if there are none.
  static @Nullable Expression connect(String function, List<Expression> terms) {
    List<Expression> flat = new ArrayList<>();
    for (Expression term : terms) {
      if (term instanceof Expression.Call call && call.function().equals(function)) {
        flat.addAll(call.arguments());
      } else {
        flat.add(term);
      }
    }
    // TRUE changes no AND, FALSE no OR.
    Expression neutral = function.equals("AND") ? Literals.TRUE : Literals.FALSE;
    if (flat.size() > 1) {
      flat.removeIf(neutral::equals);
      if (flat.isEmpty()) {
        return neutral;
      }
    }
    if (function.equals("OR")) {
      gatherEqualities(flat);
    }
    return switch (flat.size()) {
      case 0 -> null;
      case 1 -> flat.getFirst();
      default -> new Expression.Call(function, flat, ColumnType.BOOLEAN);
    };
  }

  /// `x = 1 OR x = 2` becomes `x IN (1, 2)`, in the place of the first.
  private static void gatherEqualities(List<Expression> terms) {
    for (int i = 0; i < terms.size(); i++) {
      Expression value = equated(terms.get(i));
      if (value == null) {
        continue;
      }
      List<Expression> gathered = new ArrayList<>(((Expression.Call) terms.get(i)).arguments());
      for (int j = i + 1; j < terms.size(); j++) {
        if (value.equals(equated(terms.get(j)))) {
          List<Expression> more = ((Expression.Call) terms.remove(j--)).arguments();
          gathered.addAll(more.subList(1, more.size()));
        }
      }
      if (gathered.size() > 2) {
        terms.set(i, new Expression.Call("IN", gathered, ColumnType.BOOLEAN));
      }
    }
  }

  /// What the term says to equal one of some constants of its own type, or null if it says
  /// something else.
  private static @Nullable Expression equated(Expression term) {
    if (!(term instanceof Expression.Call call)
        || !(call.function().equals("EQ") || call.function().equals("IN"))) {
      return null;
    }
    Expression value = call.arguments().getFirst();
    for (Expression constant : call.arguments().subList(1, call.arguments().size())) {
      if (!isConstant(constant) || !constant.type().equals(value.type())) {
        return null;
      }
    }
    return isConstant(value) ? null : value;
  }

  /// What an array is put in order by.
  static Expression sortKey(Expression array) {
    return Expression.call("ARRAY_SORT_KEY", ColumnType.BYTES, array);
  }
}
