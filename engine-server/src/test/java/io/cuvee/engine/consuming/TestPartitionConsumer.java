package io.cuvee.engine.consuming;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.cuvee.cluster.state.ConsumptionControl;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.StreamRange;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.ingest.completion.CompletionAnswer;
import io.cuvee.ingest.completion.CompletionMessage;
import io.cuvee.ingest.completion.SealedSegment;
import io.cuvee.ingest.stream.MessageBatch;
import io.cuvee.ingest.stream.OffsetGap;
import io.cuvee.ingest.stream.PartitionReader;
import io.cuvee.ingest.stream.StreamMessage;
import io.cuvee.ingest.stream.StreamSource;
import io.cuvee.segment.build.SegmentSpec;
import io.cuvee.segment.consuming.ConsumingSnapshot;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TestPartitionConsumer {
  private static final String TABLE = "numbers_REALTIME";
  private static final int ROWS_PER_SEGMENT = 10;

  private final Stream stream = new Stream();
  private final Leader leader = new Leader();
  private final List<String> sealed = new ArrayList<>();
  private volatile ConsumptionControl control = ConsumptionControl.NONE;
  private volatile ConsumedTable table = table("");
  private final PartitionConsumer consumer = new PartitionConsumer(TABLE, 0, new Around(), stream);

  @AfterEach
  void close() {
    consumer.close();
  }

  /// @param ingestion what the config says beside
  private static ConsumedTable table(String ingestion) {
    return table(ingestion, "\"stream.kafka.decoder.class.name\": \"JSONMessageDecoder\"");
  }

  private static ConsumedTable table(String ingestion, String decoder) {
    return ConsumedTable.of(
        TableConfig.parse(
            """
            {"tableName": "numbers", "tableType": "REALTIME", %s
             "segmentsConfig": {"replication": "1", "schemaName": "numbers"},
             "tableIndexConfig": {"streamConfigs": {
               "streamType": "kafka", "stream.kafka.topic.name": "t",
               "stream.kafka.broker.list": "unused:1",
               %s,
               "realtime.segment.flush.threshold.rows": "%d"}}}
            """
                .formatted(ingestion, decoder, ROWS_PER_SEGMENT)),
        Schema.parse(
            """
            {"schemaName": "numbers",
             "metricFieldSpecs": [{"name": "n", "dataType": "LONG"}]}
            """));
  }

  /// Messages are the numbers of their offsets, if not told otherwise.
  private static final class Stream implements StreamSource {
    private volatile LongFunction<String> message = n -> "{\"n\": " + n + "}";
    private volatile long count;
    private volatile boolean fails;
    private final AtomicInteger polls = new AtomicInteger();
    private volatile long earliest;

    /// Where the stream was cut back to, which it says once.
    private final AtomicLong cut = new AtomicLong(Long.MAX_VALUE);

    @Override
    public int partitionCount() {
      return 1;
    }

    @Override
    public long earliestOffset(int partition) {
      return earliest;
    }

    @Override
    public long latestOffset(int partition) {
      return count;
    }

    @Override
    public PartitionReader open(int partition, long offset) {
      return new PartitionReader() {
        private long at = offset;

        @Override
        public MessageBatch fetch(Duration timeout) {
          polls.incrementAndGet();
          if (fails) {
            throw new CuveeException(ErrorCode.IO, "The stream is away.");
          }
          if (at < earliest) {
            OffsetGap gap = new OffsetGap(at, earliest);
            at = earliest;
            return new MessageBatch(List.of(), at, Optional.of(gap));
          }
          if (at > cut.get()) {
            OffsetGap gap = new OffsetGap(at, cut.getAndSet(Long.MAX_VALUE));
            at = gap.to();
            return new MessageBatch(List.of(), at, Optional.of(gap));
          }
          long end = Math.min(count, at + 7);
          if (end == at) {
            pause();
          }
          List<StreamMessage> messages =
              LongStream.range(at, end)
                  .mapToObj(n ->
                      new StreamMessage(
                          n, -1, null, message.apply(n).getBytes(StandardCharsets.UTF_8)))
                  .toList();
          at = end;
          return new MessageBatch(messages, end, Optional.empty());
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public void close() {}
  }

  /// Shows what is said to it, and says of each segment what it is told; else nothing.
  private static final class Leader implements LeaderClient {
    @Override
    public boolean insert(String table, String rows) {
      return false;
    }

    private final BlockingQueue<CompletionMessage> heard = new LinkedBlockingQueue<>();
    private final Map<String, CompletionAnswer> answers = new ConcurrentHashMap<>();

    @Override
    public Optional<CompletionAnswer> send(SegmentKey key, CompletionMessage message) {
      heard.add(message);
      return Optional.ofNullable(answers.get(key.segment()));
    }
  }

  private final class Around implements PartitionConsumer.Surroundings {
    @Override
    public String server() {
      return "s";
    }

    @Override
    public ConsumedTable table() {
      return table;
    }

    @Override
    public ConsumptionControl control() {
      return control;
    }

    @Override
    public LeaderClient leader() {
      return leader;
    }

    @Override
    public Sealer sealer() {
      return new Sealer() {
        @Override
        public SealedSegment sealAndUpload(
            SegmentKey key, PageSource rows, SegmentSpec spec, Optional<String> timeColumn) {
          return new SealedSegment("file:///x", 7, sealed(key, rows), 1, Map.of());
        }

        private int sealed(SegmentKey key, PageSource rows) {
          int count = 0;
          for (Page page = rows.next(); page != null; page = rows.next()) {
            count += page.rowCount();
          }
          synchronized (sealed) {
            sealed.add(key.segment() + " " + count);
          }
          return count;
        }

        @Override
        public void seal(SegmentKey key, PageSource rows, SegmentSpec spec) {
          var _ = sealed(key, rows);
        }
      };
    }
  }

  private static void pause() {
    try {
      Thread.sleep(2);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      pause();
    }
  }

  private void assign(String name, long sequence, long start) {
    consumer.assign(record(name, sequence, start));
  }

  private static SegmentRecord record(String name, long sequence, long start) {
    return SegmentRecord.consuming(
        TABLE, name, System.currentTimeMillis(), StreamRange.from(0, sequence, start));
  }

  /// The numbers that a query sees; empty if it is not served.
  private Optional<List<Long>> shown(String name, long atLeast) {
    return shown(consumer, name, atLeast);
  }

  private static Optional<List<Long>> shown(PartitionConsumer consumer, String name, long atLeast) {
    return consumer
        .onward(name, atLeast)
        .map(onward -> {
          List<Long> numbers = new ArrayList<>();
          for (ConsumingSnapshot rows : onward.open()) {
            try (rows) {
              if (rows.docCount() > 0) {
                LongValues values =
                    (LongValues) rows.column("n").orElseThrow().values(0, rows.docCount());
                for (int i = 0; i < values.count(); i++) {
                  numbers.add(values.values()[i]);
                }
              }
            }
          }
          assertThat(onward.reach().end()).isGreaterThanOrEqualTo(atLeast);
          return numbers;
        });
  }

  private static List<Long> numbers(long from, long to) {
    return LongStream.range(from, to).boxed().toList();
  }

  private void awaitShown(String name, long from, long to) {
    await(() -> shown(name, to).isPresent());
    assertThat(shown(name, to)).contains(numbers(from, to));
  }

  private void consumeToEnd() {
    assign("a", 0, 0);
    consumer.start();
    stream.count = 25;
    await(() -> leader.heard.peek() != null);
    assertThat(leader.heard.peek().offset()).isEqualTo(ROWS_PER_SEGMENT);
  }

  @Test
  void rowsAreShownAsTheyCome() {
    assign("a", 0, 0);
    consumer.start();
    stream.count = 3;
    awaitShown("a", 0, 3);
    stream.count = 8;
    awaitShown("a", 0, 8);
    assertThat(consumer.status().isHealthy()).isTrue();
    assertThat(shown("b", 0)).isEmpty();
  }

  @Test
  void messageThatIsNoRowCountsOnceThoughASegmentEndsBeforeIt() {
    // It comes with the last rows of the first segment, and again with the first of the next one.
    stream.message = n -> n == 12 ? "no row" : "{\"n\": " + n + "}";
    leader.answers.put("a", CompletionAnswer.hold(ROWS_PER_SEGMENT));
    consumeToEnd();
    await(() -> shown("a", 2 * ROWS_PER_SEGMENT + 1).isPresent());
    assertThat(consumer.status().rejected()).isEqualTo(1);
    assertThat(consumer.status().lastRejection()).startsWith("offset 12: ");
  }

  @Test
  void rowsStayWhileTheSchemaOfTheNextCannotBeHad() throws Exception {
    AtomicInteger status = new AtomicInteger(200);
    HttpServer registry =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    registry.createContext(
        "/",
        exchange -> {
          byte[] schema =
              """
              {"schema": "{\\"type\\": \\"record\\", \\"name\\": \\"r\\", \\"fields\\":
               [{\\"name\\": \\"n\\", \\"type\\": \\"long\\"}]}"}
              """
                  .replace("\n", " ")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status.get(), schema.length);
          exchange.getResponseBody().write(schema);
          exchange.close();
        });
    registry.start();
    try {
      table =
          table(
              "",
              """
              "stream.kafka.decoder.class.name": "KafkaConfluentSchemaRegistryAvroMessageDecoder",
              "stream.kafka.decoder.prop.schema.registry.rest.url": "http://127.0.0.1:%d"
              """
                  .formatted(registry.getAddress().getPort()));
      // A zero, the schema's number, and the number as Avro writes it.
      stream.message = n -> "\0\0\0\0" + (n < 3 ? '\1' : '\2') + (char) (2 * n);
      assign("a", 0, 0);
      consumer.start();
      stream.count = 3;
      awaitShown("a", 0, 3);
      status.set(500);
      stream.count = 5;
      await(() -> consumer.status().problem().contains("500"));
      assertThat(shown("a", 0)).contains(numbers(0, 3));
      status.set(200);
      awaitShown("a", 0, 5);
      assertThat(consumer.status().rejected()).isZero();
    } finally {
      registry.stop(0);
    }
  }

  @Test
  void replicaThatIsBehindDoesNotServe() {
    assign("a", 0, 0);
    consumer.start();
    stream.count = 3;
    awaitShown("a", 0, 3);
    assertThat(shown("a", 4)).isEmpty();
    stream.count = 4;
    awaitShown("a", 0, 4);
  }

  @Test
  void replicaThatIsBehindWhatWasShownElsewhereDoesNotServe() {
    assign("a", 0, 0);
    consumer.start();
    stream.count = 3;
    awaitShown("a", 0, 3);
    assertThat(consumer.shown(0)).isEqualTo(3);
    assertThat(consumer.shown(4)).isEqualTo(4);
    assertThat(shown("a", 0)).isEmpty();
    stream.count = 4;
    awaitShown("a", 0, 4);
    assertThat(consumer.shown(2)).isEqualTo(4);
  }

  @Test
  void fullSegmentShowsWhatItHasWhileItsEndIsAgreed() {
    consumeToEnd();
    assertThat(shown("a", 0)).contains(numbers(0, ROWS_PER_SEGMENT));
    // What came with its last rows is not in it, and must not be asked of others.
    assertThat(consumer.onward("a", 0).orElseThrow().reach().end()).isEqualTo(ROWS_PER_SEGMENT);
  }

  @Test
  void nextSegmentGoesOnBeforeTheLastIsCommitted() {
    consumeToEnd();
    leader.answers.put("a", CompletionAnswer.hold(ROWS_PER_SEGMENT));
    // Two segments at most are not committed.
    awaitShown("a", 0, 2 * ROWS_PER_SEGMENT);
    Optional<ConsumingSnapshot> first = consumer.until("a", ROWS_PER_SEGMENT);
    assertThat(first.map(ConsumingSnapshot::docCount)).contains(ROWS_PER_SEGMENT);
    first.orElseThrow().close();
    assertThat(consumer.until("a", ROWS_PER_SEGMENT + 1)).isEmpty();
    leader.answers.put("a", CompletionAnswer.KEEP);
    await(() -> {
      synchronized (sealed) {
        return sealed.contains("a " + ROWS_PER_SEGMENT);
      }
    });
    assign("b", 1, ROWS_PER_SEGMENT);
    assertThat(consumer.end("a", OptionalLong.of(ROWS_PER_SEGMENT))).isFalse();
    assertThat(consumer.onward("a", 0).orElseThrow().sealed()).containsExactly("a");
    awaitShown("b", ROWS_PER_SEGMENT, 2 * ROWS_PER_SEGMENT);
    awaitShown("a", ROWS_PER_SEGMENT, 2 * ROWS_PER_SEGMENT);
  }

  @Test
  void whatWentOnFromAnotherOffsetIsConsumedAgain() {
    consumeToEnd();
    leader.answers.put("a", CompletionAnswer.hold(ROWS_PER_SEGMENT));
    awaitShown("a", 0, 2 * ROWS_PER_SEGMENT);
    // Another replica had fewer rows, and was the one to commit.
    leader.answers.put("a", CompletionAnswer.DISCARD);
    await(() -> shown("a", 0).isEmpty());
    leader.answers.put("b", CompletionAnswer.hold(18));
    assign("b", 1, 8);
    assertThat(consumer.end("a", OptionalLong.of(8))).isFalse();
    // As many as were shown before, at least.
    awaitShown("b", 8, 25);
    awaitShown("a", 8, 25);
    synchronized (sealed) {
      assertThat(sealed).isEmpty();
    }
  }

  @Test
  void whatOthersSealedUnheardIsNotWaitedFor() {
    consumeToEnd();
    leader.answers.put("a", CompletionAnswer.hold(ROWS_PER_SEGMENT));
    awaitShown("a", 0, 2 * ROWS_PER_SEGMENT);
    // Cut off from the cluster's state, this server has not heard of the two segments after a.
    stream.count = 3L * ROWS_PER_SEGMENT + 5;
    assign("d", 3, 3 * ROWS_PER_SEGMENT);
    assertThat(consumer.end("a", OptionalLong.of(ROWS_PER_SEGMENT))).isFalse();
    awaitShown("d", 3 * ROWS_PER_SEGMENT, 3 * ROWS_PER_SEGMENT + 5);
    // Nor for the end of one that it began.
    stream.count = 6L * ROWS_PER_SEGMENT;
    assign("f", 5, 5 * ROWS_PER_SEGMENT);
    awaitShown("f", 5 * ROWS_PER_SEGMENT, 6 * ROWS_PER_SEGMENT);
  }

  @Test
  void replicaThatIsBehindTheOthersCatchesUp() {
    assign("a", 0, 0);
    stream.count = 3;
    consumer.start();
    awaitShown("a", 0, 3);
    control = new ConsumptionControl(false, "", Set.of("a"));
    consumer.wake();
    await(() -> leader.heard.peek() != null);
    assertThat(leader.heard.peek().offset()).isEqualTo(3);
    leader.answers.put("a", CompletionAnswer.catchUp(6));
    stream.count = 9;
    await(() -> leader.heard.stream().anyMatch(message -> message.offset() == 6));
    assertThat(shown("a", 0)).contains(numbers(0, 6));
    leader.answers.put("a", CompletionAnswer.KEEP);
    awaitShown("a", 0, 9);
  }

  /// Each message is three rows, so that the tenth is within the fourth.
  @Test
  void segmentEndsWithAllRowsOfAMessage() {
    table =
        table(
            """
            "ingestionConfig": {"complexTypeConfig": {"fieldsToUnnest": ["of"],
              "prefixesToRename": {"of.": ""}}},
            """);
    stream.message =
        n ->
            LongStream.range(3 * n, 3 * n + 3)
                .mapToObj(each -> "{\"n\": " + each + "}")
                .collect(Collectors.joining(", ", "{\"of\": [", "]}"));
    assign("a", 0, 0);
    consumer.start();
    stream.count = 6;
    await(() -> leader.heard.peek() != null);
    assertThat(leader.heard.peek().offset()).isEqualTo(4);
    assertThat(shown("a", 4)).contains(numbers(0, 12));
    leader.answers.put("a", CompletionAnswer.hold(4));
    await(() -> shown("a", 6).isPresent());
    assertThat(shown("a", 6)).contains(numbers(0, 18));
    // A server that begins anew, with what comes after the committed end.
    try (PartitionConsumer anew = new PartitionConsumer(TABLE, 0, new Around(), stream)) {
      anew.assign(record("b", 1, 4));
      anew.start();
      await(() -> shown(anew, "b", 6).isPresent());
      assertThat(shown(anew, "b", 6)).contains(numbers(12, 18));
    }
    leader.answers.put("a", CompletionAnswer.KEEP);
    await(() -> {
      synchronized (sealed) {
        return sealed.contains("a 12");
      }
    });
  }

  @Test
  void chosenReplicaSealsAndUploads() {
    consumeToEnd();
    leader.answers.put("a", CompletionAnswer.commit(ROWS_PER_SEGMENT));
    await(() -> leader.heard.stream().anyMatch(CompletionMessage.CommitEnd.class::isInstance));
    CompletionMessage.CommitEnd end =
        (CompletionMessage.CommitEnd)
            leader.heard.stream()
                .filter(CompletionMessage.CommitEnd.class::isInstance)
                .findFirst()
                .orElseThrow();
    assertThat(end.sealed().totalDocs()).isEqualTo(ROWS_PER_SEGMENT);
  }

  @Test
  void streamThatFailsIsReadOnWhereItEnded() {
    assign("a", 0, 0);
    consumer.start();
    stream.count = 3;
    awaitShown("a", 0, 3);
    stream.fails = true;
    await(() -> !consumer.status().isHealthy());
    assertThat(consumer.status().problem()).contains("away");
    stream.count = 5;
    stream.fails = false;
    awaitShown("a", 0, 5);
    await(() -> consumer.status().isHealthy());
  }

  @Test
  void offsetsThatTheStreamDoesNotHaveAreTold() {
    stream.earliest = 4;
    stream.count = 6;
    assign("a", 0, 1);
    consumer.start();
    awaitShown("a", 4, 6);
    assertThat(consumer.status().gaps()).containsExactly(new OffsetGap(1, 4));
  }

  @Test
  void streamThatWasCutBackAndGrewIsReadFromThereAndSaysSo() {
    leader.answers.put("a", CompletionAnswer.hold(5));
    assign("a", 0, 0);
    consumer.start();
    stream.count = 5;
    awaitShown("a", 0, 5);
    // There are more than before already, from the third on others.
    stream.message = n -> "{\"n\": " + (n < 3 ? n : 100 + n) + "}";
    stream.cut.set(3);
    stream.count = 8;
    List<Long> wanted = new ArrayList<>(numbers(0, 5));
    wanted.addAll(numbers(103, 108));
    await(() -> shown("a", 0).filter(wanted::equals).isPresent());
    assertThat(consumer.status().gaps()).containsExactly(new OffsetGap(5, 3));
    assertThat(leader.heard.peek().offset()).isEqualTo(5);
  }

  @Test
  void pausedTableConsumesNothingNew() {
    control = new ConsumptionControl(true, "test", Set.of());
    assign("a", 0, 0);
    stream.count = 3;
    consumer.start();
    assertThat(shown("a", 0).orElse(List.of())).isEmpty();
    control = ConsumptionControl.NONE;
    consumer.wake();
    awaitShown("a", 0, 3);
  }

  @Test
  void forcedEndOfAnEmptySegmentIsForgotten() {
    control = new ConsumptionControl(false, "", Set.of("a"));
    assign("a", 0, 0);
    consumer.start();
    await(() -> shown("a", 0).isPresent());
    await(() -> stream.polls.get() > 2);
    stream.count = 3;
    awaitShown("a", 0, 3);
    stream.count = 5;
    awaitShown("a", 0, 5);
    assertThat(leader.heard).isEmpty();
  }

  @Test
  void emptySegmentOfPausedTableEnds() {
    control = new ConsumptionControl(true, "", Set.of("a"));
    assign("a", 0, 0);
    consumer.start();
    await(() -> leader.heard.peek() != null);
    assertThat(leader.heard.peek().offset()).isZero();
  }

  @Test
  void nothingIsServedOnceItIsClosed() {
    assign("a", 0, 0);
    consumer.start();
    stream.count = 3;
    awaitShown("a", 0, 3);
    consumer.close();
    await(() -> shown("a", 0).isEmpty());
  }
}
