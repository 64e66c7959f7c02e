package io.cuvee.engine;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.catalog.Json;
import io.cuvee.engine.loading.SegmentServing;
import io.cuvee.http.HealthCheck;
import io.cuvee.http.HttpResponse;
import io.cuvee.http.HttpServer;

/// The server's HTTP port: health, metrics, and what it holds.
final class AdminApi {
  private AdminApi() {}

  static HttpServer start(ServerConfig config, SegmentServing segments, HealthCheck health) {
    return HttpServer.builder()
        .host(config.host())
        .port(config.httpPort())
        .health(health)
        .route(
            "GET",
            "/tables/{table}/segments",
            request -> HttpResponse.json(200, segments(request.variable("table"), segments)))
        .start();
  }

  private static ObjectNode segments(String table, SegmentServing segments) {
    ObjectNode answer = Json.MAPPER.createObjectNode().put("table", table);
    ArrayNode list = answer.putArray("segments");
    segments
        .served()
        .rowCounts(table)
        .forEach((name, rows) -> list.addObject().put("name", name).put("totalDocs", rows));
    return answer;
  }
}
