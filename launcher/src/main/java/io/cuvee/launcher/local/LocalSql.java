package io.cuvee.launcher.local;

import io.cuvee.calcite.plan.Dialect;
import io.cuvee.calcite.plan.PlannedStatement;
import io.cuvee.calcite.plan.Planner;
import io.cuvee.calcite.plan.PlannerConfig;
import io.cuvee.calcite.plan.Session;
import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.SystemTables;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.error.Suggestions;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.wire.QueryStats;
import io.cuvee.engine.plan.QueryEngine;
import io.cuvee.engine.plan.ResultSink;
import io.cuvee.engine.schedule.WorkerPool;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.operator.PlanExecution;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.spill.SpillConfig;
import io.cuvee.execution.spill.SpillDirectory;
import io.cuvee.ingest.batch.ReadOptions;
import io.cuvee.ingest.batch.RecordFiles;
import io.cuvee.launcher.shell.ResultPrinter;
import io.cuvee.segment.build.SegmentBuilder;
import io.cuvee.segment.build.SegmentSpec;
import io.cuvee.segment.store.Segment;
import io.cuvee.segment.store.Verify;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Runs SQL over files in this process: each file becomes a segment in a temporary folder, the
/// planner, the engine and the operators are the cluster's. The schema of a file is guessed as
/// `import` does.
public final class LocalSql implements AutoCloseable {
  private static final Duration TIME_LIMIT = Duration.ofHours(1);

  private final Path work;
  private final Map<String, List<Segment>> segments = new HashMap<>();
  private final List<Catalog.Table> tables = new ArrayList<>();
  private final WorkerPool pool = new WorkerPool(Runtime.getRuntime().availableProcessors(), "sql");
  private final SpillDirectory spill = SpillDirectory.open(SpillConfig.temporary("sql"));
  private final MemoryBudget memory =
      MemoryBudget.of(
              "this process", Runtime.getRuntime().maxMemory() / 2, "-Xmx in CUVEE_JAVA_OPTS")
          .spillingTo(spill);
  private final QueryEngine engine =
      new QueryEngine(pool, memory, Runtime.getRuntime().maxMemory() / 2);
  private final Planner planner = new Planner(PlannerConfig.DEFAULT);

  /// Paths and globs, and the tables that stand for them.
  private final Map<String, String> names = new LinkedHashMap<>();

  private volatile @Nullable QueryContext running;

  public LocalSql() {
    try {
      work = Files.createTempDirectory("cuvee-sql");
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.IO, "No temporary folder can be made: " + e.getMessage(), e);
    }
  }

  /// Runs one statement and prints its result.
  ///
  /// @return rows of the result
  public long run(String text, ResultPrinter printer) throws SQLException {
    FileReferences statement = FileReferences.of(text, names);
    statement.files().forEach(this::load);
    Snapshot catalog = new Snapshot(List.copyOf(tables));
    PlannedStatement planned =
        planner.plan(statement.sql(), new Session(Dialect.SQL, ZoneOffset.UTC), catalog);
    if (planned.kind() != PlannedStatement.Kind.QUERY) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "EXPLAIN and KILL need a cluster. Start one with: cuvee demo");
    }
    PlanNode root = planned.plan().bind(planned.values(List.of()));
    QueryContext context = QueryContext.withTimeout("local", TIME_LIMIT);
    running = context;
    try (MemoryBudget budget =
            memory.child("the query", memory.limitBytes(), "-Xmx in CUVEE_JAVA_OPTS");
        PageSource pages =
            PlanExecution.execute(root, scan -> scan(scan.query(), context), context, budget)) {
      return printer.print(new PageRows(planned.plan().columns(), pages));
    }
  }

  /// Cancels the statement that runs on another thread, if one does.
  public void cancel() {
    QueryContext context = running;
    if (context != null) {
      context.cancel();
    }
  }

  private void load(String table, String pattern) {
    if (segments.containsKey(table)) {
      return;
    }
    List<Path> files = files(pattern);
    Schema schema = RecordFiles.inferSchema(files.getFirst(), ReadOptions.DEFAULTS, table);
    List<Segment> loaded = new ArrayList<>();
    long rows = 0;
    for (Path file : files) {
      Path directory = work.resolve(table + "_" + loaded.size());
      try (PageSource source = RecordFiles.open(file, ReadOptions.DEFAULTS, schema)) {
        new SegmentBuilder(SegmentSpec.of(table, directory.getFileName().toString(), schema))
            .build(source, directory);
      }
      Segment segment = Segment.open(directory, Verify.STRUCTURE);
      loaded.add(segment);
      rows += segment.docCount();
    }
    segments.put(table, loaded);
    tables.add(
        new Catalog.Table(
            table,
            schema.fields().stream()
                .map(field -> new Catalog.TableColumn(field.name(), field.type(), !field.notNull()))
                .toList(),
            rows,
            false));
  }

  private static List<Path> files(String pattern) {
    Path path = Path.of(pattern);
    if (Files.isRegularFile(path)) {
      return List.of(path);
    }
    Path parent = path.toAbsolutePath().getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "There is no file '" + pattern + "'. Check the path and the current folder.");
    }
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + path.getFileName());
    try (Stream<Path> all = Files.list(parent)) {
      List<Path> names = all.filter(Files::isRegularFile).sorted().toList();
      List<Path> matching =
          names.stream().filter(file -> matcher.matches(file.getFileName())).toList();
      if (matching.isEmpty()) {
        throw new CuveeException(
            ErrorCode.INVALID_INPUT,
            "There is no file '"
                + pattern
                + "'."
                + Suggestions.didYouMean(
                    String.valueOf(path.getFileName()),
                    names.stream().map(file -> file.getFileName().toString()).toList()));
      }
      return matching;
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.IO, "The folder " + parent + " cannot be read: " + e.getMessage(), e);
    }
  }

  private PageSource scan(SegmentQuery query, QueryContext context) {
    if (SystemTables.owns(query.table())) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          query.table() + " needs a cluster. Start one with: cuvee demo");
    }
    List<Segment> all = segments.getOrDefault(query.table(), List.of());
    all.forEach(Segment::acquire);
    ConcurrentLinkedQueue<Page> pages = new ConcurrentLinkedQueue<>();
    CompletableFuture<QueryStats> ended = new CompletableFuture<>();
    engine.start(
        query,
        all,
        context,
        new ResultSink() {
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
        },
        () -> all.forEach(Segment::release));
    try {
      ended.join();
    } catch (java.util.concurrent.CompletionException e) {
      throw CuveeException.of(e.getCause());
    }
    return PageSource.of(pages);
  }

  /// The files of this process as a catalog.
  private record Snapshot(List<Table> tables) implements Catalog {
    @Override
    public long version() {
      return tables.size();
    }

    @Override
    public Optional<Table> table(String name) {
      return tables.stream().filter(table -> table.name().equalsIgnoreCase(name)).findFirst();
    }
  }

  @Override
  public void close() {
    pool.close();
    spill.close();
    segments.values().forEach(list -> list.forEach(Segment::close));
    try (Stream<Path> paths = Files.walk(work)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      System.err.println(
          "cuvee: the temporary folder " + work + " could not be removed: " + e.getMessage());
    }
  }
}
