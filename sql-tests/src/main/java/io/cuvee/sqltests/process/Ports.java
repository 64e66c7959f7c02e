package io.cuvee.sqltests.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/// Ports for processes that stop and come back to the same one. They lie below those that systems
/// hand out by themselves, else a connection of somebody else could take one meanwhile.
public final class Ports {
  private static final int FIRST = 15_000;
  private static final int LAST = 30_000;
  private static final int TRIES = 1000;

  private Ports() {}

  /// Different ports that nobody listens at.
  public static List<Integer> free(int count) throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        held.add(listen());
      }
      return held.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket socket : held) {
        socket.close();
      }
    }
  }

  private static ServerSocket listen() throws IOException {
    IOException last = new IOException("No port was tried");
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
      try {
        return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
      } catch (IOException e) {
        last = e;
      }
    }
    throw last;
  }
}
