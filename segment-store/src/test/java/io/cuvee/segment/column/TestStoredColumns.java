package io.cuvee.segment.column;

import static io.cuvee.segment.Fixtures.same;
import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.catalog.CompressionCodec;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.common.type.DataType.Representation;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.Fixtures;
import io.cuvee.segment.build.IndexingOptions;
import io.cuvee.segment.format.Encoding;
import io.cuvee.segment.format.SegmentMetadata;
import io.cuvee.segment.store.Segment;
import io.cuvee.segment.store.SegmentVerifier;
import io.cuvee.segment.store.Verify;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What every stored column owes, compared with the plain list of rows that it was built from.
final class TestStoredColumns {
  private final long seed = Long.getLong("cuvee.random.seed", 20_261_122);
  private final Random random = new Random(seed);

  @TempDir private Path temp;
  private int built;

  private static List<ColumnType> types(boolean arrays) {
    List<ColumnType> types = new ArrayList<>();
    for (DataType type : DataType.OF_COLUMNS) {
      types.add(ColumnType.of(type));
      if (arrays) {
        types.add(ColumnType.arrayOf(type));
      }
    }
    return types;
  }

  static Stream<Arguments> forms() {
    return Stream.of(Encoding.values())
        .filter(form -> form != Encoding.SORTED)
        .flatMap(form -> Stream.of(Arguments.of(form, false), Arguments.of(form, true)));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void columnsReadBackWhatWasBuilt(Encoding encoding, boolean nulls) {
    for (int size : new int[] {0, 1, 63, 64, 65, 2047, 2048, 2049}) {
      check(types(true), encoding, nulls, size, 1);
      check(types(true), encoding, nulls, size, 3000);
    }
    check(types(true), encoding, nulls, 5000, 200);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void sortedColumnsReadBackWhatWasBuilt(boolean nulls) {
    for (ColumnType type : types(false)) {
      for (int size : new int[] {0, 1, 65, 2049, 5000}) {
        check(List.of(type), Encoding.SORTED, nulls, size, 300);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Encoding.class)
  void columnsAroundAMorselReadBackWhatWasBuilt(Encoding encoding) {
    for (int size : new int[] {65_535, 65_536, 65_537}) {
      if (encoding == Encoding.SORTED) {
        check(List.of(ColumnType.INT), encoding, true, size, 70_000);
      } else {
        check(
            List.of(
                ColumnType.INT,
                ColumnType.DOUBLE,
                ColumnType.STRING,
                ColumnType.arrayOf(DataType.LONG)),
            encoding,
            true,
            size,
            70_000);
      }
    }
  }

  @Test
  void longRunsAreStoredAsSuch() {
    Map<String, ColumnType> types = new LinkedHashMap<>();
    types.put("few", ColumnType.STRING);
    types.put("many", ColumnType.INT);
    types.put("raw", ColumnType.LONG);
    types.put("short", ColumnType.INT);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    types.keySet().forEach(name -> rows.add(new ArrayList<>()));
    for (int i = 0; i < 200_000; i++) {
      rows.get(0).add(Fixtures.utf8("v" + i / 700 % 7));
      rows.get(1).add((long) (i / 100 * 7919 % 30_011));
      rows.get(2).add(i / 80 * 0x9E3779B97F4A7C15L);
      rows.get(3).add((long) (i / 5 * 7919 % 200));
    }
    Path directory = temp.resolve("runs");
    Fixtures.build(
        directory,
        Fixtures.schema(types),
        new IndexingOptions(List.of(), List.of("many"), List.of("raw")),
        rows);
    SegmentMetadata metadata = SegmentVerifier.verify(directory);
    assertThat(metadata.columns())
        .extracting(column -> column.name() + " " + column.encoding())
        .containsExactly(
            "few DICTIONARY_RUNS", "many DICTIONARY_RUNS", "raw RAW_RUNS", "short DICTIONARY");
    assertThat(metadata.column("raw").orElseThrow().reason()).contains("runs");
    try (Segment segment = Segment.open(directory, Verify.CHECKSUMS)) {
      for (int i = 0; i < rows.size(); i++) {
        String name = List.copyOf(types.keySet()).get(i);
        new Checker(segment.column(name).orElseThrow(), rows.get(i), name).check();
      }
    }
  }

  @Test
  void rawValuesAreCompressedIfThatSavesEnough() {
    Map<String, ColumnType> types = new LinkedHashMap<>();
    types.put("prices", ColumnType.DOUBLE);
    types.put("ratios", ColumnType.FLOAT);
    types.put("noise", ColumnType.DOUBLE);
    types.put("urls", ColumnType.STRING);
    types.put("plain_urls", ColumnType.STRING);
    types.put("keys", ColumnType.BYTES);
    types.put("packed_keys", ColumnType.BYTES);
    types.put("lists", ColumnType.arrayOf(DataType.DOUBLE));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    types.keySet().forEach(name -> rows.add(new ArrayList<>()));
    for (int i = 0; i < 20_000; i++) {
      double price = random.nextInt(10_000_000) / 100.0;
      byte[] key = new byte[16];
      random.nextBytes(key);
      Object url = Fixtures.utf8("https://www.example.org/item/" + random.nextInt(1 << 30));
      rows.get(0).add(i % 100 == 0 ? null : i % 99 == 0 ? (Object) random.nextDouble() : price);
      rows.get(1).add((double) (random.nextInt(1000) / 10f));
      rows.get(2).add(random.nextGaussian());
      rows.get(3).add(i % 50 == 0 ? null : url);
      rows.get(4).add(url);
      rows.get(5).add(key);
      rows.get(6).add(key);
      rows.get(7).add(i % 3 == 0 ? List.of() : List.of(price, price / 2));
    }
    List<String> names = List.copyOf(types.keySet());
    Path directory = temp.resolve("compressed");
    Fixtures.build(
        directory,
        Fixtures.schema(types),
        new IndexingOptions(List.of(), List.of(), names)
            .withCodecs(
                Map.of(
                    "plain_urls", CompressionCodec.PASS_THROUGH,
                    "packed_keys", CompressionCodec.LZ4)),
        rows);
    SegmentMetadata metadata = SegmentVerifier.verify(directory);
    assertThat(metadata.columns())
        .extracting(column -> column.name() + " " + column.encoding())
        .containsExactly(
            "prices RAW_ALP",
            "ratios RAW_ALP",
            "noise RAW",
            "urls RAW_FSST",
            "plain_urls RAW",
            "keys RAW",
            "packed_keys RAW_FSST",
            "lists RAW_ALP");
    assertThat(metadata.column("prices").orElseThrow().reason())
        .containsPattern("ALP: [0-9,]+ bytes instead of 160,000, [0-9]+ exceptions");
    assertThat(metadata.column("packed_keys").orElseThrow().reason())
        .contains("FSST as compressionCodec says");
    try (Segment segment = Segment.open(directory, Verify.CHECKSUMS)) {
      for (int i = 0; i < rows.size(); i++) {
        String name = names.get(i);
        new Checker(segment.column(name).orElseThrow(), rows.get(i), name + ", seed " + seed)
            .check();
      }
    }
  }

  private void check(
      List<ColumnType> types, Encoding encoding, boolean nulls, int size, int cardinality) {
    Map<String, ColumnType> columns = new LinkedHashMap<>();
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (ColumnType type : types) {
      if (!suits(type, encoding)) {
        continue;
      }
      columns.put(type.toString(), type);
      List<@Nullable Object> values = Fixtures.rows(type, size, cardinality, nulls, random);
      if (encoding.hasRuns()) {
        repeat(values);
      }
      rows.add(values);
    }
    List<String> names = List.copyOf(columns.keySet());
    IndexingOptions options =
        switch (encoding) {
          case DICTIONARY, DICTIONARY_RUNS -> new IndexingOptions(List.of(), names, List.of());
          case SORTED -> new IndexingOptions(names, names, List.of());
          case RAW, RAW_RUNS -> raw(names, CompressionCodec.PASS_THROUGH);
          case RAW_ALP, RAW_FSST -> raw(names, CompressionCodec.FSST);
        };
    Path directory = temp.resolve("s" + built++);
    Fixtures.build(directory, Fixtures.schema(columns), options, rows);
    try (Segment segment = Segment.open(directory, Verify.CHECKSUMS)) {
      for (int i = 0; i < names.size(); i++) {
        List<@Nullable Object> expected = new ArrayList<>(rows.get(i));
        if (encoding == Encoding.SORTED) {
          expected.sort(Comparator.nullsLast(Fixtures.ORDER));
        }
        SegmentColumn column = segment.column(names.get(i)).orElseThrow();
        String description =
            "%s %s nulls=%s size=%d cardinality=%d seed=%d"
                .formatted(names.get(i), encoding, nulls, size, cardinality, seed);
        if (!expected.stream().allMatch(TestStoredColumns::isEmpty)) {
          checkForm(column, encoding, description);
        }
        new Checker(column, expected, description).check();
      }
    }
    SegmentVerifier.verify(directory);
  }

  private static IndexingOptions raw(List<String> names, CompressionCodec codec) {
    return new IndexingOptions(List.of(), List.of(), names)
        .withCodecs(names.stream().collect(Collectors.toMap(Function.identity(), name -> codec)));
  }

  /// Makes long and short runs, here and there with a NULL in them.
  private void repeat(List<@Nullable Object> values) {
    for (int from = 0; from < values.size(); ) {
      int length = 1 + random.nextInt(random.nextInt(4) == 0 ? 4000 : 60);
      int to = Math.min(values.size(), from + length);
      for (int i = from + 1; i < to; i++) {
        if (values.get(i) != null || random.nextBoolean()) {
          values.set(i, values.get(from));
        }
      }
      from = to;
    }
  }

  private static void checkForm(SegmentColumn column, Encoding encoding, String description) {
    switch (encoding) {
      case DICTIONARY_RUNS -> assertThat(column.dictionary()).as(description).isPresent();
      case RAW_RUNS -> assertThat(column.dictionary()).as(description).isEmpty();
      // A column that happens to ascend may be stored as runs.
      case DICTIONARY -> assertThat(column.dictionary()).as(description).isPresent();
      case SORTED -> assertThat(column.isSorted()).as(description).isTrue();
      case RAW, RAW_ALP, RAW_FSST -> assertThat(column.dictionary()).as(description).isEmpty();
    }
  }

  private static boolean suits(ColumnType type, Encoding encoding) {
    return switch (encoding) {
      case RAW_ALP -> type.dataType().representation() == Representation.DOUBLE;
      case RAW_FSST -> type.dataType().representation() == Representation.BYTES;
      case DICTIONARY, SORTED, RAW, DICTIONARY_RUNS, RAW_RUNS -> true;
    };
  }

  private static boolean isEmpty(@Nullable Object row) {
    return row == null || row instanceof List<?> list && list.isEmpty();
  }

  /// Compares one column with its rows.
  private final class Checker {
    private final SegmentColumn column;
    private final List<@Nullable Object> expected;
    private final String description;

    Checker(SegmentColumn column, List<@Nullable Object> expected, String description) {
      this.column = column;
      this.expected = expected;
      this.description = description;
    }

    void check() {
      int size = expected.size();
      assertThat(column.docCount()).as(description).isEqualTo(size);
      checkRange(0, size);
      for (int round = 0; round < 5 && size > 0; round++) {
        int from = random.nextInt(size);
        checkRange(from, random.nextInt(size - from + 1));
      }
      checkGather();
      checkValidity();
      checkStatistics();
      checkZones();
      column.dictionary().ifPresent(this::checkDictionary);
    }

    private void checkRange(int from, int count) {
      Values values = column.values(from, count);
      assertThat(values.count()).as(description).isEqualTo(count);
      for (int i = 0; i < count; i++) {
        checkSame(values.get(i), expected.get(from + i), from + i);
        if (values.isNull(i)) {
          checkPlaceOfNull(values, i);
        }
      }
      if (column.type().isArray()) {
        return;
      }
      Representation form = column.type().dataType().representation();
      if (form == Representation.LONG) {
        long[] longs = new long[count];
        column.longs(from, count, longs);
        for (int i = 0; i < count; i++) {
          Object row = expected.get(from + i);
          checkSame(longs[i], row == null ? (Object) 0L : row, from + i);
        }
      }
      if (form == Representation.DOUBLE) {
        double[] doubles = new double[count];
        column.doubles(from, count, doubles);
        for (int i = 0; i < count; i++) {
          Object row = expected.get(from + i);
          checkSame(doubles[i], row == null ? (Object) 0.0 : row, from + i);
        }
      }
      if (column.dictionary().isPresent()) {
        int[] ids = new int[count];
        column.dictIds(from, count, ids);
        checkIds(ids, from);
      }
    }

    private void checkIds(int[] ids, int from) {
      Dictionary dictionary = column.dictionary().orElseThrow();
      for (int i = 0; i < ids.length; i++) {
        require(ids[i] >= 0 && ids[i] < dictionary.size(), from + i);
        if (expected.get(from + i) != null) {
          checkSame(dictionary.value(ids[i]), expected.get(from + i), from + i);
        }
      }
    }

    private void checkPlaceOfNull(Values values, int row) {
      switch (values) {
        case io.cuvee.execution.page.LongValues longs -> require(longs.values()[row] == 0, row);
        case io.cuvee.execution.page.DoubleValues doubles ->
            require(doubles.values()[row] == 0, row);
        case io.cuvee.execution.page.BytesValues bytes -> require(bytes.length(row) == 0, row);
        case io.cuvee.execution.page.ArrayValues arrays -> require(arrays.length(row) == 0, row);
        case io.cuvee.execution.page.DecimalValues decimals ->
            require(decimals.values()[row] != null, row);
      }
    }

    private void checkGather() {
      BitSet chosen = new BitSet();
      for (int i = 0; i < expected.size(); i++) {
        if (random.nextInt(4) == 0) {
          chosen.set(i);
        }
      }
      int[] docs = chosen.stream().toArray();
      Values values = column.values(docs, docs.length);
      for (int i = 0; i < docs.length; i++) {
        checkSame(values.get(i), expected.get(docs[i]), docs[i]);
      }
      if (column.type().isArray()) {
        return;
      }
      Representation form = column.type().dataType().representation();
      if (form == Representation.LONG) {
        long[] longs = new long[docs.length];
        column.longs(docs, docs.length, longs);
        for (int i = 0; i < docs.length; i++) {
          Object row = expected.get(docs[i]);
          checkSame(longs[i], row == null ? (Object) 0L : row, docs[i]);
        }
      }
      if (form == Representation.DOUBLE) {
        double[] doubles = new double[docs.length];
        column.doubles(docs, docs.length, doubles);
        for (int i = 0; i < docs.length; i++) {
          Object row = expected.get(docs[i]);
          checkSame(doubles[i], row == null ? (Object) 0.0 : row, docs[i]);
        }
      }
      if (column.dictionary().isPresent()) {
        int[] all = new int[expected.size()];
        column.dictIds(0, all.length, all);
        int[] ids = new int[docs.length];
        column.dictIds(docs, docs.length, ids);
        assertThat(ids)
            .as(description)
            .isEqualTo(Arrays.stream(docs).map(doc -> all[doc]).toArray());
      }
    }

    private void checkValidity() {
      int size = expected.size();
      for (int from = 0; from < size; from += 64 * (1 + random.nextInt(40))) {
        int count = 1 + random.nextInt(size - from);
        long[] words = new long[(count + 63) / 64];
        Arrays.fill(words, 0x5555_5555_5555_5555L);
        column.validity(from, count, words);
        for (int i = 0; i < words.length * 64; i++) {
          boolean valid = i < count && expected.get(from + i) != null;
          require((words[i / 64] >>> i & 1) != 0 == valid, from + i);
        }
      }
    }

    private void checkStatistics() {
      ColumnStatistics statistics = column.statistics();
      TreeSet<Object> distinct = new TreeSet<>(Fixtures.ORDER);
      int nulls = 0;
      int longest = 0;
      for (Object row : expected) {
        nulls += row == null ? 1 : 0;
        if (row instanceof List<?> list) {
          distinct.addAll(list);
          longest = Math.max(longest, list.size());
        } else if (row != null) {
          distinct.add(row);
        }
      }
      assertThat(statistics.nullCount()).as(description).isEqualTo(nulls);
      assertThat(statistics.cardinality()).as(description).isEqualTo(distinct.size());
      assertThat(statistics.maxArrayLength()).as(description).isEqualTo(longest);
      if (distinct.isEmpty()) {
        assertThat(statistics.min()).as(description).isNull();
        assertThat(statistics.max()).as(description).isNull();
      } else {
        checkSame(statistics.min(), distinct.first(), -1);
        checkSame(statistics.max(), distinct.last(), -1);
      }
      column
          .dictionary()
          .ifPresent(dictionary -> {
            int id = 0;
            assertThat(dictionary.size()).as(description).isEqualTo(distinct.size());
            for (Object value : distinct) {
              checkSame(dictionary.value(id++), value, -1);
            }
          });
    }

    private void checkZones() {
      ZoneMap zones = column.zoneMap().orElse(null);
      if (zones == null) {
        return;
      }
      assertThat(zones.blockCount()).as(description).isEqualTo((expected.size() + 2047) / 2048);
      for (int block = 0; block < zones.blockCount(); block++) {
        int from = block * 2048;
        int to = Math.min(expected.size(), from + 2048);
        TreeSet<Object> inBlock = new TreeSet<>(Fixtures.ORDER);
        int nulls = 0;
        for (Object row : expected.subList(from, to)) {
          nulls += row == null ? 1 : 0;
          if (row instanceof List<?> list) {
            inBlock.addAll(list);
          } else if (row != null) {
            inBlock.add(row);
          }
        }
        assertThat(zones.nullCounts()[block]).as(description).isEqualTo(nulls);
        switch (zones) {
          case ZoneMap.DictIds ids -> {
            if (inBlock.isEmpty()) {
              assertThat(ids.minima()[block]).isGreaterThan(ids.maxima()[block]);
            } else {
              Dictionary dictionary = column.dictionary().orElseThrow();
              checkSame(dictionary.value(ids.minima()[block]), inBlock.first(), from);
              checkSame(dictionary.value(ids.maxima()[block]), inBlock.last(), from);
            }
          }
          case ZoneMap.Longs longs -> {
            if (inBlock.isEmpty()) {
              assertThat(longs.minima()[block]).isGreaterThan(longs.maxima()[block]);
            } else {
              checkSame(longs.minima()[block], inBlock.first(), from);
              checkSame(longs.maxima()[block], inBlock.last(), from);
            }
          }
          case ZoneMap.Doubles doubles -> {
            if (inBlock.isEmpty()) {
              assertThat(doubles.minima()[block]).isGreaterThan(doubles.maxima()[block]);
            } else {
              checkSame(doubles.minima()[block], inBlock.first(), from);
              checkSame(doubles.maxima()[block], inBlock.last(), from);
            }
          }
        }
      }
    }

    private void checkDictionary(Dictionary dictionary) {
      Values all = dictionary.all();
      assertThat(all.count()).isEqualTo(dictionary.size());
      for (int id = 0; id < dictionary.size(); id++) {
        checkSame(all.get(id), dictionary.value(id), -1);
        require(dictionary.indexOf(dictionary.value(id)) == id, -1);
        if (id > 0) {
          require(Fixtures.ORDER.compare(dictionary.value(id - 1), dictionary.value(id)) < 0, -1);
        }
      }
      for (int round = 0; round < 20; round++) {
        Object wanted = Fixtures.value(column.type().dataType(), 5000, random);
        int index = dictionary.indexOf(wanted);
        int from = index >= 0 ? index : -index - 1;
        if (from > 0) {
          assertThat(Fixtures.ORDER.compare(dictionary.value(from - 1), wanted)).isNegative();
        }
        if (index < 0 && from < dictionary.size()) {
          assertThat(Fixtures.ORDER.compare(dictionary.value(from), wanted)).isPositive();
        }
      }
      if (column.isSorted()) {
        checkSortedRanges(dictionary);
      }
      column.invertedIndex().ifPresent(index -> checkInverted(dictionary, index));
    }

    private void checkSortedRanges(Dictionary dictionary) {
      int end = 0;
      for (int id = 0; id < dictionary.size(); id++) {
        long range = column.sortedRange(id);
        assertThat((int) (range >>> 32)).as(description).isEqualTo(end);
        end = (int) range;
        for (int doc = (int) (range >>> 32); doc < end; doc++) {
          checkSame(dictionary.value(id), expected.get(doc), doc);
        }
      }
      assertThat(expected.size() - end).as(description).isEqualTo(column.statistics().nullCount());
    }

    private void checkInverted(Dictionary dictionary, InvertedIndex index) {
      for (int round = 0; round < 3; round++) {
        int id = random.nextInt(dictionary.size());
        Object value = dictionary.value(id);
        int total = 0;
        for (int from = 0; from < expected.size(); from += 65_536) {
          int count = Math.min(65_536, expected.size() - from);
          long[] words = new long[1024];
          index.orInto(id, from, count, words);
          for (int i = 0; i < count; i++) {
            Object row = expected.get(from + i);
            boolean has =
                row instanceof List<?> list
                    ? list.stream().anyMatch(element -> same(element, value))
                    : same(row, value);
            require((words[i / 64] >>> i & 1) != 0 == has, from + i);
            total += has ? 1 : 0;
          }
          checkListed(index, id, from, count, words);
        }
        assertThat(index.docCount(id)).as(description).isEqualTo(total);
      }
    }

    /// Lists a part of a morsel in small steps, of all its documents or of those that others have.
    private void checkListed(InvertedIndex index, int id, int morsel, int count, long[] words) {
      long[] others = random.nextBoolean() ? null : random.longs(1024).toArray();
      int first = random.nextInt(3) == 0 ? random.nextInt(count) : 0;
      int last =
          first + (random.nextInt(3) == 0 ? random.nextInt(count - first) + 1 : count - first);
      List<Integer> wanted = new ArrayList<>();
      for (int i = first; i < last; i++) {
        if ((words[i / 64] & (others == null ? -1L : others[i / 64]) & 1L << i) != 0) {
          wanted.add(morsel + i);
        }
      }
      List<Integer> listed = new ArrayList<>();
      int[] out = new int[1 + random.nextInt(500)];
      int found = out.length;
      for (int from = morsel + first; found == out.length && from < morsel + last; ) {
        found = index.list(id, from, morsel + last, others, out);
        if (found == InvertedIndex.NOT_LISTED) {
          return;
        }
        for (int i = 0; i < found; i++) {
          listed.add(out[i]);
        }
        from = found == 0 ? morsel + last : out[found - 1] + 1;
      }
      assertThat(listed).as(description).isEqualTo(wanted);
    }

    private void require(boolean holds, int doc) {
      if (!holds) {
        throw new AssertionError("%s: document %d".formatted(description, doc));
      }
    }

    private void checkSame(@Nullable Object actual, @Nullable Object wanted, int doc) {
      if (!same(actual, wanted)) {
        throw new AssertionError(
            "%s: document %d is %s, expected %s".formatted(description, doc, actual, wanted));
      }
    }
  }
}
