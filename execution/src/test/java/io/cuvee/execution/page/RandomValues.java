package io.cuvee.execution.page;

import io.cuvee.common.type.ColumnType;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Random columns with NULLs, few distinct values and the odd extreme.
public final class RandomValues {
  private static final String[] TEXTS = {
    "",
    "a",
    "A",
    "ab",
    "b",
    "ä",
    "漢字",
    "𝄞",
    "longer than eight bytes",
    "longer than eight Bytes",
    "%_"
  };
  private static final double[] DOUBLES = {
    0.0, -0.0, 1.5, -1.5, Double.NaN, Double.POSITIVE_INFINITY, 1e300, 0.1, 3
  };

  private final Random random;

  public RandomValues(Random random) {
    this.random = random;
  }

  public Values column(ColumnType type, int count, double nullShare) {
    ValuesBuilder builder = ValuesBuilder.of(type, count);
    for (int i = 0; i < count; i++) {
      builder.appendObject(random.nextDouble() < nullShare ? null : value(type));
    }
    return builder.build();
  }

  public Object value(ColumnType type) {
    if (type.isArray()) {
      List<Object> list = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        list.add(value(type.elementType()));
      }
      return list;
    }
    return switch (type.dataType()) {
      case INT, DATE -> (long) random.nextInt(7) - 3;
      case TIME -> (long) random.nextInt(7);
      case LONG, TIMESTAMP ->
          random.nextInt(20) == 0 ? random.nextLong() : (long) random.nextInt(7) - 3;
      case FLOAT -> (double) (float) DOUBLES[random.nextInt(DOUBLES.length)];
      case DOUBLE -> DOUBLES[random.nextInt(DOUBLES.length)];
      case BIG_DECIMAL ->
          BigDecimal.valueOf(random.nextInt(7) - 3, 1).setScale(1 + random.nextInt(3));
      case BOOLEAN -> (long) random.nextInt(2);
      case STRING -> TEXTS[random.nextInt(TEXTS.length)].getBytes(StandardCharsets.UTF_8);
      case JSON -> "{}".getBytes(StandardCharsets.UTF_8);
      case UUID, BYTES -> {
        byte[] bytes = new byte[16];
        bytes[random.nextInt(16)] = (byte) random.nextInt(3);
        yield bytes;
      }
    };
  }

  /// A form of the value in which SQL's equal values are equal in Java.
  public static @Nullable Object key(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Double number -> number + 0.0;
      case BigDecimal number -> number.stripTrailingZeros();
      case byte[] bytes -> new String(bytes, StandardCharsets.ISO_8859_1);
      case List<?> list -> list.stream().map(RandomValues::key).toList();
      default -> value;
    };
  }
}
