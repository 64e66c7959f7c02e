package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.expression.Kernel.Operand;
import java.util.List;

/// Brings arguments to a common type. The planner usually did so already.
final class Coercion {
  private Coercion() {}

  /// The operand's values in `target`.
  ///
  /// @throws CuveeException `TYPE_MISMATCH` if there is no conversion
  static Kernel to(Operand operand, ColumnType target) {
    ColumnType type = operand.type();
    if (type.equals(target)) {
      return operand.kernel();
    }
    if (operand.isConstant()) {
      Object value = operand.constant();
      if (value == null) {
        return new Constant(null, target);
      }
      try {
        return new Constant(Conversions.convert(value, type, target), target);
      } catch (CuveeException fails) {
        if (fails.code() == ErrorCode.TYPE_MISMATCH) {
          throw fails;
        }
        // Otherwise it fails for the rows that need it.
      }
    }
    Conversions.check(type, target);
    Kernel kernel = operand.kernel();
    if (isSameForm(type, target)) {
      return kernel;
    }
    return rows -> Conversions.convert(kernel.evaluate(rows), type, target);
  }

  /// Whether each value of `from` stands for the same value in `to`.
  private static boolean isSameForm(ColumnType from, ColumnType to) {
    if (from.isArray() != to.isArray()) {
      return false;
    }
    return switch (from.dataType()) {
      case INT, BOOLEAN -> to.dataType().isInteger();
      case TIMESTAMP -> to.dataType() == DataType.LONG;
      case TIME -> to.dataType() == DataType.TIMESTAMP || to.dataType() == DataType.LONG;
      case DATE -> to.dataType().isInteger();
      case LONG -> to.dataType() == DataType.TIMESTAMP;
      case FLOAT -> to.dataType() == DataType.DOUBLE;
      case JSON -> to.dataType() == DataType.STRING;
      case UUID -> to.dataType() == DataType.BYTES;
      case DOUBLE, BIG_DECIMAL, STRING, BYTES -> false;
    };
  }

  /// Operands in the common type of all.
  static ColumnType common(List<Operand> operands, String function) {
    ColumnType common = null;
    for (Operand operand : operands) {
      if (operand.isConstant() && operand.constant() == null) {
        continue;
      }
      common = common == null ? operand.type() : common(common, operand.type(), function);
    }
    return common == null ? operands.getFirst().type() : common;
  }

  /// The type in which values of both are compared or computed with.
  ///
  /// @throws CuveeException `TYPE_MISMATCH` if there is none
  static ColumnType common(ColumnType a, ColumnType b, String function) {
    if (a.equals(b)) {
      return a;
    }
    if (a.isArray() || b.isArray()) {
      if (a.isArray() && b.isArray()) {
        return ColumnType.arrayOf(common(a.elementType(), b.elementType(), function).dataType());
      }
      throw mismatch(a, b, function);
    }
    DataType x = a.dataType();
    DataType y = b.dataType();
    if (isNumber(x) && isNumber(y)) {
      return ColumnType.of(commonNumber(x, y));
    }
    if (x == DataType.STRING || y == DataType.STRING) {
      DataType other = x == DataType.STRING ? y : x;
      return ColumnType.of(other == DataType.JSON ? DataType.STRING : other);
    }
    if (x.isTime() && y.isTime()) {
      return ColumnType.TIMESTAMP;
    }
    if (x.isTime() && y.isInteger() || y.isTime() && x.isInteger()) {
      return ColumnType.LONG;
    }
    if (isBinary(x) && isBinary(y)) {
      return ColumnType.BYTES;
    }
    throw mismatch(a, b, function);
  }

  private static boolean isNumber(DataType type) {
    return type.isNumeric() || type == DataType.BOOLEAN;
  }

  private static boolean isBinary(DataType type) {
    return type == DataType.UUID || type == DataType.BYTES;
  }

  private static DataType commonNumber(DataType a, DataType b) {
    if (isReal(a) || isReal(b)) {
      return DataType.DOUBLE;
    }
    if (a == DataType.BIG_DECIMAL || b == DataType.BIG_DECIMAL) {
      return DataType.BIG_DECIMAL;
    }
    return a == DataType.LONG || b == DataType.LONG ? DataType.LONG : DataType.INT;
  }

  private static boolean isReal(DataType type) {
    return type == DataType.FLOAT || type == DataType.DOUBLE;
  }

  private static CuveeException mismatch(ColumnType a, ColumnType b, String function) {
    return new CuveeException(
        ErrorCode.TYPE_MISMATCH,
        function + " takes values of one type, not " + a + " and " + b + ". Cast one of them.");
  }
}
