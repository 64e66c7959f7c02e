package io.cuvee.execution.expression;

import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.Kernel.Factory;
import io.cuvee.execution.expression.Kernel.Operand;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import java.util.List;
import java.util.Map;

/// AND, OR, NOT and the tests that are never NULL.
final class LogicKernels {
  private LogicKernels() {}

  static void register(Map<String, Factory> all) {
    all.put("AND", (arguments, _) -> junction(arguments, 0));
    all.put("OR", (arguments, _) -> junction(arguments, 1));
    all.put("NOT", (arguments, _) -> not(truth(arguments.getFirst())));
    all.put("IS_TRUE", (arguments, _) -> is(truth(arguments.getFirst()), 1, false));
    all.put("IS_FALSE", (arguments, _) -> is(truth(arguments.getFirst()), 0, false));
    all.put("IS_NOT_TRUE", (arguments, _) -> is(truth(arguments.getFirst()), 1, true));
    all.put("IS_NOT_FALSE", (arguments, _) -> is(truth(arguments.getFirst()), 0, true));
    all.put("IS_NULL", (arguments, _) -> isNull(arguments.getFirst().kernel(), 1));
    all.put("IS_NOT_NULL", (arguments, _) -> isNull(arguments.getFirst().kernel(), 0));
  }

  private static Kernel truth(Operand operand) {
    return Coercion.to(operand, ColumnType.BOOLEAN);
  }

  static Kernel not(Kernel argument) {
    return rows -> {
      LongValues values = (LongValues) argument.evaluate(rows);
      int count = values.count();
      long[] out = new long[count];
      for (int i = 0; i < count; i++) {
        out[i] = values.values()[i] ^ 1;
      }
      return Truths.of(out, count, values.validity());
    };
  }

  private static Kernel is(Kernel argument, long wanted, boolean negated) {
    return rows -> {
      LongValues values = (LongValues) argument.evaluate(rows);
      int count = values.count();
      long[] out = new long[count];
      for (int i = 0; i < count; i++) {
        out[i] = (values.values()[i] == wanted && !values.isNull(i)) != negated ? 1 : 0;
      }
      return new LongValues(out, count, null);
    };
  }

  private static Kernel isNull(Kernel argument, long ofNull) {
    return rows -> {
      Values values = argument.evaluate(rows);
      int count = values.count();
      long[] out = new long[count];
      Validity validity = values.validity();
      if (validity == null) {
        java.util.Arrays.fill(out, 1 - ofNull);
      } else {
        for (int i = 0; i < count; i++) {
          out[i] = validity.isSet(i) ? 1 - ofNull : ofNull;
        }
      }
      return new LongValues(out, count, null);
    };
  }

  /// AND (`decisive` 0) or OR (`decisive` 1). An argument is computed for the rows that those
  /// before it left open; a row is decided by the first argument that is `decisive`.
  static Kernel junction(List<Operand> operands, long decisive) {
    Kernel[] arguments = new Kernel[operands.size()];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = truth(operands.get(i));
    }
    return rows -> {
      LongValues result = (LongValues) arguments[0].evaluate(rows);
      int count = rows.count();
      for (int a = 1; a < arguments.length; a++) {
        int[] open = new int[count];
        int openCount = 0;
        for (int i = 0; i < count; i++) {
          if (result.values()[i] != decisive || result.isNull(i)) {
            open[openCount++] = i;
          }
        }
        if (openCount == 0) {
          break;
        }
        boolean all = openCount == count;
        LongValues next =
            (LongValues) arguments[a].evaluate(all ? rows : rows.select(open, openCount));
        result = merge(result, next, open, openCount, decisive);
      }
      return result;
    };
  }

  /// Combines the rows `open` of `result` with `next`: decisive if `next` is, else NULL if either
  /// is, else not decisive.
  private static LongValues merge(
      LongValues result, LongValues next, int[] open, int openCount, long decisive) {
    int count = result.count();
    long[] out = java.util.Arrays.copyOf(result.values(), count);
    Validity before = result.validity();
    if (before == null && next.validity() == null) {
      for (int i = 0; i < openCount; i++) {
        out[open[i]] = next.values()[i];
      }
      return new LongValues(out, count, null);
    }
    long[] words =
        before == null
            ? Truths.allValid(count)
            : java.util.Arrays.copyOf(before.words(), Validity.wordCount(count));
    for (int i = 0; i < openCount; i++) {
      int row = open[i];
      if (next.isNull(i)) {
        Truths.clearValid(words, row);
        out[row] = 0;
      } else if (next.values()[i] == decisive) {
        Truths.setValid(words, row);
        out[row] = decisive;
      }
      // Otherwise the row stays what it was: NULL, or the opposite of decisive.
    }
    return new LongValues(out, count, new Validity(words));
  }
}
