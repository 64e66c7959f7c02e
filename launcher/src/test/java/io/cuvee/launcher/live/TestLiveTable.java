package io.cuvee.launcher.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cuvee.launcher.embedded.EmbeddedCluster;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two replicas, of which one is always behind the other, and a client that turns from one broker
/// to another.
class TestLiveTable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> WHOLE = Set.of("replicas: 2", "ONLINE", "CONSUMING");
  private static final int PARTITIONS = 2;
  private static final int MESSAGES = 6_000;
  private static final int ROWS_PER_SEGMENT = 500;
  private static final int BEHIND = 60;

  private final HttpClient client = HttpClient.newHttpClient();
  @TempDir Path directory;

  @Test
  void eachMessageCountsOnceInEveryAnswerWhileSegmentsAreSealed() throws Exception {
    List<MemoryStream.Partition> stream = MemoryStream.create("numbers", PARTITIONS);
    stream.forEach(partition -> partition.keepBehind(BEHIND));
    try (EmbeddedCluster cluster =
        EmbeddedCluster.start(
            directory, new EmbeddedCluster.Size(1, 2, 2), Map.of(), (part, millis) -> {})) {
      String controller = cluster.controllerUrls().getFirst();
      post(
          controller + "/schemas",
          """
          {"schemaName": "numbers", "dimensionFieldSpecs": [
            {"name": "part", "dataType": "INT"}, {"name": "text", "dataType": "STRING"}],
           "metricFieldSpecs": [{"name": "n", "dataType": "LONG"}]}
          """);
      post(
          controller + "/tables",
          """
          {"tableName": "numbers", "tableType": "REALTIME",
           "segmentsConfig": {"replication": "2", "schemaName": "numbers"},
           "tableIndexConfig": {"sortedColumn": ["text"], "streamConfigs": {
             "streamType": "memory", "stream.memory.topic.name": "numbers",
             "stream.memory.decoder.class.name": "JSONMessageDecoder",
             "stream.memory.consumer.prop.auto.offset.reset": "smallest",
             "realtime.segment.flush.threshold.rows": "%d",
             "realtime.segment.flush.threshold.time": "5s"}}}
          """
              .formatted(ROWS_PER_SEGMENT));
      Thread producer = Thread.ofVirtual().start(() -> produce(stream));
      List<String> brokers = cluster.brokerUrls();
      String broker = brokers.getFirst();
      long total = 0;
      int answers = 0;
      long end = System.nanoTime() + 120_000_000_000L;
      while (total < (long) PARTITIONS * MESSAGES && System.nanoTime() < end) {
        // Each broker asks one replica after the other: two questions in turn meet all of them.
        long now = check(brokers.get(answers / 2 % brokers.size()));
        assertThat(now).as("an answer after one of another broker").isGreaterThanOrEqualTo(total);
        total = now;
        answers++;
      }
      producer.join();
      stream.forEach(partition -> partition.keepBehind(0));
      System.out.println(answers + " answers, all exact; segments " + sealed(controller));
      assertThat(total).isEqualTo((long) PARTITIONS * MESSAGES);
      assertThat(sealed(controller)).isGreaterThan(2 * (MESSAGES / ROWS_PER_SEGMENT - 2));
      post(controller + "/tables/numbers/pauseConsumption", "");
      while (consuming(controller) > 0 && System.nanoTime() < end) {
        assertThat(check(broker)).isEqualTo(total);
      }
      assertThat(consuming(controller)).isZero();
      stream.getFirst().add("{\"part\": 0, \"n\": " + MESSAGES + ", \"text\": \"late\"}");
      assertThat(check(broker)).isEqualTo(total);
      post(controller + "/tables/numbers/resumeConsumption", "");
      while (check(broker) == total && System.nanoTime() < end) {
        Thread.sleep(20);
      }
      assertThat(check(broker)).isEqualTo(total + 1);
      replicasAreEqual(controller);
    }
  }

  private static void produce(List<MemoryStream.Partition> stream) {
    try {
      for (int i = 0; i < MESSAGES; i++) {
        for (int part = 0; part < PARTITIONS; part++) {
          stream
              .get(part)
              .add("{\"part\": " + part + ", \"n\": " + i + ", \"text\": \"t" + i % 7 + "\"}");
        }
        if (i % 10 == 0) {
          Thread.sleep(5);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Each partition has exactly the numbers up to the largest it shows.
  private long check(String broker) throws Exception {
    JsonNode answer =
        JSON.readTree(
            post(
                broker + "/query/sql",
                JSON.createObjectNode()
                    .put("sql", "SELECT part, COUNT(*), MAX(n), SUM(n) FROM numbers GROUP BY part")
                    .toString()));
    // The table may not be known to the broker yet.
    if (answer.path("exceptions").toString().contains("190")) {
      return 0;
    }
    assertThat(answer.path("exceptions")).as(answer.toString()).isEmpty();
    long total = 0;
    for (JsonNode row : answer.path("resultTable").path("rows")) {
      long count = row.get(1).asLong();
      assertThat(row.get(2).asLong()).as(answer.toString()).isEqualTo(count - 1);
      assertThat(row.get(3).asLong()).isEqualTo(count * (count - 1) / 2);
      total += count;
    }
    return total;
  }

  private int sealed(String controller) throws Exception {
    JsonNode names = JSON.readTree(get(controller + "/segments/numbers"));
    return names.get(0).path("REALTIME").size() - consuming(controller);
  }

  private int consuming(String controller) throws Exception {
    return JSON.readTree(get(controller + "/tables/numbers/pauseStatus"))
        .path("consumingSegments")
        .size();
  }

  private void replicasAreEqual(String controller) throws Exception {
    Set<String> states = new HashSet<>();
    JsonNode view;
    long end = System.nanoTime() + 60_000_000_000L;
    do {
      // A replica that the answer did not need may still be loading.
      Thread.sleep(20);
      view = JSON.readTree(get(controller + "/tables/numbers/externalview")).path("REALTIME");
      states.clear();
      view.forEach(replicas -> {
        states.add("replicas: " + replicas.size());
        replicas.forEach(state -> states.add(state.asText()));
      });
    } while (!states.equals(WHOLE) && System.nanoTime() < end);
    assertThat(states).as(view.toString()).isEqualTo(WHOLE);
  }

  private String post(String url, String body) throws Exception {
    return send(
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private String get(String url) throws Exception {
    return send(HttpRequest.newBuilder(URI.create(url)).GET());
  }

  private String send(HttpRequest.Builder request) throws Exception {
    HttpResponse<String> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }
}
