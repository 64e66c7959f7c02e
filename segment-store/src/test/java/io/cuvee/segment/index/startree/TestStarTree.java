package io.cuvee.segment.index.startree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.StarTreeConfig;
import io.cuvee.common.config.DataSize;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.Fixtures;
import io.cuvee.segment.build.BuildLimits;
import io.cuvee.segment.build.IndexingOptions;
import io.cuvee.segment.build.SegmentBuilder;
import io.cuvee.segment.build.SegmentSpec;
import io.cuvee.segment.build.StarTreeOptions;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.format.StarTreeMetadata;
import io.cuvee.segment.store.Segment;
import io.cuvee.segment.store.SegmentIndexes;
import io.cuvee.segment.store.SegmentInspection;
import io.cuvee.segment.store.SegmentVerifier;
import io.cuvee.segment.store.StarTreeIndexes;
import io.cuvee.segment.store.Verify;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Trees over random rows against aggregates of the rows themselves.
final class TestStarTree {
  private static final long SEED = Long.getLong("cuvee.test.seed", 20_261_122);
  private static final DataSize MEMORY = new DataSize(256L << 20);
  private static final List<String> DIMENSIONS = List.of("a", "b", "c", "d", "none");
  private static final Schema SCHEMA = schema();

  @TempDir private Path temp;

  private static Schema schema() {
    List<FieldSpec> fields = new ArrayList<>();
    fields.add(FieldSpec.dimension("a", ColumnType.STRING));
    fields.add(FieldSpec.dimension("b", ColumnType.INT));
    fields.add(FieldSpec.dimension("c", ColumnType.LONG));
    fields.add(FieldSpec.dimension("d", ColumnType.BOOLEAN));
    fields.add(FieldSpec.dimension("none", ColumnType.STRING));
    fields.add(FieldSpec.dimension("tags", ColumnType.arrayOf(DataType.STRING)));
    for (String name : List.of("m", "huge", "small", "few")) {
      fields.add(
          new FieldSpec(name, ColumnType.LONG, FieldSpec.Role.METRIC, false, null, null, null));
    }
    return Schema.of("t", fields);
  }

  private static StarTreeConfig.Metric metric(String function, String argument) {
    return new StarTreeConfig.Metric(function, argument);
  }

  private static final List<StarTreeConfig.Metric> METRICS =
      List.of(
          metric("SUM", "m"),
          metric("MIN", "m"),
          metric("MAX", "a"),
          metric("AVG", "few"),
          metric("SUM", "huge"),
          metric("DISTINCTCOUNT", "m"),
          metric("DISTINCTCOUNT", "a"),
          metric("DISTINCTCOUNTHLL", "m"),
          metric("PERCENTILEKLL", "small"),
          metric("VARIANCE", "few"),
          metric("SUM", "small * few - m"),
          metric("SUM", "huge * huge"));

  /// Rows in columns, as the schema orders them.
  private static List<List<@Nullable Object>> rows(Random random, int count) {
    int[] distinct = {1 + random.nextInt(6), 1 + random.nextInt(40), 1 + random.nextInt(300), 2};
    List<List<@Nullable Object>> columns = new ArrayList<>();
    for (int i = 0; i < SCHEMA.fields().size(); i++) {
      columns.add(new ArrayList<>());
    }
    for (int row = 0; row < count; row++) {
      columns.get(0).add(orNull(random, 5, Fixtures.utf8("v" + random.nextInt(distinct[0]))));
      columns.get(1).add((long) random.nextInt(distinct[1]));
      columns.get(2).add(orNull(random, 9, random.nextInt(distinct[2]) * 1_000_000_007L));
      columns.get(3).add(orNull(random, 3, (long) random.nextInt(2)));
      columns.get(4).add(null);
      columns.get(5).add(null);
      columns.get(6).add(orNull(random, 4, random.nextInt(2000) - 1000L));
      columns.get(7).add((random.nextBoolean() ? Long.MAX_VALUE : Long.MIN_VALUE) / 3);
      columns.get(8).add((long) random.nextInt(100));
      columns.get(9).add(orNull(random, 2, (long) random.nextInt(3)));
    }
    return columns;
  }

  private static @Nullable Object orNull(Random random, int oneIn, Object value) {
    return random.nextInt(oneIn) == 0 ? null : value;
  }

  private Segment build(List<List<@Nullable Object>> rows, StarTreeConfig... trees) {
    return build("s", rows, new StarTreeOptions(List.of(trees), false), MEMORY);
  }

