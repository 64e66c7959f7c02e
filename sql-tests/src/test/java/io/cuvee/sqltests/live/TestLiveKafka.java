package io.cuvee.sqltests.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.sqltests.cluster.Rest;
import io.cuvee.sqltests.process.Ports;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Numbered messages in a real topic, two replicas of each partition, and roles that stop while
/// segments are sealed: each number counts once, in every answer on the way. A second table of the
/// same topic keeps the newest message of each of seven keys a partition, a third one sums of a
/// tenth of the messages.
@Tag("slow")
class TestLiveKafka {
  private static final int PARTITIONS = 3;
  private static final int MESSAGES = 8_000;
  private static final int KEYS = 7;
  private static final int POISON_EVERY = 500;
  private static final int ROWS_PER_SEGMENT = 700;
  private static final long LIMIT_NANOS = 240_000_000_000L;

  @TempDir private Path directory;
  private final long[] counts = new long[PARTITIONS];
  private final List<String> failures = new ArrayList<>();
  private int answers;
  private final long[] newest = {-1, -1, -1};
  private int newestAnswers;

  @Test
  void eachNumberCountsOnceWhileRolesStopAndStart() throws Exception {
    try (KafkaNode kafka = startKafka(Files.createDirectory(directory.resolve("kafka")));
        Roles roles = new Roles(directory.resolve("cluster"))) {
      kafka.create("numbers", PARTITIONS);
      roles.start("controller-0");
      roles.start("server-0");
      roles.start("server-1");
      roles.start("broker-0");
      createTable(kafka, roles);
      AtomicReference<@Nullable Exception> failed = new AtomicReference<>();
      Thread producer = background(failed, () -> produce(kafka));
      Thread faults =
          background(
              failed,
              () -> {
                awaitCount(2_000);
                stopAndStart(roles, "server-0");
                awaitCount(6_000);
                stopAndStart(roles, "controller-0");
                awaitCount(10_000);
                stopAndStart(roles, "server-1");
                kafka.restart();
              });
      try (Rest broker = new Rest(roles.url("broker-0"))) {
        long end = System.nanoTime() + LIMIT_NANOS;
        while ((total() < (long) PARTITIONS * MESSAGES || faults.isAlive())
            && failed.get() == null
            && System.nanoTime() < end) {
          check(broker);
          checkNewest(broker);
          Thread.sleep(10);
        }
        assertThat(failed.get()).isNull();
        producer.join();
        faults.join();
        assertThat(total()).isEqualTo((long) PARTITIONS * MESSAGES);
        awaitSealed(roles, "numbers", end);
        awaitSealed(roles, "newest", end);
        awaitSealed(roles, "sums", end);
        check(broker);
        checkNewest(broker);
        assertThat(newest).containsOnly(MESSAGES - 1);
        assertThat(newestAnswers).isGreaterThan(answers / 4);
        allRowsAreStored(broker);
        sumsAreExact(broker);
        deadLettersAreThereOnce(broker, end);
        assertThat(replicasAreEqual(broker, "sums")).isGreaterThanOrEqualTo(3L * 2);
        long sealed = replicasAreEqual(broker, "numbers");
        assertThat(replicasAreEqual(broker, "newest")).isGreaterThanOrEqualTo(3L * 4);
        System.out.println(
            answers
                + " answers, and "
                + newestAnswers
                + " of the newest rows, all exact; "
                + failures.size()
                + " failed; "
                + sealed
                + " sealed segments"
                + (failures.isEmpty() ? "" : "; the first: " + failures.getFirst()));
        assertThat(total()).isEqualTo((long) PARTITIONS * MESSAGES);
        assertThat(sealed).isGreaterThanOrEqualTo(3L * (MESSAGES / ROWS_PER_SEGMENT));
      }
    }
  }

  private static KafkaNode startKafka(Path directory) throws Exception {
    List<Integer> ports = Ports.free(2);
    return new KafkaNode(directory, ports.getFirst(), ports.getLast());
  }

