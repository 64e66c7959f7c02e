package io.cuvee.broker.scatter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.broker.FakeCluster;
import io.cuvee.broker.ScriptedServer;
import io.cuvee.broker.routing.ClusterView;
import io.cuvee.cluster.state.Instance.Phase;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.cluster.state.StreamRange;
import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.config.DataSize;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.wire.QueryRequest;
import io.cuvee.common.wire.QueryStats;
import io.cuvee.common.wire.SegmentRef;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.spill.SpillConfig;
import io.cuvee.execution.spill.SpillDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Servers answer with one row for each segment: its name.
class TestScatter {
  private static final String TABLE = "t_OFFLINE";
  private static final int SEGMENTS = 6;

  private final FakeCluster cluster = new FakeCluster();
  private final ServerLinks links = new ServerLinks("test", Duration.ofSeconds(2), 100);
  private final MemoryBudget memory = MemoryBudget.of("the test", 64 << 20, "nothing");
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    links.close();
    for (AutoCloseable part : open) {
      part.close();
    }
    assertThat(memory.usedBytes()).as("memory that is still charged").isZero();
  }

  private static void honest(QueryRequest request, ScriptedServer.Reply reply) throws Exception {
    reply.page(Page.of(BytesValues.of(request.segments().toArray(new String[0]))));
    reply.end(
        new QueryStats(
            request.segments().size(), 0, 0, 0, 0, 10L * request.segments().size(), 7, 0, 0, 0),
        List.of());
  }

  private ScriptedServer server(String id, ScriptedServer.Script script) throws Exception {
    ScriptedServer server = new ScriptedServer(script);
    open.add(server);
    cluster.server(id, server.port(), Phase.WARM);
    for (int i = 0; i < SEGMENTS; i++) {
      cluster.serves(id, TABLE, "s" + i, SegmentState.ONLINE);
    }
    return server;
  }

  private ClusterView view() {
    cluster.table(
        Schema.of("t", List.of(FieldSpec.dimension("x", ColumnType.STRING))),
        TableConfig.offline("t", 2));
    for (int i = 0; i < SEGMENTS; i++) {
      cluster.segment(TABLE, "s" + i, 10, false);
    }
    ClusterView view = new ClusterView(cluster, links::retain);
    open.add(view);
    view.start(Duration.ofSeconds(10));
    return view;
  }

  private static SegmentQuery query(long limit) {
    return new SegmentQuery(
        "t",
        List.of("x"),
        List.of(ColumnType.STRING),
        null,
        new SegmentQuery.Selection(
            List.of(new Expression.Column(0, ColumnType.STRING)), List.of(), limit));
  }

  private Scatter scatter(ClusterView view, QueryContext context, boolean allowPartial) {
    return new Scatter(links, view.current(), context, memory, allowPartial);
  }

  private static QueryContext context(long millis) {
    return QueryContext.withTimeout("q", Duration.ofMillis(millis));
  }

  private static List<String> rows(PageSource pages) {
    List<String> rows = new ArrayList<>();
    for (Page page = pages.next(); page != null; page = pages.next()) {
      BytesValues values = (BytesValues) page.column(0);
      for (int i = 0; i < page.rowCount(); i++) {
        rows.add(values.text(i));
      }
    }
    return rows;
  }

  private List<String> run(Scatter scatter) {
    try (PageSource pages = scatter.scan(new PlanNode.Scan(query(1000)))) {
      return rows(pages);
    }
  }

  private static final String[] ALL = {"s0", "s1", "s2", "s3", "s4", "s5"};

  private static void assertFails(
      ErrorCode code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            CuveeException.class, failure -> assertThat(failure.code()).isEqualTo(code));
  }

  private static void explaining(QueryRequest request, ScriptedServer.Reply reply)
      throws Exception {
    assertThat(request.explains()).isTrue();
    BytesValues segments = BytesValues.of(request.segments().toArray(new String[0]));
    reply.page(Page.of(segments, segments));
    reply.end();
  }

  private List<String> explain(Scatter scatter) {
    try (PageSource pages = scatter.explain(new PlanNode.Scan(query(1000)))) {
      return rows(pages);
    }
  }

  @Test
  void serversThatAreTooOldToExplainAreNotAskedTo() throws Exception {
    ScriptedServer old = server("a", TestScatter::honest);
    old.protocol = QueryRequest.EXPLAIN_PROTOCOL - 1;
    server("b", TestScatter::explaining);
    assertThat(explain(scatter(view(), context(10_000), true))).containsExactlyInAnyOrder(ALL);
    assertThat(old.requests).isEmpty();
  }

  @Test
  void ifAllAreTooOldToExplainTheReportSaysSo() throws Exception {
    server("a", TestScatter::honest).protocol = QueryRequest.EXPLAIN_PROTOCOL - 1;
    Scatter scatter = scatter(view(), context(10_000), true);
    assertThat(explain(scatter)).isEmpty();
    assertThat(scatter.report().missing()).hasSize(SEGMENTS);
    assertThat(scatter.report().missing().get(TABLE + "/s0")).contains("too old to explain");
  }

  @Test
  void bothServersAnswerForTheirShare() throws Exception {
    ScriptedServer a = server("a", TestScatter::honest);
    ScriptedServer b = server("b", TestScatter::honest);
    Scatter scatter = scatter(view(), context(10_000), false);
    assertThat(run(scatter)).containsExactlyInAnyOrder(ALL);
    assertThat(scatter.report().serversQueried()).isEqualTo(2);
    assertThat(scatter.report().serversResponded()).isEqualTo(2);
    assertThat(scatter.report().stats().totalDocs()).isEqualTo(60);
    assertThat(scatter.report().segmentsAsked()).isEqualTo(6);
    QueryRequest request = a.requests.take();
    assertThat(request.physicalTable()).isEqualTo(TABLE);
    assertThat(request.query()).isEqualTo(query(1000));
    assertThat(request.timeoutMillis()).isBetween(1L, 10_000L);
    assertThat(request.segments().size() + b.requests.take().segments().size()).isEqualTo(SEGMENTS);
  }

  @Test
  void serverThatDiesMidwayIsReplaced() throws Exception {
    server(
        "a",
        (request, reply) -> {
          reply.page(Page.of(BytesValues.of(request.segments().toArray(new String[0]))));
          reply.die();
        });
    server("b", TestScatter::honest);
    Scatter scatter = scatter(view(), context(10_000), false);
    assertThat(run(scatter)).containsExactlyInAnyOrder(ALL);
    assertThat(scatter.report().retries()).isEqualTo(1);
    assertThat(scatter.report().serversQueried()).isEqualTo(1);
    assertThat(scatter.report().segmentsAsked()).isEqualTo(6);
  }

  @Test
  void serverThatCannotBeReachedIsReplacedAndThenAvoided() throws Exception {
    server("a", TestScatter::honest).close();
    ScriptedServer b = server("b", TestScatter::honest);
    ClusterView view = view();
    for (int i = 0; i < 5; i++) {
      assertThat(run(scatter(view, context(10_000), false))).containsExactlyInAnyOrder(ALL);
    }
    assertThat(b.requests).hasSizeBetween(5, 10);
  }

  @Test
  void damagedFrameIsNotTakenForData() throws Exception {
    server("a", (request, reply) -> reply.damaged());
    server("b", TestScatter::honest);
    assertThat(run(scatter(view(), context(10_000), false))).containsExactlyInAnyOrder(ALL);
  }

  @Test
  void otherProtocolVersionIsReplaced() throws Exception {
    ScriptedServer a = server("a", TestScatter::honest);
    a.protocol = 99;
    server("b", TestScatter::honest);
    assertThat(run(scatter(view(), context(10_000), false))).containsExactlyInAnyOrder(ALL);
    assertThat(a.requests).isEmpty();
  }

  @Test
  void segmentsThatAServerHasNoLongerAreAskedElsewhere() throws Exception {
    server(
        "a",
        (request, reply) -> {
          List<String> served = request.segments().subList(1, request.segments().size());
          reply.page(Page.of(BytesValues.of(served.toArray(new String[0]))));
          reply.end(QueryStats.NONE, request.segments().subList(0, 1));
        });
    server("b", TestScatter::honest);
    Scatter scatter = scatter(view(), context(10_000), false);
    assertThat(run(scatter)).containsExactlyInAnyOrder(ALL);
    assertThat(scatter.report().serversResponded()).isEqualTo(2);
  }

  @Test
  void segmentsThatNobodyHasAreNamed() throws Exception {
    ScriptedServer.Script script =
        (request, reply) -> {
          List<String> served =
              request.segments().stream().filter(name -> !name.equals("s3")).toList();
          reply.page(Page.of(BytesValues.of(served.toArray(new String[0]))));
          reply.end(QueryStats.NONE, request.segments().contains("s3") ? List.of("s3") : List.of());
        };
    server("a", script);
    server("b", script);
    ClusterView view = view();
    assertThatThrownBy(() -> run(scatter(view, context(10_000), false)))
        .hasMessageContaining("1 segment is not available (s3)")
        .isInstanceOfSatisfying(
            CuveeException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.DATA_UNAVAILABLE));
    Scatter partial = scatter(view, context(10_000), true);
    assertThat(run(partial)).containsExactlyInAnyOrder("s0", "s1", "s2", "s4", "s5");
    assertThat(partial.report().missing()).containsOnlyKeys(TABLE + "/s3");
  }

  @Test
  void answersFromStreamsGoAtLeastAsFarAsTheOnesBefore() throws Exception {
    AtomicInteger refusals = new AtomicInteger(2);
    server(
        "a",
        (request, reply) -> {
          if (request.segments().contains("live+0:7") && refusals.getAndDecrement() > 0) {
            List<String> others =
                request.segments().stream().filter(name -> !name.startsWith("live")).toList();
            reply.page(Page.of(BytesValues.of(others.toArray(new String[0]))));
            reply.end(QueryStats.NONE, List.of("live+0:7"));
          } else {
            reply.page(Page.of(BytesValues.of(request.segments().toArray(new String[0]))));
            String live =
                request.segments().stream()
                    .filter(name -> name.startsWith("live"))
                    .findFirst()
                    .orElseThrow();
            reply.end(QueryStats.NONE, List.of(), Map.of(live, 7L));
          }
        });
    cluster.put(
        SegmentRecord.path(TABLE, "live"),
        SegmentRecord.consuming(TABLE, "live", 1, StreamRange.from(0, 0, 0)).toJson());
    cluster.serves("a", TABLE, "live", SegmentState.CONSUMING);
    ClusterView view = view();
    assertThat(run(scatter(view, context(10_000), false))).hasSize(7).contains("live+0");
    // It is behind, and gets there after a while; nobody else consumes.
    assertThat(run(scatter(view, context(10_000), false))).hasSize(7).contains("live+0:7");
    assertThat(refusals).hasValue(-1);
  }

  /// Consumes a partition of which it has the rows before an offset.
  private ScriptedServer consumer(String id, long end) throws Exception {
    ScriptedServer server =
        new ScriptedServer((request, reply) -> {
          SegmentRef.Onward live =
              (SegmentRef.Onward) SegmentRef.parse(request.segments().getFirst());
          if (live.atLeast() > end) {
            reply.end(QueryStats.NONE, request.segments());
          } else {
            reply.page(Page.of(BytesValues.of(Long.toString(end))));
            reply.end(QueryStats.NONE, List.of(), Map.of(live.toString(), end));
          }
        });
    open.add(server);
    cluster.server(id, server.port(), Phase.WARM);
    cluster.serves(id, "r_REALTIME", "live", SegmentState.CONSUMING);
    return server;
  }

  private ClusterView liveView() {
    Schema schema = Schema.of("r", List.of(FieldSpec.dimension("x", ColumnType.STRING)));
    cluster.table(
        schema,
        TableConfig.parse(
            "{\"tableName\": \"r\", \"tableType\": \"REALTIME\", \"segmentsConfig\":"
                + " {\"replication\": \"2\", \"schemaName\": \"r\"}}"));
    cluster.put(
        SegmentRecord.path("r_REALTIME", "live"),
        SegmentRecord.consuming("r_REALTIME", "live", 1, StreamRange.from(0, 0, 0)).toJson());
    ClusterView view = new ClusterView(cluster, links::retain);
    open.add(view);
    view.start(Duration.ofSeconds(10));
    return view;
  }

  private List<String> runLive(ClusterView view) {
    SegmentQuery query =
        new SegmentQuery(
            "r",
            List.of("x"),
            List.of(ColumnType.STRING),
            null,
            new SegmentQuery.Selection(
                List.of(new Expression.Column(0, ColumnType.STRING)), List.of(), 1000));
    try (PageSource pages = scatter(view, context(10_000), false).scan(new PlanNode.Scan(query))) {
      return rows(pages);
    }
  }

  /// This broker has asked nobody before.
  @Test
  void whatAReplicaHasShownToAnotherBrokerIsInTheAnswer() throws Exception {
    ScriptedServer ahead = consumer("a", 9);
    ScriptedServer behind = consumer("b", 5);
    ahead.shown = 9;
    ClusterView view = liveView();
    for (int i = 0; i < 4; i++) {
      assertThat(runLive(view)).containsExactly("9");
    }
    assertThat(behind.requests).isNotEmpty();
    assertThat(behind.told).contains(9L);
  }

  @Test
  void replicaThatDoesNotSayWhatItHasShownIsNotWaitedForLong() throws Exception {
    ScriptedServer silent = consumer("a", 5);
    consumer("b", 5);
    silent.shown = -1;
    ClusterView view = liveView();
    for (int i = 0; i < 4; i++) {
      assertThat(runLive(view)).containsExactly("5");
    }
  }

  @Test
  void segmentThatIsNotLoadedFailsAtOnce() throws Exception {
    server("a", TestScatter::honest);
    cluster.segment(TABLE, "late", 5, false);
    ClusterView view = view();
    assertFails(ErrorCode.DATA_UNAVAILABLE, () -> run(scatter(view, context(10_000), false)));
    Scatter partial = scatter(view, context(10_000), true);
    assertThat(run(partial)).containsExactlyInAnyOrder(ALL);
    assertThat(partial.report().missing()).containsOnlyKeys(TABLE + "/late");
  }

  @Test
  void userErrorsAreNotTriedAgain() throws Exception {
    ScriptedServer.Script script =
        (request, reply) -> reply.error(ErrorCode.DIVISION_BY_ZERO, "Division by zero.");
    ScriptedServer a = server("a", script);
    ScriptedServer b = server("b", script);
    ClusterView view = view();
    assertFails(ErrorCode.DIVISION_BY_ZERO, () -> run(scatter(view, context(10_000), false)));
    // The first error ends the query; the other server may not have read its request yet.
    assertThat(a.requests.size()).isLessThanOrEqualTo(1);
    assertThat(b.requests.size()).isLessThanOrEqualTo(1);
  }

  @Test
  void serverThatIsSilentMeetsTheDeadline() throws Exception {
    ScriptedServer a = server("a", (request, reply) -> {});
    ClusterView view = view();
    assertFails(ErrorCode.QUERY_TIMEOUT, () -> run(scatter(view, context(200), false)));
    assertThat(a.cancelled.poll(10, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void serverThatLeavesTheClusterIsGivenUp() throws Exception {
    server("a", (request, reply) -> cluster.serverGone("a"));
    server("b", TestScatter::honest);
    assertThat(run(scatter(view(), context(20_000), false))).containsExactlyInAnyOrder(ALL);
  }

  @Test
  void cancelledQueryEndsAtOnceAndTellsTheServer() throws Exception {
    ScriptedServer a = server("a", (request, reply) -> {});
    QueryContext context = context(60_000);
    Scatter scatter = scatter(view(), context, false);
    Thread.ofVirtual()
        .start(() -> {
          try {
            a.requests.take();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          context.cancel();
          scatter.wake();
        });
    assertFails(ErrorCode.QUERY_CANCELLED, () -> run(scatter));
    assertThat(a.cancelled.poll(10, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void closingEarlyTellsTheServer() throws Exception {
    ScriptedServer a = server("a", (request, reply) -> {});
    PageSource pages = scatter(view(), context(60_000), false).scan(new PlanNode.Scan(query(10)));
    assertThat(a.requests.poll(10, TimeUnit.SECONDS)).isNotNull();
    pages.close();
    assertThat(a.cancelled.poll(10, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void answerBeyondTheBudgetFails() throws Exception {
    server(
        "a",
        (request, reply) -> {
          Page page = Page.of(BytesValues.of("x".repeat(1 << 20)));
          for (int i = 0; i < 100; i++) {
            reply.page(page);
          }
          reply.end();
        });
    ClusterView view = view();
    assertFails(ErrorCode.MEMORY_LIMIT, () -> run(scatter(view, context(20_000), false)));
  }

  @Test
  void longAnswerFlowsAsItsReaderTakesItAndStopsNobodyElse() throws Exception {
    int pages = 300;
    server(
        "a",
        (request, reply) -> {
          if (request.query().output() instanceof SegmentQuery.Selection selection
              && selection.limit() > 0) {
            honest(request, reply);
            return;
          }
          Page page = Page.of(BytesValues.of("x".repeat(1 << 20)));
          for (int i = 0; i < pages; i++) {
            reply.page(page);
          }
          reply.end();
        });
    ClusterView view = view();
    try (PageSource flow =
        scatter(view, context(60_000), false)
            .scan(new PlanNode.Scan(query(SegmentQuery.NO_LIMIT)))) {
      int count = 0;
      for (Page page = flow.next(); page != null; page = flow.next()) {
        count++;
        assertThat(memory.usedBytes()).isLessThan(16 << 20);
        if (count == 5) {
          assertThat(run(scatter(view, context(10_000), false))).containsExactlyInAnyOrder(ALL);
        }
      }
      assertThat(count).isEqualTo(pages);
    }
  }

  @Test
  void flowThatBreaksIsAnError() throws Exception {
    server(
        "a",
        (request, reply) -> {
          reply.page(Page.of(BytesValues.of("x")));
          Thread.sleep(200);
          reply.die();
        });
    server("b", TestScatter::honest);
    cluster.serverGone("b");
    ClusterView view = view();
    PageSource flow =
        scatter(view, context(60_000), false).scan(new PlanNode.Scan(query(SegmentQuery.NO_LIMIT)));
    assertThat(flow.next()).isNotNull();
    assertFails(ErrorCode.SERVER_UNREACHABLE, flow::next);
    flow.close();
  }

  @Test
  void tableWithoutSegmentsGivesNoPages() {
    cluster.table(
        Schema.of("t", List.of(FieldSpec.dimension("x", ColumnType.STRING))),
        TableConfig.offline("t", 2));
    ClusterView view = new ClusterView(cluster, links::retain);
    open.add(view);
    view.start(Duration.ofSeconds(10));
    assertThat(run(scatter(view, context(1000), false))).isEmpty();
  }

  /// Without a second request the query would end with its time.
  @Test
  void whatASilentServerIsLateWithAnotherAnswers() throws Exception {
    ScriptedServer silent = server("a", (request, reply) -> {});
    ScriptedServer other = server("b", TestScatter::honest);
    Scatter scatter = scatter(view(), context(60_000), false);
    assertThat(run(scatter)).containsExactlyInAnyOrder(ALL);
    assertThat(scatter.report().overtaken()).isEqualTo(1);
    assertThat(scatter.report().segmentsAsked()).isEqualTo(SEGMENTS);
    assertThat(scatter.report().serversQueried()).isEqualTo(1);
    assertThat(silent.cancelled.poll(20, TimeUnit.SECONDS)).isNotNull();
    assertThat(other.requests).hasSize(2);
  }

  @Test
  void aLateAnswerThatComesFirstCountsAlone() throws Exception {
    CountDownLatch hedged = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    server(
        "a",
        (request, reply) -> {
          hedged.await();
          honest(request, reply);
        });
    ScriptedServer other =
        server(
            "b",
            (request, reply) -> {
              if (asked.incrementAndGet() == 1) {
                honest(request, reply);
              } else {
                // One page, which must not count, and no end.
                reply.page(Page.of(BytesValues.of("never")));
                hedged.countDown();
              }
            });
    Scatter scatter = scatter(view(), context(60_000), false);
    assertThat(run(scatter)).containsExactlyInAnyOrder(ALL);
    assertThat(scatter.report().hedges()).isEqualTo(1);
    assertThat(scatter.report().overtaken()).isZero();
    assertThat(other.cancelled.poll(20, TimeUnit.SECONDS)).isNotNull();
  }

  /// Nothing of a race is passed on, so its pages would fill the memory of the query.
  @Test
  void aRaceEndsWhenMemoryIsTight(@TempDir Path directory) throws Exception {
    int pages = 100;
    CountDownLatch hedged = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    Page page = Page.of(BytesValues.of("x".repeat(1 << 16)));
    server(
        "a",
        (request, reply) -> {
          hedged.await();
          for (int i = 0; i < pages; i++) {
            reply.page(page);
          }
          reply.end();
        });
    ScriptedServer other =
        server(
            "b",
            (request, reply) -> {
              if (asked.incrementAndGet() == 1) {
                honest(request, reply);
              } else {
                reply.page(page);
                hedged.countDown();
              }
            });
    SegmentQuery groups =
        new SegmentQuery(
            "t",
            List.of("x"),
            List.of(ColumnType.STRING),
            null,
            new SegmentQuery.Aggregation(
                List.of(new Expression.Column(0, ColumnType.STRING)),
                List.of(),
                List.of(),
                SegmentQuery.NO_LIMIT));
    DataSize large = DataSize.parse("1GB");
    try (SpillDirectory spill =
            SpillDirectory.open(new SpillConfig("test", directory, large, large));
        MemoryBudget little = memory.spillingTo(spill).child("the query", 4 << 20, "nothing")) {
      Scatter scatter = new Scatter(links, view().current(), context(60_000), little, false);
      try (PageSource read = scatter.scan(new PlanNode.Scan(groups))) {
        assertThat(rows(read)).hasSize(pages + SEGMENTS / 2);
      }
      assertThat(scatter.report().hedges()).isEqualTo(1);
      assertThat(other.cancelled.poll(20, TimeUnit.SECONDS)).isNotNull();
      assertThat(little.usedBytes()).isZero();
    }
  }

  @Test
  void aServerThatLoadsSegmentsForAQueryIsAskedForThemAgain() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    ScriptedServer loading =
        server(
            "a",
            (request, reply) -> {
              List<String> cold =
                  asked.incrementAndGet() < 3 ? List.of(request.segments().getFirst()) : List.of();
              List<String> there = new ArrayList<>(request.segments());
              there.removeAll(cold);
              if (!there.isEmpty()) {
                reply.page(Page.of(BytesValues.of(there.toArray(new String[0]))));
              }
              reply.end(QueryStats.NONE, cold, cold, List.of());
            });
    Scatter scatter = scatter(view(), context(60_000), false);
    assertThat(run(scatter)).containsExactlyInAnyOrder(ALL);
    assertThat(loading.requests).hasSize(3);
    assertThat(scatter.report().segmentsAsked()).isEqualTo(SEGMENTS);
  }

  @Test
  void theOnlyCopyIsWaitedForWhileItIsFetchedAgain() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    server(
        "a",
        (request, reply) -> {
          switch (asked.incrementAndGet()) {
            case 1 -> reply.error(ErrorCode.CORRUPT_SEGMENT, "s3 is damaged");
            case 2 -> reply.end(QueryStats.NONE, request.segments(), List.of(), request.segments());
            default -> honest(request, reply);
          }
        });
    assertThat(run(scatter(view(), context(60_000), false))).containsExactlyInAnyOrder(ALL);
  }
}
