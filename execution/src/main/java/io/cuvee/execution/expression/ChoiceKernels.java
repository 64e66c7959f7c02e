package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.ComparisonKernels.Comparison;
import io.cuvee.execution.expression.Kernel.Factory;
import io.cuvee.execution.expression.Kernel.Operand;
import io.cuvee.execution.kernel.ValueOrder;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Pages;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// CASE, COALESCE and what else chooses among values, and casts.
final class ChoiceKernels {
  private ChoiceKernels() {}

  static void register(Map<String, Factory> all) {
    all.put("CASE", ChoiceKernels::caseOf);
    all.put("COALESCE", ChoiceKernels::coalesce);
    all.put("NULLIF", ChoiceKernels::nullIf);
    all.put("GREATEST", (arguments, type) -> extreme(arguments, type, 1));
    all.put("LEAST", (arguments, type) -> extreme(arguments, type, -1));
    all.put("CAST", (arguments, type) -> Coercion.to(arguments.getFirst(), type));
    all.put("TRY_CAST", ChoiceKernels::tryCast);
  }

  /// The pieces of a result, each for some of the rows; the rest is NULL.
  private static final class Pieces {
    private final ColumnType type;
    private final int[] positions;
    private final List<Values> parts = new ArrayList<>();
    private int end;

    Pieces(ColumnType type, int count) {
      this.type = type;
      this.positions = new int[count];
      Arrays.fill(positions, -1);
    }

    /// Row `rows[i]` of the result is value `from[i]` of `part`.
    void add(Values part, int[] rows, int[] from, int count) {
      for (int i = 0; i < count; i++) {
        positions[rows[i]] = end + from[i];
      }
      parts.add(part);
      end += part.count();
    }

    Values build() {
      return parts.isEmpty()
          ? new Constant(null, type).evaluate(Rows.ofCount(positions.length))
          : Pages.concatValues(type, parts).select(positions, positions.length);
    }
  }

  private static int[] ascending(int count) {
    int[] numbers = new int[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = i;
    }
    return numbers;
  }

  private static Kernel caseOf(List<Operand> arguments, ColumnType type) {
    int pairs = arguments.size() / 2;
    Kernel[] conditions = new Kernel[pairs];
    Kernel[] values = new Kernel[arguments.size() - pairs];
    for (int i = 0; i < pairs; i++) {
      conditions[i] = Coercion.to(arguments.get(2 * i), ColumnType.BOOLEAN);
      values[i] = Coercion.to(arguments.get(2 * i + 1), type);
    }
    boolean otherwise = values.length > pairs;
    if (otherwise) {
      values[pairs] = Coercion.to(arguments.getLast(), type);
    }
    return rows -> evaluateCase(conditions, values, type, rows);
  }

  private static Values evaluateCase(
      Kernel[] conditions, Kernel[] values, ColumnType type, Rows rows) {
    int count = rows.count();
    Pieces pieces = new Pieces(type, count);
    int[] open = ascending(count);
    int openCount = count;
    for (int c = 0; c < conditions.length && openCount > 0; c++) {
      Rows openRows = openCount == count ? rows : rows.select(open, openCount);
      LongValues truths = (LongValues) conditions[c].evaluate(openRows);
      int[] taken = new int[openCount];
      int[] left = new int[openCount];
      int takenCount = 0;
      int leftCount = 0;
      for (int i = 0; i < openCount; i++) {
        if (truths.values()[i] != 0 && !truths.isNull(i)) {
          taken[takenCount++] = open[i];
        } else {
          left[leftCount++] = open[i];
        }
      }
      if (takenCount == count) {
        return values[c].evaluate(rows);
      }
      if (takenCount > 0) {
        pieces.add(
            values[c].evaluate(rows.select(taken, takenCount)),
            taken,
            ascending(takenCount),
            takenCount);
      }
      open = left;
      openCount = leftCount;
    }
    if (values.length > conditions.length && openCount > 0) {
      Kernel otherwise = values[conditions.length];
      if (openCount == count) {
        return otherwise.evaluate(rows);
      }
      pieces.add(
          otherwise.evaluate(rows.select(open, openCount)), open, ascending(openCount), openCount);
    }
    return pieces.build();
  }

