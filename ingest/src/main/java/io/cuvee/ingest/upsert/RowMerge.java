package io.cuvee.ingest.upsert;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.MergeStrategy;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Puts a row together from the one that its key had and the one that came, value by value.
final class RowMerge {
  private static final int MAX_DIGITS = 38;

  private RowMerge() {}

  /// @param older in the Java form of literals, as `newer`
  /// @throws CuveeException `INVALID_INPUT` if the result does not fit the column
  static @Nullable Object merge(
      FieldSpec field, MergeStrategy strategy, @Nullable Object older, @Nullable Object newer) {
    if (older == null || newer == null) {
      return older == null ? newer : older;
    }
    return switch (strategy) {
      case OVERWRITE -> newer;
      case IGNORE -> older;
      case INCREMENT -> sum(field, older, newer);
      case APPEND -> {
        List<Object> all = new ArrayList<>((List<?>) older);
        all.addAll((List<?>) newer);
        yield all;
      }
      case UNION -> union((List<?>) older, (List<?>) newer);
      case MIN -> compare(older, newer) <= 0 ? older : newer;
      case MAX -> compare(older, newer) >= 0 ? older : newer;
    };
  }

  private static Object sum(FieldSpec field, Object older, Object newer) {
    ColumnType type = field.type();
    try {
      return switch (older) {
        case Long number -> {
          long sum = Math.addExact(number, (Long) newer);
          yield type.dataType() == DataType.INT ? (long) Math.toIntExact(sum) : sum;
        }
        case Double number -> {
          double sum = number + (Double) newer;
          yield type.dataType() == DataType.FLOAT ? (double) (float) sum : sum;
        }
        case BigDecimal number -> {
          BigDecimal sum = number.add((BigDecimal) newer);
          if (sum.precision() > MAX_DIGITS) {
            throw new ArithmeticException("more than " + MAX_DIGITS + " digits");
          }
          yield sum;
        }
        default -> throw new IllegalStateException("Not a number: " + field);
      };
    } catch (ArithmeticException e) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "Column '" + field.name() + "': the sum with the row before does not fit " + type + ".",
          e);
    }
  }

  private static List<Object> union(List<?> older, List<?> newer) {
    Map<Object, Object> elements = new LinkedHashMap<>();
    older.forEach(element -> elements.putIfAbsent(identity(element), element));
    newer.forEach(element -> elements.putIfAbsent(identity(element), element));
    return List.copyOf(elements.values());
  }

  /// What equal elements have in common.
  private static Object identity(Object element) {
    return switch (element) {
      case byte[] bytes -> ByteBuffer.wrap(bytes);
      case BigDecimal number ->
          number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
      case Double number -> number == 0 ? Double.valueOf(0) : number;
      default -> element;
    };
  }

  private static int compare(Object older, Object newer) {
    return switch (older) {
      case Long number -> number.compareTo((Long) newer);
      case Double number -> number.compareTo((Double) newer);
      case BigDecimal number -> number.compareTo((BigDecimal) newer);
      default -> throw new IllegalStateException("Not ordered: " + older);
    };
  }
}
