package io.cuvee.segment.build;

import static io.cuvee.segment.Fixtures.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.catalog.BloomFilterConfig;
import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.StarTreeConfig;
import io.cuvee.common.config.DataSize;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.segment.Fixtures;
import io.cuvee.segment.store.SegmentVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Builds within some memory, by some threads.
final class TestBoundedBuild {
  private static final DataSize TINY = new DataSize(1 << 17);

  @TempDir private Path temp;

  private static Schema schema() {
    Map<String, ColumnType> types = new LinkedHashMap<>();
    for (DataType type : DataType.OF_COLUMNS) {
      types.put(type.toString(), new ColumnType(type, false));
      types.put(type + "_ARRAY", new ColumnType(type, true));
    }
    types.put("few", ColumnType.STRING);
    types.put("always null", ColumnType.STRING);
    return Fixtures.schema(types);
  }

  private static List<List<@Nullable Object>> rows(Schema schema, int count, int cardinality) {
    Random random = new Random(Long.getLong("cuvee.random.seed", 20_261_122));
    List<List<@Nullable Object>> columns = new ArrayList<>();
    for (FieldSpec field : schema.fields()) {
      int distinct = field.name().equals("few") ? 7 : cardinality;
      List<@Nullable Object> values = Fixtures.rows(field.type(), count, distinct, true, random);
      if (field.name().equals("always null")) {
        values.replaceAll(value -> null);
      }
      columns.add(values);
    }
    return columns;
  }

  private static SegmentSpec with(SegmentSpec spec, DataSize memory, int threads) {
    return spec.withLimits(new BuildLimits(memory, threads));
  }

  private Map<String, byte[]> built(
      SegmentSpec spec, List<List<@Nullable Object>> columns, int pageRows) throws IOException {
    Path directory = Files.createTempDirectory(temp, "built").resolve("s");
    new SegmentBuilder(spec).build(Fixtures.pages(spec.schema(), columns, pageRows), directory);
    try (Stream<Path> files = Files.list(directory.getParent())) {
      assertThat(files).containsExactly(directory);
    }
    return Fixtures.files(directory);
  }

  private void verifyAll() throws IOException {
    try (Stream<Path> built = Files.list(temp)) {
      built.forEach(directory -> SegmentVerifier.verify(directory.resolve("s")));
    }
  }

  private void assertSameBytes(SegmentSpec spec, List<List<@Nullable Object>> columns)
      throws IOException {
    Map<String, byte[]> expected =
        built(spec.withLimits(new BuildLimits(BuildLimits.DEFAULT_MEMORY, 1)), columns, 4096);
    verifyAll();
    for (BuildLimits limits :
        List.of(
            new BuildLimits(BuildLimits.DEFAULT_MEMORY, 2),
            new BuildLimits(TINY, 1),
            new BuildLimits(new DataSize(1 << 22), 2),
            new BuildLimits(TINY, 8))) {
      Map<String, byte[]> files = built(spec.withLimits(limits), columns, 1500);
      assertThat(files.keySet()).isEqualTo(expected.keySet());
      files.forEach((name, bytes) ->
          assertThat(bytes).as("%s within %s", name, limits).isEqualTo(expected.get(name)));
    }
  }

  @Test
  void theBytesDependNeitherOnThreadsNorOnMemory() throws IOException {
    Schema schema = schema();
    IndexingOptions options =
        new IndexingOptions(
            List.of(),
            List.of("few", "STRING_ARRAY", "BIG_DECIMAL"),
            List.of("BYTES", "UUID_ARRAY"),
            List.of("DOUBLE", "TIMESTAMP"),
            Map.of("STRING", BloomFilterConfig.DEFAULT),
            List.of("JSON"),
            List.of("STRING"));
    assertSameBytes(Fixtures.spec(schema, options), rows(schema, 18_000, 8000));
  }

  @Test
  void sortedRowsDoNotEither() throws IOException {
    Schema schema = schema();
    IndexingOptions options =
        new IndexingOptions(List.of("few", "BIG_DECIMAL", "STRING"), List.of("INT"), List.of());
    assertSameBytes(Fixtures.spec(schema, options), rows(schema, 18_000, 12_000));
  }

