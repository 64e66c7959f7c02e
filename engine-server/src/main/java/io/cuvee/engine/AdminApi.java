package io.cuvee.engine;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.engine.consuming.ConsumerStatus;
import io.cuvee.engine.loading.SegmentCache;
import io.cuvee.engine.loading.SegmentServing;
import io.cuvee.engine.loading.ServedSegments;
import io.cuvee.engine.rowlog.RowLogApi;
import io.cuvee.http.HealthCheck;
import io.cuvee.http.HttpRequest;
import io.cuvee.http.HttpResponse;
import io.cuvee.http.HttpServer;

/// The server's HTTP port: health, metrics, and what it holds.
final class AdminApi {
  private AdminApi() {}

  static HttpServer start(ServerConfig config, SegmentServing segments, HealthCheck health) {
    HttpServer.Builder server = HttpServer.builder();
    RowLogApi.addTo(server, segments::rowLogs);
    return server
        .host(config.host())
        .port(config.httpPort())
        .health(health)
        .route(
            "GET",
            "/tables/{table}/segments",
            request -> HttpResponse.json(200, segments(request.variable("table"), segments)))
        .route("GET", "/segments/{table}/{segment}/archive", request -> archive(request, segments))
        .route("GET", "/disk-cache", request -> HttpResponse.json(200, diskCache(segments)))
        .route("GET", "/consumers", request -> HttpResponse.json(200, consumers(segments)))
        .start();
  }

  private static HttpResponse archive(HttpRequest request, SegmentServing segments) {
    SegmentKey key = new SegmentKey(request.variable("table"), request.variable("segment"));
    String crc = request.query("crc", "");
    try {
      long wanted = Long.parseLong(crc, 16);
      return HttpResponse.stream(
          200, "application/gzip", out -> segments.writeArchive(key, wanted, out));
    } catch (NumberFormatException e) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "The parameter crc is '" + crc + "'; give the segment's CRC in hexadecimal digits.",
          e);
    }
  }

  private static ObjectNode consumers(SegmentServing segments) {
    ObjectNode answer = Json.MAPPER.createObjectNode();
    ArrayNode list = answer.putArray("consumers");
    for (ConsumerStatus consumer : segments.consumers()) {
      ObjectNode node =
          list.addObject()
              .put("table", consumer.table())
              .put("partition", consumer.partition())
              .put("segment", consumer.segment())
              .put("state", consumer.state())
              .put("healthy", consumer.isHealthy())
              .put("offset", consumer.offset())
              .put("latestOffset", consumer.latestOffset())
              .put("lag", consumer.lag())
              .put("rows", consumer.rows())
              .put("memoryBytes", consumer.memoryBytes())
              .put("rejected", consumer.rejected())
              .put("lastRejection", consumer.lastRejection())
              .put("deadLetters", consumer.deadLetters())
              .put("lostLetters", consumer.lostLetters())
              .put("lastConsumedMillis", consumer.lastConsumedMillis())
              .put("lastMessageMillis", consumer.lastMessageMillis())
              .put("problem", consumer.problem());
      ArrayNode gaps = node.putArray("gaps");
      consumer.gaps().forEach(gap -> gaps.addObject().put("from", gap.from()).put("to", gap.to()));
    }
    return answer;
  }

  private static ObjectNode diskCache(SegmentServing segments) {
    SegmentCache.State cache = segments.cache();
    return Json.MAPPER
        .createObjectNode()
        .put("budgetBytes", cache.budgetBytes())
        .put("usedBytes", cache.usedBytes())
        .put("segments", segments.served().count())
        .put("onDemand", segments.served().coldCount())
        .put("loads", cache.loads())
        .put("evictions", cache.evictions());
  }

  private static ObjectNode segments(String table, SegmentServing segments) {
    ObjectNode answer = Json.MAPPER.createObjectNode().put("table", table);
    SegmentServing.ReloadState reload = segments.reloadState(table);
    answer
        .putObject("reload")
        .put("seen", reload.seen())
        .put("pending", reload.pending())
        .set("failures", Json.MAPPER.valueToTree(reload.failures()));
    ArrayNode list = answer.putArray("segments");
    for (ServedSegments.Description segment : segments.served().describe(table)) {
      list.addObject()
          .put("name", segment.name())
          .put("totalDocs", segment.rows())
          .set("indexes", Json.MAPPER.valueToTree(segment.indexes()));
    }
    return answer;
  }
}
