package io.cuvee.controller.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.cluster.state.TimeBoundary;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.catalog.TableType;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.controller.table.Records;
import io.cuvee.controller.table.ReplacementStore;
import io.cuvee.controller.table.Tables;
import io.cuvee.http.HttpRequest;
import io.cuvee.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/// `/tables/{table}/…`: how a table's segments are and should be.
final class TableStateApi {
  private final ClusterState cluster;
  private final Tables tables;
  private final Records records;
  private final ReplacementStore replacements;

  TableStateApi(
      ClusterState cluster, Tables tables, Records records, ReplacementStore replacements) {
    this.cluster = cluster;
    this.tables = tables;
    this.records = records;
    this.replacements = replacements;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.read(
            "/tables/{table}/idealstate",
            "Which server should hold which segment.",
            request -> states(request, this::assigned)),
        Endpoint.read(
            "/tables/{table}/externalview",
            "Which server does hold which segment.",
            request -> states(request, this::serving)),
        Endpoint.read(
            "/segments/{table}/{segment}/servers",
            "Addresses of the servers that serve a segment; table is the physical one.",
            this::servers),
        Endpoint.read(
            "/tables/{table}/timeBoundary",
            "Up to which time a table of two halves answers from its OFFLINE half.",
            this::timeBoundary),
        Endpoint.read(
            "/tables/{table}/size", "Bytes of a table's segments, by replica.", this::size),
        Endpoint.read(
            "/tables/{table}/metadata", "Rows, segments and bytes of a table.", this::metadata));
  }

  private HttpResponse states(
      HttpRequest request, Function<TableConfig, Map<String, Map<String, String>>> states) {
    ObjectNode answer = Json.MAPPER.createObjectNode();
    for (TableType type : TableType.values()) {
      answer.putNull(type.name());
    }
    Optional<TableType> type = Requests.tableType(request, "tableType");
    for (TableConfig config : tables.halves(request.variable("table"), type)) {
      answer.set(config.type().name(), Json.MAPPER.valueToTree(states.apply(config)));
    }
    return HttpResponse.json(200, answer);
  }

  /// Segment → server → wanted state.
  private Map<String, Map<String, String>> assigned(TableConfig config) {
    Map<String, Map<String, String>> states = new TreeMap<>();
    for (String server : cluster.assignedServers()) {
      cluster
          .assignment(server)
          .forEach((key, assignment) -> {
            if (key.table().equals(config.physicalName())) {
              states
                  .computeIfAbsent(key.segment(), segment -> new TreeMap<>())
                  .put(server, assignment.target().name());
            }
          });
    }
    return states;
  }

  /// Segment → server → present state.
  private Map<String, Map<String, String>> serving(TableConfig config) {
    Map<String, Map<String, String>> states = new TreeMap<>();
    cluster
        .servingView()
        .replicas(config.physicalName())
        .forEach((segment, replicas) -> {
          Map<String, String> byServer = new TreeMap<>();
          replicas.forEach((server, replica) -> byServer.put(server, replica.state().name()));
          states.put(segment, byServer);
        });
    return states;
  }

  private HttpResponse servers(HttpRequest request) {
    Map<String, Replica> replicas =
        cluster
            .servingView()
            .replicas(request.variable("table"))
            .getOrDefault(request.variable("segment"), Map.of());
    ObjectNode answer = Json.MAPPER.createObjectNode();
    ArrayNode servers = answer.putArray("servers");
    for (Instance server : cluster.instances(Instance.Role.SERVER)) {
      Replica replica = replicas.get(server.id());
      if (replica != null && replica.state() == SegmentState.ONLINE) {
        servers.add("http://" + server.host() + ":" + server.httpPort());
      }
    }
    return HttpResponse.json(200, answer);
  }

  /// In the form of Pinot's brokers.
  private HttpResponse timeBoundary(HttpRequest request) {
    List<TableConfig> halves = tables.halves(request.variable("table"), Optional.empty());
    if (halves.size() < 2) {
      throw new CuveeException(
          ErrorCode.NOT_FOUND,
          "Table '"
              + halves.getFirst().logicalName()
              + "' has only one half, so there is no time boundary.");
    }
    TableConfig offline = tables.offline(halves.getFirst().logicalName());
    String table = offline.physicalName();
    TimeBoundary boundary =
        TimeBoundary.of(
            offline,
            tables.schemaOf(offline),
            replacements.visible(table, records.all(table)).values());
    if (boundary.value().isEmpty()) {
      throw new CuveeException(
          ErrorCode.NOT_FOUND,
          "Table '" + offline.logicalName() + "' has no uploaded rows with a time yet.");
    }
    return HttpResponse.json(
        200,
        Json.MAPPER
            .createObjectNode()
            .put("timeColumn", boundary.field().name())
            .put("timeValue", Long.toString(boundary.value().getAsLong())));
  }

  private HttpResponse size(HttpRequest request) {
    List<TableConfig> halves = tables.halves(request.variable("table"), Optional.empty());
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.put("tableName", halves.getFirst().logicalName());
    ObjectNode offline = Json.MAPPER.createObjectNode();
    long all = 0;
    long perReplica = 0;
    for (TableConfig config : halves) {
      long missing = 0;
      ObjectNode segments = offline.putObject("segments");
      long reported = 0;
      for (SegmentRecord record : records.all(config.physicalName()).values()) {
        Map<String, Replica> replicas = online(config, record);
        ObjectNode segment = segments.putObject(record.name());
        segment.put("reportedSizeInBytes", record.sizeBytes() * replicas.size());
        segment.put("estimatedSizeInBytes", record.sizeBytes() * replicas.size());
        segment.put("maxReportedSizePerReplicaInBytes", record.sizeBytes());
        ObjectNode servers = segment.putObject("serverInfo");
        new TreeSet<>(replicas.keySet())
            .forEach(server ->
                servers
                    .putObject(server)
                    .put("segmentName", record.name())
                    .put("diskSizeInBytes", record.sizeBytes()));
        reported += record.sizeBytes() * replicas.size();
        perReplica += record.sizeBytes();
        missing += replicas.isEmpty() ? 1 : 0;
      }
      offline.put("reportedSizeInBytes", reported);
      offline.put("estimatedSizeInBytes", reported);
      offline.put("missingSegments", missing);
      all += reported;
    }
    answer.put("reportedSizeInBytes", all);
    answer.put("estimatedSizeInBytes", all);
    answer.put("reportedSizePerReplicaInBytes", perReplica);
    answer.set("offlineSegments", offline);
    answer.putNull("realtimeSegments");
    return HttpResponse.json(200, answer);
  }

  private Map<String, Replica> online(TableConfig config, SegmentRecord record) {
    Map<String, Replica> online = new TreeMap<>();
    cluster
        .servingView()
        .replicas(config.physicalName())
        .getOrDefault(record.name(), Map.of())
        .forEach((server, replica) -> {
          if (replica.state() == SegmentState.ONLINE) {
            online.put(server, replica);
          }
        });
    return online;
  }

  private HttpResponse metadata(HttpRequest request) {
    TableConfig config =
        tables.halves(request.variable("table"), Requests.tableType(request, "type")).getFirst();
    Map<String, SegmentRecord> all = records.all(config.physicalName());
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.put("tableName", config.physicalName());
    answer.put("diskSizeInBytes", all.values().stream().mapToLong(SegmentRecord::sizeBytes).sum());
    answer.put("numSegments", all.size());
    answer.put("numRows", all.values().stream().mapToLong(SegmentRecord::totalDocs).sum());
    ArrayNode columns = answer.putArray("columns");
    tables.schemaOf(config).fields().forEach(field -> columns.add(field.name()));
    return HttpResponse.json(200, answer);
  }
}
