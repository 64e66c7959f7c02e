package io.cuvee.segment.store;

import io.cuvee.common.catalog.BloomFilterConfig;
import io.cuvee.common.catalog.CompressionCodec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.StarTreeConfig;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.segment.Fixtures;
import io.cuvee.segment.build.IndexingOptions;
import io.cuvee.segment.build.SegmentBuilder;
import io.cuvee.segment.build.StarTreeOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// A segment with a column of every kind, from fixed random rows.
final class SampleSegment {
  private static final Map<String, ColumnType> COLUMNS = new LinkedHashMap<>();

  static {
    COLUMNS.put("sorted", ColumnType.STRING);
    COLUMNS.put("ids", ColumnType.INT);
    COLUMNS.put("raw_longs", ColumnType.LONG);
    COLUMNS.put("raw_doubles", ColumnType.DOUBLE);
    COLUMNS.put("raw_floats", ColumnType.FLOAT);
    COLUMNS.put("raw_texts", ColumnType.STRING);
    COLUMNS.put("raw_uuids", ColumnType.UUID);
    COLUMNS.put("raw_decimals", ColumnType.BIG_DECIMAL);
    COLUMNS.put("decimals", ColumnType.BIG_DECIMAL);
    COLUMNS.put("doubles", ColumnType.DOUBLE);
    COLUMNS.put("flags", ColumnType.BOOLEAN);
    COLUMNS.put("tags", ColumnType.arrayOf(DataType.STRING));
    COLUMNS.put("raw_urls", ColumnType.STRING);
    COLUMNS.put("raw_prices", ColumnType.DOUBLE);
    COLUMNS.put("raw_times", ColumnType.arrayOf(DataType.TIMESTAMP));
  }

  private SampleSegment() {}

  static Schema schema() {
    return Fixtures.schema(COLUMNS);
  }

  static IndexingOptions options() {
    return new IndexingOptions(
        List.of("sorted"),
        List.of("sorted", "ids", "tags"),
        COLUMNS.keySet().stream().filter(name -> name.startsWith("raw_")).toList(),
        List.of("raw_longs", "raw_doubles", "ids", "tags"),
        Map.of(
            "raw_texts", BloomFilterConfig.DEFAULT,
            "raw_decimals", BloomFilterConfig.DEFAULT,
            "raw_times", BloomFilterConfig.DEFAULT),
        List.of("raw_texts"),
        List.of("raw_texts", "tags"),
        Map.of(
            "raw_doubles", CompressionCodec.PASS_THROUGH,
            "raw_texts", CompressionCodec.PASS_THROUGH,
            "raw_prices", CompressionCodec.FSST,
            "raw_urls", CompressionCodec.FSST));
  }

  static List<List<@Nullable Object>> rows(int count, long seed) {
    Random random = new Random(seed);
    List<List<@Nullable Object>> columns = new ArrayList<>();
    COLUMNS.values().forEach(type -> columns.add(Fixtures.rows(type, count, 40, true, random)));
    return columns;
  }

  static void build(Path directory) {
    build(directory, 300, 42);
  }

  static void build(Path directory, int rows, long seed) {
    new SegmentBuilder(Fixtures.spec(schema(), options()).withStarTrees(starTrees()))
        .build(Fixtures.pages(schema(), rows(rows, seed), 4096), directory);
  }

  /// A segment of columns with long runs, and of keys with an inverted index.
  static void buildRuns(Path directory) {
    Map<String, ColumnType> types = new LinkedHashMap<>();
    types.put("few", ColumnType.STRING);
    types.put("many", ColumnType.INT);
    types.put("raw", ColumnType.LONG);
    types.put("keys", ColumnType.INT);
    types.put("same_keys", ColumnType.STRING);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    types.keySet().forEach(name -> rows.add(new ArrayList<>()));
    for (int i = 0; i < 40_000; i++) {
      rows.get(0).add(i % 1000 == 0 ? null : Fixtures.utf8("v" + i / 900 % 7));
      rows.get(1).add((long) (i / 90 * 7919 % 4_001));
      rows.get(2).add(i / 90 * 0x9E3779B97F4A7C15L);
      rows.get(3).add((long) (i / 2 * 7919 % 30_011));
      rows.get(4).add(Fixtures.utf8("key %05d".formatted(i / 2 * 7919 % 30_011)));
    }
    Fixtures.build(
        directory,
        Fixtures.schema(types),
        new IndexingOptions(List.of(), List.of("keys", "same_keys"), List.of("raw")),
        rows);
  }

  private static StarTreeOptions starTrees() {
    return new StarTreeOptions(
        List.of(
            new StarTreeConfig(
                List.of("flags", "ids"),
                List.of(),
                List.of(
                    new StarTreeConfig.Metric("SUM", "raw_longs"),
                    new StarTreeConfig.Metric("MAX", "raw_texts")),
                4)),
        false);
  }
}
