package io.cuvee.sqltests.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A link of one process to another over TCP that can be cut and made slow. What is sent while it
/// is cut waits, and arrives when it is whole again, as TCP sends again what was lost; nobody is
/// told. Thread-safe.
final class Relay implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final ServerSocket listener;
  private final InetSocketAddress target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  // Guarded by this.
  private boolean isCut;
  private Duration delay = Duration.ZERO;

  /// @param target port of this machine
  Relay(int target) throws IOException {
    this.target = new InetSocketAddress(InetAddress.getLoopbackAddress(), target);
    this.listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().name("relay-to-" + target).start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  synchronized void cut() {
    isCut = true;
  }

  /// @param newDelay of all that is sent, in each direction
  synchronized void slow(Duration newDelay) {
    delay = newDelay;
  }

  /// Neither cut nor slow any more.
  synchronized void mend() {
    isCut = false;
    delay = Duration.ZERO;
    notifyAll();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket near = listener.accept();
        sockets.add(near);
        Thread.ofPlatform().daemon().start(() -> connect(near));
      } catch (IOException e) {
        // Closed; a connection that could not be accepted is its maker's to try again.
      }
    }
  }

  private void connect(Socket near) {
    Socket far = new Socket();
    sockets.add(far);
    try {
      pass();
      far.connect(target);
      near.setTcpNoDelay(true);
      far.setTcpNoDelay(true);
      Thread.ofPlatform().daemon().start(() -> pump(far, near));
      pump(near, far);
    } catch (IOException | InterruptedException e) {
      close(near);
      close(far);
    }
  }

  private void pump(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        pass();
        out.write(buffer, 0, read);
      }
    } catch (IOException | InterruptedException e) {
      // The other side is told by the end of its connection.
    } finally {
      close(from);
      close(to);
    }
  }

  /// Waits as long as nothing gets through.
  private void pass() throws InterruptedException {
    Duration wait;
    synchronized (this) {
      while (isCut) {
        wait();
      }
      wait = delay;
    }
    Thread.sleep(wait);
  }

  private void close(Socket socket) {
    sockets.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      // It is of no use any more in any case.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    mend();
    sockets.forEach(this::close);
  }
}
