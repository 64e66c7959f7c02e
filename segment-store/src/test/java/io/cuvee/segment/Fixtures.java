package io.cuvee.segment;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import io.cuvee.segment.build.IndexingOptions;
import io.cuvee.segment.build.SegmentBuilder;
import io.cuvee.segment.build.SegmentSpec;
import io.cuvee.segment.format.SegmentMetadata;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Makes segments from plain Java lists for tests, and compares values.
public final class Fixtures {
  /// Values in the Java form of literals, by type: orders them as a dictionary does, -0.0 as 0.0,
  /// 1.0 as 1.00.
  public static final Comparator<Object> ORDER = Fixtures::compare;

  private Fixtures() {}

  private static int compare(Object a, Object b) {
    return switch (a) {
      case Long number -> number.compareTo((Long) b);
      case Double number -> Double.compare(number + 0.0, (Double) b + 0.0);
      case BigDecimal number -> number.compareTo((BigDecimal) b);
      case byte[] bytes -> Arrays.compareUnsigned(bytes, (byte[]) b);
      default -> throw new IllegalArgumentException(a.getClass().getName());
    };
  }

  public static boolean same(@Nullable Object a, @Nullable Object b) {
    if (a == null || b == null) {
      return a == null && b == null;
    }
    if (a instanceof List<?> list && b instanceof List<?> other) {
      if (list.size() != other.size()) {
        return false;
      }
      for (int i = 0; i < list.size(); i++) {
        if (!same(list.get(i), other.get(i))) {
          return false;
        }
      }
      return true;
    }
    return compare(a, b) == 0;
  }

  public static Schema schema(Map<String, ColumnType> columns) {
    return Schema.of(
        "t",
        columns.entrySet().stream()
            .map(column -> FieldSpec.dimension(column.getKey(), column.getValue()))
            .toList());
  }

  public static SegmentSpec spec(Schema schema, IndexingOptions options) {
    return SegmentSpec.of("t_OFFLINE", "t_0", schema)
        .withIndexing(options)
        .withCreatedMillis(1_000);
  }

  public static Values values(ColumnType type, List<@Nullable Object> rows) {
    ValuesBuilder builder = ValuesBuilder.of(type, rows.size());
    rows.forEach(builder::appendObject);
    return builder.build();
  }

  /// Pages of `pageRows` rows.
  public static PageSource pages(
      Schema schema, List<List<@Nullable Object>> columns, int pageRows) {
    List<Page> pages = new ArrayList<>();
    int rows = columns.getFirst().size();
    for (int from = 0; from < rows; from += pageRows) {
      int count = Math.min(pageRows, rows - from);
      List<Values> values = new ArrayList<>();
      for (int i = 0; i < columns.size(); i++) {
        values.add(
            values(schema.fields().get(i).type(), columns.get(i).subList(from, from + count)));
      }
      pages.add(new Page(count, values));
    }
    return PageSource.of(pages);
  }

  public static SegmentMetadata build(
      Path directory,
      Schema schema,
      IndexingOptions options,
      List<List<@Nullable Object>> columns) {
    return new SegmentBuilder(spec(schema, options)).build(pages(schema, columns, 4096), directory);
  }

  public static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// A random value of a scalar type, one of about `cardinality`.
  public static Object value(DataType type, int cardinality, Random random) {
    long n = random.nextInt(Math.max(1, cardinality));
    return switch (type) {
      case INT -> n * 7919 % Integer.MAX_VALUE - 1_000_000;
      case LONG -> n * 0x9E3779B97F4A7C15L;
      case FLOAT -> (double) ((n - 100) * 0.37f);
      case DOUBLE ->
          switch ((int) n) {
            case 0 -> Double.NaN;
            case 1 -> Double.NEGATIVE_INFINITY;
            case 2 -> -0.0;
            case 3 -> 0.0;
            default -> (n - 50) * 1e-3;
          };
      case BIG_DECIMAL ->
          new BigDecimal(
              BigInteger.valueOf(n - 40).multiply(BigInteger.TEN.pow((int) (n % 20))), 7);
      case BOOLEAN -> n & 1;
      case TIMESTAMP -> 1_700_000_000_000L + n * 977;
      case DATE -> n - 10_000;
      case TIME -> throw new IllegalArgumentException(type.toString());
      case STRING -> utf8("é".repeat((int) (n % 5)) + n + "x".repeat((int) (n % 37)));
      case JSON -> utf8("{\"n\":" + n + "}");
      case UUID -> {
        byte[] bytes = new byte[16];
        new Random(n).nextBytes(bytes);
        yield bytes;
      }
      case BYTES -> {
        byte[] bytes = new byte[(int) (n % 9)];
        new Random(n).nextBytes(bytes);
        yield bytes;
      }
    };
  }

  /// Random rows of a type; one in ten is NULL if there are to be any.
  public static List<@Nullable Object> rows(
      ColumnType type, int count, int cardinality, boolean nulls, Random random) {
    List<@Nullable Object> rows = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      if (nulls && random.nextInt(10) == 0) {
        rows.add(null);
      } else if (type.isArray()) {
        List<Object> elements = new ArrayList<>();
        for (int length = random.nextInt(5); length > 0; length--) {
          elements.add(value(type.dataType(), cardinality, random));
        }
        rows.add(elements);
      } else {
        rows.add(value(type.dataType(), cardinality, random));
      }
    }
    return rows;
  }

  /// The files of a directory.
  public static Map<String, byte[]> files(Path directory) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> paths = Files.list(directory)) {
      for (Path path : paths.toList()) {
        files.put(path.getFileName().toString(), Files.readAllBytes(path));
      }
    }
    return files;
  }
}
