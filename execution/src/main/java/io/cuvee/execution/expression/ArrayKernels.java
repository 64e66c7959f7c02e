package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.ComparisonKernels.Comparison;
import io.cuvee.execution.expression.Kernel.Factory;
import io.cuvee.execution.expression.Kernel.Operand;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.BytesValuesBuilder;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Functions of arrays.
final class ArrayKernels {
  private ArrayKernels() {}

  static void register(Map<String, Factory> all) {
    all.put("ARRAY", ArrayKernels::array);
    all.put("ITEM", (arguments, _) -> item(arguments));
    all.put("CARDINALITY", (arguments, _) -> cardinality(arguments.getFirst().kernel()));
    all.put(
        "ARRAY_CONTAINS",
        (arguments, _) ->
            ComparisonKernels.create(Comparison.EQ, arguments.get(0), arguments.get(1)));
    all.put("ARRAY_TO_STRING", (arguments, _) -> arrayToString(arguments));
  }

  /// All elements of the rows.
  static Values elements(ArrayValues arrays) {
    int first = arrays.offsets()[0];
    return arrays.elements().slice(first, arrays.offsets()[arrays.count()] - first);
  }

  /// For each element the row that it belongs to.
  static int[] rowsOfElements(ArrayValues arrays) {
    int first = arrays.offsets()[0];
    int[] rows = new int[arrays.offsets()[arrays.count()] - first];
    for (int i = 0; i < arrays.count(); i++) {
      for (int j = arrays.offsets()[i]; j < arrays.offsets()[i + 1]; j++) {
        rows[j - first] = i;
      }
    }
    return rows;
  }

  /// Whether any element of a row is true, or if `all` whether all are.
  ///
  /// @param each a truth for each element
  /// @param validity which rows have an outcome
  static LongValues reduce(
      LongValues each, ArrayValues arrays, @Nullable Validity validity, boolean all) {
    long[] out = new long[arrays.count()];
    int first = arrays.offsets()[0];
    for (int i = 0; i < arrays.count(); i++) {
      boolean outcome = all;
      for (int j = arrays.offsets()[i]; j < arrays.offsets()[i + 1] && outcome == all; j++) {
        outcome = each.values()[j - first] != 0;
      }
      out[i] = outcome ? 1 : 0;
    }
    return Truths.of(out, arrays.count(), validity);
  }

  private static Kernel array(List<Operand> arguments, ColumnType type) {
    Kernel[] kernels = new Kernel[arguments.size()];
    for (int i = 0; i < kernels.length; i++) {
      kernels[i] = Coercion.to(arguments.get(i), type.elementType());
    }
    return rows -> {
      Values[] values = new Values[kernels.length];
      for (int k = 0; k < kernels.length; k++) {
        values[k] = kernels[k].evaluate(rows);
      }
      ValuesBuilder.Arrays1 out = (ValuesBuilder.Arrays1) ValuesBuilder.of(type, rows.count());
      for (int i = 0; i < rows.count(); i++) {
        for (Values value : values) {
          if (value.isNull(i)) {
            throw new CuveeException(
                ErrorCode.DATA_EXCEPTION,
                "An array cannot hold NULL. Use COALESCE for its elements.");
          }
          out.elements().append(value, i);
        }
        out.endRow();
      }
      return out.build();
    };
  }

  private static Kernel item(List<Operand> arguments) {
    Kernel arrayKernel = arguments.get(0).kernel();
    Kernel indexKernel = Coercion.to(arguments.get(1), ColumnType.LONG);
    return rows -> {
      ArrayValues arrays = (ArrayValues) arrayKernel.evaluate(rows);
      LongValues indexes = (LongValues) indexKernel.evaluate(rows);
      int[] positions = new int[rows.count()];
      for (int i = 0; i < positions.length; i++) {
        // From the end if negative.
        int length = arrays.isNull(i) ? 0 : arrays.length(i);
        long given = indexes.values()[i];
        long index = given < 0 ? given + length + 1 : given;
        boolean exists = !indexes.isNull(i) && index >= 1 && index <= length;
        positions[i] = exists ? arrays.offsets()[i] + (int) index - 1 : -1;
      }
      return arrays.elements().select(positions, positions.length);
    };
  }

  private static Kernel cardinality(Kernel argument) {
    return rows -> {
      ArrayValues arrays = (ArrayValues) argument.evaluate(rows);
      long[] out = new long[arrays.count()];
      for (int i = 0; i < out.length; i++) {
        out[i] = arrays.length(i);
      }
      return Truths.of(out, out.length, arrays.validity());
    };
  }

  private static Kernel arrayToString(List<Operand> arguments) {
    ColumnType texts = ColumnType.arrayOf(ColumnType.STRING.dataType());
    Kernel arrayKernel = Coercion.to(arguments.get(0), texts);
    Kernel separatorKernel = Coercion.to(arguments.get(1), ColumnType.STRING);
    return rows -> {
      ArrayValues arrays = (ArrayValues) arrayKernel.evaluate(rows);
      BytesValues separators = (BytesValues) separatorKernel.evaluate(rows);
      BytesValues elements = (BytesValues) arrays.elements();
      BytesValuesBuilder out = new BytesValuesBuilder(rows.count());
      for (int i = 0; i < rows.count(); i++) {
        if (arrays.isNull(i) || separators.isNull(i)) {
          out.appendNull();
          continue;
        }
        java.io.ByteArrayOutputStream joined = new java.io.ByteArrayOutputStream();
        for (int j = arrays.offsets()[i]; j < arrays.offsets()[i + 1]; j++) {
          if (j > arrays.offsets()[i]) {
            joined.write(separators.bytes(), separators.offsets()[i], separators.length(i));
          }
          joined.write(elements.bytes(), elements.offsets()[j], elements.length(j));
        }
        out.append(joined.toByteArray());
      }
      return out.build();
    };
  }
}
