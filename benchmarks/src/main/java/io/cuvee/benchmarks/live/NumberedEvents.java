package io.cuvee.benchmarks.live;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cuvee.benchmarks.http.HttpConnection;
import io.cuvee.benchmarks.report.Report;
import io.cuvee.sqltests.live.KafkaNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// Events with the numbers 0, 1, 2, … in each partition of a topic, and a query that tells whether
/// its table has of those up to the largest number what it should have.
final class NumberedEvents {
  static final int PARTITIONS = 2;
  private static final String TABLE = "numbers";
  private static final long POLL_MILLIS = 20;
  private static final int MOST_TOLD = 5;
  private static final int MOST_AHEAD_SECONDS = 10;
  private static final double SECONDS_A_SEGMENT = 3;
  private static final long FINISH_LIMIT_MILLIS = 300_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final LiveProcesses processes;
  private final EventTable table;
  private final PrintStream out;

  NumberedEvents(LiveProcesses processes, EventTable table, PrintStream out) {
    this.processes = processes;
    this.table = table;
    this.out = out;
  }

  /// @param rate of all partitions, events a second
  void createTable(int rate) throws Exception {
    KafkaNode.create(processes.address(LiveProcesses.KAFKA), TABLE, PARTITIONS);
    processes.post(
        LiveProcesses.CONTROLLER,
        "/schemas",
        """
        {"schemaName": "numbers", %s "dimensionFieldSpecs": [
          {"name": "part", "dataType": "INT"}, {"name": "text", "dataType": "STRING"},
          {"name": "k", "dataType": "INT"}],
         "metricFieldSpecs": [{"name": "n", "dataType": "LONG"}]}
        """
            .formatted(table.schema()));
    processes.post(
        LiveProcesses.CONTROLLER,
        "/tables",
        """
        {"tableName": "numbers", "tableType": "REALTIME", %s
         "segmentsConfig": {"replication": "2", "schemaName": "numbers"},
         "tableIndexConfig": {%s "noDictionaryColumns": ["n"],
          "streamConfigs": {
           "streamType": "kafka", "stream.kafka.topic.name": "numbers",
           "stream.kafka.broker.list": "%s",
           "stream.kafka.decoder.class.name": "JSONMessageDecoder",
           "stream.kafka.consumer.prop.auto.offset.reset": "smallest",
           "realtime.segment.flush.threshold.rows": "%d"}}}
        """
            .formatted(
                table.config(),
                table.indexing(),
                processes.address(LiveProcesses.KAFKA),
                Math.max(200, (int) (rate * SECONDS_A_SEGMENT / PARTITIONS))));
  }

  /// Goes on after the numbers that the topic has.
  Running start(int rate) throws Exception {
    return new Running(rate, offsets());
  }

  private long[] offsets() throws Exception {
    try (Admin admin =
        Admin.create(Map.of("bootstrap.servers", processes.address(LiveProcesses.KAFKA)))) {
      long[] offsets = new long[PARTITIONS];
      for (int i = 0; i < PARTITIONS; i++) {
        TopicPartition partition = new TopicPartition(TABLE, i);
        offsets[i] =
            admin
                .listOffsets(Map.of(partition, OffsetSpec.latest()))
                .partitionResult(partition)
                .get()
                .offset();
      }
      return offsets;
    }
  }

  private JsonNode rows(String sql) throws Exception {
    JsonNode answer =
        JSON.readTree(
            processes.post(
                LiveProcesses.BROKER, "/query/sql", JSON.writeValueAsString(Map.of("sql", sql))));
    if (!answer.path("exceptions").isEmpty()) {
      throw new IOException(sql + ": " + answer.path("exceptions"));
    }
    return answer.path("resultTable").path("rows");
  }

