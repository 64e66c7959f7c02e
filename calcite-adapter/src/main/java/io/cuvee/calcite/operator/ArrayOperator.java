package io.cuvee.calcite.operator;

import java.util.List;
import java.util.Objects;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlOperandCountRange;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlOperandCountRanges;
import org.jspecify.annotations.Nullable;

/// A comparison of an array with a scalar: true if some element compares so, and for the negated
/// forms if all do. These are operators of their own so that no rule for scalars, as turning NOT (a
/// < b) into a >= b, is applied to them.
public final class ArrayOperator extends OwnOperator {
  private static final List<ArrayOperator> ALL =
      List.of(
          new ArrayOperator("=", "EQ", false),
          new ArrayOperator("<>", "EQ", true),
          new ArrayOperator("<", "LT", false),
          new ArrayOperator("<=", "LE", false),
          new ArrayOperator(">", "GT", false),
          new ArrayOperator(">=", "GE", false),
          new ArrayOperator("IN", "IN", false),
          new ArrayOperator("NOT IN", "IN", true),
          new ArrayOperator("BETWEEN", "BETWEEN", false),
          new ArrayOperator("NOT BETWEEN", "BETWEEN", true),
          new ArrayOperator("LIKE", "LIKE", false),
          new ArrayOperator("NOT LIKE", "LIKE", true),
          new ArrayOperator("ILIKE", "ILIKE", false),
          new ArrayOperator("NOT ILIKE", "ILIKE", true));

  private final String function;
  private final boolean negated;

  private ArrayOperator(String name, String function, boolean negated) {
    super(
        name,
        ReturnTypes.BOOLEAN_NULLABLE,
        (binding, returnType, operandTypes) -> {
          RelDataType element = binding.getOperandType(0).getComponentType();
          java.util.Arrays.fill(operandTypes, Objects.requireNonNullElse(element, operandTypes[0]));
        },
        OperandTypes.VARIADIC);
    this.function = function;
    this.negated = negated;
  }

  /// The form for arrays of an operator for scalars, or null if there is none.
  public static @Nullable ArrayOperator of(SqlOperator scalar) {
    if (scalar instanceof SqlFunction) {
      return null;
    }
    String name = scalar.getName().replace(" ASYMMETRIC", "");
    for (ArrayOperator operator : ALL) {
      if (operator.getName().equals(name)) {
        return operator;
      }
    }
    return null;
  }

  /// The canonical name of our function that holds if some element matches.
  public String function() {
    return function;
  }

  /// Whether this is the opposite of [#function()].
  public boolean isNegated() {
    return negated;
  }

  @Override
  public SqlOperandCountRange getOperandCountRange() {
    return SqlOperandCountRanges.from(2);
  }
}
