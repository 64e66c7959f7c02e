package io.cuvee.benchmarks.live;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cuvee.benchmarks.http.HttpConnection;
import io.cuvee.benchmarks.report.Figure;
import io.cuvee.benchmarks.report.Report;
import io.cuvee.common.file.FileTree;
import io.cuvee.sqltests.live.KafkaNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/// How old the newest row of an answer is while events come at a steady rate, one partition with
/// two replicas, all roles and Kafka processes of this machine. A query every 50 ms asks for the
/// newest time, the largest number and the count; the count must be the number plus one, and never
/// smaller than before.
public final class FreshnessBench {
  private static final String QUERY =
      "{\"sql\":\"SELECT MAX(ts), MAX(seq), COUNT(*) FROM events\"}";
  private static final long POLL_NANOS = 50_000_000;
  private static final int SEALS = 12;
  private static final int WARM_UP_SECONDS = 20;
  private static final int PROGRESS_SECONDS = 10;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final int rate;
  private final double minutes;
  private final PrintStream out;

  private final List<Long> lags = new ArrayList<>();
  private final List<Long> waits = new ArrayList<>();
  private final List<String> worst = new ArrayList<>();
  private long count;
  private long down;
  private long gaps;
  private long failed;

  /// @param rate events a second
  public FreshnessBench(int rate, double minutes, PrintStream out) {
    this.rate = rate;
    this.minutes = minutes;
    this.out = out;
  }

