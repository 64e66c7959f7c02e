package io.cuvee.segment.consuming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.config.DataSize;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import io.cuvee.segment.build.IndexingOptions;
import io.cuvee.segment.build.SegmentSpec;
import io.cuvee.segment.column.ColumnStatistics;
import io.cuvee.segment.column.Dictionary;
import io.cuvee.segment.column.InvertedIndex;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.column.ZoneMap;
import io.cuvee.segment.format.SegmentMetadata;
import io.cuvee.segment.store.Segment;
import io.cuvee.segment.store.Verify;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestConsumingSegment {
  private static final DataSize MEMORY = new DataSize(1L << 30);

  private static final List<FieldSpec> FIELDS =
      List.of(
          field("id", ColumnType.LONG),
          field("key", ColumnType.INT),
          field("small", ColumnType.INT),
          field("day", ColumnType.DATE),
          field("flag", ColumnType.BOOLEAN),
          field("time", ColumnType.TIMESTAMP),
          field("real", ColumnType.DOUBLE),
          field("single", ColumnType.FLOAT),
          field("price", ColumnType.BIG_DECIMAL),
          field("text", ColumnType.STRING),
          field("rawText", ColumnType.STRING),
          field("json", ColumnType.JSON),
          field("uuid", ColumnType.UUID),
          field("bytes", ColumnType.BYTES),
          field("tags", ColumnType.arrayOf(DataType.STRING)),
          field("numbers", ColumnType.arrayOf(DataType.LONG)),
          field("reals", ColumnType.arrayOf(DataType.DOUBLE)),
          field("nothing", ColumnType.STRING));

  private static final Schema SCHEMA = new Schema("t", FIELDS, List.of(), List.of());

  private static final IndexingOptions INDEXING =
      new IndexingOptions(
          List.of("text", "time"), List.of("text", "tags", "key"), List.of("rawText", "numbers"));

  @TempDir Path directory;

  private static FieldSpec field(String name, ColumnType type) {
    return new FieldSpec(name, type, FieldSpec.Role.DIMENSION, false, null, null, null);
  }

  private static Random random() {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    System.out.println("seed " + seed + " (replay with -Dcuvee.random.seed=" + seed + ")");
    return new Random(seed);
  }

  private static Page rows(Random random, int count) {
    List<Values> columns = new ArrayList<>();
    for (FieldSpec field : FIELDS) {
      double nulls = field.name().equals("nothing") ? 1 : field.name().equals("id") ? 0 : 0.1;
      ValuesBuilder builder = ValuesBuilder.of(field.type(), count);
      for (int i = 0; i < count; i++) {
        builder.appendObject(random.nextDouble() < nulls ? null : value(random, field.type(), i));
      }
      columns.add(builder.build());
    }
    return new Page(count, columns);
  }

  private static Object value(Random random, ColumnType type, int row) {
    if (type.isArray()) {
      List<Object> elements = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        elements.add(value(random, type.elementType(), row));
      }
      return elements;
    }
    int n = random.nextInt(500);
    return switch (type.dataType()) {
      case INT -> (long) n - 250;
      case LONG -> row % 2 == 0 ? Long.MAX_VALUE - n : Long.MIN_VALUE + row;
      case DATE -> 20_000L + n;
      case BOOLEAN -> n % 2L;
      case TIMESTAMP -> 1_700_000_000_000L + n * 1000L;
      case DOUBLE -> n == 1 ? Double.NaN : n == 2 ? -0.0 : n * 0.37;
      case FLOAT -> (double) (float) (n * 0.1);
      case BIG_DECIMAL -> BigDecimal.valueOf(n - 100, n % 3);
      case STRING -> (n % 50 == 0 ? "" : "wört" + n % 90).getBytes(StandardCharsets.UTF_8);
      case JSON -> ("{\"n\":" + n + "}").getBytes(StandardCharsets.UTF_8);
      case UUID -> Arrays.copyOf(new byte[] {(byte) n, 7}, 16);
      case BYTES -> new byte[n % 40];
      case TIME -> throw new IllegalArgumentException(type.toString());
    };
  }

  private static ConsumingSegment open(IndexingOptions indexing) {
    return new ConsumingSegment(
        "t_REALTIME", "t__0__0", SCHEMA, new ConsumingOptions(indexing, 1_000_000, MEMORY));
  }

  private static void appendInParts(ConsumingSegment segment, Page page, Random random) {
    for (int at = 0; at < page.rowCount(); ) {
      int part = Math.min(1 + random.nextInt(1500), page.rowCount() - at);
      assertThat(segment.append(page.slice(at, part))).isEqualTo(part);
      at += part;
    }
  }

  @Test
  void everySnapshotHasTheFirstRows() {
    Random random = random();
    Page all = rows(random, 7000);
    for (IndexingOptions indexing : List.of(INDEXING, IndexingOptions.NONE)) {
      try (ConsumingSegment segment = open(indexing)) {
        List<ConsumingSnapshot> snapshots = new ArrayList<>();
        snapshots.add(segment.snapshot().orElseThrow());
        for (int at = 0; at < all.rowCount(); ) {
          int part = Math.min(1 + random.nextInt(2500), all.rowCount() - at);
          segment.append(all.slice(at, part));
          at += part;
          snapshots.add(segment.snapshot().orElseThrow());
        }
        for (ConsumingSnapshot snapshot : snapshots) {
          check(snapshot, all.slice(0, snapshot.docCount()), random);
          snapshot.close();
        }
      }
    }
  }

  private static void check(ConsumingSnapshot snapshot, Page expected, Random random) {
    int count = expected.rowCount();
    for (int c = 0; c < FIELDS.size(); c++) {
      SegmentColumn column = snapshot.column(FIELDS.get(c).name()).orElseThrow();
      Values wanted = expected.column(c);
      assertSame(column.values(0, count), wanted, 0, count);
      int from = count == 0 ? 0 : random.nextInt(count);
      int length = random.nextInt(count - from + 1);
      assertSame(column.values(from, length), wanted, from, length);
      int[] docs =
          random.ints(0, Math.max(1, count)).limit(count / 3).sorted().distinct().toArray();
      Values some = column.values(docs, docs.length);
      for (int i = 0; i < docs.length; i++) {
        assertThat(normal(some.get(i))).isEqualTo(normal(wanted.get(docs[i])));
      }
      checkStatistics(column, wanted);
      checkIndex(column, wanted);
    }
    assertThat(snapshot.column("absent")).isEmpty();
  }

  private static void assertSame(Values found, Values wanted, int from, int count) {
    assertThat(found.count()).isEqualTo(count);
    for (int i = 0; i < count; i++) {
      if (!normal(found.get(i)).equals(normal(wanted.get(from + i)))) {
        assertThat(normal(found.get(i))).isEqualTo(normal(wanted.get(from + i)));
      }
    }
  }

  private static Object normal(Object value) {
    return switch (value) {
      case null -> "NULL";
      case byte[] bytes -> Arrays.toString(bytes);
      case Double number -> number + 0.0;
      case List<?> list -> list.stream().map(TestConsumingSegment::normal).toList();
      default -> value;
    };
  }

  private static void checkStatistics(SegmentColumn column, Values wanted) {
    ColumnStatistics statistics = column.statistics();
    int nulls = 0;
    long distinct = 0;
    Set<Object> seen = new HashSet<>();
    for (int i = 0; i < wanted.count(); i++) {
      nulls += wanted.isNull(i) ? 1 : 0;
    }
    assertThat(statistics.nullCount()).isEqualTo(nulls);
    Values flat = wanted instanceof ArrayValues arrays ? arrays.elements() : wanted;
    int values =
        wanted instanceof ArrayValues arrays ? arrays.offsets()[arrays.count()] : wanted.count();
    for (int i = 0; i < values; i++) {
      if (!flat.isNull(i)) {
        seen.add(normal(flat.get(i)));
      }
    }
    if (column.dictionary().isPresent()) {
      Dictionary dictionary = column.dictionary().get();
      distinct = seen.size();
      assertThat(dictionary.size()).isEqualTo((int) distinct);
      assertThat(dictionary.all().count()).isEqualTo(dictionary.size());
      for (int id = 0; id < dictionary.size(); id++) {
        Object value = dictionary.value(id);
        assertThat(dictionary.indexOf(value)).isEqualTo(id);
        assertThat(normal(dictionary.all().get(id))).isEqualTo(normal(value));
        assertThat(seen.contains(normal(value))).isTrue();
        if (id % 40 == 0) {
          checkBelow(dictionary, value);
        }
      }
    }
    if (statistics.min() instanceof Long min) {
      assertThat(min).isEqualTo(seen.stream().mapToLong(Long.class::cast).min().getAsLong());
      assertThat(statistics.max())
          .isEqualTo(seen.stream().mapToLong(Long.class::cast).max().getAsLong());
    }
    ZoneMap zones = column.zoneMap().orElse(null);
    if (zones != null) {
      assertThat(zones.blockCount()).isEqualTo((wanted.count() + 2047) / 2048);
      assertThat(Arrays.stream(zones.nullCounts()).sum()).isEqualTo(nulls);
    }
  }

  private static void checkBelow(Dictionary dictionary, Object value) {
    long[] below = dictionary.below(value, false);
    long[] notAbove = dictionary.below(value, true);
    for (int id = 0; id < dictionary.size(); id++) {
      int order =
          dictionary.value(id) instanceof byte[] bytes
              ? Arrays.compareUnsigned(bytes, (byte[]) value)
              : Long.compare((Long) dictionary.value(id), (Long) value);
      assertThat((below[id >>> 6] >>> id & 1) != 0).isEqualTo(order < 0);
      assertThat((notAbove[id >>> 6] >>> id & 1) != 0).isEqualTo(order <= 0);
    }
  }

  private static void checkIndex(SegmentColumn column, Values wanted) {
    InvertedIndex index = column.invertedIndex().orElse(null);
    if (index == null) {
      return;
    }
    Dictionary dictionary = column.dictionary().orElseThrow();
    for (int id = 0; id < dictionary.size(); id += 7) {
      Object value = normal(dictionary.value(id));
      long[] words = new long[1024];
      index.orInto(id, 0, Math.min(65_536, wanted.count()), words);
      int found = 0;
      for (int doc = 0; doc < wanted.count(); doc++) {
        Object own = normal(wanted.get(doc));
        boolean has = own instanceof List<?> list ? list.contains(value) : own.equals(value);
        if ((words[doc >>> 6] >>> doc & 1) != 0 != has) {
          throw new AssertionError("Document " + doc + " of " + column.name());
        }
        found += has ? 1 : 0;
      }
      assertThat(index.docCount(id)).isEqualTo(found);
    }
  }

  @Test
  void sealedSegmentsOfTheSameRowsHaveTheSameBytes() {
    Random random = random();
    Page all = rows(random, 9000);
    List<SegmentMetadata> sealed = new ArrayList<>();
    for (int replica = 0; replica < 2; replica++) {
      try (ConsumingSegment segment = open(replica == 0 ? INDEXING : IndexingOptions.NONE)) {
        appendInParts(segment, all, random);
        SegmentSpec spec =
            SegmentSpec.of("t_REALTIME", "t__0__0", SCHEMA)
                .withIndexing(INDEXING)
                .withCreatedMillis(replica);
        try (ConsumingSnapshot snapshot = segment.snapshot().orElseThrow()) {
          sealed.add(snapshot.seal(spec, directory.resolve("replica" + replica)));
        }
      }
    }
    assertThat(sealed.get(1).crc()).isEqualTo(sealed.get(0).crc());
    try (Segment opened = Segment.open(directory.resolve("replica0"), Verify.CHECKSUMS)) {
      assertThat(opened.docCount()).isEqualTo(9000);
      SegmentColumn text = opened.column("text").orElseThrow();
      assertThat(text.isSorted()).isTrue();
      assertThat(text.invertedIndex()).isPresent();
      long sum = 0;
      long[] ids = new long[9000];
      opened.column("id").orElseThrow().longs(0, 9000, ids);
      for (int i = 0; i < 9000; i++) {
        sum += ids[i] - ((LongValues) all.column(0)).values()[i];
      }
      assertThat(sum).isZero();
    }
  }

  @Test
  void readersSeeWholeRowsWhileTheWriterAppends() throws Exception {
    Schema schema =
        new Schema(
            "t",
            List.of(
                field("number", ColumnType.LONG),
                field("text", ColumnType.STRING),
                field("list", ColumnType.arrayOf(DataType.LONG))),
            List.of(),
            List.of());
    int rows = 40_000;
    ConsumingOptions options =
        new ConsumingOptions(
            new IndexingOptions(List.of(), List.of("text"), List.of()), rows, MEMORY);
    try (ConsumingSegment segment = new ConsumingSegment("t_REALTIME", "s", schema, options);
        ExecutorService readers = Executors.newFixedThreadPool(3)) {
      Callable<Integer> reader =
          () -> {
            int seen = 0;
            int looks = 0;
            while (seen < rows) {
              try (ConsumingSnapshot snapshot = segment.snapshot().orElseThrow()) {
                assertThat(snapshot.docCount()).isGreaterThanOrEqualTo(seen);
                seen = snapshot.docCount();
                checkNumbered(snapshot);
              }
              looks++;
            }
            return looks;
          };
      List<Future<Integer>> ends = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        ends.add(readers.submit(reader));
      }
      Random random = random();
      for (int at = 0; at < rows; ) {
        int part = Math.min(1 + random.nextInt(200), rows - at);
        segment.append(numbered(schema, at, part));
        at += part;
      }
      for (Future<Integer> end : ends) {
        assertThat(end.get(60, TimeUnit.SECONDS)).isPositive();
      }
      assertThat(segment.isFull()).isTrue();
      assertThat(segment.append(numbered(schema, 0, 5))).isZero();
    }
  }

  private static Page numbered(Schema schema, int from, int count) {
    List<Values> columns = new ArrayList<>();
    for (FieldSpec field : schema.fields()) {
      ValuesBuilder builder = ValuesBuilder.of(field.type(), count);
      for (int i = from; i < from + count; i++) {
        boolean isNull = i % 10 == 0;
        builder.appendObject(
            switch (field.name()) {
              case "number" -> isNull ? null : (Object) (long) i;
              case "text" -> isNull ? null : ("t" + i / 3).getBytes(StandardCharsets.UTF_8);
              default -> isNull ? null : List.of((long) i, (long) -i);
            });
      }
      columns.add(builder.build());
    }
    return new Page(count, columns);
  }

  private static void checkNumbered(ConsumingSnapshot snapshot) {
    int count = snapshot.docCount();
    SegmentColumn number = snapshot.column("number").orElseThrow();
    SegmentColumn text = snapshot.column("text").orElseThrow();
    SegmentColumn list = snapshot.column("list").orElseThrow();
    assertThat(number.statistics().nullCount()).isEqualTo((count + 9) / 10);
    long[] longs = new long[2048];
    int[] ids = new int[2048];
    long[] valid = new long[32];
    int[] starts = new int[2049];
    for (int from = 0; from < count; from += 2048) {
      int part = Math.min(2048, count - from);
      number.longs(from, part, longs);
      number.validity(from, part, valid);
      text.dictIds(from, part, ids);
      list.arrayOffsets(from, part, starts);
      for (int i = 0; i < part; i++) {
        boolean isNull = (from + i) % 10 == 0;
        long expected = isNull ? 0 : from + i;
        if (longs[i] != expected
            || (valid[i >>> 6] >>> i & 1) != 0 == isNull
            || ids[i] < 0
            || ids[i] >= text.dictionary().orElseThrow().size()
            || starts[i + 1] - starts[i] != (isNull ? 0 : 2)) {
          throw new AssertionError("Row " + (from + i) + " of " + count);
        }
      }
    }
    if (count > 0) {
      Dictionary dictionary = text.dictionary().orElseThrow();
      int last = (count - 1) / 3;
      int probe = last / 2;
      int id = dictionary.indexOf(("t" + probe).getBytes(StandardCharsets.UTF_8));
      assertThat(dictionary.indexOf(("t" + (last + 1)).getBytes(StandardCharsets.UTF_8)))
          .isNegative();
      if (probe * 3 + 3 <= count) {
        int expected = 0;
        for (int i = probe * 3; i < probe * 3 + 3; i++) {
          expected += i % 10 == 0 ? 0 : 1;
        }
        assertThat(text.invertedIndex().orElseThrow().docCount(id)).isEqualTo(expected);
      }
    }
  }

  @Test
  void itIsFullAtItsLimitsAndTakesNoRowHalf() {
    ConsumingOptions few = new ConsumingOptions(IndexingOptions.NONE, 100, MEMORY);
    Random random = random();
    try (ConsumingSegment segment = new ConsumingSegment("t_REALTIME", "s", SCHEMA, few)) {
      assertThat(segment.append(rows(random, 60))).isEqualTo(60);
      assertThat(segment.append(rows(random, 60))).isEqualTo(40);
      assertThat(segment.isFull()).isTrue();
      assertThat(segment.rowCount()).isEqualTo(100);
    }
    ConsumingOptions small =
        new ConsumingOptions(IndexingOptions.NONE, 1_000_000, new DataSize(4L << 20));
    try (ConsumingSegment segment = new ConsumingSegment("t_REALTIME", "s", SCHEMA, small)) {
      int appended = 0;
      while (!segment.isFull()) {
        appended += segment.append(rows(random, 1000));
      }
      assertThat(segment.append(rows(random, 1))).isZero();
      assertThat(segment.rowCount()).isEqualTo(appended);
      assertThat(segment.memoryBytes()).isBetween(4L << 20, 8L << 20);
    }
  }

  @Test
  void rowsThatTheSchemaDoesNotAllowChangeNothing() {
    FieldSpec strict =
        new FieldSpec("n", ColumnType.LONG, FieldSpec.Role.DIMENSION, true, null, null, null);
    Schema schema = new Schema("t", List.of(strict), List.of(), List.of());
    try (ConsumingSegment segment =
        new ConsumingSegment("t_REALTIME", "s", schema, ConsumingOptions.DEFAULT)) {
      ValuesBuilder builder = ValuesBuilder.of(ColumnType.LONG, 2);
      builder.appendObject(1L);
      builder.appendNull();
      assertThatThrownBy(() -> segment.append(Page.of(builder.build())))
          .isInstanceOfSatisfying(
              CuveeException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.INVALID_INPUT);
                assertThat(e).hasMessageContaining("column 'n'").hasMessageContaining("notNull");
              });
      assertThat(segment.rowCount()).isZero();
      assertThat(segment.append(Page.of(LongValues.of(7)))).isEqualTo(1);
    }
  }

  @Test
  void memoryStaysUntilTheLastSnapshotIsClosed() throws Exception {
    ConsumingSegment segment = open(INDEXING);
    segment.append(rows(random(), 10));
    ConsumingSnapshot snapshot = segment.snapshot().orElseThrow();
    segment.close();
    segment.close();
    assertThat(segment.snapshot()).isEmpty();
    assertThat(segment.isFreed()).isFalse();
    assertThat(snapshot.column("id").orElseThrow().values(0, 10).count()).isEqualTo(10);
    snapshot.close();
    snapshot.close();
    for (int i = 0; i < 500 && !segment.isFreed(); i++) {
      Thread.sleep(10);
    }
    assertThat(segment.isFreed()).isTrue();
  }
}