  /// What must hold when all is sealed.
  void check(Report report) throws Exception {
    processes.post(LiveProcesses.CONTROLLER, "/tables/" + TABLE + "/pauseConsumption", "");
    long end = System.nanoTime() + FINISH_LIMIT_MILLIS * 1_000_000;
    String replicas =
        "SELECT segment_name, COUNT(*), COUNT(DISTINCT crc), MIN(state), MAX(state) FROM"
            + " system.replicas WHERE table_name = '"
            + TABLE
            + "' GROUP BY segment_name HAVING COUNT(*) <> 2 OR COUNT(DISTINCT crc) <> 1 OR"
            + " MIN(state) <> 'ONLINE' OR MAX(state) <> 'ONLINE' LIMIT 10";
    JsonNode unequal = rows(replicas);
    while (!unequal.isEmpty() && System.nanoTime() < end) {
      Thread.sleep(500);
      unequal = rows(replicas);
    }
    if (!unequal.isEmpty()) {
      report.fail("Replicas are not equal: " + unequal);
    }
    long[] expected = offsets();
    for (JsonNode row :
        rows(
            "SELECT part, COUNT(*), COUNT(DISTINCT n), MIN(n), MAX(n) FROM numbers GROUP BY"
                + " part")) {
      table.compareAll(row, expected[row.path(0).asInt()]).ifPresent(report::fail);
    }
    out.println(
        "In the end "
            + rows("SELECT COUNT(DISTINCT segment_name) FROM system.replicas").path(0).path(0)
            + " segments");
  }

  /// The producer and the query on their threads.
  final class Running implements AutoCloseable {
    private final int rate;
    private final AtomicLongArray produced = new AtomicLongArray(PARTITIONS);

    /// Events that answers have shown.
    private final long[] counts = new long[PARTITIONS];

    private final AtomicLong total = new AtomicLong();
    private final AtomicLong answers = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong unanswerable = new AtomicLong();
    private final AtomicLong wrongAnswers = new AtomicLong();
    private final List<String> wrong = new CopyOnWriteArrayList<>();
    private final AtomicReference<@Nullable Exception> broken = new AtomicReference<>();
    private final Thread producer;
    private final Thread query;
    private volatile long told;
    private volatile boolean stopped;
    private volatile long enough = Long.MAX_VALUE;

    private Running(int rate, long[] offsets) {
      this.rate = rate;
      for (int i = 0; i < PARTITIONS; i++) {
        produced.set(i, offsets[i]);
      }
      producer = Thread.ofPlatform().daemon().start(this::produce);
      query = Thread.ofPlatform().daemon().start(this::ask);
    }

