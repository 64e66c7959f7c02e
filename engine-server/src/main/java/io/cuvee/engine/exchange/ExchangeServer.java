package io.cuvee.engine.exchange;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.wire.InProcessServers;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;

/// Listens for brokers, on the network and in its own process. Thread-safe.
public final class ExchangeServer implements AutoCloseable {
  /// A query pauses when so much waits for its reader, and goes on when it is down to the lower
  /// mark.
  private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(1 << 20, 4 << 20);

  private final EventLoopGroup acceptors;
  private final EventLoopGroup workers;
  private final ChannelGroup channels;
  private final Channel listener;
  private final String host;
  private final RequestStart starts;
  private final LocalExchange local;

  private ExchangeServer(
      EventLoopGroup acceptors,
      EventLoopGroup workers,
      ChannelGroup channels,
      Channel listener,
      String host,
      RequestStart starts) {
    this.acceptors = acceptors;
    this.workers = workers;
    this.channels = channels;
    this.listener = listener;
    this.host = host;
    this.starts = starts;
    this.local = new LocalExchange(starts);
    InProcessServers.add(host, port(), local);
    var _ =
        workers
            .next()
            .scheduleWithFixedDelay(
                local::look, Answer.LOOK_MILLIS, Answer.LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /// @param host address to listen at
  /// @param port 0 takes a free one
  /// @param name of this server, for brokers' messages
  /// @throws CuveeException `ADDRESS_IN_USE`, or `INVALID_SETTING` for a host that is not this
  ///   machine's
  public static ExchangeServer start(
      String host, int port, String name, QueryHandler handler, ExchangeLimits limits) {
    int threads = Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 8);
    EventLoopGroup acceptors =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("exchange-accept", true), NioIoHandler.newFactory());
    EventLoopGroup workers =
        new MultiThreadIoEventLoopGroup(
            threads, new DefaultThreadFactory("exchange", true), NioIoHandler.newFactory());
    ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    RequestStart starts = new RequestStart(name, handler, limits);
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(acceptors, workers)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, 1024)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channels.add(channel);
                    channel
                        .pipeline()
                        .addLast(new FrameDecoder(limits.frameBytes()))
                        .addLast(new Connection(starts));
                  }
                });
    ChannelFuture bound = bootstrap.bind(host, port).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      stop(acceptors);
      stop(workers);
      throw notBound(host, port, bound.cause());
    }
    return new ExchangeServer(acceptors, workers, channels, bound.channel(), host, starts);
  }

  private static CuveeException notBound(String host, int port, Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    if (cause instanceof UnknownHostException
        || cause instanceof java.nio.channels.UnresolvedAddressException
        || message.contains("Cannot assign")) {
      return new CuveeException(
          ErrorCode.INVALID_SETTING,
          "The data plane cannot listen at '"
              + host
              + "', which is not an address of this machine. Change the setting host.",
          cause);
    }
    return new CuveeException(
        ErrorCode.ADDRESS_IN_USE,
        "Port "
            + port
            + " of "
            + host
            + " is in use. Stop the program that listens there, or set data.port to another port (0 takes a free one).",
        cause);
  }

  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /// Queries that run now.
  public int runningQueries() {
    return starts.running();
  }

  /// Ends all queries.
  @Override
  public void close() {
    InProcessServers.remove(host, port(), local);
    local.close();
    listener.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
    channels.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
    stop(acceptors);
    stop(workers);
  }

  private static void stop(EventLoopGroup group) {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
  }
}
