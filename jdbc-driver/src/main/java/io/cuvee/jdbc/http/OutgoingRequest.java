package io.cuvee.jdbc.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// An HTTP request that is ready to be sent, by either way of sending.
final class OutgoingRequest {
  final String method;
  final URI uri;
  final Map<String, String> headers;
  final byte[] body;

  OutgoingRequest(String method, URI uri, Map<String, String> headers, byte[] body) {
    this.method = method;
    this.uri = uri;
    this.headers = headers;
    this.body = body;
  }

  /// Whether the other side does the same if the request comes twice.
  boolean isSafe() {
    return !method.equals("POST");
  }

  String host() {
    return uri.getHost();
  }

  int port() {
    return uri.getPort() < 0 ? 80 : uri.getPort();
  }

  /// The request as HTTP/1.1 writes it.
  ///
  /// @throws IOException if a header's value would break out of its line
  byte[] bytes() throws IOException {
    StringBuilder head = new StringBuilder(400);
    String path = uri.getRawPath();
    head.append(method).append(' ').append(path == null || path.isEmpty() ? "/" : path);
    if (uri.getRawQuery() != null) {
      head.append('?').append(uri.getRawQuery());
    }
    head.append(" HTTP/1.1\r\nHost: ").append(uri.getRawAuthority()).append("\r\n");
    for (Map.Entry<String, String> header : headers.entrySet()) {
      head.append(header.getKey()).append(": ").append(checked(header)).append("\r\n");
    }
    if (body.length > 0 || method.equals("POST")) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    head.append("\r\n");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(head.length() + body.length);
    bytes.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
    bytes.write(body);
    return bytes.toByteArray();
  }

  private static String checked(Map.Entry<String, String> header) throws IOException {
    String value = header.getValue();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' && c != '\t' || c == 0x7f || c > 0xff) {
        // Not the value itself: it may be a password.
        throw new IOException(
            "The value of the HTTP header "
                + header.getKey()
                + " has a character that is not allowed there, at position "
                + i
                + ".");
      }
    }
    return value;
  }
}
