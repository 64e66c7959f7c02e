package io.cuvee.launcher.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/// Chooses ports for processes on one machine.
public final class Ports {
  private Ports() {}

  /// `wanted` if nobody listens there on the loopback address, else 0, which lets the system
  /// choose.
  public static int freeOrAny(int wanted) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted));
      return wanted;
    } catch (IOException e) {
      return 0;
    }
  }
}
