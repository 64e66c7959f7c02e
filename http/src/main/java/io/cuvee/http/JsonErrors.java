package io.cuvee.http;

import io.cuvee.common.catalog.Json;
import io.cuvee.common.error.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// The answers to requests that never reach a handler, because they are no valid HTTP or too long,
/// or because the process is stopping.
final class JsonErrors extends ErrorHandler {
  @Override
  public boolean errorPageForMethod(String method) {
    return true;
  }

  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int code,
      @Nullable String message,
      @Nullable Throwable cause,
      Callback callback)
      throws IOException {
    String reason = message == null ? HttpStatus.getMessage(code) : message;
    boolean stopping = code == HttpStatus.SERVICE_UNAVAILABLE_503;
    ErrorCode errorCode =
        stopping
            ? ErrorCode.SERVER_UNREACHABLE
            : code < 500 ? ErrorCode.INVALID_INPUT : ErrorCode.INTERNAL;
    byte[] body =
        Json.MAPPER.writeValueAsBytes(
            Json.MAPPER
                .createObjectNode()
                .put("code", code)
                .put(
                    "error",
                    stopping
                        ? "The process is stopping. Ask another one."
                        : "The request is not valid: " + reason)
                .put("errorCode", errorCode.number()));
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    response.write(true, ByteBuffer.wrap(body), callback);
  }
}
