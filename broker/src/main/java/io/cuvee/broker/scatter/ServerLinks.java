package io.cuvee.broker.scatter;

import io.cuvee.broker.routing.ServerAddress;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// The connections to all servers. Thread-safe.
public final class ServerLinks implements AutoCloseable {
  private final String brokerName;
  private final EventLoopGroup threads;
  private final Bootstrap bootstrap;
  private final Map<ServerAddress, ServerLink> links = new ConcurrentHashMap<>();

  private final Hedging hedging;
  private final WakeUpCalls wakeUpCalls = new WakeUpCalls();

  /// @param brokerName how servers know this broker, for their logs
  /// @param hedgePercent of the requests that may be sent to a second server, because the first is
  ///   late; 0: none
  public ServerLinks(String brokerName, Duration connectTimeout, int hedgePercent) {
    this.brokerName = brokerName;
    this.hedging = new Hedging(hedgePercent);
    this.threads =
        new MultiThreadIoEventLoopGroup(
            Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
            Thread.ofPlatform().daemon().name("broker-net-", 0).factory(),
            NioIoHandler.newFactory());
    this.bootstrap =
        new Bootstrap()
            .group(threads)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) connectTimeout.toMillis());
  }

  WakeUpCalls wakeUpCalls() {
    return wakeUpCalls;
  }

  Hedging hedging() {
    return hedging;
  }

  ServerLink to(ServerAddress server) {
    ServerLink link = links.get(server);
    return link == null
        ? links.computeIfAbsent(server, address -> new ServerLink(address, brokerName, bootstrap))
        : link;
  }

  /// Ids of the servers that could not be reached a moment ago.
  Set<String> suspects() {
    Set<String> suspects = new HashSet<>();
    for (ServerLink link : links.values()) {
      if (link.isSuspect()) {
        suspects.add(link.server().id());
      }
    }
    return suspects;
  }

  /// Breaks the connections to servers that live no more, and makes one to each that does.
  public void retain(List<ServerAddress> live) {
    Set<ServerAddress> known = new HashSet<>(live);
    for (ServerLink link : List.copyOf(links.values())) {
      if (!known.contains(link.server())) {
        links.remove(link.server());
        link.close();
      }
    }
    for (ServerAddress server : live) {
      if (server.port() > 0) {
        to(server).shared();
      }
    }
  }

  @Override
  public void close() {
    links.values().forEach(ServerLink::close);
    wakeUpCalls.close();
    threads.shutdownGracefully(0, 500, TimeUnit.MILLISECONDS).awaitUninterruptibly(1000);
  }
}
