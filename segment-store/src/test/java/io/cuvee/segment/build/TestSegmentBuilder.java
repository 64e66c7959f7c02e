package io.cuvee.segment.build;

import static io.cuvee.segment.Fixtures.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.Fixtures;
import io.cuvee.segment.format.Encoding;
import io.cuvee.segment.format.MetadataFormat;
import io.cuvee.segment.format.SegmentMetadata;
import io.cuvee.segment.store.Segment;
import io.cuvee.segment.store.SegmentVerifier;
import io.cuvee.segment.store.Verify;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TestSegmentBuilder {
  @TempDir private Path temp;

  private static Schema schema(FieldSpec... fields) {
    return Schema.of("t", List.of(fields));
  }

  private static FieldSpec metric(String name, ColumnType type) {
    return new FieldSpec(name, type, FieldSpec.Role.METRIC, false, null, null, null);
  }

  private static List<@Nullable Object> list(@Nullable Object... values) {
    return Arrays.asList(values);
  }

  private List<@Nullable Object> readBack(String column) {
    try (Segment segment = Segment.open(temp.resolve("s"), Verify.CHECKSUMS)) {
      Values values = segment.column(column).orElseThrow().values(0, segment.docCount());
      List<@Nullable Object> rows = new ArrayList<>();
      for (int i = 0; i < values.count(); i++) {
        Object value = values.get(i);
        rows.add(
            value instanceof byte[] bytes
                ? new String(bytes, java.nio.charset.StandardCharsets.UTF_8)
                : value);
      }
      return rows;
    }
  }

  private void assertNothingLeft() throws IOException {
    try (Stream<Path> left = Files.list(temp)) {
      assertThat(left).isEmpty();
    }
  }

  private void assertFails(SegmentBuilder builder, PageSource rows, ErrorCode code, String... words)
      throws IOException {
    assertThatThrownBy(() -> builder.build(rows, temp.resolve("s")))
        .isInstanceOfSatisfying(CuveeException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContainingAll(words);
    assertNothingLeft();
  }

  @Test
  void theSameRowsGiveTheSameBytesWhateverThePages() throws IOException {
    Map<String, ColumnType> types = new LinkedHashMap<>();
    List<List<@Nullable Object>> columns = new ArrayList<>();
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    Random random = new Random(seed);
    for (DataType type : DataType.OF_COLUMNS) {
      for (boolean array : new boolean[] {false, true}) {
        ColumnType columnType = new ColumnType(type, array);
        types.put(columnType.toString(), columnType);
        columns.add(Fixtures.rows(columnType, 3000, 500, true, random));
      }
    }
    Schema schema = Fixtures.schema(types);
    IndexingOptions options =
        new IndexingOptions(List.of("STRING", "INT"), List.of("INT_ARRAY"), List.of("DATE"));
    List<Map<String, byte[]>> results = new ArrayList<>();
    List<SegmentMetadata> metadata = new ArrayList<>();
    for (int pageRows : new int[] {1, 777, 4096}) {
      Path directory = temp.resolve("pages" + pageRows);
      metadata.add(
          new SegmentBuilder(Fixtures.spec(schema, options))
              .build(Fixtures.pages(schema, columns, pageRows), directory));
      results.add(Fixtures.files(directory));
    }
    for (Map<String, byte[]> files : results) {
      files.forEach((name, bytes) ->
          assertThat(bytes).as("%s, seed %d", name, seed).isEqualTo(results.getFirst().get(name)));
    }
    assertThat(metadata).containsOnly(metadata.getFirst());
    SegmentMetadata later =
        new SegmentBuilder(Fixtures.spec(schema, options).withCreatedMillis(99))
            .build(Fixtures.pages(schema, columns, 500), temp.resolve("later"));
    assertThat(later.crc()).isEqualTo(metadata.getFirst().crc());
    Map<String, byte[]> laterFiles = Fixtures.files(temp.resolve("later"));
    results
        .getFirst()
        .forEach((name, bytes) -> {
          if (!name.equals(MetadataFormat.FILE)) {
            assertThat(laterFiles.get(name)).as(name).isEqualTo(bytes);
          }
        });
  }

  @Test
  void rowsAreSortedByAllSortColumnsAndTiesKeepTheirOrder() {
    Schema schema =
        Fixtures.schema(
            new LinkedHashMap<>(
                Map.of("a", ColumnType.STRING, "b", ColumnType.INT, "n", ColumnType.LONG)));
    Map<String, List<@Nullable Object>> rows =
        Map.of(
            "a", list(utf8("y"), null, utf8("x"), utf8("y"), utf8("x"), utf8("y"), null),
            "b", list(2L, 1L, 5L, null, 5L, -1L, 0L),
            "n", list(0L, 1L, 2L, 3L, 4L, 5L, 6L));
    List<List<@Nullable Object>> columns =
        schema.fields().stream().map(field -> rows.get(field.name())).toList();
    SegmentMetadata metadata =
        Fixtures.build(
            temp.resolve("s"),
            schema,
            new IndexingOptions(List.of("a", "b"), List.of(), List.of()),
            columns);
    assertThat(readBack("n")).containsExactly(2L, 4L, 5L, 0L, 3L, 6L, 1L);
    assertThat(readBack("a")).containsExactly("x", "x", "y", "y", "y", null, null);
    assertThat(metadata.sortColumns()).containsExactly("a", "b");
    assertThat(metadata.column("a").orElseThrow().encoding()).isEqualTo(Encoding.SORTED);
    SegmentVerifier.verify(temp.resolve("s"));
  }

  @Test
  void noRowsAndOnlyNullsAreSegmentsToo() {
    Schema schema = Fixtures.schema(Map.of("a", ColumnType.STRING));
    IndexingOptions options = new IndexingOptions(List.of("a"), List.of("a"), List.of());
    Fixtures.build(temp.resolve("s"), schema, options, List.of(list()));
    assertThat(readBack("a")).isEmpty();
    SegmentVerifier.verify(temp.resolve("s"));
    Fixtures.build(temp.resolve("nulls"), schema, options, List.of(list(null, null)));
    SegmentVerifier.verify(temp.resolve("nulls"));
    SegmentMetadata none =
        new SegmentBuilder(Fixtures.spec(schema, options))
            .build(PageSource.of(List.of()), temp.resolve("none"));
    assertThat(none.docCount()).isZero();
  }

  @Test
  void encodingsFollowTheDataAndTheConfig() {
    int rows = 10_000;
    Random random = new Random(1);
    List<@Nullable Object> few = new ArrayList<>();
    List<@Nullable Object> unique = new ArrayList<>();
    List<@Nullable Object> numbers = new ArrayList<>();
    List<@Nullable Object> ascending = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      few.add(utf8("v" + random.nextInt(100)));
      unique.add(utf8("u" + random.nextLong()));
      numbers.add((long) random.nextInt(5000));
      ascending.add((long) (i / 100));
    }
    Schema schema =
        schema(
            FieldSpec.dimension("few", ColumnType.STRING),
            FieldSpec.dimension("unique", ColumnType.STRING),
            FieldSpec.dimension("number", ColumnType.INT),
            metric("sum", ColumnType.INT),
            metric("ascending", ColumnType.INT),
            FieldSpec.dimension("forced", ColumnType.STRING),
            FieldSpec.dimension("refused", ColumnType.STRING));
    SegmentMetadata metadata =
        Fixtures.build(
            temp.resolve("s"),
            schema,
            new IndexingOptions(List.of(), List.of("forced"), List.of("refused")),
            List.of(few, unique, numbers, numbers, ascending, unique, few));
    assertThat(metadata.columns())
        .extracting(column -> column.name() + " " + column.encoding())
        .containsExactly(
            "few DICTIONARY",
            "unique RAW_FSST",
            "number DICTIONARY",
            "sum RAW",
            "ascending SORTED",
            "forced DICTIONARY",
            "refused RAW_FSST");
    assertThat(metadata.column("few").orElseThrow().idBits()).isEqualTo(7);
    assertThat(metadata.columns()).allSatisfy(column -> assertThat(column.reason()).isNotBlank());
    SegmentVerifier.verify(temp.resolve("s"));
  }

  @Test
  void equalDecimalsAreOneValueWithTheLargestScale() {
    Fixtures.build(
        temp.resolve("s"),
        Fixtures.schema(Map.of("d", ColumnType.BIG_DECIMAL)),
        IndexingOptions.NONE,
        List.of(list(new BigDecimal("1.0"), new BigDecimal("1.00"), new BigDecimal("1"))));
    assertThat(readBack("d")).containsOnly(new BigDecimal("1.00")).hasSize(3);
  }

  @Test
  void negativeZeroAndNanPayloadsAreMadeCanonical() {
    double payload = Double.longBitsToDouble(0x7ff8_0000_0000_1234L);
    List<@Nullable Object> rows = list(-0.0, 0.0, payload, Double.NaN);
    SegmentMetadata metadata =
        Fixtures.build(
            temp.resolve("s"),
            Fixtures.schema(Map.of("d", ColumnType.DOUBLE)),
            IndexingOptions.NONE,
            List.of(rows));
    assertThat(readBack("d")).containsExactly(0.0, 0.0, Double.NaN, Double.NaN);
    assertThat(metadata.columns().getFirst().statistics().cardinality()).isEqualTo(2);
  }

  @Test
  void nullsWhereTheSchemaForbidsThemNameRowAndColumn() throws IOException {
    Schema schema =
        schema(
            FieldSpec.dimension("a", ColumnType.INT),
            new FieldSpec(
                "b", ColumnType.STRING, FieldSpec.Role.DIMENSION, true, null, null, null));
    assertFails(
        new SegmentBuilder(Fixtures.spec(schema, IndexingOptions.NONE)),
        Fixtures.pages(schema, List.of(list(1L, 2L, 3L), list(utf8("x"), utf8("y"), null)), 2),
        ErrorCode.INVALID_INPUT,
        "Row 2",
        "column 'b'",
        "NULL");
  }

  @Test
  void valuesThatTheTypeDoesNotAllowAreRefused() throws IOException {
    record Case(ColumnType type, Object value) {}
    for (Case wrong :
        List.of(
            new Case(ColumnType.INT, 1L << 31),
            new Case(ColumnType.BOOLEAN, 2L),
            new Case(ColumnType.FLOAT, 1e300),
            new Case(ColumnType.DATE, 1L << 40),
            new Case(ColumnType.UUID, new byte[15]),
            new Case(ColumnType.BIG_DECIMAL, new BigDecimal("1".repeat(39))),
            new Case(ColumnType.BIG_DECIMAL, new BigDecimal("1E+2000000000")),
            new Case(ColumnType.arrayOf(DataType.INT), Arrays.asList(1L, null)))) {
      Schema schema = Fixtures.schema(Map.of("c", wrong.type()));
      assertFails(
          new SegmentBuilder(Fixtures.spec(schema, IndexingOptions.NONE)),
          Fixtures.pages(schema, List.of(list(null, wrong.value())), 10),
          ErrorCode.INVALID_INPUT,
          "Row 1",
          "column 'c'");
    }
  }

  @Test
  void pagesOfAnotherShapeAreRefused() throws IOException {
    Schema schema = Fixtures.schema(Map.of("c", ColumnType.INT));
    assertFails(
        new SegmentBuilder(Fixtures.spec(schema, IndexingOptions.NONE)),
        PageSource.of(List.of(Page.of(LongValues.of(1), LongValues.of(2)))),
        ErrorCode.INVALID_INPUT,
        "2 columns");
  }

  @Test
  void aFailingSourceLeavesNothing() throws IOException {
    Schema schema = Fixtures.schema(Map.of("c", ColumnType.INT));
    PageSource failing =
        new PageSource() {
          private int pages;

          @Override
          public Page next() {
            if (pages++ == 2) {
              throw new CuveeException(ErrorCode.INVALID_INPUT, "Row 17 is bad.");
            }
            return Page.of(LongValues.of(1, 2, 3));
          }

          @Override
          public void close() {}
        };
    assertFails(
        new SegmentBuilder(Fixtures.spec(schema, IndexingOptions.NONE)),
        failing,
        ErrorCode.INVALID_INPUT,
        "Row 17 is bad.");
  }

  @Test
  void anExistingTargetIsLeftAlone() throws IOException {
    Path target = temp.resolve("s");
    Files.createDirectory(target);
    Files.writeString(target.resolve("mine"), "x");
    Schema schema = Fixtures.schema(Map.of("c", ColumnType.INT));
    assertThatThrownBy(
            () -> Fixtures.build(target, schema, IndexingOptions.NONE, List.of(list(1L))))
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ALREADY_EXISTS));
    assertThat(Fixtures.files(target)).containsOnlyKeys("mine");
  }

  @Test
  void optionsThatDoNotFitTheSchemaAreRefused() {
    Schema schema =
        Fixtures.schema(
            Map.of("city", ColumnType.STRING, "tags", ColumnType.arrayOf(DataType.INT)));
    record Case(IndexingOptions options, String word) {}
    for (Case wrong :
        List.of(
            new Case(
                new IndexingOptions(List.of("citty"), List.of(), List.of()),
                "Did you mean 'city'?"),
            new Case(new IndexingOptions(List.of("tags"), List.of(), List.of()), "is an array"),
            new Case(
                new IndexingOptions(List.of(), List.of("city"), List.of("city")),
                "needs a dictionary"))) {
      assertThatThrownBy(() -> new SegmentBuilder(Fixtures.spec(schema, wrong.options())))
          .isInstanceOfSatisfying(
              CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_TABLE))
          .hasMessageContaining(wrong.word());
    }
  }
}