  private static byte[] message(int partition, int number) {
    return ("{\"part\": "
            + partition
            + ", \"n\": "
            + number
            + ", \"text\": \"t"
            + number % 7
            + "\"}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private interface Work {
    void run() throws Exception;
  }

  private static Thread background(AtomicReference<@Nullable Exception> failed, Work work) {
    return Thread.ofVirtual()
        .start(() -> {
          try {
            work.run();
          } catch (Exception e) {
            failed.compareAndSet(null, e);
          }
        });
  }

  private static void createTable(KafkaNode kafka, Roles roles) throws Exception {
    try (Rest controller = new Rest(roles.url("controller-0"))) {
      controller
          .post(
              "/schemas",
              """
              {"schemaName": "numbers", "dimensionFieldSpecs": [
                {"name": "part", "dataType": "INT"}, {"name": "text", "dataType": "STRING"}],
               "metricFieldSpecs": [{"name": "n", "dataType": "LONG"}]}
              """)
          .expect(200);
      controller
          .post(
              "/tables",
              """
              {"tableName": "numbers", "tableType": "REALTIME",
               "segmentsConfig": {"replication": "2", "schemaName": "numbers"},
               "ingestionConfig": {"deadLetterTable": "rejected"},
               "tableIndexConfig": {"sortedColumn": ["text"], "invertedIndexColumns": ["n"],
                "streamConfigs": {
                 "streamType": "kafka", "stream.kafka.topic.name": "numbers",
                 "stream.kafka.broker.list": "%s",
                 "stream.kafka.decoder.class.name": "JSONMessageDecoder",
                 "stream.kafka.consumer.prop.auto.offset.reset": "smallest",
                 "realtime.segment.flush.threshold.rows": "%d"}}}
              """
                  .formatted(kafka.address(), ROWS_PER_SEGMENT))
          .expect(200);
      controller
          .post(
              "/schemas",
              """
              {"schemaName": "newest", "primaryKeyColumns": ["part", "text"],
               "dimensionFieldSpecs": [
                {"name": "part", "dataType": "INT"}, {"name": "text", "dataType": "STRING"}],
               "metricFieldSpecs": [{"name": "n", "dataType": "LONG"}]}
              """)
          .expect(200);
      controller
          .post(
              "/tables",
              """
              {"tableName": "newest", "tableType": "REALTIME",
               "segmentsConfig": {"replication": "2", "schemaName": "newest"},
               "upsertConfig": {"mode": "FULL", "comparisonColumns": ["n"]},
               "tableIndexConfig": {"invertedIndexColumns": ["n"],
                "streamConfigs": {
                 "streamType": "kafka", "stream.kafka.topic.name": "numbers",
                 "stream.kafka.broker.list": "%s",
                 "stream.kafka.decoder.class.name": "JSONMessageDecoder",
                 "stream.kafka.consumer.prop.auto.offset.reset": "smallest",
                 "realtime.segment.flush.threshold.rows": "%d"}}}
              """
                  .formatted(kafka.address(), 2 * ROWS_PER_SEGMENT))
          .expect(200);
      createSums(kafka, controller);
    }
  }

  /// Each tenth number of each partition in groups of a hundred numbers: the others are left out.
  private static void createSums(KafkaNode kafka, Rest controller) throws Exception {
    controller
        .post(
            "/schemas",
            """
            {"schemaName": "sums", "dimensionFieldSpecs": [
              {"name": "part", "dataType": "INT"}, {"name": "hundred", "dataType": "LONG"}],
             "metricFieldSpecs": [
              {"name": "events", "dataType": "LONG"}, {"name": "total", "dataType": "LONG"}]}
            """)
        .expect(200);
    controller
        .post(
            "/tables",
            """
            {"tableName": "sums", "tableType": "REALTIME",
             "segmentsConfig": {"replication": "2", "schemaName": "sums"},
             "ingestionConfig": {
              "transformConfigs": [
               {"columnName": "hundred", "transformFunction": "CAST(n AS BIGINT) / 100"}],
              "filterConfig": {"filterFunction": "MOD(CAST(n AS BIGINT), 10) <> 0"},
              "aggregationConfigs": [
               {"columnName": "events", "aggregationFunction": "COUNT(*)"},
               {"columnName": "total", "aggregationFunction": "SUM(CAST(n AS BIGINT))"}]},
             "tableIndexConfig": {"streamConfigs": {
               "streamType": "kafka", "stream.kafka.topic.name": "numbers",
               "stream.kafka.broker.list": "%s",
               "stream.kafka.decoder.class.name": "JSONMessageDecoder",
               "stream.kafka.consumer.prop.auto.offset.reset": "smallest",
               "realtime.segment.flush.threshold.rows": "300"}}}
            """
                .formatted(kafka.address()))
        .expect(200);
  }

  /// One row for each group of a segment, and all numbers that were not left out in them.
  private static void sumsAreExact(Rest broker) throws Exception {
    JsonNode rows =
        broker
            .query(
                "SELECT part, SUM(events), SUM(total), COUNT(*), COUNT(DISTINCT hundred) FROM sums"
                    + " GROUP BY part LIMIT 10")
            .path("resultTable")
            .path("rows");
    assertThat(rows).hasSize(PARTITIONS);
    long events = MESSAGES / 10;
    for (JsonNode row : rows) {
      assertThat(row.get(1).asLong()).as(row.toString()).isEqualTo(events);
      assertThat(row.get(2).asLong()).as(row.toString()).isEqualTo(10 * events * (events - 1) / 2);
      assertThat(row.get(3).asLong())
          .as(row.toString())
          .isBetween((long) MESSAGES / 100, (long) MESSAGES / 100 + events / 300);
      assertThat(row.get(4).asLong()).as(row.toString()).isEqualTo(MESSAGES / 100);
    }
  }

  /// Both replicas sent each, and sent again when they began anew.
  private static void deadLettersAreThereOnce(Rest broker, long end) throws Exception {
    long each = (MESSAGES + POISON_EVERY - 1) / POISON_EVERY;
    String sql =
        "SELECT partition_id, COUNT(*), COUNT(DISTINCT message), COUNT(DISTINCT stream_offset),"
            + " MIN(reason), MIN(table_name), MAX(message) FROM rejected GROUP BY partition_id"
            + " LIMIT 10";
    JsonNode rows = broker.query(sql).path("resultTable").path("rows");
    while (rows.size() < PARTITIONS || count(rows) < PARTITIONS * each) {
      assertThat(System.nanoTime()).as(rows.toString()).isLessThan(end);
      Thread.sleep(100);
      rows = broker.query(sql).path("resultTable").path("rows");
    }
    for (JsonNode row : rows) {
      assertThat(row.get(1).asLong()).as(rows.toString()).isEqualTo(each);
      assertThat(row.get(2).asLong()).as(rows.toString()).isEqualTo(each);
      assertThat(row.get(3).asLong()).as(rows.toString()).isEqualTo(each);
      assertThat(row.get(4).asText()).contains("JSON");
      assertThat(row.get(5).asText()).isEqualTo("numbers");
      assertThat(row.get(6).asText()).startsWith("poison ");
    }
    JsonNode told =
        broker
            .query(
                "SELECT SUM(rejected_count), SUM(dead_letter_count), SUM(lost_letter_count),"
                    + " MIN(last_rejection) FROM system.ingestion WHERE table_name = 'numbers'")
            .path("resultTable")
            .path("rows")
            .path(0);
    // Paused, the table may have no consumer left to tell of it.
    if (!told.path(0).isNull()) {
      assertThat(told.get(1).asLong()).isBetween(1L, told.get(0).asLong());
      assertThat(told.get(2).asLong()).as(told.toString()).isZero();
    }
  }

  private static long count(JsonNode rows) {
    long count = 0;
    for (JsonNode row : rows) {
      count += row.get(1).asLong();
    }
    return count;
  }

  private static void produce(KafkaNode kafka) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = kafka.producer()) {
      for (int n = 0; n < MESSAGES; n++) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
          if (n % POISON_EVERY == 0) {
            byte[] poison = ("poison " + n).getBytes(StandardCharsets.UTF_8);
            var _ = producer.send(new ProducerRecord<>("numbers", partition, null, poison));
          }
          var _ =
              producer.send(
                  new ProducerRecord<>("numbers", partition, null, message(partition, n)));
        }
        if (n % 10 == 0) {
          Thread.sleep(15);
        }
      }
      producer.flush();
    }
  }

  private static void stopAndStart(Roles roles, String role) throws Exception {
    roles.stop(role);
    Thread.sleep(1_500);
    roles.start(role);
    Thread.sleep(1_000);
  }

  private void awaitCount(long count) throws InterruptedException {
    while (total() < count) {
      Thread.sleep(20);
    }
  }

  private synchronized long total() {
    long total = 0;
    for (long count : counts) {
      total += count;
    }
    return total;
  }

  /// Each partition has exactly the numbers up to the largest it shows, and not fewer than before.
  private synchronized void check(Rest broker) throws Exception {
    JsonNode answer =
        broker.query("SELECT part, COUNT(*), MAX(n), SUM(n) FROM numbers GROUP BY part LIMIT 10");
    if (!answer.path("exceptions").isEmpty()) {
      // The table may not be known to the broker yet.
      if (total() > 0) {
        failures.add(answer.path("exceptions").toString());
      }
      return;
    }
    answers++;
    long[] now = new long[PARTITIONS];
    for (JsonNode row : answer.path("resultTable").path("rows")) {
      long count = row.get(1).asLong();
      assertThat(row.get(2).asLong()).as(answer.toString()).isEqualTo(count - 1);
      assertThat(row.get(3).asLong()).as(answer.toString()).isEqualTo(count * (count - 1) / 2);
      now[row.get(0).asInt()] = count;
    }
    for (int i = 0; i < PARTITIONS; i++) {
      assertThat(now[i]).as("partition %s of %s", i, answer).isGreaterThanOrEqualTo(counts[i]);
      counts[i] = now[i];
    }
  }

  /// Each partition has the last message of each of its keys, which are seven numbers on end.
  private void checkNewest(Rest broker) throws Exception {
    JsonNode answer =
        broker.query(
            "SELECT part, COUNT(*), MIN(n), MAX(n), SUM(n), COUNT(DISTINCT text) FROM newest"
                + " GROUP BY part LIMIT 10");
    if (!answer.path("exceptions").isEmpty()) {
      if (newest[0] > 0) {
        failures.add(answer.path("exceptions").toString());
      }
      return;
    }
    newestAnswers++;
    for (JsonNode row : answer.path("resultTable").path("rows")) {
      long most = row.get(3).asLong();
      long keys = Math.min(KEYS, most + 1);
      assertThat(row.get(1).asLong()).as(answer.toString()).isEqualTo(keys);
      assertThat(row.get(2).asLong()).as(answer.toString()).isEqualTo(most - keys + 1);
      assertThat(row.get(4).asLong())
          .as(answer.toString())
          .isEqualTo(keys * most - keys * (keys - 1) / 2);
      assertThat(row.get(5).asLong()).as(answer.toString()).isEqualTo(keys);
      int part = row.get(0).asInt();
      assertThat(most).as(answer.toString()).isGreaterThanOrEqualTo(newest[part]);
      newest[part] = most;
    }
    long count =
        broker
            .query("SELECT COUNT(*) FROM newest")
            .path("resultTable")
            .path("rows")
            .path(0)
            .path(0)
            .asLong(-1);
    if (count >= 0 && newest[0] >= KEYS && newest[1] >= KEYS && newest[2] >= KEYS) {
      assertThat(count).isEqualTo((long) PARTITIONS * KEYS);
    }
  }

  private static void allRowsAreStored(Rest broker) throws Exception {
    JsonNode answer = broker.query("SET skipUpsert = true; SELECT COUNT(*) FROM newest");
    assertThat(answer.path("resultTable").path("rows").path(0).path(0).asLong())
        .as(answer.toString())
        .isEqualTo((long) PARTITIONS * MESSAGES);
  }

  private static void awaitSealed(Roles roles, String table, long end) throws Exception {
    try (Rest controller = new Rest(roles.url("controller-0"))) {
      controller.post("/tables/" + table + "/pauseConsumption", "").expect(200);
      while (true) {
        boolean isSealed =
            controller
                .get("/tables/" + table + "/pauseStatus")
                .expect(200)
                .json()
                .path("consumingSegments")
                .isEmpty();
        JsonNode view =
            controller
                .get("/tables/" + table + "/externalview")
                .expect(200)
                .json()
                .path("REALTIME");
        if (isSealed && !view.toString().contains("CONSUMING")) {
          return;
        }
        assertThat(System.nanoTime()).as(view.toString()).isLessThan(end);
        Thread.sleep(100);
      }
    }
  }

  /// @return how many segments there are
  private static long replicasAreEqual(Rest broker, String table) throws Exception {
    JsonNode rows =
        broker
            .query(
                "SELECT segment_name, COUNT(*), COUNT(DISTINCT crc), MIN(state), MAX(state)"
                    + " FROM system.replicas WHERE table_name = '"
                    + table
                    + "' GROUP BY segment_name LIMIT 1000")
            .path("resultTable")
            .path("rows");
    rows.forEach(row -> {
      assertThat(row.get(1).asInt()).as(row.toString()).isEqualTo(2);
      assertThat(row.get(2).asInt()).as(row.toString()).isEqualTo(1);
      assertThat(row.get(3).asText()).isEqualTo("ONLINE");
      assertThat(row.get(4).asText()).isEqualTo("ONLINE");
    });
    return rows.size();
  }
}
