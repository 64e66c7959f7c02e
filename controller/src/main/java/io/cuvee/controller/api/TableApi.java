package io.cuvee.controller.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.catalog.TableType;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.controller.completion.StreamSupervisor;
import io.cuvee.controller.placement.Reconciler;
import io.cuvee.controller.table.Tables;
import io.cuvee.http.HttpRequest;
import io.cuvee.http.HttpResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/// `/tables`: their configs.
final class TableApi {
  private final Tables tables;
  private final Reconciler reconciler;
  private final StreamSupervisor streams;

  TableApi(Tables tables, Reconciler reconciler, StreamSupervisor streams) {
    this.tables = tables;
    this.reconciler = reconciler;
    this.streams = streams;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.read(
            "/tables",
            "Names of all tables; with type=offline, realtime or dimension those of that type.",
            this::list),
        Endpoint.write("POST", "/tables", "Creates a table; its schema must exist.", this::post),
        Endpoint.write(
            "POST",
            "/tables/validate",
            "Checks a table config without storing it.",
            this::validate),
        Endpoint.read("/tables/{table}", "The configs of a table's halves.", this::get),
        Endpoint.write("PUT", "/tables/{table}", "Changes a table's config.", this::put),
        Endpoint.write(
            "DELETE", "/tables/{table}", "Deletes a table with all its segments.", this::delete),
        Endpoint.read("/tables/{table}/schema", "The schema of a table.", this::schema));
  }

  private HttpResponse list(HttpRequest request) {
    String type = request.query("type", "").toLowerCase(Locale.ROOT);
    TreeSet<String> names = new TreeSet<>();
    for (TableConfig config : tables.configs().values()) {
      switch (type) {
        case "" -> names.add(config.logicalName());
        case "offline", "realtime" -> {
          if (config.type().name().equalsIgnoreCase(type)) {
            names.add(config.physicalName());
          }
        }
        case "dimension" -> {
          if (config.isDimension()) {
            names.add(config.physicalName());
          }
        }
        default ->
            throw new CuveeException(
                ErrorCode.INVALID_INPUT,
                "type is '" + type + "'. Use offline, realtime or dimension.");
      }
    }
    ObjectNode answer = Json.MAPPER.createObjectNode();
    ArrayNode list = answer.putArray("tables");
    names.forEach(list::add);
    return HttpResponse.json(200, answer);
  }

  private HttpResponse post(HttpRequest request) throws IOException {
    TableConfig config = TableConfig.parse(Requests.document(request));
    tables.create(config);
    streams.requestPass();
    return written(config, "Table " + config.physicalName() + " successfully added");
  }

  private HttpResponse validate(HttpRequest request) throws IOException {
    TableConfig config = TableConfig.parse(Requests.document(request));
    tables.check(config);
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.set(config.type().name(), tree(config));
    answer.set("unrecognizedProperties", Answers.unrecognized(config.unknownKeys()));
    return HttpResponse.json(200, answer);
  }

  private HttpResponse put(HttpRequest request) throws IOException {
    String name = request.variable("table");
    TableConfig config = TableConfig.parse(Requests.document(request));
    if (!name.equals(config.logicalName()) && !name.equals(config.physicalName())) {
      throw new CuveeException(
          ErrorCode.INVALID_TABLE,
          "The config is of table '"
              + config.physicalName()
              + "', but the path says '"
              + name
              + "'. Tables cannot be renamed.");
    }
    tables.update(config);
    reconciler.requestPass();
    streams.requestPass();
    return written(config, "Table config updated for " + config.physicalName());
  }

  private static HttpResponse written(TableConfig config, String status) {
    ObjectNode answer = Answers.status(status);
    answer.set("unrecognizedProperties", Answers.unrecognized(config.unknownKeys()));
    return HttpResponse.json(200, answer);
  }

  private HttpResponse get(HttpRequest request) {
    ObjectNode answer = Json.MAPPER.createObjectNode();
    tables
        .halves(request.variable("table"), Requests.tableType(request, "type"))
        .forEach(config -> answer.set(config.type().name(), tree(config)));
    return HttpResponse.json(200, answer);
  }

  private static ObjectNode tree(TableConfig config) {
    ObjectNode tree = (ObjectNode) Json.object(config.toJson(), "table config", ErrorCode.INTERNAL);
    return tree.put("tableName", config.physicalName()).put("tableType", config.type().name());
  }

  private HttpResponse delete(HttpRequest request) {
    Optional<TableType> type = Requests.tableType(request, "type");
    List<String> deleted = new ArrayList<>();
    for (TableConfig config : tables.halves(request.variable("table"), type)) {
      reconciler.deleteTable(config);
      deleted.add(config.physicalName());
    }
    return HttpResponse.json(200, Answers.status("Tables: " + deleted + " deleted"));
  }

  private HttpResponse schema(HttpRequest request) {
    TableConfig config = tables.halves(request.variable("table"), Optional.empty()).getFirst();
    return HttpResponse.json(200, SchemaApi.tree(tables.schemaOf(config)));
  }
}
