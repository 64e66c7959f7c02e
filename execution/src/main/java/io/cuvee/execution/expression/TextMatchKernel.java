package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.Kernel.Operand;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.text.TextQuery;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// TEXT_MATCH of a text, or of an array of texts, of which some element is to pass. Rows that
/// follow each other and have the same query are searched together.
final class TextMatchKernel implements Kernel {
  private static final ColumnType TEXTS = ColumnType.arrayOf(ColumnType.STRING.dataType());

  private final Kernel[] kernels;
  private final @Nullable TextQuery constant;

  TextMatchKernel(List<Operand> operands) {
    kernels = new Kernel[operands.size()];
    for (int i = 0; i < kernels.length; i++) {
      boolean array = i == 0 && operands.getFirst().type().isArray();
      kernels[i] = Coercion.to(operands.get(i), array ? TEXTS : ColumnType.STRING);
    }
    constant = constant(operands);
  }

  private static @Nullable TextQuery constant(List<Operand> operands) {
    String[] texts = {"", ""};
    for (int i = 1; i < operands.size(); i++) {
      if (!(operands.get(i).constant() instanceof byte[] bytes)) {
        return null;
      }
      texts[i - 1] = new String(bytes, StandardCharsets.UTF_8);
    }
    try {
      return TextQuery.parse(texts[0], texts[1]);
    } catch (CuveeException wrong) {
      // Fails for the rows that need it.
      return null;
    }
  }

  @Override
  public Values evaluate(Rows rows) {
    int count = rows.count();
    Values[] arguments = new Values[kernels.length];
    Validity validity = null;
    for (int i = 0; i < kernels.length; i++) {
      arguments[i] = kernels[i].evaluate(rows);
      validity = Validity.and(validity, arguments[i].validity(), count);
    }
    long[] out = new long[count];
    if (constant != null) {
      match(constant, arguments[0], 0, count, validity, out);
      return new LongValues(out, count, validity);
    }
    for (int from = 0; from < count; ) {
      int to = from + 1;
      if (validity == null || validity.isSet(from)) {
        while (to < count && isSameQuery(arguments, from, to)) {
          to++;
        }
        match(query(arguments, from), arguments[0], from, to, validity, out);
      }
      from = to;
    }
    return new LongValues(out, count, validity);
  }

  private static boolean isSameQuery(Values[] arguments, int row, int other) {
    for (int i = 1; i < arguments.length; i++) {
      BytesValues texts = (BytesValues) arguments[i];
      if (texts.isNull(other) || !texts.equals(row, texts, other)) {
        return false;
      }
    }
    return true;
  }

  private static TextQuery query(Values[] arguments, int row) {
    String options = arguments.length > 2 ? ((BytesValues) arguments[2]).text(row) : "";
    return TextQuery.parse(((BytesValues) arguments[1]).text(row), options);
  }

  private static void match(
      TextQuery query, Values values, int from, int to, @Nullable Validity validity, long[] out) {
    int[] offsets = values instanceof ArrayValues arrays ? arrays.offsets() : null;
    BytesValues texts =
        (BytesValues) (values instanceof ArrayValues arrays ? arrays.elements() : values);
    int first = offsets == null ? from : offsets[from];
    long[] found = query.find(texts, first, offsets == null ? to : offsets[to]);
    for (int row = from; row < to; row++) {
      if (validity != null && !validity.isSet(row)) {
        continue;
      }
      int end = offsets == null ? row + 1 : offsets[row + 1];
      for (int i = offsets == null ? row : offsets[row]; i < end; i++) {
        out[row] |= found[i - first >>> 6] >>> i - first & 1;
      }
    }
  }
}
