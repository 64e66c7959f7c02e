package io.cuvee.jdbc;

import io.cuvee.jdbc.http.Endpoint;
import io.cuvee.jdbc.http.HttpAnswer;
import io.cuvee.jdbc.http.HttpCaller;
import io.cuvee.jdbc.http.Json;
import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/// Sends one request of Avatica's protocol to one broker, and makes exceptions and warnings of what
/// comes back. Never repeats anything. Thread-safe.
final class AvaticaExchange {
  /// Avatica's number for "this server does not know the connection".
  private static final int MISSING_CONNECTION = 1;

  /// The brokers' number that tells a cancelled query from one that took too long.
  private static final int QUERY_CANCELLED = 503;

  private static final int MAX_QUOTED_CHARS = 200;
  private static final String JSON = "application/json";

  private final HttpCaller http;
  private final ColumnFrame.Signatures signatures = new ColumnFrame.Signatures();

  AvaticaExchange(HttpCaller http) {
    this.http = http;
  }

  /// @param call the execution that the request is part of, if it is part of one
  /// @param columns the columns of the rows in the answer, as far as they are known before
  /// @throws IOException if there is no answer
  /// @throws UnknownConnectionException if the broker does not know the request's connection
  /// @throws SQLException if the answer is an error
  AvaticaAnswer send(
      Endpoint broker,
      Map<String, Object> request,
      @Nullable QueryCall call,
      List<Column> columns,
      Duration limit)
      throws IOException, SQLException {
    URI uri = http.uri(broker, "/avatica");
    HttpAnswer response;
    try {
      response =
          call == null
              ? http.post(uri, JSON, Json.write(request), limit)
              : post(uri, Json.write(request), limit, call);
    } catch (CancellationException e) {
      throw cancelled(e);
    } catch (IOException e) {
      if (call != null && call.isCancelled()) {
        throw cancelled(e);
      }
      throw e;
    }
    AvaticaAnswer answer = read(broker, response, columns);
    if (answer.type().equals("error")) {
      throw errorOf(answer, call);
    }
    if (call != null) {
      addWarnings(response, call);
    }
    return answer;
  }

  /// Sends a request whose answer is of no use, and does not wait for it.
  void tell(Endpoint broker, Map<String, Object> request, Duration limit) throws IOException {
    http.tell(http.uri(broker, "/avatica"), JSON, Json.write(request), limit);
  }

  private HttpAnswer post(URI uri, byte[] body, Duration limit, QueryCall call) throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", JSON);
    headers.put("Accept", ColumnFrame.MEDIA_TYPE + ", " + JSON);
    headers.putAll(call.headers());
    call.beginWait();
    try {
      return http.postInterruptibly(uri, headers, body, limit);
    } finally {
      call.endWait();
    }
  }

  private static SQLException cancelled(Exception cause) {
    return new SQLException("The query was cancelled.", SqlState.QUERY_CANCELED, cause);
  }

  private AvaticaAnswer read(Endpoint broker, HttpAnswer response, List<Column> columns)
      throws IOException, SQLException {
    int status = response.status();
    byte[] body = response.body();
    boolean isByColumn = status == HttpURLConnection.HTTP_OK && ColumnFrame.isOne(body);
    if (isByColumn || body.length > 0 && body[0] == '{') {
      try {
        AvaticaAnswer answer =
            isByColumn
                ? ColumnFrame.read(body, columns, signatures)
                : AvaticaAnswer.read(body, columns);
        if (status == HttpURLConnection.HTTP_OK || answer.type().equals("error")) {
          return answer;
        }
      } catch (IOException e) {
        throw SqlErrors.of(
            "Broker " + broker + " sent an answer that cannot be read: " + e.getMessage(),
            SqlState.CONNECTION_FAILURE,
            e);
      }
    }
    if (status == HttpURLConnection.HTTP_UNAVAILABLE) {
      // It is about to end, or a load balancer says so for it; another may live.
      throw new ConnectException("the broker is starting or stopping (HTTP status 503)");
    }
    if (status == HttpURLConnection.HTTP_UNAUTHORIZED
        || status == HttpURLConnection.HTTP_FORBIDDEN) {
      throw SqlErrors.of(
          "Broker "
              + broker
              + " refuses the user, the password or the token (HTTP status "
              + status
              + ").",
          SqlState.INVALID_AUTHORIZATION);
    }
    String text =
        new String(body, 0, Math.min(body.length, MAX_QUOTED_CHARS), StandardCharsets.UTF_8).trim();
    throw SqlErrors.of(
        "http://"
            + broker
            + "/avatica answered with HTTP status "
            + status
            + (text.isEmpty() ? "" : " (" + text + ")")
            + ". Is it a Cuvée broker?",
        SqlState.CONNECTION_REJECTED);
  }

  private static SQLException errorOf(AvaticaAnswer answer, @Nullable QueryCall call) {
    int code = answer.number("errorCode", 0);
    if (code == MISSING_CONNECTION) {
      return new UnknownConnectionException();
    }
    String message = answer.text("errorMessage");
    String state = answer.text("sqlState");
    // Avatica's "nothing is known" would read as success.
    if (state == null || state.length() != 5 || state.startsWith("00")) {
      state = SqlState.GENERAL_ERROR;
    }
    boolean wasCancelled = code == QUERY_CANCELLED || (call != null && call.isCancelled());
    if (wasCancelled && state.equals(SqlState.QUERY_CANCELED)) {
      return new SQLException(message, state, code);
    }
    return SqlErrors.of(message == null ? "The broker failed." : message, state, code, null);
  }

  /// Reads the headers `X-Cuvee-Warning: SQLSTATE message`, the message percent-encoded.
  private static void addWarnings(HttpAnswer response, QueryCall call) {
    for (String header : response.headers("X-Cuvee-Warning")) {
      int blank = header.indexOf(' ');
      String state = blank == 5 ? header.substring(0, 5) : "01000";
      call.addWarning(new SQLWarning(decode(header.substring(blank + 1)), state));
    }
  }

  private static String decode(String message) {
    try {
      return URLDecoder.decode(message.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      // Not encoded after all; better an odd warning than none.
      return message;
    }
  }
}
