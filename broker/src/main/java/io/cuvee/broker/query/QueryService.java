package io.cuvee.broker.query;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.cuvee.broker.BrokerConfig;
import io.cuvee.broker.ddl.TableDefinitions;
import io.cuvee.broker.routing.ClusterSnapshot;
import io.cuvee.broker.routing.ClusterView;
import io.cuvee.broker.routing.TableRouting;
import io.cuvee.broker.scatter.Scatter;
import io.cuvee.broker.scatter.ServerLinks;
import io.cuvee.broker.system.PeerBrokers;
import io.cuvee.broker.system.QueryInfo;
import io.cuvee.broker.system.QueryLog;
import io.cuvee.broker.system.SystemRows;
import io.cuvee.calcite.parser.TableStatement;
import io.cuvee.calcite.plan.PlannedStatement;
import io.cuvee.calcite.plan.Planner;
import io.cuvee.calcite.plan.Session;
import io.cuvee.calcite.translate.ExplainText;
import io.cuvee.cluster.state.Instance;
import io.cuvee.common.catalog.SystemTables;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.QueryPlan;
import io.cuvee.common.plan.QueryPlan.OutputColumn;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.operator.PlanExecution;
import io.cuvee.execution.operator.ScanSource;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.spill.SpillDirectory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs queries. Thread-safe.
public final class QueryService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(QueryService.class);

  /// How often it is looked whether clients still wait, and how long a query runs before it is
  /// looked at all.
  private static final long WATCH_MILLIS = 500;

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:-]{1,100}");

  /// The column of an EXPLAIN.
  private static final List<OutputColumn> PLAN_COLUMNS =
      List.of(new OutputColumn("PLAN", ColumnType.STRING, false, null));

  /// The column of what changes a table.
  private static final List<OutputColumn> STATUS_COLUMNS =
      List.of(new OutputColumn("status", ColumnType.STRING, false, null));

  private final BrokerConfig config;
  private final StatementPlanner planner;
  private final ClusterView view;
  private final ServerLinks links;
  private final Admission admission;
  private final SpillDirectory spill;
  private final MemoryBudget memory;
  private final QueryLog log;
  private final PeerBrokers peers;
  private final SystemRows system;
  private final TableDefinitions definitions;
  private final Map<String, QueryRun> running = new ConcurrentHashMap<>();

  /// Makes ids of this broker's queries differ from those of its earlier lives and of other
  /// brokers.
  private final String idPrefix =
      Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36) + "-";

  private final AtomicLong nextId = new AtomicLong();
  private final ScheduledExecutorService watcher =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("broker-watch").factory());

  /// @param brokerId how answers name this broker
  public QueryService(
      BrokerConfig config,
      StatementPlanner planner,
      ClusterView view,
      ServerLinks links,
      Supplier<String> brokerId) {
    this.config = config;
    this.planner = planner;
    this.view = view;
    this.links = links;
    this.admission = new Admission(config.maxConcurrentQueries(), config.maxQueuedQueries());
    this.spill = SpillDirectory.open(config.spill());
    this.memory =
        MemoryBudget.of("all queries of this broker", config.memory().bytes(), "broker.memory")
            .spillingTo(spill);
    this.definitions = new TableDefinitions(view);
    this.log = new QueryLog(config.queryLogSize());
    this.peers =
        new PeerBrokers(
            () ->
                view.instances().stream()
                    .filter(instance -> instance.role() == Instance.Role.BROKER)
                    .toList(),
            brokerId);
    this.system =
        new SystemRows(
            view,
            brokerId,
            () -> running.values().stream().map(QueryRun::info).toList(),
            log,
            peers,
            config.asText());
    var _ =
        watcher.scheduleWithFixedDelay(
            this::cancelAbandoned, WATCH_MILLIS, WATCH_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void cancelAbandoned() {
    for (QueryRun run : running.values()) {
      try {
        if (run.elapsedMillis() >= WATCH_MILLIS && run.cancelIfAbandoned()) {
          LOG.debug("Cancelled query {}, whose client has gone", run.id());
        }
      } catch (RuntimeException e) {
        LOG.warn("Could not find out whether the client of query {} still waits", run.id(), e);
      }
    }
  }

  /// The cluster as it is known now.
  public ClusterSnapshot snapshot() {
    return view.current();
  }

  /// What a server still has to do for this broker.
  ///
  /// @param departed whether queries that begin now ask it only for what nobody else has
  /// @param segments how many of them they ask it for
  /// @param olderQueries queries under way that began before that was so
  public record Duties(boolean departed, int segments, int olderQueries) {}

  public Duties duties(String server) {
    // Before the routing, which may be newer then: what has no segments in it was needed until now.
    Optional<ClusterView.Departure> departure = view.departure(server);
    int segments = 0;
    for (TableRouting table : view.current().routing().tables().values()) {
      segments += table.segmentsAt(server);
    }
    if (departure.isEmpty()) {
      return new Duties(false, segments, 0);
    }
    long version = departure.get().version();
    return new Duties(
        true,
        departure.get().needed() ? Math.max(1, segments) : segments,
        (int) running.values().stream().filter(run -> run.routedBefore(version)).count());
  }

  /// The change of a table that a statement is, if it is one and such are allowed.
  public Optional<TableStatement> definition(String sql) {
    return config.ddlEnabled() ? TableStatement.of(sql) : Optional.empty();
  }

  /// Plans a statement without running it.
  public PlannedStatement plan(String sql, Session session) {
    return planner.plan(sql, session, view.current().catalog());
  }

  /// The columns that a statement's result has.
  public static List<OutputColumn> columns(PlannedStatement statement) {
    return switch (statement.kind()) {
      case QUERY, KILL -> statement.plan().columns();
      case EXPLAIN_PLAN, EXPLAIN_ANALYZE -> PLAN_COLUMNS;
    };
  }

  /// Lists a query as running, from when it can be cancelled. The caller closes it, also if
  /// [#begin] fails.
  ///
  /// @throws CuveeException `INVALID_PARAMETER` if its id is malformed or in use
  public QueryRun register(QueryCall call) {
    String id = call.id().orElseGet(() -> idPrefix + nextId.incrementAndGet());
    if (!ID.matcher(id).matches()) {
      throw new CuveeException(
          ErrorCode.INVALID_PARAMETER,
          "A query id has 1 to 100 letters, digits and '.', '_', ':', '-', but '" + id + "' came.");
    }
    Duration timeout = call.timeout().orElse(config.queryTimeout());
    if (timeout.compareTo(config.maxQueryTimeout()) > 0) {
      timeout = config.maxQueryTimeout();
    }
    QueryContext context =
        new QueryContext(
                id, System.nanoTime() + timeout.toNanos(), Instant.now(), call.session().zone())
            .withStarTrees(call.useStarTrees())
            .withSkippedUpsert(call.skipsUpsert());
    QueryRun run = new QueryRun(call, context, timeout.toMillis(), this::ended);
    if (running.putIfAbsent(id, run) != null) {
      throw new CuveeException(
          ErrorCode.INVALID_PARAMETER,
          "A query with the id '" + id + "' is running already. Use another id.");
    }
    QueryMetrics.began();
    return run;
  }

  private void ended(QueryRun run, QueryInfo last) {
    running.remove(run.id(), run);
    if (run.isCounted()) {
      log.add(last);
    }
  }

  /// Waits for the query's turn to work. What sees to other queries does not wait for them.
  public Admission.Turn enter(QueryRun run) {
    return Planner.isUrgent(run.call().sql()) ? () -> {} : admission.enter(run.context());
  }

  /// Plans the query and sends it to the servers; its pages can then be pulled. Called within a
  /// turn.
  ///
  /// @throws CuveeException whatever is wrong with it
  public void begin(QueryRun run) {
    run.admitted();
    try {
      QueryCall call = run.call();
      Optional<TableStatement> definition = definition(call.sql());
      if (definition.isPresent()) {
        String done = definitions.apply(definition.get(), run.context());
        run.updates();
        run.began(0, STATUS_COLUMNS, lines(List.of(done)));
        return;
      }
      run.routes(view.current().routing().version());
      ClusterSnapshot snapshot = view.current();
      long begin = System.nanoTime();
      PlannedStatement statement = planner.plan(call.sql(), call.session(), snapshot.catalog());
      QueryPlan plan = statement.plan();
      PlanNode root = plan.bind(statement.values(call.values(), run.context().now()));
      long planned = System.nanoTime();
      run.planned(planned - begin, List.copyOf(plan.tables()));
      PageSource pages =
          switch (statement.kind()) {
            case EXPLAIN_PLAN -> explain(run, snapshot, root);
            case QUERY -> execute(run, snapshot, root);
            case KILL -> kill(run, snapshot, root);
            case EXPLAIN_ANALYZE ->
                analyze(run, snapshot, plan, root, planned - begin, statement.fromCache());
          };
      if (statement.kind() == PlannedStatement.Kind.QUERY && isConstant(root)) {
        run.constant();
      }
      run.began(System.nanoTime() - planned, columns(statement), pages);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      throw run.failed(e);
    }
  }

  private static boolean isConstant(PlanNode root) {
    return root instanceof PlanNode.Values
        || root instanceof PlanNode.Project project && isConstant(project.input());
  }

  private PageSource execute(QueryRun run, ClusterSnapshot snapshot, PlanNode root) {
    MemoryBudget budget =
        memory.child("the query", config.queryMemory().bytes(), "broker.query-memory");
    Scatter scatter =
        new Scatter(links, snapshot, run.context(), budget, run.call().allowPartial());
    run.scatters(scatter, budget);
    ScanSource scans =
        scan ->
            SystemTables.owns(scan.query().table())
                ? system.scan(scan.query(), snapshot, run.context())
                : scatter.scan(scan);
    return PlanExecution.execute(root, scans, run.context(), budget);
  }

  private PageSource explain(QueryRun run, ClusterSnapshot snapshot, PlanNode root) {
    try (MemoryBudget budget =
        memory.child("the query", config.queryMemory().bytes(), "broker.query-memory")) {
      SegmentPlans plans = new SegmentPlans(links, snapshot, run.context(), budget);
      return lines(ExplainText.of(root, plans::lines).lines().toList());
    }
  }

  /// Cancels the queries whose ids are the first column of the rows.
  private PageSource kill(QueryRun run, ClusterSnapshot snapshot, PlanNode root) {
    List<Page> pages = new ArrayList<>();
    try (PageSource rows = execute(run, snapshot, root)) {
      for (Page page = rows.next(); page != null; page = rows.next()) {
        pages.add(page);
        for (int row = 0; row < page.rowCount(); row++) {
          String id =
              page.column(0).get(row) instanceof byte[] utf8
                  ? new String(utf8, StandardCharsets.UTF_8)
                  : "NULL";
          if (id.equals(run.id()) || !(cancel(id) || peers.cancel(id))) {
            throw new CuveeException(
                ErrorCode.NOT_FOUND,
                "No query with the id '"
                    + id
                    + "' runs on a broker that answers. SHOW QUERIES lists those that do.");
          }
        }
      }
    }
    return PageSource.of(pages);
  }

  private PageSource analyze(
      QueryRun run,
      ClusterSnapshot snapshot,
      QueryPlan plan,
      PlanNode root,
      long planNanos,
      boolean fromCache) {
    long begin = System.nanoTime();
    long rows = 0;
    try (PageSource pages = execute(run, snapshot, root)) {
      for (Page page = pages.next(); page != null; page = pages.next()) {
        rows += page.rowCount();
      }
    }
    List<String> text = new ArrayList<>(plan.explain().lines().toList());
    text.addAll(Analysis.lines(run, rows, planNanos, System.nanoTime() - begin, fromCache));
    return lines(text);
  }

  private static PageSource lines(List<String> lines) {
    return PageSource.of(List.of(Page.of(BytesValues.of(lines.toArray(new String[0])))));
  }

  /// The queries that run or wait now.
  public Collection<QueryRun> running() {
    return running.values();
  }

  /// The running queries as the other brokers read them.
  public ArrayNode runningAsJson() {
    return system.runningAsJson();
  }

  /// Cancels a query of this broker.
  ///
  /// @return whether it was there
  public boolean cancel(String id) {
    @Nullable QueryRun run = running.get(id);
    if (run != null) {
      run.cancel();
    }
    return run != null;
  }

  /// Cancels everything.
  @Override
  public void close() {
    watcher.shutdownNow();
    running.values().forEach(QueryRun::cancel);
    definitions.close();
    peers.close();
    spill.close();
  }
}