  private Segment build(
      String name, List<List<@Nullable Object>> rows, StarTreeOptions trees, DataSize memory) {
    Path directory = temp.resolve(name);
    SegmentSpec spec =
        Fixtures.spec(SCHEMA, IndexingOptions.NONE)
            .withStarTrees(trees)
            .withLimits(new BuildLimits(memory, 2));
    new SegmentBuilder(spec).build(Fixtures.pages(SCHEMA, rows, 1000), directory);
    return Segment.open(directory, Verify.CHECKSUMS);
  }

  @RepeatedTest(8)
  void selectedRecordsStandForTheWantedRows(RepetitionInfo repetition) {
    long seed = SEED + repetition.getCurrentRepetition();
    Random random = new Random(seed);
    List<List<@Nullable Object>> rows = rows(random, 1 + random.nextInt(3000));
    List<String> dimensions = new ArrayList<>(DIMENSIONS);
    java.util.Collections.shuffle(dimensions, random);
    List<String> skipped = dimensions.stream().filter(name -> random.nextInt(4) == 0).toList();
    int leaf = List.of(1, 2, 10, 100, 10_000).get(random.nextInt(5));
    StarTreeConfig config = new StarTreeConfig(dimensions, skipped, METRICS, leaf);
    try (Segment segment = build(rows, config)) {
      SegmentVerifier.verify(segment.directory());
      StarTree tree = segment.starTrees().getFirst();
      assertThat(tree.metadata().dimensions())
          .extracting(StarTreeMetadata.Dimension::name)
          .isEqualTo(dimensions);
      for (int i = 0; i < 60; i++) {
        new Check(segment, tree, rows, random, "seed " + seed + ", query " + i).run();
      }
    }
  }

  /// One query, by the tree and by the rows.
  private static final class Check {
    private final Segment segment;
    private final StarTree tree;
    private final List<List<@Nullable Object>> rows;
    private final String what;
    private final @Nullable IdFilter[] filters;
    private final boolean[] grouped;
    private final int width;

    Check(
        Segment segment,
        StarTree tree,
        List<List<@Nullable Object>> rows,
        Random random,
        String what) {
      this.segment = segment;
      this.tree = tree;
      this.rows = rows;
      this.what = what;
      this.width = tree.metadata().dimensions().size();
      this.filters = new @Nullable IdFilter[width];
      this.grouped = new boolean[width];
      for (int d = 0; d < width; d++) {
        grouped[d] = random.nextInt(3) == 0;
        if (random.nextInt(3) == 0) {
          filters[d] = new IdFilter(random, RowSort.cardinality(tree.dimension(d)));
        }
      }
    }

    /// Groups with count, sum of m, sum of huge, sum of small * few - m and how many it has.
    private final Map<List<Integer>, Object[]> expected = new HashMap<>();

    private final Map<List<Integer>, Object[]> found = new HashMap<>();

    void run() {
      addRows();
      addRecords();
      assertThat(found.keySet()).as(what).isEqualTo(expected.keySet());
      expected.forEach(
          (key, values) -> assertThat(found.get(key)).as(what + key).isEqualTo(values));
    }

    private void addRows() {
      int[][] ids = new int[width][];
      for (int d = 0; d < width; d++) {
        ids[d] = ids(segment.column(tree.metadata().dimensions().get(d).name()).orElseThrow());
      }
      for (int row = 0; row < segment.docCount(); row++) {
        if (accepts(ids, row)) {
          Object m = rows.get(6).get(row);
          Object few = rows.get(9).get(row);
          BigInteger derived =
              m == null || few == null
                  ? null
                  : BigInteger.valueOf(
                      (Long) java.util.Objects.requireNonNull(rows.get(8).get(row)) * (Long) few
                          - (Long) m);
          add(
              expected,
              key(ids, row),
              BigInteger.ONE,
              m == null ? null : BigInteger.valueOf((Long) m),
              BigInteger.valueOf((Long) java.util.Objects.requireNonNull(rows.get(7).get(row))),
              derived,
              few == null ? BigInteger.ZERO : BigInteger.ONE);
        }
      }
    }

