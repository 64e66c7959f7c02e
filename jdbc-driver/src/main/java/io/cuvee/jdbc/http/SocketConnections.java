package io.cuvee.jdbc.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Sends requests over sockets of its own, on the thread that calls, and keeps some of them open
/// for the next requests to the same host. Thread-safe.
///
/// A request wakes no other thread in this process, which is a third of what a small query takes
/// with the JDK's client. `HttpURLConnection` would not either, but it repeats a POST by itself
/// when a connection breaks, and has no limit for the time of a whole answer.
final class SocketConnections {
  private static final int MAX_IDLE = 16;
  private static final long MAX_IDLE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final Duration connectTimeout;

  /// The last one used first; guarded by this.
  private final Map<String, Deque<SocketConnection>> idle = new HashMap<>();

  SocketConnections(Duration connectTimeout) {
    this.connectTimeout = connectTimeout;
  }

  /// Sends a request and waits for its answer.
  ///
  /// A kept connection that the other side has closed meanwhile is replaced by another, unless the
  /// request may have arrived and must not arrive twice.
  ///
  /// @param timeout of all, zero for none
  /// @throws HttpTimeoutException if there is no answer in time
  /// @throws java.net.ConnectException if the request was never sent
  /// @throws InterruptedIOException if the thread was interrupted, as it still is
  HttpAnswer send(OutgoingRequest request, Duration timeout) throws IOException {
    return Objects.requireNonNull(
        withConnection(
            request, timeout, (connection, bytes, left) -> connection.exchange(bytes, left)));
  }

  /// Sends a request whose answer nobody needs, and does not wait for it.
  void tell(OutgoingRequest request, Duration timeout) throws IOException {
    withConnection(
        request,
        timeout,
        (connection, bytes, left) -> {
          connection.tell(bytes, left);
          return null;
        });
  }

  private interface Use {
    @Nullable HttpAnswer with(SocketConnection connection, byte[] request, Duration left)
        throws IOException;
  }

  private @Nullable HttpAnswer withConnection(OutgoingRequest request, Duration timeout, Use use)
      throws IOException {
    byte[] bytes = request.bytes();
    String authority = request.host() + ":" + request.port();
    long begin = System.nanoTime();
    while (true) {
      SocketConnection kept = takeIdle(authority);
      Duration left = left(timeout, begin);
      SocketConnection connection =
          kept != null
              ? kept
              : SocketConnection.open(request.host(), request.port(), connectTimeout, left);
      boolean isDone = false;
      try {
        HttpAnswer answer = use.with(connection, bytes, left(timeout, begin));
        isDone = true;
        return answer;
      } catch (HttpTimeoutException | InterruptedIOException e) {
        throw e;
      } catch (IOException e) {
        boolean isLost = !connection.hasReceived() && request.isSafe();
        if (kept == null || connection.hasSent() && !isLost) {
          throw e;
        }
      } finally {
        if (isDone && connection.isReusable()) {
          keep(authority, connection);
        } else {
          connection.close();
        }
      }
    }
  }

  private static Duration left(Duration timeout, long begin) throws IOException {
    if (timeout.isZero()) {
      return timeout;
    }
    Duration left = timeout.minusNanos(System.nanoTime() - begin);
    if (left.isNegative() || left.isZero()) {
      throw new HttpTimeoutException("no answer in time");
    }
    return left;
  }

  private @Nullable SocketConnection takeIdle(String authority) {
    while (true) {
      SocketConnection connection;
      synchronized (this) {
        Deque<SocketConnection> connections = idle.get(authority);
        connection = connections == null ? null : connections.poll();
      }
      if (connection == null) {
        return null;
      }
      if (System.nanoTime() - connection.idleSinceNanos < MAX_IDLE_NANOS && connection.isAlive()) {
        return connection;
      }
      connection.close();
    }
  }

  private void keep(String authority, SocketConnection connection) {
    connection.idleSinceNanos = System.nanoTime();
    SocketConnection surplus = null;
    synchronized (this) {
      Deque<SocketConnection> connections =
          idle.computeIfAbsent(authority, name -> new ArrayDeque<>());
      connections.push(connection);
      SocketConnection oldest = connections.peekLast();
      if (connections.size() > MAX_IDLE
          || oldest != null && connection.idleSinceNanos - oldest.idleSinceNanos > MAX_IDLE_NANOS) {
        surplus = connections.pollLast();
      }
    }
    if (surplus != null) {
      surplus.close();
    }
  }
}
