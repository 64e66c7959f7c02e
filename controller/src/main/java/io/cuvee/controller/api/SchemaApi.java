package io.cuvee.controller.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.controller.table.Tables;
import io.cuvee.http.HttpRequest;
import io.cuvee.http.HttpResponse;
import java.io.IOException;
import java.util.List;

/// `/schemas`.
final class SchemaApi {
  private final Tables tables;

  SchemaApi(Tables tables) {
    this.tables = tables;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.read(
            "/schemas",
            "Names of all schemas.",
            request -> HttpResponse.json(200, tables.schemaNames())),
        Endpoint.write(
            "POST",
            "/schemas",
            "Creates a schema, or changes it unless override=false; columns can be added.",
            this::post),
        Endpoint.write(
            "POST",
            "/schemas/validate",
            "Checks a schema without storing it.",
            request -> HttpResponse.json(200, tree(Schema.parse(Requests.document(request))))),
        Endpoint.read(
            "/schemas/{schema}",
            "One schema.",
            request -> HttpResponse.json(200, tree(tables.schema(request.variable("schema"))))),
        Endpoint.write(
            "PUT", "/schemas/{schema}", "Changes a schema; columns can be added.", this::put),
        Endpoint.write(
            "DELETE", "/schemas/{schema}", "Deletes a schema that no table uses.", this::delete));
  }

  static ObjectNode tree(Schema schema) {
    return (ObjectNode) Json.object(schema.toJson(), "schema", ErrorCode.INTERNAL);
  }

  private HttpResponse post(HttpRequest request) throws IOException {
    Schema schema = Schema.parse(Requests.document(request));
    boolean mayReplace = !request.query("override", "true").equalsIgnoreCase("false");
    tables.putSchema(schema, mayReplace);
    return added(schema);
  }

  private HttpResponse put(HttpRequest request) throws IOException {
    String name = request.variable("schema");
    Schema schema = Schema.parse(Requests.document(request));
    if (!schema.name().equals(name)) {
      throw new CuveeException(
          ErrorCode.INVALID_SCHEMA,
          "The schema calls itself '"
              + schema.name()
              + "', but the path says '"
              + name
              + "'. Schemas cannot be renamed.");
    }
    // Fails with the nearest names if there is none.
    tables.schema(name);
    tables.putSchema(schema, true);
    return added(schema);
  }

  private static HttpResponse added(Schema schema) {
    ObjectNode answer = Answers.status(schema.name() + " successfully added");
    answer.set("unrecognizedProperties", Answers.unrecognized(schema.unknownKeys()));
    return HttpResponse.json(200, answer);
  }

  private HttpResponse delete(HttpRequest request) {
    String name = request.variable("schema");
    tables.deleteSchema(name);
    return HttpResponse.json(200, Answers.status("Schema " + name + " deleted"));
  }
}