    private void addRecords() {
      long needed = 0;
      for (int d = 0; d < width; d++) {
        needed |= grouped[d] || filters[d] != null ? 1L << d : 0;
      }
      RecordRanges ranges = tree.select(filters, needed, Long.MAX_VALUE).orElseThrow();
      int[][] ids = new int[width][];
      for (int d = 0; d < width; d++) {
        ids[d] = tree.dimension(d).map(Check::ids).orElseGet(() -> filled(tree.docCount()));
      }
      SegmentColumn count = tree.states("COUNT", "").orElseThrow().getFirst();
      SegmentColumn fewCount = tree.states("COUNT", "\"few\"").orElseThrow().getFirst();
      List<SegmentColumn> m = tree.states("SUM", "\"m\"").orElseThrow();
      List<SegmentColumn> huge = tree.states("SUM", "\"huge\"").orElseThrow();
      String expression = "MINUS:LONG[TIMES:LONG[\"few\", \"small\"], \"m\"]";
      List<SegmentColumn> derived = tree.states("SUM", expression).orElseThrow();
      long visited = 0;
      for (int i = 0; i < ranges.starts().length; i++) {
        for (int record = ranges.starts()[i]; record < ranges.ends()[i]; record++) {
          visited++;
          boolean wanted = true;
          for (int d = 0; d < width; d++) {
            IdFilter filter = filters[d];
            boolean holds = filter == null || filter.accepts(ids[d][record]);
            assertThat(holds || (ranges.open() >>> d & 1) != 0).as(what).isTrue();
            wanted &= holds;
          }
          if (wanted) {
            add(
                found,
                key(ids, record),
                sum(List.of(count), record),
                sum(m, record),
                sum(huge, record),
                sum(derived, record),
                sum(List.of(fewCount), record));
          }
        }
      }
      assertThat(visited).as(what).isEqualTo(ranges.count());
    }

    private static int[] filled(int count) {
      int[] ids = new int[count];
      Arrays.fill(ids, StarTreeNodes.NULL);
      return ids;
    }

    private static @Nullable BigInteger sum(List<SegmentColumn> halves, int record) {
      Values low = halves.getFirst().values(record, 1);
      if (low.isNull(0)) {
        return null;
      }
      BigInteger value = BigInteger.valueOf((Long) java.util.Objects.requireNonNull(low.get(0)));
      if (halves.size() == 1) {
        return value;
      }
      long high = (Long) java.util.Objects.requireNonNull(halves.get(1).values(record, 1).get(0));
      return BigInteger.valueOf(high)
          .shiftLeft(64)
          .add(value.and(BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE)));
    }

    private static int[] ids(SegmentColumn column) {
      int count = column.docCount();
      int[] ids = filled(count);
      if (column.dictionary().isEmpty()) {
        return ids;
      }
      column.dictIds(0, count, ids);
      long[] validity = new long[(count + 63) / 64];
      column.validity(0, count, validity);
      for (int i = 0; i < count; i++) {
        ids[i] = (validity[i >>> 6] >>> i & 1) == 0 ? StarTreeNodes.NULL : ids[i];
      }
      return ids;
    }

    private boolean accepts(int[][] ids, int row) {
      for (int d = 0; d < width; d++) {
        IdFilter filter = filters[d];
        if (filter != null && !filter.accepts(ids[d][row])) {
          return false;
        }
      }
      return true;
    }

    private List<Integer> key(int[][] ids, int row) {
      List<Integer> key = new ArrayList<>();
      for (int d = 0; d < width; d++) {
        if (grouped[d]) {
          key.add(ids[d][row]);
        }
      }
      return key;
    }

