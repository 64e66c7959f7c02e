package io.cuvee.controller.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.catalog.Names;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.catalog.TableType;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.controller.completion.Completions;
import io.cuvee.controller.completion.StreamSupervisor;
import io.cuvee.controller.table.Tables;
import io.cuvee.http.HttpRequest;
import io.cuvee.http.HttpResponse;
import io.cuvee.ingest.completion.CompletionMessage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Consumption of streams: what people ask of it, how far it is, and what servers say when their
/// consuming segments end.
final class ConsumptionApi implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConsumptionApi.class);

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int MAX_MESSAGE_BYTES = 1 << 20;

  private final ClusterState cluster;
  private final Tables tables;
  private final StreamSupervisor streams;
  private final Completions completions;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();

  ConsumptionApi(
      ClusterState cluster, Tables tables, StreamSupervisor streams, Completions completions) {
    this.cluster = cluster;
    this.tables = tables;
    this.streams = streams;
    this.completions = completions;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.write(
            "POST",
            "/tables/{table}/pauseConsumption",
            "Commits what a REALTIME table has consumed, and consumes no more.",
            this::pause),
        Endpoint.write(
            "POST",
            "/tables/{table}/resumeConsumption",
            "Consumes on where a paused table ended.",
            this::resume),
        Endpoint.write(
            "POST",
            "/tables/{table}/forceCommit",
            "Commits what a REALTIME table has consumed, or those that segments=… names, and consumes on.",
            this::forceCommit),
        Endpoint.read(
            "/tables/{table}/pauseStatus", "Whether consumption is paused.", this::pauseStatus),
        Endpoint.read(
            "/tables/{table}/consumingSegmentsInfo",
            "How far each replica of each consuming segment is.",
            this::info),
        // Not passed on to the leader: a server must hear who does not lead.
        new Endpoint(
            "POST",
            "/completion/{table}/{segment}",
            false,
            "What a server tells the leading controller when a consuming segment ends.",
            this::completion));
  }

  private TableConfig config(HttpRequest request) {
    String name = request.variable("table");
    return tables.halves(name, Optional.empty()).stream()
        .filter(half -> half.type() == TableType.REALTIME)
        .findFirst()
        .orElseThrow(() ->
            new CuveeException(
                ErrorCode.INVALID_INPUT,
                "Table '" + name + "' is not REALTIME: no stream fills it."));
  }

  private HttpResponse pause(HttpRequest request) {
    TableConfig config = config(request);
    return state(
        config, streams.pause(config, request.query("comment", "Paused by an administrator")));
  }

  private HttpResponse resume(HttpRequest request) {
    TableConfig config = config(request);
    streams.resume(config);
    return state(config, Set.of());
  }

  private HttpResponse forceCommit(HttpRequest request) {
    TableConfig config = config(request);
    Set<String> only = new TreeSet<>();
    for (String value : request.queryValues("segments")) {
      only.addAll(List.of(value.split(",")));
    }
    only.removeIf(String::isBlank);
    return state(config, streams.forceCommit(config, only));
  }

  private HttpResponse pauseStatus(HttpRequest request) {
    return state(config(request), Set.of());
  }

  private HttpResponse state(TableConfig config, Set<String> ending) {
    var control = streams.control(config);
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.put("pauseFlag", control.paused());
    answer.put("comment", control.reason());
    ArrayNode consuming = answer.putArray("consumingSegments");
    streams.consuming(config).forEach(record -> consuming.add(record.name()));
    ArrayNode forced = answer.putArray("forceCommittedSegments");
    ending.forEach(forced::add);
    return HttpResponse.json(200, answer);
  }

  private HttpResponse info(HttpRequest request) {
    TableConfig config = config(request);
    ObjectNode answer = Json.MAPPER.createObjectNode();
    ObjectNode map = Json.MAPPER.createObjectNode();
    for (SegmentRecord record : streams.consuming(config)) {
      map.putArray(record.name());
    }
    int failed = 0;
    for (Instance server : cluster.instances(Instance.Role.SERVER)) {
      try {
        for (JsonNode consumer : ask(server).path("consumers")) {
          if (map.get(consumer.path("segment").asText()) instanceof ArrayNode replicas) {
            replicas.add(describe(server, consumer));
          }
        }
      } catch (IOException e) {
        LOG.debug("{} did not tell of its consumers", server.id(), e);
        failed++;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failed++;
      }
    }
    answer.put("serversFailingToRespond", failed);
    answer.put("serversUnparsableRespond", 0);
    answer.set("_segmentToConsumingInfoMap", map);
    return HttpResponse.json(200, answer);
  }

  private static ObjectNode describe(Instance server, JsonNode consumer) {
    String partition = consumer.path("partition").asText();
    String offset = consumer.path("offset").asText();
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("serverName", server.id());
    node.put("consumerState", consumer.path("healthy").asBoolean() ? "CONSUMING" : "NOT_CONSUMING");
    node.put("lastConsumedTimestamp", consumer.path("lastConsumedMillis").asLong());
    node.putObject("partitionToOffsetMap").put(partition, offset);
    ObjectNode offsets = node.putObject("partitionOffsetInfo");
    offsets.putObject("currentOffsetsMap").put(partition, offset);
    offsets
        .putObject("latestUpstreamOffsetMap")
        .put(partition, consumer.path("latestOffset").asText());
    offsets.putObject("recordsLagMap").put(partition, consumer.path("lag").asText());
    node.put("problem", consumer.path("problem").asText());
    return node;
  }

  private JsonNode ask(Instance server) throws IOException, InterruptedException {
    URI uri = URI.create("http://" + server.host() + ":" + server.httpPort() + "/consumers");
    return Json.MAPPER.readTree(
        client
            .send(
                java.net.http.HttpRequest.newBuilder(uri).timeout(PATIENCE).GET().build(),
                java.net.http.HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8))
            .body());
  }

  private HttpResponse completion(HttpRequest request) throws IOException {
    SegmentKey key =
        new SegmentKey(
            Names.check("Table name", request.variable("table"), ErrorCode.INVALID_INPUT),
            Names.check("Segment name", request.variable("segment"), ErrorCode.INVALID_INPUT));
    CompletionMessage message = CompletionMessage.parse(request.text(MAX_MESSAGE_BYTES));
    return HttpResponse.bytes(
        200,
        "application/json",
        completions.answer(key, message).toJson().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
