package io.cuvee.execution.expression;

import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.Kernel.Operand;
import io.cuvee.execution.page.BytesValuesBuilder;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Kernels of functions that are computed row by row and are NULL if any argument is.
final class RowKernels {
  private RowKernels() {}

  /// Appends the text of one row to `out`.
  interface ToText {
    void apply(Values[] arguments, int row, BytesValuesBuilder out);
  }

  interface ToLong {
    long apply(Values[] arguments, int row);
  }

  /// @param types of the arguments; the last repeats
  static Kernel toText(List<Operand> operands, ToText function, ColumnType... types) {
    Kernel[] kernels = coerced(operands, types);
    return rows -> {
      Values[] arguments = evaluate(kernels, rows);
      int count = rows.count();
      Validity validity = validity(arguments, count);
      BytesValuesBuilder out = new BytesValuesBuilder(count);
      for (int i = 0; i < count; i++) {
        if (validity == null || validity.isSet(i)) {
          function.apply(arguments, i, out);
        } else {
          out.appendNull();
        }
      }
      return out.build();
    };
  }

  /// @param types of the arguments; the last repeats
  static Kernel toLong(List<Operand> operands, ToLong function, ColumnType... types) {
    Kernel[] kernels = coerced(operands, types);
    return rows -> {
      Values[] arguments = evaluate(kernels, rows);
      int count = rows.count();
      Validity validity = validity(arguments, count);
      long[] out = new long[count];
      for (int i = 0; i < count; i++) {
        if (validity == null || validity.isSet(i)) {
          out[i] = function.apply(arguments, i);
        }
      }
      return new LongValues(out, count, validity);
    };
  }

  /// Computes a value from the arguments' values in the Java form of a literal, but that texts are
  /// `String`s. It allocates for each row, which suits functions that do so anyway.
  interface ToObject {
    @Nullable Object apply(@Nullable Object[] arguments);
  }

  /// @param types of the arguments; the last repeats
  static Kernel toObject(
      List<Operand> operands, ColumnType type, ToObject function, ColumnType... types) {
    return toObject(operands, type, function, true, types);
  }

  /// @param strict whether the result is NULL if any argument is; else the function sees NULLs
  /// @param types of the arguments; the last repeats
  static Kernel toObject(
      List<Operand> operands,
      ColumnType type,
      ToObject function,
      boolean strict,
      ColumnType... types) {
    Kernel[] kernels = coerced(operands, types);
    boolean[] texts = new boolean[kernels.length];
    for (int i = 0; i < texts.length; i++) {
      ColumnType argument = types[Math.min(i, types.length - 1)];
      texts[i] = argument.equals(ColumnType.STRING);
    }
    return rows -> {
      Values[] values = evaluate(kernels, rows);
      ValuesBuilder out = ValuesBuilder.of(type, rows.count());
      Object[] arguments = new Object[values.length];
      for (int i = 0; i < rows.count(); i++) {
        boolean missing = false;
        for (int k = 0; k < values.length; k++) {
          Object value = values[k].get(i);
          missing |= value == null;
          arguments[k] =
              texts[k] && value instanceof byte[] bytes
                  ? new String(bytes, StandardCharsets.UTF_8)
                  : value;
        }
        Object result = missing && strict ? null : function.apply(arguments);
        out.appendObject(
            result instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : result);
      }
      return out.build();
    };
  }

  private static Kernel[] coerced(List<Operand> operands, ColumnType[] types) {
    Kernel[] kernels = new Kernel[operands.size()];
    for (int i = 0; i < kernels.length; i++) {
      kernels[i] = Coercion.to(operands.get(i), types[Math.min(i, types.length - 1)]);
    }
    return kernels;
  }

  private static Values[] evaluate(Kernel[] kernels, Rows rows) {
    Values[] values = new Values[kernels.length];
    for (int i = 0; i < kernels.length; i++) {
      values[i] = kernels[i].evaluate(rows);
    }
    return values;
  }

  private static @Nullable Validity validity(Values[] arguments, int count) {
    Validity validity = null;
    for (Values argument : arguments) {
      validity = Validity.and(validity, argument.validity(), count);
    }
    return validity;
  }
}
