package io.cuvee.http;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Between Jetty and our handlers: finds the route, runs its handler, writes its answer, turns
/// failures into answers.
final class RoutingHandler extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(RoutingHandler.class);
  private static final HttpField JSON =
      new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "application/json");

  private final Router router;
  private final Path tempDirectory;

  RoutingHandler(Router router, Path tempDirectory) {
    this.router = router;
    this.tempDirectory = tempDirectory;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    // A handler that works for long is not idle; a client that stops sending its body still times
    // out.
    request.addIdleTimeoutListener(timeout -> false);
    send(response, respond(request), callback);
    return true;
  }

  private HttpResponse respond(Request request) {
    String method = request.getMethod();
    String path = request.getHttpURI().getPath();
    Router.Match match;
    try {
      match = router.find(method, path);
    } catch (CuveeException e) {
      return HttpResponse.error(e);
    }
    Router.Route route = match.route();
    if (route != null) {
      return run(route, new HttpRequest(request, variables(route, match.values()), tempDirectory));
    }
    if (match.allowed().isEmpty()) {
      return HttpResponse.error(404, router.unknown(method, path), ErrorCode.NOT_FOUND);
    }
    String allowed = String.join(", ", match.allowed());
    return HttpResponse.error(
            405,
            path + " does not take " + method + ". Use " + allowed + ".",
            ErrorCode.INVALID_INPUT)
        .withHeader("Allow", allowed);
  }

  private static Map<String, String> variables(Router.Route route, List<String> values) {
    if (values.isEmpty()) {
      return Map.of();
    }
    Map<String, String> variables = new HashMap<>();
    for (int i = 0; i < values.size(); i++) {
      variables.put(route.variables().get(i), values.get(i));
    }
    return variables;
  }

  private static HttpResponse run(Router.Route route, HttpRequest request) {
    try {
      return route.handler().handle(request);
    } catch (Exception | StackOverflowError | OutOfMemoryError | LinkageError e) {
      HttpResponse answer = failed(request, e);
      if (request.isBodyRead()) {
        return answer;
      }
      // Jetty closes a connection whose body was not read to its end; a client that is not told
      // would send its next request into the closing connection.
      request.drain();
      return answer.withHeader("Connection", "close");
    } finally {
      request.release();
    }
  }

  private static HttpResponse failed(HttpRequest request, Throwable failure) {
    return switch (failure) {
      case CuveeException e -> {
        if (e.code().kind() == ErrorCode.Kind.INTERNAL) {
          LOG.error("{} {} failed", request.method(), request.path(), e);
        }
        yield request.isBodyTooLarge()
            ? HttpResponse.error(413, e.getMessage(), e.code())
            : HttpResponse.error(e);
      }
      case HttpException.RuntimeException e ->
          HttpResponse.error(
              e.getCode(), "The request is not valid: " + e.getReason(), ErrorCode.INVALID_INPUT);
      // The client went away; nobody reads the answer.
      case EofException _ ->
          HttpResponse.error(400, "The body ended early.", ErrorCode.INVALID_INPUT);
      case InterruptedException _ -> {
        Thread.currentThread().interrupt();
        yield HttpResponse.error(503, "The process is stopping.", ErrorCode.SERVER_UNREACHABLE);
      }
      default -> {
        LOG.error("{} {} failed", request.method(), request.path(), failure);
        yield HttpResponse.error(
            500, "Internal error: " + CuveeException.of(failure).getMessage(), ErrorCode.INTERNAL);
      }
    };
  }

  private static void send(Response response, HttpResponse answer, Callback callback) {
    response.setStatus(answer.status());
    HttpFields.Mutable fields = response.getHeaders();
    if (answer.contentType().equals("application/json")) {
      fields.put(JSON);
    } else if (!answer.contentType().isEmpty()) {
      fields.put(HttpHeader.CONTENT_TYPE, answer.contentType());
    }
    for (Map.Entry<String, String> header : answer.headers()) {
      fields.add(header.getKey(), header.getValue());
    }
    switch (answer.body()) {
      case HttpResponse.Bytes(ByteBuffer bytes) -> {
        fields.put(HttpHeader.CONTENT_LENGTH, bytes.remaining());
        response.write(true, bytes.slice(), callback);
      }
      case HttpResponse.Stream(HttpResponse.BodyWriter writer) -> {
        OutputStream out = Content.Sink.asOutputStream(response);
        try {
          writer.write(out);
          out.close();
        } catch (IOException | RuntimeException e) {
          // Not closed: closing would end the body as if it were whole.
          LOG.debug("An answer broke off", e);
          callback.failed(e);
          return;
        }
        callback.succeeded();
      }
    }
  }
}
