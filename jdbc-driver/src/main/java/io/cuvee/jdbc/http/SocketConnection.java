package io.cuvee.jdbc.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One TCP connection that speaks HTTP/1.1, used by one thread at a time.
///
/// The channel does not block; whoever waits does so in a selector of its own. So a time limit
/// holds for all of connecting, writing and reading together, and an interrupted thread stops
/// waiting at once, which neither a socket's stream nor a blocking channel offers.
final class SocketConnection {
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int MAX_HEAD_BYTES = 64 << 10;
  private static final int MAX_BODY_BYTES = 1 << 30;

  /// What is allocated for a body before its bytes come.
  private static final int FIRST_BODY_BYTES = 8 << 20;

  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES).flip();
  private long deadlineNanos;
  private boolean isLimited;
  private boolean isReusable = true;
  private boolean owesAnswer;
  private boolean hasSent;
  private boolean hasReceived;
  long idleSinceNanos;

  private SocketConnection(SocketChannel channel, Selector selector) throws IOException {
    this.channel = channel;
    this.selector = selector;
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    key = channel.register(selector, SelectionKey.OP_CONNECT);
  }

  /// Connects to the first of the host's addresses that accepts.
  ///
  /// @param timeout for each address
  /// @param limit of all; zero for none
  /// @throws ConnectException if none does
  /// @throws HttpConnectTimeoutException if the last one did not answer in time
  static SocketConnection open(String host, int port, Duration timeout, Duration limit)
      throws IOException {
    InetAddress[] addresses;
    try {
      String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
      addresses = InetAddress.getAllByName(name);
    } catch (UnknownHostException e) {
      throw notConnected("the host is unknown", e);
    }
    Duration each = limit.isZero() || timeout.compareTo(limit) < 0 ? timeout : limit;
    for (int i = 0; ; i++) {
      try {
        return open(new InetSocketAddress(addresses[i], port), each);
      } catch (InterruptedIOException e) {
        throw e;
      } catch (IOException e) {
        if (i == addresses.length - 1) {
          throw e;
        }
      }
    }
  }

  private static SocketConnection open(InetSocketAddress address, Duration timeout)
      throws IOException {
    SocketChannel channel = SocketChannel.open();
    Selector selector = null;
    try {
      selector = Selector.open();
      SocketConnection connection = new SocketConnection(channel, selector);
      connection.limit(timeout);
      connection.connect(address, timeout);
      return connection;
    } catch (IOException | RuntimeException e) {
      channel.close();
      if (selector != null) {
        selector.close();
      }
      throw e;
    }
  }

  private void connect(InetSocketAddress address, Duration timeout) throws IOException {
    try {
      boolean isConnected = channel.connect(address);
      while (!isConnected) {
        await(SelectionKey.OP_CONNECT);
        isConnected = channel.finishConnect();
      }
    } catch (HttpTimeoutException e) {
      HttpConnectTimeoutException late =
          new HttpConnectTimeoutException("no connection within " + timeout.toMillis() + " ms");
      late.initCause(e);
      throw late;
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      String message = String.valueOf(e.getMessage());
      throw notConnected(message.contains("refused") ? "the connection was refused" : message, e);
    }
  }

  private static ConnectException notConnected(String message, IOException cause) {
    ConnectException failure = new ConnectException(message);
    failure.initCause(cause);
    return failure;
  }

  private void limit(Duration timeout) {
    isLimited = !timeout.isZero();
    deadlineNanos = isLimited ? System.nanoTime() + timeout.toNanos() : 0;
  }

  /// Waits until the channel is ready.
  ///
  /// @throws HttpTimeoutException after the time limit
  /// @throws InterruptedIOException if the thread is interrupted, as it stays
  private void await(int operation) throws IOException {
    if (key.interestOps() != operation) {
      key.interestOps(operation);
    }
    while (true) {
      long millis = 0;
      if (isLimited) {
        long left = deadlineNanos - System.nanoTime();
        if (left <= 0) {
          throw new HttpTimeoutException("no answer in time");
        }
        millis = left / 1_000_000 + 1;
      }
      int ready = selector.select(millis);
      selector.selectedKeys().clear();
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("Interrupted while waiting for an answer");
      }
      if (ready > 0) {
        return;
      }
    }
  }

  /// Whether the other side has not closed the connection, as far as can be told without waiting.
  boolean isAlive() {
    if (owesAnswer || in.hasRemaining()) {
      return isReusable;
    }
    try {
      in.clear();
      int count = channel.read(in);
      in.flip();
      // Bytes that nobody asked for would be taken for the answer to the next request.
      return count == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /// Sends a request and reads its answer.
  ///
  /// @param timeout zero for none
  /// @throws HttpTimeoutException if the answer is not here in time
  /// @throws InterruptedIOException if the thread is interrupted, as it stays
  HttpAnswer exchange(byte[] request, Duration timeout) throws IOException {
    hasSent = false;
    hasReceived = false;
    limit(timeout);
    readOwedAnswer();
    write(request);
    return readAnswer();
  }

  /// Sends a request and leaves the answer to be skipped before the next one.
  void tell(byte[] request, Duration timeout) throws IOException {
    hasSent = false;
    hasReceived = false;
    limit(timeout);
    readOwedAnswer();
    write(request);
    owesAnswer = true;
  }

  private void readOwedAnswer() throws IOException {
    if (owesAnswer) {
      readAnswer();
      owesAnswer = false;
      hasReceived = false;
      if (!isReusable) {
        throw new EOFException("the connection was closed");
      }
    }
  }

  /// Whether a byte of the last request left.
  boolean hasSent() {
    return hasSent;
  }

  /// Whether a byte of the last answer came.
  boolean hasReceived() {
    return hasReceived;
  }

  private void write(byte[] request) throws IOException {
    ByteBuffer out = ByteBuffer.wrap(request);
    while (out.hasRemaining()) {
      // In pieces, because a channel copies all that it is given before it tries to send it.
      ByteBuffer piece = out.duplicate();
      piece.limit(Math.min(out.limit(), out.position() + BUFFER_BYTES));
      int count = channel.write(piece);
      out.position(piece.position());
      hasSent |= count > 0;
      if (count == 0) {
        await(SelectionKey.OP_WRITE);
      }
    }
  }

  // Reading

  /// Waits for more bytes, or for the end.
  ///
  /// @return whether there are any
  private boolean fill() throws IOException {
    in.clear();
    try {
      while (true) {
        int count = channel.read(in);
        if (count != 0) {
          hasReceived |= count > 0;
          return count > 0;
        }
        await(SelectionKey.OP_READ);
      }
    } finally {
      in.flip();
    }
  }

  private int readByte() throws IOException {
    if (!in.hasRemaining() && !fill()) {
      throw new EOFException(
          hasReceived
              ? "the connection broke in the middle of an answer"
              : "the connection closed");
    }
    return in.get() & 0xff;
  }

  private String readLine(int maxBytes) throws IOException {
    StringBuilder line = new StringBuilder(64);
    int next;
    while ((next = readByte()) != '\n') {
      if (line.length() == maxBytes) {
        throw new IOException("the head of the answer is longer than " + MAX_HEAD_BYTES + " bytes");
      }
      line.append((char) next);
    }
    int length = line.length();
    if (length > 0 && line.charAt(length - 1) == '\r') {
      line.setLength(length - 1);
    }
    return line.toString();
  }

  private HttpAnswer readAnswer() throws IOException {
    // Any failure from here on leaves bytes behind.
    isReusable = false;
    if (!in.hasRemaining()) {
      // The answer is never here yet, so this saves a vain attempt.
      await(SelectionKey.OP_READ);
    }
    int status;
    String version;
    Map<String, List<String>> headers;
    do {
      String line = readLine(MAX_HEAD_BYTES);
      version = line;
      status = status(line);
      headers = readHeaders();
    } while (status < 200);
    byte[] body = readBody(status, headers);
    String connection = first(headers, "connection");
    isReusable =
        !in.hasRemaining()
            && isDelimited(status, headers)
            && version.startsWith("HTTP/1.1")
            && !connection.toLowerCase(Locale.ROOT).contains("close");
    return new HttpAnswer(status, headers, body);
  }

  private static int status(String line) throws IOException {
    if (line.startsWith("HTTP/1.") && line.length() >= 12) {
      try {
        return Integer.parseInt(line.substring(9, 12));
      } catch (NumberFormatException e) {
        throw notHttp(line, e);
      }
    }
    throw notHttp(line, null);
  }

  private static IOException notHttp(String line, @Nullable Throwable cause) {
    return new IOException(
        "the answer is not HTTP/1: '" + line.substring(0, Math.min(line.length(), 80)) + "'",
        cause);
  }

  private Map<String, List<String>> readHeaders() throws IOException {
    Map<String, List<String>> headers = new HashMap<>();
    int left = MAX_HEAD_BYTES;
    for (String line = readLine(left); !line.isEmpty(); line = readLine(left)) {
      left -= line.length();
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers
            .computeIfAbsent(
                line.substring(0, colon).trim().toLowerCase(Locale.ROOT), name -> new ArrayList<>())
            .add(line.substring(colon + 1).trim());
      }
    }
    return headers;
  }

  private static String first(Map<String, List<String>> headers, String name) {
    List<String> values = headers.get(name);
    return values == null ? "" : values.get(0);
  }

  private static boolean isChunked(Map<String, List<String>> headers) {
    return first(headers, "transfer-encoding").toLowerCase(Locale.ROOT).endsWith("chunked");
  }

  private static boolean isDelimited(int status, Map<String, List<String>> headers) {
    return hasNoBody(status) || isChunked(headers) || headers.containsKey("content-length");
  }

  private static boolean hasNoBody(int status) {
    return status == 204 || status == 304;
  }

  private byte[] readBody(int status, Map<String, List<String>> headers) throws IOException {
    if (hasNoBody(status)) {
      return new byte[0];
    }
    if (isChunked(headers)) {
      return readChunks();
    }
    String length = first(headers, "content-length");
    return length.isEmpty() ? readToEnd() : readBytes(bodyLength(length, 10));
  }

  private static int bodyLength(String text, int radix) throws IOException {
    try {
      long length = Long.parseLong(text, radix);
      if (length >= 0 && length <= MAX_BODY_BYTES) {
        return (int) length;
      }
    } catch (NumberFormatException e) {
      throw new IOException("the length of the answer's body is '" + text + "'", e);
    }
    throw new IOException(
        "the body of the answer has "
            + text
            + " bytes; at most "
            + MAX_BODY_BYTES
            + " are read. Ask for fewer rows at a time.");
  }

  private byte[] readBytes(int length) throws IOException {
    // A length that is a lie costs no more memory than what comes.
    byte[] bytes = new byte[Math.min(length, FIRST_BODY_BYTES)];
    int count = 0;
    while (count < length) {
      if (count == bytes.length) {
        bytes = Arrays.copyOf(bytes, (int) Math.min(length, bytes.length * 2L));
      }
      if (!in.hasRemaining() && !fill()) {
        throw new EOFException("the connection broke in the middle of an answer");
      }
      int piece = Math.min(in.remaining(), bytes.length - count);
      in.get(bytes, count, piece);
      count += piece;
    }
    return bytes;
  }

  private byte[] readChunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      String size = readLine(MAX_HEAD_BYTES);
      int semicolon = size.indexOf(';');
      int length = bodyLength((semicolon < 0 ? size : size.substring(0, semicolon)).trim(), 16);
      if (length == 0) {
        readHeaders();
        return body.toByteArray();
      }
      bodyLength(Long.toString((long) body.size() + length), 10);
      body.write(readBytes(length));
      readLine(MAX_HEAD_BYTES);
    }
  }

  private byte[] readToEnd() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (in.hasRemaining() || fill()) {
      byte[] piece = new byte[in.remaining()];
      in.get(piece);
      bodyLength(Long.toString((long) body.size() + piece.length), 10);
      body.write(piece);
    }
    return body.toByteArray();
  }

  boolean isReusable() {
    return isReusable;
  }

  void close() {
    try {
      channel.close();
      selector.close();
    } catch (IOException e) {
      // There is nothing more to lose.
      isReusable = false;
    }
  }
}
