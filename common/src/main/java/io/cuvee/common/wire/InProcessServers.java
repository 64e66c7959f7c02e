package io.cuvee.common.wire;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The servers of this process, as in the demo and in embedded databases. Thread-safe.
public final class InProcessServers {
  private static final Map<String, InProcessServer> BY_ADDRESS = new ConcurrentHashMap<>();

  private InProcessServers() {}

  /// @param host by which the server is known in its cluster
  /// @param port of its data plane
  public static void add(String host, int port, InProcessServer server) {
    BY_ADDRESS.put(address(host, port), server);
  }

  /// Forgets a server; nothing happens if another is there by now.
  public static void remove(String host, int port, InProcessServer server) {
    BY_ADDRESS.remove(address(host, port), server);
  }

  /// The server that listens there, if it is one of this process.
  public static Optional<InProcessServer> find(String host, int port) {
    return Optional.ofNullable(BY_ADDRESS.get(address(host, port)));
  }

  private static String address(String host, int port) {
    return host + ":" + port;
  }
}
