package io.cuvee.common.plan;

import io.cuvee.common.type.ColumnType;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A scalar expression over the columns of some input: the scanned columns in a [SegmentQuery], the
/// rows of the input in a [PlanNode]. SQL semantics: any part may be NULL, conditions are
/// three-valued.
public sealed interface Expression {
  ColumnType type();

  /// The value of the input's column at `index`.
  record Column(int index, ColumnType type) implements Expression {}

  /// A constant in the Java form of its type: `Long` (INT, LONG, BOOLEAN as 0 or 1, TIMESTAMP,
  /// DATE), `Double`, `BigDecimal`, `byte[]` (STRING, JSON, UUID, BYTES), for arrays a `List` of
  /// these; `null` is SQL NULL.
  record Literal(@Nullable Object value, ColumnType type) implements Expression {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Literal literal
          && type.equals(literal.type)
          && java.util.Objects.deepEquals(value, literal.value);
    }

    @Override
    public int hashCode() {
      return value instanceof byte[] bytes
          ? java.util.Arrays.hashCode(bytes)
          : java.util.Objects.hashCode(value);
    }

    @Override
    public String toString() {
      return switch (value) {
        case null -> "NULL";
        case byte[] bytes when type.dataType().isText() ->
            "'" + new String(bytes, java.nio.charset.StandardCharsets.UTF_8) + "'";
        case byte[] bytes -> "x'" + java.util.HexFormat.of().formatHex(bytes) + "'";
        default -> value.toString();
      };
    }
  }

  /// A value that is known when the query is bound: the client's `?` or a literal that the plan
  /// cache took out. Replaced by a [Literal] before anything runs.
  record Parameter(int index, ColumnType type) implements Expression {}

  /// A function of [io.cuvee.common.function.ScalarFunctions], by canonical name.
  record Call(String function, List<Expression> arguments, ColumnType type) implements Expression {
    public Call {
      arguments = List.copyOf(arguments);
    }

    // The same instance means unchanged; equal ones need not be compared.
    @SuppressWarnings("ReferenceEquality")
    private Call rewriteArguments(UnaryOperator<Expression> change) {
      Expression[] changed = null;
      for (int i = 0; i < arguments.size(); i++) {
        Expression argument = arguments.get(i);
        Expression rewritten = argument.rewrite(change);
        if (rewritten != argument) {
          changed = changed == null ? arguments.toArray(new Expression[0]) : changed;
          changed[i] = rewritten;
        }
      }
      return changed == null ? this : new Call(function, List.of(changed), type);
    }

    @Override
    public String toString() {
      return function
          + arguments.stream()
              .map(Object::toString)
              .collect(java.util.stream.Collectors.joining(", ", "(", ")"));
    }
  }

  static Call call(String function, ColumnType type, Expression... arguments) {
    return new Call(function, List.of(arguments), type);
  }

  /// This expression with every node, children first, replaced by what `change` makes of it.
  default Expression rewrite(UnaryOperator<Expression> change) {
    return switch (this) {
      case Column column -> change.apply(column);
      case Literal literal -> change.apply(literal);
      case Parameter parameter -> change.apply(parameter);
      case Call call -> change.apply(call.rewriteArguments(change));
    };
  }
}