  @Test
  void starTreesDoNotEither() throws IOException {
    Schema schema = schema();
    List<StarTreeConfig> trees = new ArrayList<>();
    for (String dimension : List.of("BOOLEAN", "DATE", "INT")) {
      trees.add(
          new StarTreeConfig(
              List.of("few", dimension),
              List.of(),
              List.of(new StarTreeConfig.Metric("SUM", "LONG")),
              10));
    }
    SegmentSpec spec =
        Fixtures.spec(schema, IndexingOptions.NONE)
            .withStarTrees(new StarTreeOptions(trees, false));
    List<List<@Nullable Object>> columns = rows(schema, 3000, 200);
    Map<String, byte[]> expected = built(with(spec, BuildLimits.DEFAULT_MEMORY, 1), columns, 4096);
    for (int threads : new int[] {2, 8}) {
      built(with(spec, BuildLimits.DEFAULT_MEMORY, threads), columns, 999)
          .forEach((name, bytes) ->
              assertThat(bytes).as("%s, %d", name, threads).isEqualTo(expected.get(name)));
    }
    // So little that two of the trees are too large beside each other.
    DataSize tight = new DataSize(400_000);
    Map<String, byte[]> one = built(with(spec, tight, 1), columns, 4096);
    built(with(spec, tight, 4), columns, 4096)
        .forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(one.get(name)));
  }

  @Test
  void distinctValuesBeyondTheMemoryAreKept() throws IOException {
    Schema schema = Fixtures.schema(Map.of("c", ColumnType.STRING));
    List<@Nullable Object> values = new ArrayList<>();
    Random random = new Random(3);
    for (int i = 0; i < 50_000; i++) {
      // Long ones span the pieces that are moved at a time.
      values.add(utf8((i % 997) + "x".repeat(i % 5000 == 0 ? 70_000 : random.nextInt(30))));
    }
    assertSameBytes(Fixtures.spec(schema, IndexingOptions.NONE), List.of(values));
  }

  @Test
  void equalDecimalsInDifferentRunsKeepTheLargestScale() throws IOException {
    Schema schema = Fixtures.schema(Map.of("d", ColumnType.BIG_DECIMAL));
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < 30_000; i++) {
      values.add(java.math.BigDecimal.valueOf(i % 6000).setScale(i / 10_000));
    }
    assertSameBytes(Fixtures.spec(schema, IndexingOptions.NONE), List.of(values));
  }

  @Test
  void theFirstBadRowIsNamedWhateverTheThreads() throws IOException {
    Schema schema =
        Fixtures.schema(new LinkedHashMap<>(Map.of("a", ColumnType.INT, "b", ColumnType.INT)));
    List<@Nullable Object> good = new ArrayList<>();
    List<@Nullable Object> bad = new ArrayList<>();
    for (int i = 0; i < 40_000; i++) {
      good.add((long) i);
      bad.add(i == 19_999 ? 1L << 40 : (long) i);
    }
    for (int threads : new int[] {1, 4}) {
      SegmentBuilder builder =
          new SegmentBuilder(with(Fixtures.spec(schema, IndexingOptions.NONE), TINY, threads));
      assertThatThrownBy(() ->
              builder.build(Fixtures.pages(schema, List.of(good, bad), 20_000), temp.resolve("s")))
          .isInstanceOf(CuveeException.class)
          .hasMessageContaining("Row 19999");
      try (Stream<Path> left = Files.list(temp)) {
        assertThat(left).isEmpty();
      }
    }
  }

  @Test
  void anInterruptedBuildLeavesNothing() throws IOException, InterruptedException {
    Schema schema = Fixtures.schema(Map.of("c", ColumnType.LONG));
    PageSource endless =
        new PageSource() {
          private int pages;

          @Override
          public Page next() {
            if (pages++ == 20) {
              Thread.currentThread().interrupt();
            }
            return new Page(4096, List.of(new LongValues(new long[4096], 4096, null)));
          }

          @Override
          public void close() {}
        };
    AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    Thread builder =
        Thread.ofPlatform()
            .start(() -> {
              try {
                new SegmentBuilder(with(Fixtures.spec(schema, IndexingOptions.NONE), TINY, 2))
                    .build(endless, temp.resolve("s"));
              } catch (RuntimeException e) {
                failure.set(e);
              }
            });
    builder.join();
    assertThat(failure.get())
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.QUERY_CANCELLED));
    try (Stream<Path> left = Files.list(temp)) {
      assertThat(left).isEmpty();
    }
  }
}
