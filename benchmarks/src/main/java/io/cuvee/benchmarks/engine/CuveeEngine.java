package io.cuvee.benchmarks.engine;

import io.cuvee.benchmarks.ssb.SsbBatch;
import io.cuvee.benchmarks.ssb.SsbColumn;
import io.cuvee.benchmarks.ssb.SsbGenerator;
import io.cuvee.benchmarks.ssb.SsbTable;
import io.cuvee.benchmarks.ssb.SsbTrees;
import io.cuvee.calcite.plan.Dialect;
import io.cuvee.calcite.plan.PlannedStatement;
import io.cuvee.calcite.plan.Planner;
import io.cuvee.calcite.plan.PlannerConfig;
import io.cuvee.calcite.plan.Session;
import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.StarTreeConfig;
import io.cuvee.common.config.DataSize;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.wire.QueryStats;
import io.cuvee.engine.plan.QueryEngine;
import io.cuvee.engine.plan.ResultSink;
import io.cuvee.engine.schedule.WorkerPool;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.operator.PlanExecution;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.BytesValuesBuilder;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.build.BuildLimits;
import io.cuvee.segment.build.IndexingOptions;
import io.cuvee.segment.build.SegmentBuilder;
import io.cuvee.segment.build.SegmentSpec;
import io.cuvee.segment.build.StarTreeOptions;
import io.cuvee.segment.store.Segment;
import io.cuvee.segment.store.Verify;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// Cuvée in this process, without HTTP and exchange: from the text of a query to its rows.
public final class CuveeEngine implements Engine {
  private static final Duration TIME_LIMIT = Duration.ofMinutes(10);
  private static final DataSize TREE_MEMORY = new DataSize(3L << 30);

  private final boolean hasIndexes;
  private final boolean hasStarTrees;
  private final Planner planner = new Planner(PlannerConfig.DEFAULT);
  private final Session session = new Session(Dialect.SQL, ZoneOffset.UTC);
  private final MemoryBudget memory = MemoryBudget.of("this process", 2L << 30, "nothing");
  private final List<Segment> segments = new ArrayList<>();
  private @Nullable WorkerPool pool;
  private @Nullable QueryEngine engine;
  private @Nullable Snapshot catalog;

  /// @param variant `plain` leaves out sort order and indexes, `star` adds star-trees
  public CuveeEngine(String variant) {
    hasIndexes = !variant.equals("plain");
    hasStarTrees = variant.equals("star");
  }

