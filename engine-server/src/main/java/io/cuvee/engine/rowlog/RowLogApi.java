package io.cuvee.engine.rowlog;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.http.HttpRequest;
import io.cuvee.http.HttpResponse;
import io.cuvee.http.HttpServer;
import io.cuvee.ingest.stream.rows.RowFrames;
import io.cuvee.ingest.stream.rows.RowLog;
import io.cuvee.ingest.stream.rows.RowPeer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// `/row-logs/{log}`: what controllers and other servers ask of this server's replica of a log.
public final class RowLogApi {
  private static final String BYTES = "application/octet-stream";
  private static final int MAX_BODY = RowLog.MAX_BATCH_BYTES + (1 << 20);
  private static final int READ_BYTES = 1 << 20;
  private static final long MAX_WAIT_MILLIS = 30_000;

  private final Supplier<Optional<RowLogHost>> host;

  private RowLogApi(Supplier<Optional<RowLogHost>> host) {
    this.host = host;
  }

  /// Adds the routes to a server.
  public static void addTo(HttpServer.Builder server, Supplier<Optional<RowLogHost>> host) {
    RowLogApi api = new RowLogApi(host);
    server
        .route("POST", "/row-logs/{log}", api::append)
        .route("GET", "/row-logs/{log}", api::read)
        .route("GET", "/row-logs/{log}/offsets", api::offsets)
        .route("POST", "/row-logs/{log}/forget", api::forget)
        .route("PUT", "/row-logs/{log}/members", api::members);
  }

  private RowLog log(HttpRequest request) {
    String id = request.variable("log");
    return host.get()
        .flatMap(logs -> logs.find(id))
        .orElseThrow(() ->
            new CuveeException(
                ErrorCode.NOT_FOUND, "This server does not hold row log " + id + "."));
  }

  private static long number(HttpRequest request, String parameter) {
    try {
      return Long.parseLong(request.query(parameter, ""));
    } catch (NumberFormatException e) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT, "The query parameter '" + parameter + "' is no number.", e);
    }
  }

  private static Duration millis(HttpRequest request) {
    return Duration.ofMillis(Math.clamp(number(request, "wait"), 0, MAX_WAIT_MILLIS));
  }

  private HttpResponse append(HttpRequest request) throws IOException, InterruptedException {
    RowLog log = log(request);
    Duration timeout = millis(request);
    return HttpResponse.bytes(
        200,
        BYTES,
        RowFrames.encodeResults(
            List.of(log.append(RowFrames.decodeBatch(request.body(MAX_BODY)), timeout))));
  }

  private HttpResponse read(HttpRequest request) throws InterruptedException {
    RowLog log = log(request);
    var runs = log.read(number(request, "offset"), READ_BYTES, millis(request));
    return HttpResponse.bytes(
        200, BYTES, RowFrames.encodeChunk(new RowFrames.Chunk(log.latestOffset(), runs)));
  }

  private HttpResponse offsets(HttpRequest request) {
    RowLog log = log(request);
    return HttpResponse.json(
        200,
        Json.MAPPER
            .createObjectNode()
            .put("earliest", log.earliestOffset())
            .put("latest", log.latestOffset()));
  }

  private HttpResponse forget(HttpRequest request) {
    log(request).forget(number(request, "offset"));
    return HttpResponse.empty(204);
  }

  private HttpResponse members(HttpRequest request) throws IOException {
    List<RowPeer> members = new ArrayList<>();
    JsonNode body =
        Json.object(request.text(MAX_BODY), "members of a row log", ErrorCode.INVALID_INPUT);
    for (JsonNode member : body.path("members")) {
      members.add(
          new RowPeer(
              member.path("peer").asText(),
              member.path("host").asText(),
              member.path("port").asInt()));
    }
    return HttpResponse.json(
        200, Json.MAPPER.createObjectNode().put("changed", log(request).changeMembers(members)));
  }
}
