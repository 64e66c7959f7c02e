package io.cuvee.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// An answer: status, headers and a body. Immutable.
///
/// @param contentType empty for an answer without body
/// @param headers beyond content type and length
public record HttpResponse(
    int status, String contentType, Body body, List<Map.Entry<String, String>> headers) {
  private static final String JSON = "application/json";
  private static final String TEXT = "text/plain; charset=utf-8";

  public HttpResponse {
    headers = List.copyOf(headers);
  }

  /// What follows the headers.
  sealed interface Body {}

  record Bytes(ByteBuffer bytes) implements Body {}

  record Stream(BodyWriter writer) implements Body {}

  /// Writes a body of unknown length. A failure breaks the connection, so that the client does not
  /// take the part that was sent for the whole.
  @FunctionalInterface
  public interface BodyWriter {
    void write(OutputStream out) throws IOException;
  }

  /// `value` as Jackson writes it: a tree, a map, a record.
  public static HttpResponse json(int status, Object value) {
    try {
      return bytes(status, JSON, Json.MAPPER.writeValueAsBytes(value));
    } catch (JsonProcessingException e) {
      throw new CuveeException(
          ErrorCode.INTERNAL, "The answer cannot be written as JSON: " + e.getOriginalMessage(), e);
    }
  }

  public static HttpResponse text(int status, String text) {
    return bytes(status, TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  /// @param body must not be changed afterwards
  public static HttpResponse bytes(int status, String contentType, byte[] body) {
    return bytes(status, contentType, ByteBuffer.wrap(body));
  }

  /// @param body whose remaining bytes are the body; neither it nor they may be changed afterwards
  public static HttpResponse bytes(int status, String contentType, ByteBuffer body) {
    return new HttpResponse(status, contentType, new Bytes(body), List.of());
  }

  public static HttpResponse stream(int status, String contentType, BodyWriter writer) {
    return new HttpResponse(status, contentType, new Stream(writer), List.of());
  }

  /// An answer without body.
  public static HttpResponse empty(int status) {
    return new HttpResponse(status, "", new Bytes(ByteBuffer.allocate(0)), List.of());
  }

  /// The answer that tells of a failure: `{"code":status,"error":message,"errorCode":number}`.
  public static HttpResponse error(CuveeException failure) {
    return error(HttpErrors.status(failure.code()), failure.getMessage(), failure.code());
  }

  static HttpResponse error(int status, String message, ErrorCode code) {
    return json(
        status,
        Json.MAPPER
            .createObjectNode()
            .put("code", status)
            .put("error", message)
            .put("errorCode", code.number()));
  }

  /// This answer with one more header.
  public HttpResponse withHeader(String name, String value) {
    List<Map.Entry<String, String>> more = new ArrayList<>(headers);
    more.add(Map.entry(name, value));
    return new HttpResponse(status, contentType, body, more);
  }
}