  private static Kernel coalesce(List<Operand> arguments, ColumnType type) {
    Kernel[] values = new Kernel[arguments.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Coercion.to(arguments.get(i), type);
    }
    return rows -> {
      int count = rows.count();
      Values first = values[0].evaluate(rows);
      if (!first.mayHaveNulls() || values.length == 1) {
        return first;
      }
      Pieces pieces = new Pieces(type, count);
      int[] open = ascending(count);
      int openCount = count;
      Values part = first;
      for (int a = 0; openCount > 0; ) {
        int[] found = new int[openCount];
        int[] from = new int[openCount];
        int[] left = new int[openCount];
        int foundCount = 0;
        int leftCount = 0;
        for (int i = 0; i < openCount; i++) {
          if (part.isNull(i)) {
            left[leftCount++] = open[i];
          } else {
            from[foundCount] = i;
            found[foundCount++] = open[i];
          }
        }
        pieces.add(part, found, from, foundCount);
        open = left;
        openCount = leftCount;
        if (++a == values.length || openCount == 0) {
          break;
        }
        part = values[a].evaluate(rows.select(open, openCount));
      }
      return pieces.build();
    };
  }

  private static Kernel nullIf(List<Operand> arguments, ColumnType type) {
    Kernel value = Coercion.to(arguments.get(0), type);
    Kernel equal = ComparisonKernels.create(Comparison.EQ, arguments.get(0), arguments.get(1));
    return rows -> {
      LongValues truths = (LongValues) equal.evaluate(rows);
      Values values = value.evaluate(rows);
      int count = rows.count();
      int[] kept = new int[count];
      boolean all = true;
      for (int i = 0; i < count; i++) {
        boolean same = truths.values()[i] != 0 && !truths.isNull(i);
        kept[i] = same ? -1 : i;
        all &= !same;
      }
      return all ? values : values.select(kept, count);
    };
  }

  private static Kernel extreme(List<Operand> arguments, ColumnType type, int sign) {
    Kernel[] kernels = new Kernel[arguments.size()];
    for (int i = 0; i < kernels.length; i++) {
      kernels[i] = Coercion.to(arguments.get(i), type);
    }
    return rows -> {
      int count = rows.count();
      Values[] values = new Values[kernels.length];
      for (int k = 0; k < kernels.length; k++) {
        values[k] = kernels[k].evaluate(rows);
      }
      int[] chosen = new int[count];
      for (int i = 0; i < count; i++) {
        int best = -1;
        for (int k = 0; k < values.length; k++) {
          if (!values[k].isNull(i)
              && (best < 0 || sign * ValueOrder.compare(values[k], i, values[best], i) > 0)) {
            best = k;
          }
        }
        chosen[i] = best < 0 ? -1 : best * count + i;
      }
      return Pages.concatValues(type, Arrays.asList(values)).select(chosen, count);
    };
  }

  private static Kernel tryCast(List<Operand> arguments, ColumnType type) {
    Operand argument = arguments.getFirst();
    ColumnType from = argument.type();
    if (argument.isConstant() && argument.constant() == null) {
      return new Constant(null, type);
    }
    Conversions.check(from, type);
    return rows -> {
      Values values = argument.evaluate(rows);
      try {
        return Conversions.convert(values, from, type);
      } catch (CuveeException someFail) {
        return convertEach(values, from, type);
      }
    };
  }

  private static Values convertEach(Values values, ColumnType from, ColumnType to) {
    ValuesBuilder out = ValuesBuilder.of(to, values.count());
    for (int i = 0; i < values.count(); i++) {
      try {
        out.append(Conversions.convert(values.slice(i, 1), from, to), 0);
      } catch (CuveeException fails) {
        out.appendNull();
      }
    }
    return out.build();
  }
}
