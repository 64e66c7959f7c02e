package io.cuvee.segment.store;

import io.cuvee.common.catalog.CompressionCodec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.segment.Fixtures;
import io.cuvee.segment.build.IndexingOptions;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The rows of the golden segments that are committed under `golden`, one for each format version
/// that was released, and what wrote them.
final class GoldenSegment {
  private GoldenSegment() {}

  /// By column, in the order of the segment.
  static Map<String, List<@Nullable Object>> rows() {
    Map<String, List<@Nullable Object>> rows = new LinkedHashMap<>();
    rows.put("city", texts("Graz", "Graz", "Köln", "Köln", "東京", null));
    rows.put("int", list(1L, -2L, null, 1L, 2_147_483_647L, -2L));
    rows.put("long", list(1L, null, 1L << 60, 1L, 1L << 60, 1L));
    rows.put("float", list(0.5, 1.25, null, 0.5, -3.0, 0.5));
    rows.put("double", list(0.1, Double.NaN, 0.1, null, Double.NEGATIVE_INFINITY, 0.1));
    rows.put(
        "decimal",
        list(
            new BigDecimal("1.50"),
            null,
            new BigDecimal("-7.25"),
            null,
            null,
            new BigDecimal("12345678901234567890.5")));
    rows.put("boolean", list(1L, 0L, null, 1L, 1L, 0L));
    rows.put("timestamp", list(1_700_000_000_000L, null, 0L, 0L, -1L, -1L));
    rows.put("date", list(19_000L, 19_000L, null, 0L, -1L, 19_000L));
    rows.put("json", texts("{}", "[1]", "{}", null, "[1]", "{\"a\":null}"));
    rows.put("uuid", list(uuid("00"), uuid("ff"), null, uuid("00"), uuid("7f"), uuid("80")));
    rows.put(
        "bytes",
        list(new byte[0], new byte[] {-1}, null, new byte[] {1, 2}, new byte[] {-1}, new byte[0]));
    rows.put("raw_int", list(3L, 1L, 2L, null, 0L, 3L));
    rows.put("raw_double", list(0.5, null, -0.25, Double.NaN, 1e300, 0.5));
    rows.put("raw_text", texts("a", "", null, "längerer Text", "a", "b"));
    rows.put(
        "raw_decimal",
        list(
            new BigDecimal("0.1"),
            null,
            new BigDecimal("-20"),
            new BigDecimal("3"),
            new BigDecimal("0.1"),
            null));
    rows.put(
        "tags", list(texts("a", "b"), texts(), null, texts("b"), texts("b", "b", "c"), texts("a")));
    rows.put(
        "raw_times", list(List.of(5L, 6L), List.of(), null, List.of(5L), List.of(), List.of(4L)));
    return rows;
  }

  private static List<@Nullable Object> list(@Nullable Object... values) {
    return Arrays.asList(values);
  }

  private static List<@Nullable Object> texts(@Nullable String... texts) {
    List<@Nullable Object> values = new ArrayList<>();
    for (String text : texts) {
      values.add(text == null ? null : Fixtures.utf8(text));
    }
    return values;
  }

  private static byte[] uuid(String octet) {
    return HexFormat.of().parseHex(octet.repeat(16));
  }

  private static ColumnType type(String column) {
    return switch (column) {
      case "city", "raw_text" -> ColumnType.STRING;
      case "raw_int" -> ColumnType.INT;
      case "raw_double" -> ColumnType.DOUBLE;
      case "decimal", "raw_decimal" -> ColumnType.BIG_DECIMAL;
      case "tags" -> ColumnType.arrayOf(DataType.STRING);
      case "raw_times" -> ColumnType.arrayOf(DataType.TIMESTAMP);
      default -> ColumnType.of(DataType.parse(column));
    };
  }

  static void build(Path directory) {
    Map<String, ColumnType> types = new LinkedHashMap<>();
    rows().keySet().forEach(column -> types.put(column, type(column)));
    Schema schema = Fixtures.schema(types);
    Fixtures.build(
        directory,
        schema,
        new IndexingOptions(
                List.of("city"),
                List.of("int", "tags"),
                List.of("raw_int", "raw_double", "raw_text", "raw_decimal", "raw_times"))
            .withCodecs(
                Map.of(
                    "raw_double", CompressionCodec.ZSTANDARD, "raw_text", CompressionCodec.FSST)),
        List.copyOf(rows().values()));
  }

  /// Writes the golden segment of the current version to the file that is given.
  public static void main(String[] arguments) throws IOException {
    Path directory = Files.createTempDirectory("golden").resolve("golden");
    build(directory);
    SegmentArchive.pack(directory, Path.of(arguments[0]));
  }
}
