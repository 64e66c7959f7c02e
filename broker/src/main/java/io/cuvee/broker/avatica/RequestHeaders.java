package io.cuvee.broker.avatica;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// What Cuvée's driver says beside Avatica's request, which has no place for it.
///
/// @param queryId by which the client may cancel the query
/// @param timeout of the query
/// @param maxRows rows that the client wants at most
/// @param fetchSize rows a frame
/// @param isClientGone whether the client still waits
/// @param client address, and the application's name if there is one
record RequestHeaders(
    Optional<String> queryId,
    Optional<Duration> timeout,
    Optional<Long> maxRows,
    Optional<Long> fetchSize,
    String client,
    BooleanSupplier isClientGone) {
  static RequestHeaders of(HttpRequest request) {
    String application = request.header("X-Cuvee-Application").map(name -> " " + name).orElse("");
    return new RequestHeaders(
        request.header("X-Cuvee-Query-Id"),
        number(request, "X-Cuvee-Timeout-Millis").map(Duration::ofMillis),
        number(request, "X-Cuvee-Max-Rows"),
        number(request, "X-Cuvee-Fetch-Size"),
        request.remoteAddress() + application,
        request::isClientGone);
  }

  /// Whether the client reads [ColumnFrameRows].
  static boolean readsColumns(HttpRequest request) {
    return request.header("Accept").orElse("").contains(ColumnFrameRows.MEDIA_TYPE);
  }

  private static Optional<Long> number(HttpRequest request, String header) {
    Optional<String> text = request.header(header);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      long value = Long.parseLong(text.get().trim());
      return value > 0 ? Optional.of(value) : Optional.empty();
    } catch (NumberFormatException e) {
      throw new CuveeException(
          ErrorCode.INVALID_PARAMETER,
          "Header " + header + " is '" + text.get() + "'. Use a whole number.",
          e);
    }
  }
}