    private static void add(
        Map<List<Integer>, Object[]> groups, List<Integer> key, @Nullable BigInteger... more) {
      Object[] values = groups.computeIfAbsent(key, none -> new Object[more.length]);
      for (int i = 0; i < more.length; i++) {
        BigInteger one = more[i];
        if (one != null) {
          values[i] = values[i] == null ? one : ((BigInteger) values[i]).add(one);
        }
      }
    }
  }

  /// A random range or set, with NULL or without.
  private static final class IdFilter implements DimensionFilter {
    private final boolean[] wanted;
    private final boolean nullWanted;

    IdFilter(Random random, int cardinality) {
      wanted = new boolean[cardinality];
      int low = random.nextInt(cardinality + 1);
      int high = random.nextInt(cardinality + 1);
      boolean range = random.nextBoolean();
      for (int i = 0; i < cardinality; i++) {
        wanted[i] = range ? i >= low && i <= high : random.nextInt(4) == 0;
      }
      nullWanted = random.nextInt(4) == 0;
    }

    @Override
    public int first() {
      return StarTreeNodes.NULL;
    }

    @Override
    public int last() {
      return wanted.length - 1;
    }

    @Override
    public boolean accepts(int dictId) {
      return dictId < 0 ? nullWanted : wanted[dictId];
    }
  }

  @Test
  void overflowingSumsHaveTwoHalvesAndOverflowingExpressionsAreLeftOut() {
    try (Segment segment =
        build(rows(new Random(1), 500), new StarTreeConfig(List.of("a"), List.of(), METRICS, 1))) {
      StarTree tree = segment.starTrees().getFirst();
      assertThat(tree.states("SUM", "\"huge\"").orElseThrow()).hasSize(2);
      assertThat(tree.states("SUM", "\"m\"").orElseThrow()).hasSize(1);
      assertThat(tree.states("SUM", "TIMES:LONG[\"huge\", \"huge\"]")).isEmpty();
    }
  }

  @Test
  void setsOfValuesAreLeftOutIfThereAreAsManyAsRows() {
    List<List<@Nullable Object>> rows = rows(new Random(7), 70_000);
    for (int i = 0; i < 70_000; i++) {
      rows.get(6).set(i, (long) i);
    }
    StarTreeConfig config =
        new StarTreeConfig(
            List.of("a"),
            List.of(),
            List.of(
                metric("DISTINCTCOUNT", "m"),
                metric("DISTINCTCOUNT", "c"),
                metric("DISTINCTCOUNTTHETASKETCH", "m")),
            1);
    try (Segment segment = build(rows, config)) {
      StarTree tree = segment.starTrees().getFirst();
      assertThat(tree.states("DISTINCTCOUNT", "\"m\"")).isEmpty();
      assertThat(tree.states("DISTINCTCOUNT", "\"c\"")).isPresent();
      assertThat(tree.states("DISTINCTCOUNTTHETASKETCH", "\"m\", 4096")).isPresent();
      assertThat(tree.stateBytes("DISTINCTCOUNTTHETASKETCH", "\"m\", 4096")).isGreaterThan(1000);
      StarTreeOptions options = new StarTreeOptions(List.of(config), false);
      assertThat(StarTreeIndexes.missing(segment, options, SCHEMA)).isEmpty();
    }
  }

  @Test
  void aNodeHasAStarUnlessItIsSkippedOrHasOneValue() {
    List<List<@Nullable Object>> rows = rows(new Random(2), 2000);
    StarTreeConfig all = new StarTreeConfig(List.of("b", "d"), List.of(), List.of(), 1);
    StarTreeConfig none = new StarTreeConfig(List.of("b", "d"), List.of("b", "d"), List.of(), 1);
    try (Segment segment = build(rows, all, none)) {
      long base = segment.starTrees().getFirst().metadata().baseCount();
      StarTree with = segment.starTrees().get(0);
      StarTree without = segment.starTrees().get(1);
      assertThat(with.nodes().value(with.nodes().firstChild(0))).isEqualTo(StarTreeNodes.STAR);
      assertThat(without.nodes().value(without.nodes().firstChild(0))).isNotNegative().isZero();
      assertThat(without.metadata().baseCount()).isEqualTo((int) base);
      assertThat(without.docCount()).isLessThan(with.docCount());
      RecordRanges total =
          with.select(new @Nullable DimensionFilter[2], 0, Long.MAX_VALUE).orElseThrow();
      assertThat(total.count()).isOne();
    }
  }

  @Test
  void treesCanBeAddedLaterAndOnlyOnce() {
    List<List<@Nullable Object>> rows = rows(new Random(3), 1500);
    StarTreeConfig config = new StarTreeConfig(List.of("a", "b"), List.of(), METRICS, 10);
    StarTreeOptions options = new StarTreeOptions(List.of(config), true);
    try (Segment bare = build("bare", rows, StarTreeOptions.NONE, MEMORY);
        Segment whole = build("whole", rows, options, MEMORY)) {
      assertThat(bare.starTrees()).isEmpty();
      assertThat(StarTreeIndexes.missing(bare, options, SCHEMA)).hasSize(2);
      assertThat(StarTreeIndexes.missing(whole, options, SCHEMA)).isEmpty();
      assertThat(StarTreeIndexes.superfluous(whole, options, SCHEMA)).isEmpty();
      assertThat(
              StarTreeIndexes.superfluous(
                  whole, new StarTreeOptions(List.of(config), false), SCHEMA))
          .hasSize(1);
      StarTreeConfig more =
          new StarTreeConfig(config.dimensions(), List.of(), List.of(metric("SUM", "small")), 10);
      assertThat(StarTreeIndexes.missing(whole, new StarTreeOptions(List.of(more), false), SCHEMA))
          .hasSize(1);
      StarTreeOptions raw =
          new StarTreeOptions(
              List.of(new StarTreeConfig(List.of("huge", "m"), List.of(), METRICS, 10)), false);
      assertThat(StarTreeIndexes.missing(whole, raw, SCHEMA)).isEmpty();
      assertThat(StarTreeIndexes.add(bare.directory(), options, SCHEMA, MEMORY)).isEqualTo(2);
      assertThat(StarTreeIndexes.add(bare.directory(), options, SCHEMA, MEMORY)).isZero();
      try (Segment again = Segment.open(bare.directory(), Verify.CHECKSUMS)) {
        assertThat(again.starTrees())
            .extracting(StarTree::metadata)
            .isEqualTo(whole.starTrees().stream().map(StarTree::metadata).toList());
        assertThat(again.metadata().crc()).isEqualTo(bare.metadata().crc());
      }
      SegmentVerifier.verify(bare.directory());
      SegmentInspection inspection = SegmentInspection.of(bare.directory());
      assertThat(inspection.starTrees()).hasSize(2);
      assertThat(inspection.starTrees()).allMatch(tree -> tree.sizeBytes() > 0);
      assertThat(inspection.columns()).hasSize(SCHEMA.fields().size());
    }
  }

  @Test
  void aCopyHasTheTreesOfAnotherConfig() throws IOException {
    StarTreeConfig dropped = new StarTreeConfig(List.of("b"), List.of(), METRICS, 10);
    StarTreeConfig kept = new StarTreeConfig(List.of("a", "d"), List.of(), METRICS, 10);
    StarTreeConfig added = new StarTreeConfig(List.of("d"), List.of(), METRICS, 10);
    StarTreeOptions options = new StarTreeOptions(List.of(added, kept), false);
    Path copy = Files.createDirectory(temp.resolve("copy"));
    try (Segment segment = build(rows(new Random(6), 900), dropped, kept)) {
      SegmentIndexes.copy(segment, copy, IndexingOptions.NONE);
      StarTreeIndexes.copy(segment, copy, options, SCHEMA, MEMORY);
    }
    SegmentVerifier.verify(copy);
    try (Segment segment = Segment.open(copy, Verify.CHECKSUMS)) {
      assertThat(segment.starTrees())
          .extracting(tree -> tree.metadata().dimensions().size())
          .containsExactly(2, 1);
      assertThat(StarTreeIndexes.missing(segment, options, SCHEMA)).isEmpty();
      assertThat(StarTreeIndexes.superfluous(segment, options, SCHEMA)).isEmpty();
    }
  }

  @Test
  void aTreeBeyondTheMemoryLimitIsLeftOut() {
    Path directory = temp.resolve("small");
    try (Segment segment =
        build("small", rows(new Random(4), 3000), StarTreeOptions.NONE, MEMORY)) {
      StarTreeOptions options =
          new StarTreeOptions(
              List.of(new StarTreeConfig(DIMENSIONS, List.of(), METRICS, 1)), false);
      DataSize tiny = new DataSize(60_000);
      assertThat(StarTreeIndexes.add(directory, options, SCHEMA, tiny)).isZero();
    }
    SegmentVerifier.verify(directory);
    try (Segment segment = Segment.open(directory, Verify.CHECKSUMS)) {
      assertThat(segment.starTrees()).isEmpty();
    }
  }

  @Test
  void noRowsHaveNoTree() {
    StarTreeConfig config = new StarTreeConfig(List.of("a"), List.of(), METRICS, 10);
    try (Segment segment = build(rows(new Random(5), 0), config)) {
      assertThat(segment.starTrees()).isEmpty();
    }
    SegmentVerifier.verify(temp.resolve("s"));
  }

  @Test
  void configsThatDoNotFitTheSchemaAreRefused() {
    assertRefused(List.of("aa"), metric("SUM", "m"), "'aa'", "not a column");
    assertRefused(List.of("tags"), metric("SUM", "m"), "'tags'", "an array");
    assertRefused(List.of("a"), metric("SUM", "mm"), "SUM__mm", "'mm' is not a column");
    assertRefused(List.of("a"), metric("SUM", "b"), "b", null);
    assertRefused(List.of("b"), metric("SUM", "a"), "SUM__a", "numbers");
    assertRefused(List.of("b"), metric("SUM", "m + a"), "STRING", "INT, LONG and DOUBLE");
    assertRefused(List.of("b"), metric("SUM", "m +"), "its end", "does not belong");
    assertRefused(List.of("b"), metric("SUM", "m / 2"), "'/'", "does not belong");
  }

  private static void assertRefused(
      List<String> dimensions, StarTreeConfig.Metric metric, String named, @Nullable String why) {
    SegmentSpec spec =
        Fixtures.spec(SCHEMA, IndexingOptions.NONE)
            .withStarTrees(
                new StarTreeOptions(
                    List.of(new StarTreeConfig(dimensions, List.of(), List.of(metric), 1)), false));
    if (why == null) {
      new SegmentBuilder(spec);
      return;
    }
    assertThatThrownBy(() -> new SegmentBuilder(spec))
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_TABLE))
        .hasMessageContainingAll(named, why);
  }
}
