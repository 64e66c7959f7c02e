package io.cuvee.common.plan;

import io.cuvee.common.type.ColumnType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A value of the row that a key finds in a small input of a join; NULL if it finds none.
///
/// In plans it is `LOOKUP(key, side, column)`, and `HAS_MATCH(key, side)` asks whether there is
/// such a row. Once the side has been read, servers get `LOOKUP(key, keys, values)` with two arrays
/// of the same length, the keys different and not NULL, and `IN`.
///
/// @param side which of the small inputs
/// @param column of its rows; absent to ask whether there is one
public record Lookup(Expression key, int side, Optional<Integer> column, ColumnType type) {
  public static final String FUNCTION = "LOOKUP";

  private static final String TEST = "HAS_MATCH";

  /// What the call of a plan means, if it is one of these.
  public static Optional<Lookup> of(Expression expression) {
    if (expression instanceof Expression.Call call
        && (call.function().equals(FUNCTION) || call.function().equals(TEST))
        && call.arguments().get(1) instanceof Expression.Literal side
        && side.value() instanceof Long number) {
      Optional<Integer> column =
          call.arguments().size() > 2
                  && call.arguments().get(2) instanceof Expression.Literal position
                  && position.value() instanceof Long value
              ? Optional.of(value.intValue())
              : Optional.empty();
      return Optional.of(
          new Lookup(call.arguments().getFirst(), number.intValue(), column, call.type()));
    }
    return Optional.empty();
  }

  public Expression inPlan() {
    List<Expression> arguments = new ArrayList<>();
    arguments.add(key);
    arguments.add(new Expression.Literal((long) side, ColumnType.LONG));
    column.ifPresent(
        position -> arguments.add(new Expression.Literal((long) position, ColumnType.LONG)));
    return new Expression.Call(column.isPresent() ? FUNCTION : TEST, arguments, type);
  }

  /// The form that servers compute.
  ///
  /// @param keys of the side's rows
  /// @param keyType of one
  /// @param values of the column, one a key; unused if there is no column
  public Expression withRows(List<?> keys, ColumnType keyType, List<?> values) {
    if (column.isPresent()) {
      return Expression.call(
          FUNCTION,
          type,
          key,
          new Expression.Literal(keys, ColumnType.arrayOf(keyType.dataType())),
          new Expression.Literal(values, ColumnType.arrayOf(type.dataType())));
    }
    if (keys.isEmpty()) {
      return new Expression.Literal(0L, ColumnType.BOOLEAN);
    }
    List<Expression> arguments = new ArrayList<>(keys.size() + 1);
    arguments.add(key);
    keys.forEach(one -> arguments.add(new Expression.Literal(one, keyType)));
    return new Expression.Call("IN", arguments, type);
  }
}
