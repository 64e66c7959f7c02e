package io.cuvee.controller.api;

import io.cuvee.cluster.state.Instance;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.controller.placement.Leadership;
import io.cuvee.http.HttpHandler;
import io.cuvee.http.HttpRequest;
import io.cuvee.http.HttpResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Passes what only the leading controller may do on to it, so that clients need not know which one
/// leads.
final class Forwarding implements AutoCloseable {
  /// Set on what was passed on, so that two controllers cannot send a request to and fro. What the
  /// handlers of requests read.
  private static final List<String> HEADERS =
      List.of("Content-Type", "Authorization", "UPLOAD_TYPE", "Idempotency-Key");

  private static final String PASSED_ON = "X-Cuvee-Forwarded";

  private static final Duration LEADER_WAIT = Duration.ofSeconds(10);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration ANSWER_TIMEOUT = Duration.ofMinutes(30);

  private final Leadership leadership;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIMEOUT)
          .build();

  Forwarding(Leadership leadership) {
    this.leadership = leadership;
  }

  /// The handler that runs `handler` here if this controller leads, else where the leader is.
  HttpHandler onLeader(HttpHandler handler) {
    return request -> {
      if (leadership.term().isEmpty() && !leadership.awaitLeader(LEADER_WAIT)) {
        throw new CuveeException(
            ErrorCode.NO_CONTROLLER,
            "No controller leads at the moment. Try again in a few seconds.");
      }
      Optional<Instance> other =
          leadership.term().isPresent() ? Optional.empty() : leadership.otherLeader();
      return other.isPresent() ? passOn(request, other.get()) : handler.handle(request);
    };
  }

  private HttpResponse passOn(HttpRequest request, Instance leader)
      throws IOException, InterruptedException {
    if (request.header(PASSED_ON).isPresent()) {
      throw new CuveeException(
          ErrorCode.NO_CONTROLLER, "The lead is changing hands. Try again in a few seconds.");
    }
    long length = request.contentLength();
    BodyPublisher stream = BodyPublishers.ofInputStream(request::bodyStream);
    BodyPublisher body =
        length > 0
            ? BodyPublishers.fromPublisher(stream, length)
            : length == 0 ? BodyPublishers.noBody() : stream;
    java.net.http.HttpRequest.Builder copy =
        java.net.http.HttpRequest.newBuilder(
                URI.create(
                    "http://" + leader.host() + ":" + leader.httpPort() + request.pathAndQuery()))
            .timeout(ANSWER_TIMEOUT)
            .header(PASSED_ON, "1")
            .method(request.method(), body);
    for (String header : HEADERS) {
      request.header(header).ifPresent(value -> copy.header(header, value));
    }
    try {
      java.net.http.HttpResponse<byte[]> answer =
          client.send(copy.build(), java.net.http.HttpResponse.BodyHandlers.ofByteArray());
      return HttpResponse.bytes(
          answer.statusCode(),
          answer.headers().firstValue("Content-Type").orElse("application/json"),
          answer.body());
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.NO_CONTROLLER,
          "The leading controller "
              + leader.id()
              + " did not answer ("
              + e.getMessage()
              + "); the request may or may not have been done. Look, then try again.",
          e);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
