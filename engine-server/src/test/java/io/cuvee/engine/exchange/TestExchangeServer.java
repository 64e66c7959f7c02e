package io.cuvee.engine.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.wire.ByteWriter;
import io.cuvee.common.wire.FrameFormat;
import io.cuvee.common.wire.QueryRequest;
import io.cuvee.engine.TestTables;
import io.cuvee.engine.plan.QueryEngine;
import io.cuvee.engine.plan.QueryTask;
import io.cuvee.engine.schedule.WorkerPool;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.LongValues;
import io.cuvee.segment.store.Segment;
import io.cuvee.segment.store.Verify;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestExchangeServer {
  private static final int ROWS = 200_000;

  @TempDir Path directory;

  private final MemoryBudget budget = MemoryBudget.of("tests", 1L << 30, "nothing");
  private final Queue<QueryTask> tasks = new ConcurrentLinkedQueue<>();
  private Segment segment;
  private WorkerPool pool;
  private ExchangeServer server;

  @BeforeEach
  void start() {
    Path target = directory.resolve("s0");
    TestTables.build(target, "s0", ROWS, 0);
    segment = Segment.open(target, Verify.CHECKSUMS);
    pool = new WorkerPool(2, "test");
    server = start(ExchangeLimits.DEFAULT);
  }

  private ExchangeServer start(ExchangeLimits limits) {
    QueryEngine engine = new QueryEngine(pool, budget, 1L << 30);
    QueryHandler handler =
        (request, coverage, sink) -> {
          // Each requested name stands for the one segment, so that a query can be made as large as
          // wanted.
          List<Segment> segments = new ArrayList<>();
          List<String> unserved = new ArrayList<>();
          for (String name : request.segments()) {
            if (name.equals("s0") && segment.acquire()) {
              segments.add(segment);
            } else {
              unserved.add(name);
            }
          }
          coverage.accept(new QueryHandler.Coverage(unserved, Map.of(), List.of(), List.of()));
          QueryTask task =
              engine.start(
                  request.query(),
                  segments,
                  QueryContext.withTimeout(
                      request.queryId(), Duration.ofMillis(request.timeoutMillis())),
                  sink,
                  () -> segments.forEach(Segment::release));
          tasks.add(task);
          return task;
        };
    return ExchangeServer.start("127.0.0.1", 0, "server-1", handler, limits);
  }

  @AfterEach
  void stop() {
    server.close();
    pool.close();
    segment.close();
  }

  private static QueryRequest request(SegmentQuery query, int copies, long timeoutMillis) {
    return new QueryRequest(
        "q-1",
        TestTables.TABLE,
        java.util.Collections.nCopies(copies, "s0"),
        timeoutMillis,
        true,
        false,
        false,
        query);
  }

  @Test
  void queriesAreAnsweredInAnyNumberAtOnce() throws IOException {
    try (TestClient client = TestClient.agreed(server.port())) {
      for (int i = 0; i < 50; i++) {
        client.query(100 + i, request(TestTables.filteredCount(), 1, 10_000));
      }
      int ends = 0;
      while (ends < 50) {
        Frame frame = client.read();
        assertThat(frame.type())
            .isIn(FrameFormat.RESULT, FrameFormat.RESULT_END, FrameFormat.PROGRESS);
        assertThat(frame.requestId()).isBetween(100L, 149L);
        ends += frame.type() == FrameFormat.RESULT_END ? 1 : 0;
      }
    }
    awaitNoQueries();
  }

  @Test
  void answersHaveStatesStatisticsAndWhatIsMissing() throws IOException {
    try (TestClient client = TestClient.agreed(server.port())) {
      client.query(
          1,
          new QueryRequest(
              "q",
              TestTables.TABLE,
              List.of("s0", "gone"),
              10_000,
              true,
              false,
              false,
              TestTables.count()));
      TestClient.Result result = client.result(TestTables.count());
      assertThat(((LongValues) result.pages().getFirst().column(0)).values()[0]).isEqualTo(ROWS);
      assertThat(result.missing()).containsExactly("gone");
      assertThat(result.stats().totalDocs()).isEqualTo(ROWS);
      assertThat(result.stats().segmentsQueried()).isEqualTo(1);
    }
  }

  @Test
  void largeResultsComeInManyPages() throws IOException {
    try (TestClient client = TestClient.agreed(server.port())) {
      client.query(1, request(TestTables.allRows(), 5, 20_000));
      TestClient.Result result = client.result(TestTables.allRows());
      assertThat(result.rowCount()).isEqualTo(5 * ROWS);
      assertThat(result.pages()).hasSizeGreaterThan(10);
    }
  }

  @Test
  void aReaderThatStopsReadingPausesTheQueryAndDoesNotFillMemory() throws Exception {
    try (TestClient client = TestClient.agreed(server.port())) {
      client.query(1, request(TestTables.allRows(), 300, 60_000));
      Thread.sleep(500);
      // 60 million rows of more than 20 bytes do not fit the buffers, so it cannot have ended.
      assertThat(server.runningQueries()).isEqualTo(1);
      long before = usedHeap();
      Thread.sleep(500);
      assertThat(usedHeap() - before).isLessThan(200L << 20);
      // Another query goes on meanwhile.
      try (TestClient other = TestClient.agreed(server.port())) {
        other.query(2, request(TestTables.filteredCount(), 1, 10_000));
        assertThat(other.result(TestTables.filteredCount()).rowCount()).isEqualTo(1);
      }
    }
    awaitNoQueries();
  }

  private static long usedHeap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void aCancelledQueryEndsWithThatError() throws IOException {
    try (TestClient client = TestClient.agreed(server.port())) {
      client.query(7, request(TestTables.allRows(), 300, 60_000));
      client.send(FrameFormat.CANCEL, 7, out -> {});
      assertThatThrownBy(() -> client.result(TestTables.allRows()))
          .isInstanceOfSatisfying(
              CuveeException.class,
              failure -> assertThat(failure.code()).isEqualTo(ErrorCode.QUERY_CANCELLED));
    }
    awaitNoQueries();
  }

  @Test
  void aQueryThatWaitsForItsReaderStillEndsAtItsDeadline() throws IOException {
    try (TestClient client = TestClient.agreed(server.port())) {
      client.query(7, request(TestTables.allRows(), 300, 300));
      awaitNoQueries();
      assertThatThrownBy(() -> client.result(TestTables.allRows()))
          .isInstanceOfSatisfying(
              CuveeException.class,
              failure -> assertThat(failure.code()).isEqualTo(ErrorCode.QUERY_TIMEOUT));
    }
  }

  @Test
  void queriesOfAClosedConnectionAreCancelledAndTheirSegmentsReleased() throws IOException {
    try (TestClient client = TestClient.agreed(server.port())) {
      client.query(1, request(TestTables.allRows(), 300, 60_000));
    }
    awaitNoQueries();
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void moreQueriesThanTheLimitAreRefused() throws IOException {
    server.close();
    server = start(new ExchangeLimits(2, 2, 1 << 20));
    try (TestClient client = TestClient.agreed(server.port())) {
      for (int i = 1; i <= 3; i++) {
        client.query(i, request(TestTables.allRows(), 300, 60_000));
      }
      Frame frame = client.read();
      while (frame.type() == FrameFormat.RESULT) {
        frame = client.read();
      }
      assertThat(frame.type()).isEqualTo(FrameFormat.ERROR);
      assertThat(frame.requestId()).isEqualTo(3);
      assertThat(TestClient.error(frame).code()).isEqualTo(ErrorCode.TOO_MANY_REQUESTS);
    }
    awaitNoQueries();
  }

  @Test
  void aBrokerOfAnotherVersionIsToldWhichVersionsThereAre() throws IOException {
    try (TestClient client = new TestClient(server.port())) {
      client.hello(7, 9);
      Frame frame = client.read();
      CuveeException error = TestClient.error(frame);
      assertThat(error.code()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION);
      assertThat(error)
          .hasMessageContaining("7 to 9")
          .hasMessageContaining(FrameFormat.MIN_PROTOCOL + " to " + FrameFormat.MAX_PROTOCOL);
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aBrokerThatSpeaksNewerVersionsTooIsTaken() throws IOException {
    try (TestClient client = new TestClient(server.port())) {
      client.hello(1, 9);
      assertThat(client.read().type()).isEqualTo(FrameFormat.HELLO_ACK);
    }
  }

  @Test
  void theFirstFrameHasToBeHello() throws IOException {
    try (TestClient client = new TestClient(server.port())) {
      client.query(1, request(TestTables.count(), 1, 1000));
      assertThat(TestClient.error(client.read()).code()).isEqualTo(ErrorCode.PROTOCOL);
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aDamagedPayloadClosesTheConnection() throws IOException {
    try (TestClient client = TestClient.agreed(server.port())) {
      ByteWriter out = new ByteWriter();
      Frame.append(out, FrameFormat.QUERY, 1, request(TestTables.count(), 1, 1000)::write);
      byte[] bytes = out.toByteArray();
      bytes[bytes.length - 3] ^= 0x10;
      client.sendRaw(bytes);
      CuveeException error = TestClient.error(client.read());
      assertThat(error.code()).isEqualTo(ErrorCode.PROTOCOL);
      assertThat(error).hasMessageContaining("checksum");
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void whatIsNoFrameAtAllClosesTheConnection() throws IOException {
    try (TestClient client = new TestClient(server.port())) {
      client.sendRaw(
          "GET / HTTP/1.1\r\nHost: here\r\n\r\n"
              .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      assertThat(TestClient.error(client.read()).code()).isEqualTo(ErrorCode.PROTOCOL);
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aRequestThatIsNoQueryIsAnErrorOfThatRequestOnly() throws IOException {
    try (TestClient client = TestClient.agreed(server.port())) {
      client.send(FrameFormat.QUERY, 5, out -> out.writeLong(-1).writeLong(-1));
      Frame frame = client.read();
      assertThat(frame.requestId()).isEqualTo(5);
      assertThat(TestClient.error(frame).code()).isEqualTo(ErrorCode.PROTOCOL);
      client.query(6, request(TestTables.count(), 1, 1000));
      assertThat(client.result(TestTables.count()).rowCount()).isEqualTo(1);
    }
  }

  @Test
  void pingIsAnsweredWithItsPayload() throws IOException {
    try (TestClient client = TestClient.agreed(server.port())) {
      client.send(FrameFormat.PING, 9, out -> out.writeInt(77));
      Frame frame = client.read();
      assertThat(frame.type()).isEqualTo(FrameFormat.PONG);
      assertThat(frame.requestId()).isEqualTo(9);
      assertThat(frame.payload()).hasSize(4);
    }
  }

  @Test
  void aPortInUseIsSaidSo() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() ->
              ExchangeServer.start(
                  "127.0.0.1",
                  taken.getLocalPort(),
                  "server-2",
                  (request, coverage, sink) -> tasks.peek(),
                  ExchangeLimits.DEFAULT))
          .isInstanceOfSatisfying(
              CuveeException.class,
              failure -> assertThat(failure.code()).isEqualTo(ErrorCode.ADDRESS_IN_USE))
          .hasMessageContaining(Integer.toString(taken.getLocalPort()))
          .hasMessageContaining("data.port");
    }
  }

  private void awaitNoQueries() {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (server.runningQueries() > 0) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError(server.runningQueries() + " queries still run.");
      }
      Thread.onSpinWait();
    }
  }
}
