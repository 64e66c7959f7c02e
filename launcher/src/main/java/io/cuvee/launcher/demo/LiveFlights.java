package io.cuvee.launcher.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.launcher.loading.ControllerClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A stream of departures into the table `flights_live`, on a thread of its own: over HTTP, or to a
/// Kafka topic that the table consumes.
public final class LiveFlights implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LiveFlights.class);

  public static final String TABLE = "flights_live";
  private static final long SEED = 2001;
  private static final int HISTORY_DAYS = 30;
  private static final int HISTORY_A_DAY = 1_000;
  private static final int EVENTS_A_SECOND = 200;
  private static final long INTERVAL_MILLIS = 50;
  private static final long RETRY_MILLIS = 1_000;

  /// Most that is made up for after a pause.
  private static final int MAX_BATCH = 2_000;

  private final Path examples;
  private final String controllerUrl;
  private final Optional<String> kafka;
  private final int replicas;
  private final Thread thread;

  /// Where the events go.
  interface Sink extends AutoCloseable {
    void write(List<String> rows);

    @Override
    void close();
  }

  private LiveFlights(Path examples, String controllerUrl, Optional<String> kafka, int replicas) {
    this.replicas = replicas;
    this.examples = examples;
    this.controllerUrl = controllerUrl;
    this.kafka = kafka;
    this.thread = Thread.ofVirtual().name("live-flights").unstarted(this::run);
  }

  /// Starts the stream; the table is made if it is not there.
  ///
  /// @param examples the folder `examples/flights`
  /// @param kafka a broker's `host:port`
  /// @param replicas of each row, if the table is made
  public static LiveFlights start(
      Path examples, String controllerUrl, Optional<String> kafka, int replicas) {
    LiveFlights live = new LiveFlights(examples, controllerUrl, kafka, replicas);
    live.thread.start();
    return live;
  }

  private void run() {
    while (!Thread.currentThread().isInterrupted()) {
      try (ControllerClient controller = new ControllerClient(controllerUrl);
          Sink sink = kafka.<Sink>map(KafkaFlights::new).orElseGet(() -> overHttp(controller))) {
        createTable(controller, sink);
        produce(sink);
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException | IOException e) {
        if (Thread.currentThread().isInterrupted()) {
          return;
        }
        LOG.warn("Live flights pause: {}", e.getMessage());
        try {
          Thread.sleep(RETRY_MILLIS);
        } catch (InterruptedException stop) {
          return;
        }
      }
    }
  }

  private static Sink overHttp(ControllerClient controller) {
    return new Sink() {
      @Override
      public void write(List<String> rows) {
        controller.insertRows(TABLE, String.join("\n", rows));
      }

      @Override
      public void close() {}
    };
  }

  /// Makes both halves of the table: some days of history, and the live half, which has the last of
  /// these days too, because the halves meet a day before the end of the history.
  private void createTable(ControllerClient controller, Sink sink) throws IOException {
    if (controller.halves(TABLE).contains("REALTIME")) {
      return;
    }
    if (controller.schema(TABLE).isEmpty()) {
      controller.createSchema(
          Schema.parse(Files.readString(examples.resolve(TABLE + ".schema.json"))));
    }
    String text = Files.readString(examples.resolve(TABLE + ".table.json"));
    ObjectNode live = (ObjectNode) Json.object(text, "table config", ErrorCode.INVALID_TABLE);
    ((ObjectNode) live.path("segmentsConfig")).put("replication", Integer.toString(replicas));
    kafka.ifPresent(broker -> {
      ObjectNode stream = (ObjectNode) live.path("tableIndexConfig").path("streamConfigs");
      stream
          .put("streamType", "kafka")
          .put("stream.kafka.topic.name", TABLE)
          .put("stream.kafka.broker.list", broker)
          .put("stream.kafka.decoder.class.name", "JSONMessageDecoder")
          .put("stream.kafka.consumer.prop.auto.offset.reset", "smallest");
    });
    controller.createTable(TableConfig.parse(live.toString()));
    if (!controller.halves(TABLE).contains("OFFLINE")) {
      // The live half first, so that the last day is there when the boundary is.
      List<String> history = history(Instant.now());
      sink.write(history.subList(history.size() - 2 * HISTORY_A_DAY, history.size()));
      ObjectNode past = live.deepCopy().put("tableType", "OFFLINE");
      ((ObjectNode) past.path("tableIndexConfig")).remove("streamConfigs");
      controller.createTable(TableConfig.parse(past.toString()));
      controller.ingestRows(TABLE, String.join("\n", history));
    }
  }

  private static List<String> history(Instant end) {
    FlightEvents events = new FlightEvents(SEED - 1);
    List<String> rows = new ArrayList<>();
    int count = HISTORY_DAYS * HISTORY_A_DAY;
    for (int i = count; i > 0; i--) {
      rows.add(events.next(end.minusMillis(i * Duration.ofDays(1).toMillis() / HISTORY_A_DAY)));
    }
    return rows;
  }

  private void produce(Sink sink) throws InterruptedException {
    FlightEvents events = new FlightEvents(SEED);
    long begun = System.nanoTime();
    long made = 0;
    while (true) {
      long due = (System.nanoTime() - begun) / 1_000_000 * EVENTS_A_SECOND / 1_000;
      if (due - made > MAX_BATCH) {
        made = due - MAX_BATCH;
      }
      List<String> rows = new ArrayList<>();
      for (; made < due; made++) {
        rows.add(events.next(Instant.now()));
      }
      if (!rows.isEmpty()) {
        sink.write(rows);
      }
      Thread.sleep(INTERVAL_MILLIS);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
