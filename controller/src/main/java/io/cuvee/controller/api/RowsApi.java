package io.cuvee.controller.api;

import io.cuvee.common.catalog.Json;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.catalog.TableType;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.controller.rows.RowIntake;
import io.cuvee.controller.table.Tables;
import io.cuvee.http.HttpRequest;
import io.cuvee.http.HttpResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// `POST /tables/{table}/rows`.
final class RowsApi {
  private static final int MAX_BODY = 4 << 20;

  private final Tables tables;
  private final RowIntake rows;

  RowsApi(Tables tables, RowIntake rows) {
    this.tables = tables;
    this.rows = rows;
  }

  List<Endpoint> endpoints() {
    // Whoever leads the controllers, the log's leader is another matter.
    return List.of(
        new Endpoint(
            "POST",
            "/tables/{table}/rows",
            false,
            "Writes rows, a JSON array of objects or JSON lines, all or none; they are durable when this answers, and can be queried within a second. A request that is sent again with the same header Idempotency-Key within 24 hours adds nothing.",
            this::post));
  }

  private HttpResponse post(HttpRequest request) throws IOException, InterruptedException {
    String table = request.variable("table");
    Optional<String> key = Requests.idempotencyKey(request);
    Optional<RowIntake.Written> written = rows.write(table, request.body(MAX_BODY), key);
    if (written.isEmpty()) {
      throw notLive(table);
    }
    return HttpResponse.json(
        200,
        Json.MAPPER
            .createObjectNode()
            .put("table", written.get().table())
            .put("rows", written.get().rows())
            .put("again", written.get().again()));
  }

  private CuveeException notLive(String name) {
    for (TableConfig half : tables.halves(name, Optional.empty())) {
      if (half.type() == TableType.REALTIME) {
        // It has come this moment, or has no schema.
        var _ = tables.schemaOf(half);
        return new CuveeException(
            ErrorCode.CONFLICT, "Table '" + name + "' was changed meanwhile. Try again.");
      }
    }
    return new CuveeException(
        ErrorCode.INVALID_INPUT,
        "Table '"
            + name
            + "' is OFFLINE: it takes files, with POST /ingestFromFile or ./cuvee import. Rows over HTTP need a table of the type REALTIME.");
  }
}
