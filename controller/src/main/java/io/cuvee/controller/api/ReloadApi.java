package io.cuvee.controller.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.Instance.Role;
import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.Reloads;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.catalog.Names;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.error.Suggestions;
import io.cuvee.controller.table.Records;
import io.cuvee.controller.table.Tables;
import io.cuvee.http.HttpRequest;
import io.cuvee.http.HttpResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Reload: the indexes of loaded segments become those of the table's config, while queries run. A
/// request is written to the cluster's metadata, which servers watch; a job's id names the table
/// and the number of the request, so that any controller can say how far it is.
final class ReloadApi implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final ClusterState cluster;
  private final Tables tables;
  private final Records records;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();

  ReloadApi(ClusterState cluster, Tables tables, Records records) {
    this.cluster = cluster;
    this.tables = tables;
    this.records = records;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.write(
            "POST",
            "/segments/{table}/reload",
            "Brings the indexes of a table's loaded segments up to its config.",
            this::reloadTable),
        Endpoint.write(
            "POST",
            "/segments/{table}/{segment}/reload",
            "Brings the indexes of a loaded segment up to its table's config.",
            this::reloadSegment),
        Endpoint.read(
            "/segments/segmentReloadStatus/{job}",
            "How far a reload is, and which segments failed.",
            this::status));
  }

  private List<TableConfig> halves(HttpRequest request) {
    return tables.halves(request.variable("table"), Requests.tableType(request, "type"));
  }

  private HttpResponse reloadTable(HttpRequest request) {
    ObjectNode jobs = Json.MAPPER.createObjectNode();
    for (TableConfig config : halves(request)) {
      describe(jobs, config, request(config.physicalName(), ""));
    }
    return HttpResponse.json(200, Answers.status(jobs.toString()));
  }

  private HttpResponse reloadSegment(HttpRequest request) {
    String segment = request.variable("segment");
    ObjectNode jobs = Json.MAPPER.createObjectNode();
    for (TableConfig config : halves(request)) {
      List<String> names = records.names(config.physicalName());
      if (names.contains(segment)) {
        describe(jobs, config, request(config.physicalName(), segment));
        return HttpResponse.json(200, Answers.status(jobs.toString()));
      }
    }
    String table = request.variable("table");
    List<String> known =
        halves(request).stream()
            .flatMap(config -> records.names(config.physicalName()).stream())
            .toList();
    throw new CuveeException(
        ErrorCode.NOT_FOUND,
        "Table '"
            + table
            + "' has no segment '"
            + segment
            + "'."
            + Suggestions.didYouMean(segment, known));
  }

  /// Pinot's answer, a JSON text within the status.
  private void describe(ObjectNode jobs, TableConfig config, long number) {
    jobs.putObject(config.physicalName())
        .put("reloadJobId", config.physicalName() + "-" + number)
        .put("reloadJobMetaZKStorageStatus", "SUCCESS")
        .put("numMessagesSent", Integer.toString(cluster.instances(Role.SERVER).size()));
  }

  /// @return the number of the request
  private long request(String table, String segment) {
    MetadataStore metadata = cluster.metadata();
    String path = Reloads.path(table);
    while (true) {
      Optional<Versioned<String>> before = metadata.get(path);
      Reloads reloads =
          before.map(text -> Reloads.parse(text.value())).orElse(Reloads.NONE).with(segment);
      if (before.isEmpty()
          ? metadata.create(path, reloads.toJson())
          : metadata.compareAndSet(path, reloads.toJson(), before.get().version())) {
        return reloads.last();
      }
    }
  }

  private HttpResponse status(HttpRequest request) {
    String job = request.variable("job");
    int dash = job.lastIndexOf('-');
    long number;
    try {
      number = Long.parseLong(job.substring(dash + 1));
    } catch (NumberFormatException e) {
      throw new CuveeException(
          ErrorCode.NOT_FOUND,
          "There is no reload job '" + job + "'. Use the reloadJobId that the reload answered.",
          e);
    }
    String table =
        Names.check("Table name", job.substring(0, Math.max(0, dash)), ErrorCode.NOT_FOUND);
    tables.halves(table, Optional.empty());
    int total = 0;
    int done = 0;
    int queried = 0;
    int failedCalls = 0;
    ObjectNode failures = Json.MAPPER.createObjectNode();
    for (Instance server : cluster.instances(Role.SERVER)) {
      queried++;
      try {
        JsonNode answer = ask(server, table);
        JsonNode reload = answer.path("reload");
        int segments = answer.path("segments").size();
        total += segments;
        failures.setAll((ObjectNode) reload.path("failures"));
        if (reload.path("seen").asLong() >= number) {
          done +=
              Math.max(
                  0, segments - reload.path("pending").asInt() - reload.path("failures").size());
        }
      } catch (IOException | ClassCastException e) {
        failedCalls++;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failedCalls++;
      }
    }
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.put("totalSegmentCount", total);
    answer.put("successCount", done);
    answer.put("totalServersQueried", queried);
    answer.put("totalServerCallsFailed", failedCalls);
    answer.set("failures", failures);
    return HttpResponse.json(200, answer);
  }

  private JsonNode ask(Instance server, String table) throws IOException, InterruptedException {
    URI uri =
        URI.create(
            "http://" + server.host() + ":" + server.httpPort() + "/tables/" + table + "/segments");
    return Json.MAPPER.readTree(
        client
            .send(
                java.net.http.HttpRequest.newBuilder(uri).timeout(PATIENCE).GET().build(),
                java.net.http.HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8))
            .body());
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
