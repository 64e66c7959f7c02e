package io.cuvee.jdbc.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The whole answer to an HTTP request.
public final class HttpAnswer {
  private final int status;
  private final Map<String, List<String>> headers;
  private final byte[] body;

  /// @param headers that are found by a name in lower case
  HttpAnswer(int status, Map<String, List<String>> headers, byte[] body) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  public int status() {
    return status;
  }

  /// The body itself, which the reader may keep but not change.
  public byte[] body() {
    return body;
  }

  /// All values of a header in the order in which they came; empty if there is none.
  public List<String> headers(String name) {
    List<String> values = headers.get(name.toLowerCase(Locale.ROOT));
    return values == null ? List.of() : new ArrayList<>(values);
  }
}
