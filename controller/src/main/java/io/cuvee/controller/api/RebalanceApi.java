package io.cuvee.controller.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.controller.rebalance.Move;
import io.cuvee.controller.rebalance.RebalanceJob;
import io.cuvee.controller.rebalance.RebalanceOptions;
import io.cuvee.controller.rebalance.Rebalancer;
import io.cuvee.controller.table.Tables;
import io.cuvee.http.HttpRequest;
import io.cuvee.http.HttpResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// `/tables/{table}/rebalance`: spreads a table's segments over the servers that there are.
final class RebalanceApi {
  private final Tables tables;
  private final Rebalancer rebalancer;

  RebalanceApi(Tables tables, Rebalancer rebalancer) {
    this.tables = tables;
    this.rebalancer = rebalancer;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.write(
            "POST",
            "/tables/{table}/rebalance",
            "Spreads a table's segments over the servers; dryRun=true only tells what would move.",
            this::rebalance),
        Endpoint.write(
            "POST",
            "/tables/{table}/rebalance/undo",
            "Moves back what the last rebalance of a table has moved.",
            request -> begun(rebalancer.undo(config(request)))),
        Endpoint.write(
            "DELETE",
            "/tables/{table}/rebalance",
            "Ends a table's rebalance; what has moved stays.",
            this::cancel),
        Endpoint.read(
            "/rebalanceStatus/{job}",
            "How far a rebalance is.",
            request ->
                status(
                    rebalancer.find(request.variable("job")),
                    "There is no rebalance job '" + request.variable("job") + "'.")),
        Endpoint.read(
            "/tables/{table}/rebalanceStatus",
            "How far the newest rebalance of a table is.",
            request ->
                status(
                    rebalancer.newest(config(request).physicalName()),
                    "Table '" + request.variable("table") + "' has not been rebalanced.")));
  }

  private TableConfig config(HttpRequest request) {
    List<TableConfig> halves =
        tables.halves(request.variable("table"), Requests.tableType(request, "type"));
    if (halves.size() > 1) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "Table '"
              + request.variable("table")
              + "' has two halves. Name one with type=OFFLINE or type=REALTIME.");
    }
    return halves.getFirst();
  }

  private static RebalanceOptions options(HttpRequest request) {
    int minAvailable = RebalanceOptions.DEFAULT.minAvailableReplicas();
    String text = request.query("minAvailableReplicas", "");
    try {
      minAvailable = text.isBlank() ? minAvailable : Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "minAvailableReplicas is '" + text + "'. Use a whole number; -1: all but one.",
          e);
    }
    return new RebalanceOptions(
        Requests.flag(request, "downtime"),
        minAvailable,
        Requests.flag(request, "bootstrap"),
        Requests.duration(
            request,
            "externalViewStabilizationTimeoutInMs",
            RebalanceOptions.DEFAULT_STALL_TIMEOUT));
  }

  private HttpResponse rebalance(HttpRequest request) {
    TableConfig config = config(request);
    RebalanceOptions options = options(request);
    boolean dryRun = Requests.flag(request, "dryRun");
    Rebalancer.Planned planned =
        dryRun ? rebalancer.plan(config, options) : rebalancer.begin(config, options);
    ObjectNode answer = Json.MAPPER.createObjectNode();
    planned.job().ifPresent(job -> answer.put("jobId", job.id()));
    boolean nothing = planned.moves().isEmpty();
    answer.put("status", nothing ? "NO_OP" : dryRun ? "DONE" : "IN_PROGRESS");
    answer.put(
        "description",
        nothing
            ? "Table is already balanced"
            : dryRun
                ? "Dry run: " + planned.moves().size() + " segments would move"
                : "Moving " + planned.moves().size() + " segments, check progress");
    answer.set("rebalanceSummaryResult", summary(planned));
    ObjectNode assignment = answer.putObject("segmentAssignment");
    planned
        .target()
        .forEach((segment, servers) -> {
          ObjectNode states = assignment.putObject(segment);
          servers.forEach(server -> states.put(server, "ONLINE"));
        });
    return HttpResponse.json(200, answer);
  }

  private static ObjectNode summary(Rebalancer.Planned planned) {
    Map<String, Integer> gains = new TreeMap<>();
    Set<String> before = new HashSet<>();
    Set<String> after = new HashSet<>();
    planned.target().values().forEach(after::addAll);
    Set<String> moving = new HashSet<>();
    int added = 0;
    int removed = 0;
    for (Move move : planned.moves()) {
      moving.add(move.segment());
      before.addAll(move.from());
      for (String server : move.to()) {
        if (!move.from().contains(server)) {
          gains.merge(server, 1, Integer::sum);
          added++;
        }
      }
      removed += (int) move.from().stream().filter(server -> !move.to().contains(server)).count();
    }
    planned
        .target()
        .forEach((segment, servers) -> {
          if (!moving.contains(segment)) {
            before.addAll(servers);
          }
        });
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.putObject("segmentInfo")
        .put("totalSegmentsToBeMoved", added)
        .put("totalSegmentsToBeDeleted", removed)
        .put(
            "maxSegmentsAddedToASingleServer",
            gains.values().stream().mapToInt(Integer::intValue).max().orElse(0));
    ObjectNode servers = node.putObject("serverInfo");
    servers.put("numServersGettingNewSegments", gains.size());
    names(servers.putArray("serversAdded"), after, before);
    names(servers.putArray("serversRemoved"), before, after);
    servers
        .putArray("serversGettingNewSegments")
        .addAll(gains.keySet().stream().map(Json.MAPPER.getNodeFactory()::textNode).toList());
    return node;
  }

  private static void names(ArrayNode list, Set<String> all, Set<String> without) {
    all.stream().filter(name -> !without.contains(name)).sorted().forEach(list::add);
  }

  private static HttpResponse begun(RebalanceJob job) {
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.put("jobId", job.id()).put("status", job.status().name());
    answer.put("description", "Moving " + job.moves() + " segments, check progress");
    return HttpResponse.json(200, answer);
  }

  private HttpResponse cancel(HttpRequest request) {
    ArrayNode ids = Json.MAPPER.createArrayNode();
    rebalancer.cancel(config(request).physicalName()).ifPresent(job -> ids.add(job.id()));
    return HttpResponse.json(200, ids);
  }

  private static HttpResponse status(Optional<Rebalancer.Progress> found, String problem) {
    Rebalancer.Progress progress =
        found.orElseThrow(() -> new CuveeException(ErrorCode.NOT_FOUND, problem));
    RebalanceJob job = progress.job();
    long end = job.endedMillis() > 0 ? job.endedMillis() : System.currentTimeMillis();
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.put("timeElapsedSinceStartInSeconds", (end - job.startedMillis()) / 1000);
    answer.put("jobId", job.id()).put("tableNameWithType", job.table());
    ObjectNode stats = answer.putObject("tableRebalanceProgressStats");
    stats.put("status", job.status().name());
    stats.put("startTimeMs", job.startedMillis());
    stats.put(
        "timeToFinishInSeconds",
        job.endedMillis() > 0 ? (job.endedMillis() - job.startedMillis()) / 1000 : 0);
    stats.put("completionStatusMsg", job.message());
    stats
        .putObject("rebalanceProgressStatsOverall")
        .put("totalSegmentsToBeRebalanced", job.moves())
        .put("totalRemainingSegmentsToConverge", progress.remaining())
        .put(
            "percentageRemainingSegmentsToConverge",
            job.moves() == 0 ? 0 : 100.0 * progress.remaining() / job.moves());
    return HttpResponse.json(200, answer);
  }
}
