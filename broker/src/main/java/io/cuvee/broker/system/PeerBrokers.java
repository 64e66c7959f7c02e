package io.cuvee.broker.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.cuvee.cluster.state.Instance;
import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.type.ColumnType;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks the other live brokers about their queries, all at once and for a short time. One that does
/// not answer is left out. Thread-safe.
public final class PeerBrokers implements AutoCloseable {
  /// Where a broker tells what runs there: a JSON array for each row of `system.queries`.
  public static final String QUERIES_PATH = "/queries/rows";

  private static final Logger LOG = LoggerFactory.getLogger(PeerBrokers.class);
  private static final Duration LIMIT = Duration.ofSeconds(1);
  private static final int OK = 200;

  private final Duration limit;
  private final Supplier<List<Instance>> brokers;
  private final Supplier<String> brokerId;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client;

  /// @param brokers all that live, this one among them
  /// @param brokerId of this one
  public PeerBrokers(Supplier<List<Instance>> brokers, Supplier<String> brokerId) {
    this(brokers, brokerId, LIMIT);
  }

  /// @param limit of the time to connect, and of that to answer
  PeerBrokers(Supplier<List<Instance>> brokers, Supplier<String> brokerId, Duration limit) {
    this.brokers = brokers;
    this.brokerId = brokerId;
    this.limit = limit;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(limit)
            .executor(threads)
            .build();
  }

  /// The rows of `table` that are the others'.
  List<List<@Nullable Object>> running(Catalog.Table table) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    ask("GET", QUERIES_PATH)
        .forEach((broker, answer) -> {
          if (answer.statusCode() != OK) {
            LOG.warn(
                "Broker {} did not say what runs there: status {}", broker, answer.statusCode());
            return;
          }
          try {
            for (JsonNode row : Json.MAPPER.readTree(answer.body())) {
              rows.add(row(row, table));
            }
          } catch (IOException e) {
            LOG.warn("Broker {} sent a list of queries that cannot be read", broker, e);
          }
        });
    return rows;
  }

  /// Cancels a query, wherever else it runs.
  ///
  /// @return whether a broker knew it
  public boolean cancel(String id) {
    String path = "/query/" + URLEncoder.encode(id, StandardCharsets.UTF_8);
    return ask("DELETE", path).values().stream().anyMatch(answer -> answer.statusCode() == OK);
  }

  /// What the others answer, by their names.
  private Map<String, HttpResponse<byte[]>> ask(String method, String path) {
    Map<String, CompletableFuture<HttpResponse<byte[]>>> asked = new TreeMap<>();
    for (Instance broker : brokers.get()) {
      String name = broker.host() + ":" + broker.httpPort();
      if (!brokerId.get().equals("Broker_" + name.replace(':', '_'))) {
        HttpRequest request =
            HttpRequest.newBuilder(URI.create("http://" + name + path))
                .timeout(limit)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        asked.put(name, CompletableFuture.supplyAsync(() -> send(request, name), threads));
      }
    }
    Map<String, HttpResponse<byte[]>> answers = new TreeMap<>();
    asked.forEach((name, pending) -> {
      @Nullable HttpResponse<byte[]> answer =
          pending.completeOnTimeout(null, 2 * limit.toMillis(), TimeUnit.MILLISECONDS).join();
      if (answer != null) {
        answers.put(name, answer);
      }
    });
    return answers;
  }

  private @Nullable HttpResponse<byte[]> send(HttpRequest request, String broker) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      LOG.warn("Broker {} did not say what runs there and is left out: {}", broker, e.toString());
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  /// A row as the others read it.
  static ArrayNode json(List<@Nullable Object> row) {
    ArrayNode values = Json.MAPPER.createArrayNode();
    for (Object value : row) {
      values.addPOJO(value instanceof Instant time ? time.toEpochMilli() : value);
    }
    return values;
  }

  /// A row as [SystemRows] makes it. A broker of another version may say less.
  private static List<@Nullable Object> row(JsonNode values, Catalog.Table table) {
    List<@Nullable Object> row = new ArrayList<>();
    for (int i = 0; i < table.columns().size(); i++) {
      row.add(value(values.path(i), table.columns().get(i).type()));
    }
    return row;
  }

  private static @Nullable Object value(JsonNode value, ColumnType type) {
    if (value.isNull() || value.isMissingNode()) {
      return null;
    }
    if (type.isArray()) {
      List<String> elements = new ArrayList<>();
      value.forEach(element -> elements.add(element.asText()));
      return elements;
    }
    return switch (type.dataType()) {
      case INT, LONG -> value.asLong();
      case FLOAT, DOUBLE -> value.asDouble();
      case BOOLEAN -> value.asBoolean();
      case TIMESTAMP -> Instant.ofEpochMilli(value.asLong());
      case STRING, JSON, UUID -> value.asText();
      case BIG_DECIMAL -> value.decimalValue();
      case DATE, TIME, BYTES ->
          throw new IllegalStateException("No system table has " + type + ".");
    };
  }

  @Override
  public void close() {
    client.shutdownNow();
    threads.shutdownNow();
  }
}
