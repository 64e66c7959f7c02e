package io.cuvee.execution.page;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Puts pages and columns together.
public final class Pages {
  private Pages() {}

  /// All rows of `pages` in one page.
  public static Page concat(List<ColumnType> types, List<Page> pages) {
    if (pages.size() == 1) {
      return pages.getFirst();
    }
    int rowCount = 0;
    for (Page page : pages) {
      rowCount = add(rowCount, page.rowCount());
    }
    List<Values> columns = new ArrayList<>(types.size());
    for (int c = 0; c < types.size(); c++) {
      List<Values> parts = new ArrayList<>(pages.size());
      for (Page page : pages) {
        parts.add(page.column(c));
      }
      columns.add(concatValues(types.get(c), parts));
    }
    return new Page(rowCount, columns);
  }

  /// All values of `parts`, which have the form of `type`, in one column.
  public static Values concatValues(ColumnType type, List<Values> parts) {
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    int count = 0;
    for (Values part : parts) {
      count = add(count, part.count());
    }
    Validity validity = concatValidity(parts, count);
    if (type.isArray()) {
      return concatArrays(type, parts, count, validity);
    }
    return switch (type.dataType().representation()) {
      case LONG -> {
        long[] values = new long[count];
        int at = 0;
        for (Values part : parts) {
          System.arraycopy(((LongValues) part).values(), 0, values, at, part.count());
          at += part.count();
        }
        yield new LongValues(values, count, validity);
      }
      case DOUBLE -> {
        double[] values = new double[count];
        int at = 0;
        for (Values part : parts) {
          System.arraycopy(((DoubleValues) part).values(), 0, values, at, part.count());
          at += part.count();
        }
        yield new DoubleValues(values, count, validity);
      }
      case DECIMAL -> {
        BigDecimal[] values = new BigDecimal[count];
        int at = 0;
        for (Values part : parts) {
          System.arraycopy(((DecimalValues) part).values(), 0, values, at, part.count());
          at += part.count();
        }
        yield new DecimalValues(values, count, validity);
      }
      case BYTES -> concatBytes(parts, count, validity);
    };
  }

  private static BytesValues concatBytes(
      List<Values> parts, int count, @Nullable Validity validity) {
    int total = 0;
    for (Values part : parts) {
      BytesValues bytes = (BytesValues) part;
      total = add(total, bytes.offsets()[part.count()] - bytes.offsets()[0]);
    }
    byte[] all = new byte[total];
    int[] offsets = new int[count + 1];
    int at = 0;
    int row = 0;
    for (Values part : parts) {
      BytesValues bytes = (BytesValues) part;
      int first = bytes.offsets()[0];
      int length = bytes.offsets()[part.count()] - first;
      System.arraycopy(bytes.bytes(), first, all, at, length);
      for (int i = 0; i < part.count(); i++) {
        offsets[++row] = at + bytes.offsets()[i + 1] - first;
      }
      at += length;
    }
    return new BytesValues(all, offsets, count, validity);
  }

  private static ArrayValues concatArrays(
      ColumnType type, List<Values> parts, int count, @Nullable Validity validity) {
    List<Values> elements = new ArrayList<>(parts.size());
    int[] offsets = new int[count + 1];
    int at = 0;
    int row = 0;
    for (Values part : parts) {
      ArrayValues arrays = (ArrayValues) part;
      int first = arrays.offsets()[0];
      int length = arrays.offsets()[part.count()] - first;
      elements.add(arrays.elements().slice(first, length));
      for (int i = 0; i < part.count(); i++) {
        offsets[++row] = add(at, arrays.offsets()[i + 1] - first);
      }
      at += length;
    }
    return new ArrayValues(concatValues(type.elementType(), elements), offsets, count, validity);
  }

  private static @Nullable Validity concatValidity(List<Values> parts, int count) {
    boolean nulls = false;
    for (Values part : parts) {
      nulls |= part.mayHaveNulls();
    }
    if (!nulls) {
      return null;
    }
    long[] words = new long[Validity.wordCount(count)];
    int row = 0;
    for (Values part : parts) {
      Validity validity = part.validity();
      for (int i = 0; i < part.count(); i++, row++) {
        if (validity == null || validity.isSet(i)) {
          words[row >>> 6] |= 1L << row;
        }
      }
    }
    return new Validity(words);
  }

  private static int add(int a, int b) {
    int sum = a + b;
    if (sum < 0) {
      throw new CuveeException(
          ErrorCode.MEMORY_LIMIT,
          "An operator would have to hold more than 2^31 rows or bytes of one column. Filter or aggregate first.");
    }
    return sum;
  }
}
