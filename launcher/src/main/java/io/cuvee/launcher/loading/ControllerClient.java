package io.cuvee.launcher.loading;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Talks to a controller over its REST interface. Thread-safe.
public final class ControllerClient implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  private final String url;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  /// @param url as `http://localhost:9000`
  public ControllerClient(String url) {
    this.url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  /// The schema of this name, if there is one.
  public Optional<Schema> schema(String name) {
    HttpResponse<String> response = send(request("/schemas/" + encode(name)).GET());
    return response.statusCode() == 404
        ? Optional.empty()
        : Optional.of(Schema.parse(checked(response)));
  }

  /// How far the replicas of a REALTIME table are.
  public JsonNode consumption(String table) {
    return Json.object(
        checked(send(request("/tables/" + encode(table) + "/consumingSegmentsInfo").GET())),
        "controller's answer",
        ErrorCode.PROTOCOL);
  }

  /// @param change `pauseConsumption`, `resumeConsumption` or `forceCommit`
  public JsonNode changeConsumption(String table, String change) {
    return Json.object(
        checked(
            send(request("/tables/" + encode(table) + "/" + change).POST(BodyPublishers.noBody()))),
        "controller's answer",
        ErrorCode.PROTOCOL);
  }

  /// The config of the OFFLINE half of a table, if there is one.
  public Optional<TableConfig> table(String name) {
    HttpResponse<String> response = send(request("/tables/" + encode(name)).GET());
    if (response.statusCode() == 404) {
      return Optional.empty();
    }
    JsonNode offline =
        Json.object(checked(response), "controller's answer", ErrorCode.PROTOCOL).get("OFFLINE");
    return offline == null ? Optional.empty() : Optional.of(TableConfig.parse(offline.toString()));
  }

  /// The types of the halves that a table has; none if there is no such table.
  public Set<String> halves(String name) {
    HttpResponse<String> response = send(request("/tables/" + encode(name)).GET());
    Set<String> types = new TreeSet<>();
    if (response.statusCode() != 404) {
      json(checked(response)).fieldNames().forEachRemaining(types::add);
    }
    return types;
  }

  /// Puts rows into the OFFLINE half of a table as one segment; they can be queried when this
  /// returns.
  ///
  /// @param rows JSON lines
  public void ingestRows(String table, String rows) {
    String boundary = "cuvee-" + UUID.randomUUID();
    checked(
        send(
            request(
                    "/ingestFromFile?tableNameWithType="
                        + encode(table + "_OFFLINE")
                        + "&batchConfigMapStr="
                        + encode("{\"inputFormat\":\"json\"}"))
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(
                    BodyPublishers.ofString(
                        "--"
                            + boundary
                            + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"rows.json\"\r\n\r\n"
                            + rows
                            + "\r\n--"
                            + boundary
                            + "--\r\n"))));
  }

  /// Writes rows of a live table; they are durable when this returns.
  ///
  /// @param rows JSON lines
  public void insertRows(String table, String rows) {
    checked(
        send(
            request("/tables/" + encode(table) + "/rows")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(rows))));
  }

  public void createSchema(Schema schema) {
    checked(
        send(
            request("/schemas")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(schema.toJson()))));
  }

  public void createTable(TableConfig config) {
    checked(
        send(
            request("/tables")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(config.toJson()))));
  }

  /// Names of the segments of the OFFLINE half of a table; none if there is no such table.
  public Set<String> segments(String logicalTable) {
    HttpResponse<String> response =
        send(request("/segments/" + encode(logicalTable) + "?type=OFFLINE").GET());
    Set<String> names = new TreeSet<>();
    if (response.statusCode() == 404) {
      return names;
    }
    JsonNode answer = json(checked(response));
    // Pinot's form: a list with one object a half, each a list of names.
    answer.forEach(half -> half.forEach(list -> list.forEach(name -> names.add(name.asText()))));
    return names;
  }

  /// Uploads the archive of a segment; when this returns it is stored and assigned.
  public void upload(String logicalTable, Path archive) {
    String boundary = "cuvee-" + UUID.randomUUID();
    BodyPublisher body;
    try {
      body =
          BodyPublishers.concat(
              BodyPublishers.ofString(
                  "--"
                      + boundary
                      + "\r\nContent-Disposition: form-data; name=\"segment\"; filename=\""
                      + archive.getFileName()
                      + "\"\r\nContent-Type: application/octet-stream\r\n\r\n"),
              BodyPublishers.ofFile(archive),
              BodyPublishers.ofString("\r\n--" + boundary + "--\r\n"));
    } catch (IOException e) {
      throw new CuveeException(ErrorCode.IO, archive + " cannot be read: " + e.getMessage(), e);
    }
    checked(
        send(
            request("/v2/segments?tableName=" + encode(logicalTable) + "&tableType=OFFLINE")
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(body)));
  }

  public void deleteSegment(String logicalTable, String segment) {
    checked(
        send(
            request("/segments/" + encode(logicalTable) + "/" + encode(segment) + "?type=OFFLINE")
                .DELETE()));
  }

  /// All background tasks, newest first.
  public List<JsonNode> tasks() {
    return list("/tasks");
  }

  /// The parts of a background task.
  public List<JsonNode> task(String name) {
    return list("/tasks/task/" + encode(name) + "/debug");
  }

  private List<JsonNode> list(String path) {
    List<JsonNode> tasks = new ArrayList<>();
    json(checked(send(request(path).GET()))).forEach(tasks::add);
    return tasks;
  }

  /// Makes the background tasks that tables need now.
  ///
  /// @return their names
  public List<String> scheduleTasks(@Nullable String table, @Nullable String type) {
    String query =
        (table == null ? "" : "&tableName=" + encode(table))
            + (type == null ? "" : "&taskType=" + encode(type));
    List<String> names = new ArrayList<>();
    json(checked(send(request("/tasks/schedule?" + query).POST(BodyPublishers.noBody()))))
        .forEach(made -> names.addAll(List.of(made.asText().split(","))));
    return names;
  }

  public void cancelTask(String name) {
    checked(send(request("/tasks/task/" + encode(name) + "/cancel").PUT(BodyPublishers.noBody())));
  }

  /// Changes the state of a process.
  ///
  /// @param verb ENABLE, DISABLE, DRAIN or DROP
  public void setInstanceState(String instance, String verb) {
    checked(
        send(
            request("/instances/" + encode(instance) + "/state?state=" + verb)
                .PUT(BodyPublishers.noBody())));
  }

  /// What a live process can do now; empty if there is none of this name.
  public Optional<InstanceState> instanceState(String instance) {
    HttpResponse<String> response = send(request("/instances/" + encode(instance)).GET());
    if (response.statusCode() == 404) {
      return Optional.empty();
    }
    JsonNode answer = json(checked(response));
    return Optional.of(
        new InstanceState(answer.path("phase").asText(), answer.path("incarnation").asLong()));
  }

  /// The cluster's name, and where its ZooKeeper is as the controller reaches it.
  public Map<String, String> cluster() {
    JsonNode answer = json(checked(send(request("/cluster/info").GET())));
    return Map.of(
        "cluster.name",
        answer.path("clusterName").asText(),
        "zookeeper.connect",
        answer.path("zookeeper").asText());
  }

  /// A process as the cluster sees it.
  ///
  /// @param phase as `WARM` or `DRAINING`
  /// @param incarnation tells a process from one that is started later under its name
  public record InstanceState(String phase, long incarnation) {}

  /// The address of a live broker, as `host:port`.
  public Optional<String> broker() {
    JsonNode answer =
        json(checked(send(request("/v2/brokers/tenants/DefaultTenant?state=ONLINE").GET())));
    for (JsonNode broker : answer) {
      return Optional.of(broker.path("host").asText() + ":" + broker.path("port").asInt());
    }
    return Optional.empty();
  }

  private static JsonNode json(String text) {
    try {
      return Json.MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new CuveeException(
          ErrorCode.PROTOCOL, "The controller's answer is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private HttpRequest.Builder request(String path) {
    try {
      return HttpRequest.newBuilder(URI.create(url + path)).timeout(TIMEOUT);
    } catch (IllegalArgumentException e) {
      throw new CuveeException(
          ErrorCode.INVALID_PARAMETER,
          "'" + url + "' is not the URL of a controller. Write it as http://localhost:9000.",
          e);
    }
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.NO_CONTROLLER,
          "The controller at "
              + url
              + " cannot be reached ("
              + e.getMessage()
              + "). Is it running? Name it with --controller URL.",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CuveeException(
          ErrorCode.QUERY_CANCELLED, "Interrupted while waiting for the controller.", e);
    }
  }

  private static String checked(HttpResponse<String> response) {
    if (response.statusCode() < 300) {
      return response.body();
    }
    String message = response.body();
    try {
      JsonNode node = Json.MAPPER.readTree(message);
      message = node.path("error").asText(message);
    } catch (JsonProcessingException e) {
      // The text as it came.
    }
    throw new CuveeException(
        response.statusCode() == 404
            ? ErrorCode.NOT_FOUND
            : response.statusCode() < 500 ? ErrorCode.INVALID_INPUT : ErrorCode.IO,
        message);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public void close() {
    http.close();
  }
}
