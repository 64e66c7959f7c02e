package io.cuvee.execution.expression;

import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.page.Values;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A compiled expression. Immutable and thread-safe.
interface Kernel {
  /// One value for each row.
  Values evaluate(Rows rows);

  /// A compiled argument.
  ///
  /// @param constant the value if the same for all rows and not NULL, in the Java form of a literal
  /// @param isConstant whether the value is the same for all rows; with an absent `constant` it is
  ///   NULL
  record Operand(Kernel kernel, ColumnType type, @Nullable Object constant, boolean isConstant) {
    Values evaluate(Rows rows) {
      return kernel.evaluate(rows);
    }
  }

  /// Makes the kernel of a call.
  interface Factory {
    Kernel create(List<Operand> arguments, ColumnType type);
  }
}
