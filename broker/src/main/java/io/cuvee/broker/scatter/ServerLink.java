package io.cuvee.broker.scatter;

import io.cuvee.broker.routing.ServerAddress;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.wire.InProcessServer;
import io.cuvee.common.wire.InProcessServers;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The connections to one server: one that all short answers share, without a network if the server
/// is in this process, and one for each answer that flows as its reader takes it, because a reader
/// that stops must not stop the others. Thread-safe.
final class ServerLink {
  /// After a failure to connect, the server is left alone for so long if another can answer.
  private static final long AVOID_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private static final int SILENCE_SECONDS = 5;
  private static final int MAX_IDLE_CONNECTIONS = 32;

  /// How long a server may be silent at first whatever it usually does.
  private static final double LEAST_PATIENCE_NANOS = 50e6;

  private static final double MOST_PATIENCE_NANOS = 400e6;

  /// The weight of the newest of the times that are observed.
  private static final double NEWEST = 0.1;

  private static final double DEVIATIONS = 4;

  private final ServerAddress server;
  private final String brokerName;
  private final Bootstrap bootstrap;
  private volatile @Nullable ServerConnection shared;
  private volatile long failedAtNanos = System.nanoTime() - AVOID_NANOS;

  // Guarded by this.
  private final Deque<ServerConnection> idle = new ArrayDeque<>();
  private final Set<ServerConnection> all = new HashSet<>();
  private boolean closed;
  private double usualNanos = MOST_PATIENCE_NANOS;
  private double deviationNanos;

  ServerLink(ServerAddress server, String brokerName, Bootstrap bootstrap) {
    this.server = server;
    this.brokerName = brokerName;
    this.bootstrap = bootstrap;
  }

  ServerAddress server() {
    return server;
  }

  /// Whether the last attempt to reach it failed just now.
  boolean isSuspect() {
    return System.nanoTime() - failedAtNanos < AVOID_NANOS;
  }

  void suspect() {
    failedAtNanos = System.nanoTime();
  }

  /// Takes note of the time between a request and the first that was heard of it.
  synchronized void heardAfter(long nanos) {
    deviationNanos += NEWEST * (Math.abs(nanos - usualNanos) - deviationNanos);
    usualNanos += NEWEST * (nanos - usualNanos);
  }

  /// How long after a request a server that works as usual is heard of.
  synchronized long patienceNanos() {
    return (long)
        Math.clamp(
            usualNanos + DEVIATIONS * deviationNanos, LEAST_PATIENCE_NANOS, MOST_PATIENCE_NANOS);
  }

  /// The connection that short answers share; it may still be under way.
  ServerConnection shared() {
    ServerConnection open = shared;
    if (open != null && open.isOpen()) {
      return open;
    }
    synchronized (this) {
      open = shared;
      if (open == null || !open.isOpen()) {
        Optional<InProcessServer> local =
            InProcessServers.find(server.host(), server.port()).filter(InProcessServer::isOpen);
        open = local.isPresent() && !closed ? connectTo(local.get()) : connect();
        shared = open;
      }
      return open;
    }
  }

  /// A connection for one answer alone; [#giveBack] or close it.
  synchronized ServerConnection exclusive() {
    ServerConnection free = idle.poll();
    while (free != null && !free.isOpen()) {
      free = idle.poll();
    }
    return free == null ? connect() : free;
  }

  /// Takes back a connection without a request in flight.
  void giveBack(ServerConnection connection) {
    connection.setReading(true);
    synchronized (this) {
      if (!closed && connection.isOpen() && idle.size() < MAX_IDLE_CONNECTIONS) {
        idle.push(connection);
        return;
      }
    }
    connection.close();
  }

  private synchronized ServerConnection connectTo(InProcessServer local) {
    ServerConnection connection = new LocalConnection(server, local);
    all.removeIf(other -> !other.isOpen());
    all.add(connection);
    return connection;
  }

  private synchronized ServerConnection connect() {
    NetworkConnection connection = new NetworkConnection(server, brokerName);
    if (closed) {
      connection.failAll(unreachable(null));
      return connection;
    }
    all.add(connection);
    Bootstrap prepared =
        bootstrap
            .clone()
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(new FrameDecoder())
                        .addLast(new IdleStateHandler(SILENCE_SECONDS, 0, 0))
                        .addLast(connection);
                  }
                });
    prepared
        .connect(server.host(), server.port())
        .addListener((io.netty.channel.ChannelFuture done) -> {
          if (!done.isSuccess()) {
            suspect();
            connection.failAll(unreachable(done.cause()));
          }
          done.channel().closeFuture().addListener(gone -> forget(connection));
        });
    return connection;
  }

  private synchronized void forget(ServerConnection connection) {
    all.remove(connection);
    idle.remove(connection);
  }

  private CuveeException unreachable(@Nullable Throwable cause) {
    return new CuveeException(
        ErrorCode.SERVER_UNREACHABLE,
        "Server "
            + server
            + " cannot be reached"
            + (cause == null ? "" : " (" + cause.getMessage() + ")")
            + ".",
        cause);
  }

  /// Breaks all connections, so that what waits for this server is asked elsewhere.
  void close() {
    Set<ServerConnection> open;
    synchronized (this) {
      closed = true;
      open = Set.copyOf(all);
      idle.clear();
    }
    open.forEach(ServerConnection::close);
  }
}
