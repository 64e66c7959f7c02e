package io.cuvee.launcher.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.launcher.embedded.EmbeddedCluster;
import io.cuvee.segment.format.BufferEntry;
import io.cuvee.segment.format.SegmentFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A table whose rows are merged by their keys, on a server whose disk was damaged while it was
/// down: before any query, its keys and the rows to be merged with are read from there.
@Tag("slow")
class TestDamagedKeys {
  private static final int ROWS_PER_SEGMENT = 500;
  private static final int KEYS = 2 * ROWS_PER_SEGMENT + 200;
  private static final long LIMIT_NANOS = 60_000_000_000L;
  private static final String SUMS = "SELECT COUNT(*), SUM(n), SUM(n * k) FROM keyed";

  private final HttpClient client = HttpClient.newHttpClient();
  @TempDir private Path directory;

  @Test
  void keysAndRowsAreReadFromSoundCopiesOnly() throws Exception {
    MemoryStream.Partition stream = MemoryStream.create("keyed", 1).getFirst();
    addOfEachKey(stream);
    try (EmbeddedCluster cluster = start()) {
      String controller = cluster.controllerUrls().getFirst();
      post(controller + "/schemas", SCHEMA);
      post(controller + "/tables", TABLE);
      awaitSums(cluster, 1);
      awaitCopies(KEYS / ROWS_PER_SEGMENT);
    }
    List<Path> copies = copies();
    damage(copies.getFirst(), "k");
    damage(copies.getLast(), "n");
    addOfEachKey(stream);
    try (EmbeddedCluster cluster = start()) {
      // Rows are merged before the first query, which would find the damage.
      awaitCopies(2 * KEYS / ROWS_PER_SEGMENT);
      awaitSums(cluster, 2);
    }
    try (Stream<Path> aside = Files.list(directory.resolve("server-1/quarantine"))) {
      assertThat(aside).hasSize(2);
    }
  }

  private static void addOfEachKey(MemoryStream.Partition stream) {
    for (int key = 0; key < KEYS; key++) {
      stream.add("{\"k\": " + key + ", \"n\": " + number(key) + "}");
    }
  }

  private static int number(int key) {
    return 1 + key * 31 % 1000;
  }

  private EmbeddedCluster start() {
    return EmbeddedCluster.start(
        directory,
        new EmbeddedCluster.Size(1, 1, 1),
        Map.of("broker.warm-up-rounds", "0", "server.warm-up", "0ms"),
        (part, millis) -> {});
  }

  /// Waits until each key has come so often.
  private void awaitSums(EmbeddedCluster cluster, int times) throws Exception {
    long sum = 0;
    long product = 0;
    for (int key = 0; key < KEYS; key++) {
      sum += (long) times * number(key);
      product += (long) times * number(key) * key;
    }
    String expected = "\"rows\":[[" + KEYS + "," + sum + "," + product + "]]";
    long end = System.nanoTime() + LIMIT_NANOS;
    String answer = "";
    while (!answer.contains(expected)) {
      assertThat(System.nanoTime()).as(expected + " instead of " + answer).isLessThan(end);
      Thread.sleep(20);
      answer = post(cluster.brokerUrls().getFirst() + "/query/sql", "{\"sql\": \"" + SUMS + "\"}");
    }
  }

  /// Those of the segments that are full.
  private void awaitCopies(int count) throws IOException, InterruptedException {
    long end = System.nanoTime() + LIMIT_NANOS;
    while (copies().size() < count) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(20);
    }
  }

  private List<Path> copies() throws IOException {
    Path table = directory.resolve("server-1/segments/keyed_REALTIME");
    if (!Files.isDirectory(table)) {
      return List.of();
    }
    try (Stream<Path> list = Files.list(table)) {
      // Only of what has been checked once, the columns are checked again one by one.
      return list.filter(copy -> Files.exists(Path.of(copy + ".verified"))).sorted().toList();
    }
  }

  private static void damage(Path copy, String column) throws IOException {
    SegmentFiles files = SegmentFiles.read(copy);
    BufferEntry buffer =
        files.buffersByColumn().get(column).stream()
            .max(Comparator.comparingLong(BufferEntry::length))
            .orElseThrow();
    try (RandomAccessFile file = new RandomAccessFile(files.columnsFile().toFile(), "rw")) {
      byte[] bytes = new byte[Math.toIntExact(buffer.length())];
      file.seek(buffer.offset());
      file.readFully(bytes);
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] ^= 4;
      }
      file.seek(buffer.offset());
      file.write(bytes);
    }
  }

  private String post(String url, String body) throws Exception {
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  private static final String SCHEMA =
      """
      {"schemaName": "keyed", "primaryKeyColumns": ["k"],
       "dimensionFieldSpecs": [{"name": "k", "dataType": "INT"}],
       "metricFieldSpecs": [{"name": "n", "dataType": "LONG"}]}
      """;

  private static final String TABLE =
      """
      {"tableName": "keyed", "tableType": "REALTIME",
       "segmentsConfig": {"replication": "1", "schemaName": "keyed"},
       "upsertConfig": {"mode": "PARTIAL", "partialUpsertStrategies": {"n": "INCREMENT"}},
       "tableIndexConfig": {"noDictionaryColumns": ["k", "n"], "streamConfigs": {
         "streamType": "memory", "stream.memory.topic.name": "keyed",
         "stream.memory.decoder.class.name": "JSONMessageDecoder",
         "stream.memory.consumer.prop.auto.offset.reset": "smallest",
         "realtime.segment.flush.threshold.rows": "%d",
         "realtime.segment.flush.threshold.time": "1h"}}}
      """
          .formatted(ROWS_PER_SEGMENT);
}