    private void produce() {
      try (KafkaProducer<byte[], byte[]> sink =
          KafkaNode.producer(
              processes.address(LiveProcesses.KAFKA), Map.of("delivery.timeout.ms", "600000"))) {
        long begun = System.nanoTime();
        long skipped = 0;
        for (long made = 0; !stopped && madeInAll() < enough; ) {
          long due = (System.nanoTime() - begun) / 1_000 * rate / 1_000_000 - skipped;
          if (madeInAll() - total.get() > MOST_AHEAD_SECONDS * (long) rate) {
            // Dead servers, or a machine that is too slow, need not catch up with all of it.
            skipped += due - made;
            due = made;
          }
          for (; made < due; made++) {
            int partition = (int) (made % PARTITIONS);
            long n = produced.get(partition);
            var _ =
                sink.send(
                    new ProducerRecord<>(TABLE, partition, null, message(partition, n)),
                    (_, failure) -> {
                      if (failure != null) {
                        broken.compareAndSet(null, failure);
                      }
                    });
            produced.set(partition, n + 1);
          }
          Thread.sleep(5);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException e) {
        broken.compareAndSet(null, e);
      }
    }

    private byte[] message(int partition, long n) {
      return ("{\"part\": " + partition + ", \"n\": " + n + table.fields(partition, n) + "}")
          .getBytes(StandardCharsets.UTF_8);
    }

    private long madeInAll() {
      return IntStream.range(0, PARTITIONS).mapToLong(produced::get).sum();
    }

    private void ask() {
      String sql = "{\"sql\":\"SELECT part, COUNT(*), MAX(n), SUM(n) FROM numbers GROUP BY part\"}";
      HttpConnection connection = null;
      while (!stopped) {
        try {
          if (connection == null) {
            connection = new HttpConnection(processes.url(LiveProcesses.BROKER));
          }
          see(JSON.readTree(connection.post("/query/sql", sql)));
          Thread.sleep(POLL_MILLIS);
        } catch (IOException | RuntimeException e) {
          failed(e.toString());
          connection = null;
          pause();
        } catch (InterruptedException e) {
          return;
        }
      }
    }

    private static void pause() {
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void see(JsonNode answer) {
      JsonNode rows = answer.path("resultTable").path("rows");
      if (!answer.path("exceptions").isEmpty()) {
        // At first the table is not known.
        if (total.get() > 0) {
          failed(answer.path("exceptions").toString());
        }
        return;
      }
      long[] now = new long[PARTITIONS];
      for (JsonNode row : rows) {
        now[row.path(0).asInt()] = row.path(2).asLong() + 1;
        table.compare(row).ifPresent(this::wrong);
      }
      for (int i = 0; i < PARTITIONS; i++) {
        if (now[i] < counts[i]) {
          wrong("partition " + i + " went from " + counts[i] + " to " + now[i]);
        }
        counts[i] = Math.max(counts[i], now[i]);
      }
      total.set(IntStream.range(0, PARTITIONS).mapToLong(i -> counts[i]).sum());
      answers.incrementAndGet();
    }

    private void failed(String why) {
      if (LiveProcesses.SERVERS.stream().noneMatch(processes::isAlive)) {
        unanswerable.incrementAndGet();
      } else if (failures.incrementAndGet() <= told + MOST_TOLD) {
        out.println("FAILED: " + why);
      }
    }

    private void wrong(String what) {
      if (wrongAnswers.incrementAndGet() <= MOST_TOLD) {
        out.println("WRONG: " + what);
        wrong.add(what);
      }
    }

    long count() {
      return total.get();
    }

    long answers() {
      return answers.get();
    }

    /// Queries that failed while a server lived.
    long failures() {
      return failures.get();
    }

    /// Queries that failed while none did.
    long unanswerable() {
      return unanswerable.get();
    }

    long wrongAnswers() {
      return wrongAnswers.get();
    }

    /// The first of them.
    List<String> wrong() {
      return List.copyOf(wrong);
    }

    void check() throws IOException {
      Exception failure = broken.get();
      if (failure != null) {
        throw new IOException("The events did not get into Kafka", failure);
      }
    }

    /// Waits until all that was produced before counts, and both servers serve all of it, so that
    /// either may die next.
    void awaitRecovery(long limitMillis) throws Exception {
      told = failures.get();
      long end = System.nanoTime() + limitMillis * 1_000_000;
      long[] wanted = IntStream.range(0, PARTITIONS).mapToLong(produced::get).toArray();
      awaitCount(IntStream.range(0, PARTITIONS).mapToLong(i -> wanted[i]).sum(), limitMillis);
      while (!areThere(wanted)) {
        check();
        if (System.nanoTime() > end) {
          throw new IOException("A replica is behind after " + limitMillis + " ms: " + replicas());
        }
        Thread.sleep(100);
      }
    }

    private boolean areThere(long[] wanted) throws Exception {
      int there = 0;
      for (JsonNode row : replicas()) {
        int partition = row.path(0).asInt();
        there += partition < PARTITIONS && row.path(1).asLong() >= wanted[partition] ? 1 : 0;
      }
      return there == PARTITIONS * LiveProcesses.SERVERS.size() && allAreServed();
    }

    private boolean allAreServed() throws Exception {
      JsonNode counts =
          rows("""
          SELECT (SELECT COUNT(*) FROM system.replicas WHERE table_name = 'numbers'
              AND state IN ('ONLINE', 'CONSUMING')),
            (SELECT COUNT(*) FROM system.segments WHERE table_name = 'numbers')
          """)
              .path(0);
      return counts.path(0).asLong() == LiveProcesses.SERVERS.size() * counts.path(1).asLong();
    }

    private JsonNode replicas() throws Exception {
      return rows(
          "SELECT partition_id, current_offset, server_id, state, problem FROM system.ingestion"
              + " WHERE table_name = '"
              + TABLE
              + "'");
    }

    private void awaitCount(long wanted, long limitMillis) throws Exception {
      long end = System.nanoTime() + limitMillis * 1_000_000;
      while (total.get() < wanted) {
        check();
        if (System.nanoTime() > end) {
          throw new IOException(
              "Of " + wanted + " events " + total.get() + " count after " + limitMillis + " ms");
        }
        Thread.sleep(10);
      }
    }

    /// Makes as many as are to be made, and waits until all count.
    void finish(long events) throws Exception {
      enough = events;
      producer.join();
      check();
      long all = 0;
      for (long offset : offsets()) {
        all += offset;
      }
      awaitCount(all, FINISH_LIMIT_MILLIS);
    }

    @Override
    public void close() throws InterruptedException {
      stopped = true;
      producer.join();
      query.join();
    }
  }
}
