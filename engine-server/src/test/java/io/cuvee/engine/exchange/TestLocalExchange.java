package io.cuvee.engine.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.wire.ByteReader;
import io.cuvee.common.wire.ByteWriter;
import io.cuvee.common.wire.InProcessServer;
import io.cuvee.common.wire.InProcessServers;
import io.cuvee.common.wire.QueryRequest;
import io.cuvee.common.wire.QueryStats;
import io.cuvee.engine.TestTables;
import io.cuvee.engine.plan.QueryEngine;
import io.cuvee.engine.schedule.WorkerPool;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageCodec;
import io.cuvee.segment.store.Segment;
import io.cuvee.segment.store.Verify;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestLocalExchange {
  private static final int ROWS = 200_000;

  /// More are thrown away.
  private static final int MOST_PAGES = 100;

  @TempDir Path directory;

  private final WorkerPool pool = new WorkerPool(2, "test");
  private Segment segment;
  private ExchangeServer server;
  private InProcessServer local;

  @BeforeEach
  void start() {
    Path target = directory.resolve("s0");
    TestTables.build(target, "s0", ROWS, 0);
    segment = Segment.open(target, Verify.CHECKSUMS);
    QueryEngine engine = new QueryEngine(pool, MemoryBudget.of("tests", 1L << 30, "no"), 1L << 30);
    QueryHandler handler =
        (request, coverage, sink) -> {
          coverage.accept(
              new QueryHandler.Coverage(List.of("gone"), Map.of(), List.of(), List.of()));
          request.segments().forEach(_ -> assertThat(segment.acquire()).isTrue());
          return engine.start(
              request.query(),
              Collections.nCopies(request.segments().size(), segment),
              QueryContext.withTimeout(
                  request.queryId(), Duration.ofMillis(request.timeoutMillis())),
              sink,
              () -> request.segments().forEach(_ -> segment.release()));
        };
    server =
        ExchangeServer.start("127.0.0.1", 0, "server-1", handler, new ExchangeLimits(3, 2, 1024));
    local = InProcessServers.find("127.0.0.1", server.port()).orElseThrow();
  }

  @AfterEach
  void stop() {
    server.close();
    pool.close();
    segment.close();
  }

  /// What came, and in which thread.
  private record Heard(
      byte @Nullable [] page,
      byte @Nullable [] end,
      @Nullable CuveeException failure,
      Thread thread) {
    ErrorCode error() {
      return Objects.requireNonNull(failure).code();
    }
  }

  private static final class Hearing implements InProcessServer.Listener {
    private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();

    @Override
    public void page(byte[] payload) {
      if (heard.size() >= MOST_PAGES) {
        return;
      }
      heard.add(new Heard(payload, null, null, Thread.currentThread()));
    }

    @Override
    public void progress(long examinedRows, long totalRows) {}

    @Override
    public void end(byte[] payload) {
      heard.add(new Heard(null, payload, null, Thread.currentThread()));
    }

    @Override
    public void failed(CuveeException failure) {
      heard.add(new Heard(null, null, failure, Thread.currentThread()));
    }

    /// The end, after all pages.
    private Heard last() throws InterruptedException {
      Heard next = next();
      while (next.page() != null) {
        next = next();
      }
      return next;
    }

    private Heard next() throws InterruptedException {
      return Objects.requireNonNull(heard.poll(20, TimeUnit.SECONDS), "an answer within 20 s");
    }
  }

  private static byte[] request(SegmentQuery query, int copies, long timeoutMillis) {
    ByteWriter out = new ByteWriter(256);
    new QueryRequest(
            "q",
            TestTables.TABLE,
            Collections.nCopies(copies, "s0"),
            timeoutMillis,
            true,
            false,
            false,
            query)
        .write(out);
    return out.toByteArray();
  }

  @Test
  void aShortQueryEndsInTheThreadThatAsks() throws InterruptedException {
    Hearing hearing = new Hearing();
    local.query(request(TestTables.count(), 2, 10_000), hearing).run();
    assertThat(hearing.heard).hasSize(2);
    Heard rows = hearing.next();
    Page page =
        PageCodec.read(
            new ByteReader(Objects.requireNonNull(rows.page())), TestTables.count().outputTypes());
    assertThat(((LongValues) page.column(0)).values()[0]).isEqualTo(2 * ROWS);
    Heard end = hearing.next();
    assertThat(List.of(rows.thread(), end.thread())).containsOnly(Thread.currentThread());
    ByteReader in = new ByteReader(Objects.requireNonNull(end.end()));
    assertThat(QueryStats.read(in).totalDocs()).isEqualTo(2 * ROWS);
    assertThat(in.readCount(1)).isEqualTo(1);
    assertThat(in.readString()).isEqualTo("gone");
    assertThat(server.runningQueries()).isZero();
  }

  @Test
  void aLongQueryIsCancelled() throws InterruptedException {
    Hearing hearing = new Hearing();
    Runnable stop = local.query(request(TestTables.allRows(), 300, 60_000), hearing);
    stop.run();
    assertThat(hearing.last().error()).isEqualTo(ErrorCode.QUERY_CANCELLED);
    assertThat(server.runningQueries()).isZero();
  }

  @Test
  void whatDoesNotFitTheLimitsIsRefused() throws InterruptedException {
    Hearing first = new Hearing();
    Hearing second = new Hearing();
    Hearing third = new Hearing();
    Runnable stopFirst = local.query(request(TestTables.allRows(), 3000, 60_000), first);
    Runnable stopSecond = local.query(request(TestTables.allRows(), 3000, 60_000), second);
    local.query(request(TestTables.count(), 1, 10_000), third).run();
    assertThat(third.last().error()).isEqualTo(ErrorCode.TOO_MANY_REQUESTS);
    stopFirst.run();
    stopSecond.run();
    first.last();
    second.last();
    assertThat(server.runningQueries()).isZero();
  }

  @Test
  void aServerThatClosesBreaksOffWhatItDoes() throws InterruptedException {
    Hearing hearing = new Hearing();
    var _ = local.query(request(TestTables.allRows(), 3000, 60_000), hearing);
    server.close();
    assertThat(hearing.last().error()).isEqualTo(ErrorCode.SERVER_UNREACHABLE);
    assertThat(local.isOpen()).isFalse();
    assertThat(InProcessServers.find("127.0.0.1", server.port())).isEqualTo(Optional.empty());
    Hearing late = new Hearing();
    local.query(request(TestTables.count(), 1, 10_000), late).run();
    assertThat(late.last().error()).isEqualTo(ErrorCode.SERVER_UNREACHABLE);
  }
}
