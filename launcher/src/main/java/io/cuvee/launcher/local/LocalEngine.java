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
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.QueryPlan;
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
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.spill.SpillConfig;
import io.cuvee.execution.spill.SpillDirectory;
import io.cuvee.segment.store.Segment;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// The planner, the engine and the operators of a cluster over segments in this process. For one
/// thread, but that another may cancel.
public final class LocalEngine implements AutoCloseable {
  private final Map<String, List<Segment>> segments = new LinkedHashMap<>();
  private final WorkerPool pool;
  private final SpillDirectory spill = SpillDirectory.open(SpillConfig.temporary("sql"));
  private final MemoryBudget memory =
      MemoryBudget.of(
              "this process", Runtime.getRuntime().maxMemory() / 2, "-Xmx in CUVEE_JAVA_OPTS")
          .spillingTo(spill);
  private final QueryEngine engine;
  private final Planner planner = new Planner(PlannerConfig.DEFAULT);
  private Snapshot catalog = new Snapshot(0, List.of());
  private volatile @Nullable QueryContext running;

  /// @param threads that read segments
  public LocalEngine(int threads) {
    pool = new WorkerPool(threads, "sql");
    engine = new QueryEngine(pool, memory, memory.limitBytes());
  }

  /// Reads a query's result.
  @FunctionalInterface
  public interface Reader<T, X extends Exception> {
    T read(QueryPlan plan, PageSource pages) throws X;
  }

  public boolean hasTable(String name) {
    return segments.containsKey(name);
  }

  /// Adds a table, or puts other segments in the place of a table's, which are closed.
  public void put(Schema schema, List<Segment> content) {
    String name = schema.name();
    List<Catalog.Table> tables = without(name);
    tables.add(
        new Catalog.Table(
            name,
            schema.fields().stream()
                .map(field -> new Catalog.TableColumn(field.name(), field.type(), !field.notNull()))
                .toList(),
            content.stream().mapToLong(Segment::docCount).sum(),
            false));
    replace(segments.put(name, List.copyOf(content)), tables);
  }

  /// Removes a table and closes its segments.
  public void remove(String name) {
    replace(segments.remove(name), without(name));
  }

  private List<Catalog.Table> without(String name) {
    List<Catalog.Table> tables = new ArrayList<>(catalog.tables());
    tables.removeIf(table -> table.name().equals(name));
    return tables;
  }

  private void replace(@Nullable List<Segment> former, List<Catalog.Table> tables) {
    catalog = new Snapshot(catalog.version() + 1, tables);
    if (former != null) {
      former.forEach(Segment::close);
    }
  }

  /// Runs a query.
  ///
  /// @throws CuveeException `FEATURE_NOT_SUPPORTED` for what needs a cluster
  public <T, X extends Exception> T query(String sql, Duration timeLimit, Reader<T, X> reader)
      throws X {
    PlannedStatement planned = planner.plan(sql, new Session(Dialect.SQL, ZoneOffset.UTC), catalog);
    switch (planned.kind()) {
      case QUERY -> {}
      case EXPLAIN_PLAN -> {
        return explain(planned.plan(), reader);
      }
      case EXPLAIN_ANALYZE, KILL ->
          throw new CuveeException(
              ErrorCode.FEATURE_NOT_SUPPORTED,
              "EXPLAIN ANALYZE and KILL need a cluster. Start one with: cuvee demo");
    }
    PlanNode root = planned.plan().bind(planned.values(List.of()));
    QueryContext context = QueryContext.withTimeout("local", timeLimit);
    running = context;
    try (MemoryBudget budget =
            memory.child("the query", memory.limitBytes(), "-Xmx in CUVEE_JAVA_OPTS");
        PageSource pages =
            PlanExecution.execute(root, scan -> scan(scan.query(), context), context, budget)) {
      return reader.read(planned.plan(), pages);
    }
  }

  private static <T, X extends Exception> T explain(QueryPlan plan, Reader<T, X> reader) throws X {
    QueryPlan shown =
        new QueryPlan(
            plan.root(),
            List.of(new QueryPlan.OutputColumn("PLAN", ColumnType.STRING, false, null)),
            plan.parameterTypes(),
            plan.tables(),
            plan.explain());
    BytesValues lines = BytesValues.of(plan.explain().lines().toArray(String[]::new));
    return reader.read(shown, PageSource.of(List.of(Page.of(lines))));
  }

  /// Cancels the query that runs on another thread, if one does.
  public void cancel() {
    QueryContext context = running;
    if (context != null) {
      context.cancel();
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
    } catch (CompletionException e) {
      throw CuveeException.of(e.getCause());
    }
    return PageSource.of(pages);
  }

  /// The tables of one moment.
  private record Snapshot(long version, List<Table> tables) implements Catalog {
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
  }
}