  public Report run() throws Exception {
    Report report = new Report("freshness");
    Path directory = Files.createTempDirectory("cuvee-freshness");
    try (LiveProcesses processes = new LiveProcesses(directory, false)) {
      processes.startAll();
      KafkaNode.create(processes.address(LiveProcesses.KAFKA), "events", 1);
      createTable(processes);
      AtomicReference<@Nullable Exception> broken = new AtomicReference<>();
      long total = (long) (rate * (60 * minutes + WARM_UP_SECONDS));
      Thread producer =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                try {
                  produce(processes.address(LiveProcesses.KAFKA), total);
                } catch (Exception e) {
                  broken.set(e);
                }
              });
      poll(processes, producer);
      if (broken.get() != null) {
        throw broken.get();
      }
      awaitAll(processes, total);
      long seals = seals(processes);
      report(report, seals);
    }
    FileTree.delete(directory);
    return report;
  }

  private void createTable(LiveProcesses processes) throws Exception {
    processes.post(
        LiveProcesses.CONTROLLER,
        "/schemas",
        """
        {"schemaName": "events", "dimensionFieldSpecs": [
          {"name": "seq", "dataType": "LONG"}, {"name": "user", "dataType": "STRING"},
          {"name": "country", "dataType": "STRING"}, {"name": "page", "dataType": "STRING"},
          {"name": "device", "dataType": "STRING"}],
         "metricFieldSpecs": [
          {"name": "clicks", "dataType": "INT"}, {"name": "amount", "dataType": "DOUBLE"}],
         "dateTimeFieldSpecs": [{"name": "ts", "dataType": "TIMESTAMP", "format": "TIMESTAMP",
          "granularity": "1:MILLISECONDS"}]}
        """);
    processes.post(
        LiveProcesses.CONTROLLER,
        "/tables",
        """
        {"tableName": "events", "tableType": "REALTIME",
         "segmentsConfig": {"replication": "2", "schemaName": "events", "timeColumnName": "ts"},
         "tableIndexConfig": {
          "invertedIndexColumns": ["country", "device"], "noDictionaryColumns": ["seq", "amount"],
          "streamConfigs": {
           "streamType": "kafka", "stream.kafka.topic.name": "events",
           "stream.kafka.broker.list": "%s",
           "stream.kafka.decoder.class.name": "JSONMessageDecoder",
           "stream.kafka.consumer.prop.auto.offset.reset": "smallest",
           "realtime.segment.flush.threshold.rows": "%d"}}}
        """
            .formatted(
                processes.address(LiveProcesses.KAFKA),
                Math.max(1000, (long) (rate * 60 * minutes / SEALS))));
  }

  private void produce(String kafka, long total) throws InterruptedException {
    SplittableRandom random = new SplittableRandom(20_000);
    try (KafkaProducer<byte[], byte[]> producer = KafkaNode.producer(kafka, Map.of())) {
      long begun = System.nanoTime();
      for (long made = 0; made < total; ) {
        long due = Math.min(total, (System.nanoTime() - begun) / 1_000 * rate / 1_000_000);
        long now = System.currentTimeMillis();
        for (; made < due; made++) {
          var _ = producer.send(new ProducerRecord<>("events", 0, null, event(random, made, now)));
        }
        Thread.sleep(1);
      }
    }
  }

  /// About 200 bytes.
  private static byte[] event(SplittableRandom random, long seq, long ts) {
    return ("{\"seq\":"
            + seq
            + ",\"ts\":"
            + ts
            + ",\"user\":\"user-"
            + random.nextInt(100_000)
            + "\",\"country\":\"C"
            + random.nextInt(50)
            + "\",\"page\":\"/section/"
            + random.nextInt(40)
            + "/article-about-something-or-other/"
            + random.nextInt(2_000)
            + "\",\"device\":\"device-"
            + random.nextInt(8)
            + "\",\"clicks\":"
            + random.nextInt(100)
            + ",\"amount\":"
            + random.nextInt(100_000) / 100.0
            + "}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private void poll(LiveProcesses processes, Thread producer) throws Exception {
    long begun = System.nanoTime();
    long next = begun;
    long shown = begun;
    HttpConnection connection = null;
    while (producer.isAlive()) {
      if (connection == null) {
        connection = new HttpConnection(processes.url(LiveProcesses.BROKER));
      }
      long asked = System.nanoTime();
      try {
        boolean isWarm = asked - begun > WARM_UP_SECONDS * 1_000_000_000L;
        check(JSON.readTree(connection.post("/query/sql", QUERY)), asked, isWarm, asked - begun);
      } catch (IOException e) {
        failed++;
        connection = null;
      }
      if (System.nanoTime() - shown > PROGRESS_SECONDS * 1_000_000_000L) {
        shown = System.nanoTime();
        out.printf(
            Locale.ROOT,
            "%4d s  %,12d rows  p50 %d ms, p99 %d ms, worst %d ms%n",
            (shown - begun) / 1_000_000_000,
            count,
            quantile(lags, 0.5),
            quantile(lags, 0.99),
            quantile(lags, 1));
      }
      next = Math.max(next + POLL_NANOS, System.nanoTime());
      Thread.sleep(Math.max(0, (next - System.nanoTime()) / 1_000_000));
    }
    if (connection != null) {
      connection.close();
    }
  }

  private void check(JsonNode answer, long asked, boolean isWarm, long at) {
    long answered = System.currentTimeMillis();
    JsonNode row = answer.path("resultTable").path("rows").path(0);
    if (!answer.path("exceptions").isEmpty() || row.path(2).asLong() == 0) {
      // The table may not be known yet.
      failed += count > 0 ? 1 : 0;
      return;
    }
    long now = row.path(2).asLong();
    if (now < count) {
      down++;
      out.println("The count went from " + count + " to " + now);
    }
    if (row.path(1).asLong() != now - 1) {
      gaps++;
      out.println("There are " + now + " rows up to number " + row.path(1));
    }
    count = Math.max(count, now);
    if (isWarm) {
      long lag = answered - millis(row.path(0).asText());
      if (!lags.isEmpty() && lag > 200) {
        worst.add(String.format(Locale.ROOT, "%d ms at %.1f s (%,d rows)", lag, at / 1e9, now));
      }
      lags.add(lag);
      waits.add((System.nanoTime() - asked) / 1_000_000);
    }
  }

  private static long millis(String timestamp) {
    return LocalDateTime.parse(timestamp.replace(' ', 'T'))
        .toInstant(ZoneOffset.UTC)
        .toEpochMilli();
  }

  private static long quantile(List<Long> values, double part) {
    long[] sorted = values.stream().mapToLong(Long::longValue).sorted().toArray();
    return sorted.length == 0
        ? 0
        : sorted[(int) Math.min(sorted.length - 1, (long) (sorted.length * part))];
  }

  private void awaitAll(LiveProcesses processes, long total) throws Exception {
    long end = System.nanoTime() + 60_000_000_000L;
    try (HttpConnection connection = new HttpConnection(processes.url(LiveProcesses.BROKER))) {
      while (count < total && System.nanoTime() < end) {
        check(JSON.readTree(connection.post("/query/sql", QUERY)), System.nanoTime(), false, 0);
        Thread.sleep(50);
      }
    }
    if (count != total) {
      throw new IOException("Of " + total + " events there are " + count);
    }
  }

  private static long seals(LiveProcesses processes) throws Exception {
    return JSON.readTree(
            processes.post(
                LiveProcesses.BROKER,
                "/query/sql",
                "{\"sql\":\"SELECT COUNT(DISTINCT segment_name) FROM system.replicas WHERE"
                    + " table_name = 'events' AND state = 'ONLINE'\"}"))
        .path("resultTable")
        .path("rows")
        .path(0)
        .path(0)
        .asLong();
  }

  private void report(Report report, long seals) {
    for (Map.Entry<String, Long> figure :
        Map.of(
                "lag p50, ms",
                quantile(lags, 0.5),
                "lag p99, ms",
                quantile(lags, 0.99),
                "lag worst, ms",
                quantile(lags, 1),
                "query p50, ms",
                quantile(waits, 0.5),
                "query p99, ms",
                quantile(waits, 0.99),
                "answers",
                (long) lags.size(),
                "failed queries",
                failed,
                "counts that went down",
                down,
                "gaps",
                gaps,
                "seals",
                seals)
            .entrySet()
            .stream()
            .sorted(Map.Entry.comparingByKey())
            .toList()) {
      report.add(new Figure(figure.getKey(), "cuvee", 1, figure.getValue()));
    }
    worst.stream()
        .sorted((a, b) ->
            Long.compare(Long.parseLong(b.split(" ")[0]), Long.parseLong(a.split(" ")[0])))
        .limit(10)
        .forEach(out::println);
    if (down + gaps > 0) {
      report.fail("A count went down, or there was a gap.");
    }
  }
}