  /// The sum over the classes that write segments.
  @Override
  public String version() {
    CRC32 crc = new CRC32();
    try {
      Path jar =
          Path.of(SegmentBuilder.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      if (Files.isRegularFile(jar)) {
        crc.update(Files.readAllBytes(jar));
      } else {
        try (InputStream type = SegmentBuilder.class.getResourceAsStream("SegmentBuilder.class")) {
          crc.update(type == null ? new byte[0] : type.readAllBytes());
        }
      }
    } catch (IOException | java.net.URISyntaxException e) {
      throw new IllegalStateException("The jar of the segment store cannot be read", e);
    }
    return Long.toHexString(crc.getValue());
  }

  static Schema schema() {
    return Schema.of(SsbTable.NAME, SsbTable.COLUMNS.stream().map(CuveeEngine::field).toList());
  }

  private static FieldSpec field(SsbColumn column) {
    ColumnType type =
        switch (column.kind()) {
          case INT -> ColumnType.INT;
          case LONG -> ColumnType.LONG;
          case TEXT -> ColumnType.STRING;
        };
    return new FieldSpec(
        column.name(),
        type,
        column.isMetric() ? FieldSpec.Role.METRIC : FieldSpec.Role.DIMENSION,
        false,
        null,
        null,
        null);
  }

  @Override
  public void build(SsbGenerator rows, Path store, int threads) throws IOException {
    Files.createDirectory(store);
    IndexingOptions options =
        hasIndexes
            ? new IndexingOptions(
                List.of(SsbTable.SORTED_COLUMN), SsbTable.INDEXED_COLUMNS, List.of())
            : IndexingOptions.NONE;
    byte[][][] texts = new byte[SsbTable.COLUMNS.size()][][];
    for (int column = 0; column < texts.length; column++) {
      texts[column] =
          Arrays.stream(rows.table().texts(column))
              .map(text -> text.getBytes(StandardCharsets.UTF_8))
              .toArray(byte[][]::new);
    }
    BuildLimits limits =
        new BuildLimits(hasStarTrees ? TREE_MEMORY : BuildLimits.DEFAULT_MEMORY, threads);
    int rowCount = rows.table().rowCount();
    for (int i = 0; i < SEGMENTS; i++) {
      int from = (int) ((long) rowCount * i / SEGMENTS);
      int to = (int) ((long) rowCount * (i + 1) / SEGMENTS);
      String name = "s" + i;
      SegmentSpec spec =
          SegmentSpec.of(SsbTable.NAME + "_OFFLINE", name, schema())
              .withIndexing(options)
              .withStarTrees(hasStarTrees ? starTrees() : StarTreeOptions.NONE)
              .withLimits(limits);
      new SegmentBuilder(spec).build(new Pages(rows, texts, from, to), store.resolve(name));
    }
  }

  private static StarTreeOptions starTrees() {
    return new StarTreeOptions(
        SsbTrees.ALL.stream()
            .map(tree ->
                new StarTreeConfig(
                    tree.dimensions(),
                    List.of(),
                    List.of(new StarTreeConfig.Metric("SUM", tree.sum())),
                    SsbTrees.MAX_LEAF_RECORDS))
            .toList(),
        false);
  }

  @Override
  public void open(Path store, int threads) {
    // As a broker does: its planner's code comes in while servers open their segments.
    Thread.ofVirtual().start(() -> planner.plan("SELECT 1", session, new Snapshot(flat(0))));
    for (int i = 0; i < SEGMENTS; i++) {
      segments.add(Segment.open(store.resolve("s" + i), Verify.STRUCTURE));
    }
    pool = new WorkerPool(threads, "engine");
    engine = new QueryEngine(pool, memory, memory.limitBytes());
    catalog = new Snapshot(flat(segments.stream().mapToLong(Segment::docCount).sum()));
  }

  private static Catalog.Table flat(long rowCount) {
    return new Catalog.Table(
        SsbTable.NAME,
        schema().fields().stream()
            .map(field -> new Catalog.TableColumn(field.name(), field.type(), true))
            .toList(),
        rowCount,
        false);
  }

  @Override
  public List<@Nullable Object[]> query(String sql) {
    Snapshot snapshot = catalog;
    if (snapshot == null) {
      throw new IllegalStateException("The store is not open");
    }
    PlannedStatement planned = planner.plan(sql, session, snapshot);
    QueryContext context = QueryContext.withTimeout("bench", TIME_LIMIT);
    List<@Nullable Object[]> rows = new ArrayList<>();
    try (MemoryBudget budget = memory.child("the query", memory.limitBytes(), "nothing");
        PageSource pages =
            PlanExecution.execute(
                planned.plan().bind(planned.values(List.of())),
                scan -> scan(scan.query(), context),
                context,
                budget)) {
      for (Page page = pages.next(); page != null; page = pages.next()) {
        append(page, rows);
      }
    }
    return rows;
  }

  private static void append(Page page, List<@Nullable Object[]> rows) {
    int first = rows.size();
    int width = page.columns().size();
    for (int row = 0; row < page.rowCount(); row++) {
      rows.add(new @Nullable Object[width]);
    }
    for (int column = 0; column < width; column++) {
      Values values = page.column(column);
      for (int row = 0; row < page.rowCount(); row++) {
        rows.get(first + row)[column] = cell(values, row);
      }
    }
  }

  private static @Nullable Object cell(Values values, int row) {
    if (values.isNull(row)) {
      return null;
    }
    return switch (values) {
      case LongValues longs -> longs.values()[row];
      case DoubleValues doubles -> doubles.values()[row];
      case BytesValues bytes -> bytes.text(row);
      default -> values.get(row);
    };
  }

  private PageSource scan(SegmentQuery query, QueryContext context) {
    QueryEngine present = engine;
    if (present == null) {
      throw new IllegalStateException("The store is not open");
    }
    segments.forEach(Segment::acquire);
    Collected collected = new Collected();
    present.start(query, segments, context, collected, () -> segments.forEach(Segment::release));
    try {
      collected.ended.join();
    } catch (CompletionException e) {
      throw CuveeException.of(e.getCause());
    }
    return PageSource.of(collected.pages);
  }

  @Override
  public void close() {
    if (pool != null) {
      pool.close();
    }
    segments.forEach(Segment::close);
  }

  /// The pages of all segments.
  private static final class Collected implements ResultSink {
    private final ConcurrentLinkedQueue<Page> pages = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<QueryStats> ended = new CompletableFuture<>();

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void page(Page page) {
      pages.add(page);
    }

    @Override
    public void end(QueryStats stats) {
      ended.complete(stats);
    }

    @Override
    public void fail(CuveeException failure) {
      ended.completeExceptionally(failure);
    }
  }

  /// One table as a catalog.
  private record Snapshot(Table flat) implements Catalog {
    @Override
    public long version() {
      return 1;
    }

    @Override
    public Optional<Table> table(String name) {
      return flat.name().equalsIgnoreCase(name) ? Optional.of(flat) : Optional.empty();
    }

    @Override
    public List<Table> tables() {
      return List.of(flat);
    }
  }

  /// Rows of the generator, a few thousand at a time.
  private static final class Pages implements PageSource {
    private static final int ROWS = 16_384;

    private final SsbGenerator rows;
    private final byte[][][] texts;
    private final int to;
    private int next;

    Pages(SsbGenerator rows, byte[][][] texts, int from, int to) {
      this.rows = rows;
      this.texts = texts;
      this.next = from;
      this.to = to;
    }

    @Override
    public @Nullable Page next() {
      if (next == to) {
        return null;
      }
      int count = Math.min(ROWS, to - next);
      int width = SsbTable.COLUMNS.size();
      long[][] numbers = new long[width][];
      BytesValuesBuilder[] builders = new BytesValuesBuilder[width];
      for (int column = 0; column < width; column++) {
        if (texts[column].length == 0) {
          numbers[column] = new long[count];
        } else {
          builders[column] = new BytesValuesBuilder(count);
        }
      }
      int[] filled = new int[1];
      rows.generate(
          next,
          next + count,
          batch -> {
            append(batch, numbers, builders, filled[0]);
            filled[0] += batch.rowCount();
          });
      next += count;
      List<Values> columns = new ArrayList<>();
      for (int column = 0; column < width; column++) {
        columns.add(
            texts[column].length == 0
                ? new LongValues(numbers[column], count, null)
                : builders[column].build());
      }
      return new Page(count, columns);
    }

    private void append(
        SsbBatch batch, long[][] numbers, BytesValuesBuilder[] builders, int offset) {
      for (int column = 0; column < texts.length; column++) {
        long[] values = batch.values()[column];
        if (texts[column].length == 0) {
          System.arraycopy(values, 0, numbers[column], offset, batch.rowCount());
        } else {
          for (int row = 0; row < batch.rowCount(); row++) {
            builders[column].append(texts[column][(int) values[row]]);
          }
        }
      }
    }

    @Override
    public void close() {}
  }
}
