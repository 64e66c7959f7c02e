package io.cuvee.http;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/// A request on its way through a handler; invalid after the handler has returned. Not thread-safe
/// but for [#isClientGone()].
public final class HttpRequest {
  private static final long DRAIN_BYTES = 16L << 20;

  private final Request request;
  private final Map<String, String> variables;
  private final Path tempDirectory;
  private @Nullable Fields query;
  private @Nullable Multipart multipart;
  private boolean bodyTooLarge;

  // Guarded by this.
  private boolean bodyRead;
  private boolean sendsAhead;
  private boolean released;

  HttpRequest(Request request, Map<String, String> variables, Path tempDirectory) {
    this.request = request;
    this.variables = variables;
    this.tempDirectory = tempDirectory;
  }

  public String method() {
    return request.getMethod();
  }

  /// The path as it came, not decoded.
  public String path() {
    return request.getHttpURI().getPath();
  }

  /// Path and query as they came, not decoded.
  public String pathAndQuery() {
    return request.getHttpURI().getPathQuery();
  }

  /// The decoded value of a `{name}` of the route's pattern.
  public String variable(String name) {
    String value = variables.get(name);
    if (value == null) {
      throw new IllegalArgumentException("The route has no variable '" + name + "'.");
    }
    return value;
  }

  /// The first query parameter of this name.
  public Optional<String> query(String name) {
    return Optional.ofNullable(queryFields().getValue(name));
  }

  public String query(String name, String defaultValue) {
    return query(name).orElse(defaultValue);
  }

  /// Whether a query parameter is `true`, or there without a value.
  public boolean queryFlag(String name) {
    return query(name)
        .map(value -> value.isEmpty() || value.equalsIgnoreCase("true"))
        .orElse(false);
  }

  /// All query parameters of this name.
  public List<String> queryValues(String name) {
    return queryFields().getValuesOrEmpty(name);
  }

  private Fields queryFields() {
    Fields known = query;
    if (known == null) {
      try {
        known = Request.extractQueryParameters(request, StandardCharsets.UTF_8);
      } catch (RuntimeException e) {
        throw new CuveeException(
            ErrorCode.INVALID_INPUT, "The query parameters are not valid: " + e.getMessage(), e);
      }
      query = known;
    }
    return known;
  }

  /// The first header of this name, in any case.
  public Optional<String> header(String name) {
    return Optional.ofNullable(request.getHeaders().get(name));
  }

  /// The client's address, without port.
  public String remoteAddress() {
    return Request.getRemoteAddr(request);
  }

  /// The `System.nanoTime` at which the request began to come.
  public long beginNanos() {
    return request.getBeginNanoTime();
  }

  /// Length of the body as stated; -1 if it is not.
  public long contentLength() {
    HttpFields headers = request.getHeaders();
    return headers.contains(HttpHeader.CONTENT_LENGTH)
        ? headers.getLongField(HttpHeader.CONTENT_LENGTH)
        : -1;
  }

  /// The whole body.
  ///
  /// @throws CuveeException `INVALID_INPUT` (HTTP 413) if it is longer than `maxBytes`
  public byte[] body(int maxBytes) throws IOException {
    long stated = contentLength();
    if (stated > maxBytes) {
      throw tooLarge(maxBytes);
    }
    InputStream in = Content.Source.asInputStream(request);
    if (stated >= 0) {
      byte[] body = new byte[(int) stated];
      int length = in.readNBytes(body, 0, body.length);
      bodyWasRead();
      return length == body.length ? body : Arrays.copyOf(body, length);
    }
    byte[] body = in.readNBytes(maxBytes == Integer.MAX_VALUE ? maxBytes : maxBytes + 1);
    if (body.length > maxBytes) {
      throw tooLarge(maxBytes);
    }
    bodyWasRead();
    return body;
  }

  /// The whole body as UTF-8 text.
  ///
  /// @throws CuveeException `INVALID_INPUT` (HTTP 413) if it is longer than `maxBytes`
  public String text(int maxBytes) throws IOException {
    return new String(body(maxBytes), StandardCharsets.UTF_8);
  }

  /// The body as it arrives; whoever reads it must bound it.
  public InputStream bodyStream() {
    return Content.Source.asInputStream(request);
  }

  /// The parts of a `multipart/form-data` body, in temporary files that live as long as the handler
  /// runs.
  ///
  /// @param maxBytes of the whole body
  /// @throws CuveeException `INVALID_INPUT` if it is no such body, is damaged (HTTP 400) or too
  ///   long (HTTP 413)
  public List<Multipart.Part> multipart(long maxBytes) throws IOException {
    Multipart known = multipart;
    if (known == null) {
      if (contentLength() > maxBytes) {
        throw tooLarge(maxBytes);
      }
      known =
          Multipart.read(
              request, request.getHeaders().get(HttpHeader.CONTENT_TYPE), maxBytes, tempDirectory);
      multipart = known;
    }
    return known.parts();
  }

  private synchronized void bodyWasRead() {
    bodyRead = true;
  }

  /// Whether the client has closed its connection, so that nobody waits for the answer. May be
  /// asked from any thread and after the handler has returned; false until the body was read whole
  /// with [#body], for requests without a body true to fact at once; always false over TLS and once
  /// the client has sent another request ahead.
  public synchronized boolean isClientGone() {
    if (released || sendsAhead || !isBodyRead()) {
      return false;
    }
    Connection connection = request.getConnectionMetaData().getConnection();
    if (!(connection.getEndPoint() instanceof SocketChannelEndPoint endPoint)
        || !(connection instanceof Connection.UpgradeTo buffered)) {
      return false;
    }
    // Jetty does not read from the connection until the handler has returned, so nobody else reads
    // now. The first byte that a client sends ahead is put where Jetty looks for the next request;
    // after it, only the end of the connection could be told by reading all the rest.
    ByteBuffer ahead = ByteBuffer.allocate(1);
    try {
      int count = endPoint.getChannel().read(ahead);
      if (count > 0) {
        sendsAhead = true;
        buffered.onUpgradeTo(ahead.flip());
      }
      return count < 0;
    } catch (IOException e) {
      return true;
    }
  }

  private boolean hasTransferEncoding() {
    return request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
  }

  private CuveeException tooLarge(long maxBytes) {
    bodyTooLarge = true;
    return new CuveeException(
        ErrorCode.INVALID_INPUT,
        "The body is longer than " + maxBytes + " bytes. Send less at a time.");
  }

  boolean isBodyTooLarge() {
    return bodyTooLarge;
  }

  /// Whether nothing of the body can be left in the connection.
  synchronized boolean isBodyRead() {
    return bodyRead || contentLength() <= 0 && !hasTransferEncoding();
  }

  /// Reads what the client still sends, within bounds: one that is cut off while sending would not
  /// see the answer.
  void drain() {
    try {
      Content.Source.asInputStream(request).skip(DRAIN_BYTES);
    } catch (IOException | RuntimeException e) {
      // The client is gone, or sent something that is no body; the answer is tried all the same.
    }
  }

  /// Removes temporary files; the connection is Jetty's again.
  void release() {
    synchronized (this) {
      released = true;
    }
    if (multipart != null) {
      multipart.delete();
    }
  }
}
