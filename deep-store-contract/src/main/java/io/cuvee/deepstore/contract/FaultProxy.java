package io.cuvee.deepstore.contract;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// Stands between a client and a server and does to connections what networks and servers do.
/// Without faults it passes everything on.
public final class FaultProxy implements AutoCloseable {
  private static final Injection NONE = new Injection(new Fault.Delay(0), new AtomicInteger());

  private final List<ServerSocket> listeners = new CopyOnWriteArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger struck = new AtomicInteger();
  private volatile Injection injection = NONE;

  /// What happens to a connection.
  public sealed interface Fault {
    /// How much of the request goes through before it strikes.
    default long requestBytes() {
      return Long.MAX_VALUE;
    }

    /// How much of the answer goes through before it strikes.
    default long answerBytes() {
      return Long.MAX_VALUE;
    }

    /// Nothing is passed on for so long; then everything.
    record Delay(int millis) implements Fault {}

    /// An HTTP server that answers with this status.
    record HttpError(int status) implements Fault {}

    /// The connection ends in order after so many bytes of the answer.
    record CutAnswer(long answerBytes) implements Fault {}

    /// A bit of the answer turns over after so many bytes, and again after as many.
    record FlipAnswer(long answerBytes) implements Fault {}

    /// The connection breaks after so many bytes of the request.
    record Reset(long requestBytes) implements Fault {}

    /// The connection stays open, and nothing more goes through after so many bytes of the request.
    record Silence(long requestBytes) implements Fault {}
  }

  /// @param left how often it strikes still
  private record Injection(Fault fault, AtomicInteger left) {}

  private FaultProxy() {}

  /// At a free port, before one server on this machine.
  public static FaultProxy before(int port) {
    FaultProxy proxy = new FaultProxy();
    proxy.alsoAt(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), port);
    return proxy;
  }

  /// Stands at `address` before another server on this machine, with the same faults.
  public void alsoAt(InetSocketAddress address, int port) {
    try {
      ServerSocket listener = new ServerSocket();
      listener.bind(address, 200);
      listeners.add(listener);
      Thread.ofVirtual().name("fault-proxy").start(() -> accept(listener, port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Of the first server.
  public int port() {
    return listeners.getFirst().getLocalPort();
  }

  /// Ends the present connections; those to come have this fault until it has struck so often.
  public void inject(Fault fault, int times) {
    injection = new Injection(fault, new AtomicInteger(times));
    struck.set(0);
    cutAll();
  }

  /// No fault for the connections to come.
  public void heal() {
    inject(NONE.fault(), 0);
  }

  /// How often the last fault has struck.
  public int struck() {
    return struck.get();
  }

  private boolean strikes(Injection injected) {
    boolean strikes = injected.left().getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    if (strikes) {
      struck.incrementAndGet();
    }
    return strikes;
  }

  private void cutAll() {
    open.forEach(FaultProxy::closeQuietly);
  }

  private void accept(ServerSocket listener, int port) {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        open.add(client);
        Thread.ofVirtual().start(() -> serve(client, port));
      } catch (IOException e) {
        // Closed.
        return;
      }
    }
  }

  private void serve(Socket client, int port) {
    Socket upstream = new Socket();
    open.add(upstream);
    try (client;
        upstream) {
      upstream.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      client.setTcpNoDelay(true);
      upstream.setTcpNoDelay(true);
      Injection injected = injection;
      switch (injected.fault()) {
        case Fault.HttpError(int status) when strikes(injected) -> {
          refuse(client, status);
          return;
        }
        case Fault.Delay(int millis) when strikes(injected) -> Thread.sleep(millis);
        case Fault.HttpError _,
            Fault.Delay _,
            Fault.CutAnswer _,
            Fault.FlipAnswer _,
            Fault.Reset _,
            Fault.Silence _ -> {}
      }
      Thread answers = Thread.ofVirtual().start(() -> passAnswer(upstream, client, injected));
      passRequest(client, upstream, injected);
      answers.join();
    } catch (IOException e) {
      // One side has ended it.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(client);
      open.remove(upstream);
    }
  }

  private static void refuse(Socket client, int status) throws IOException {
    InputStream in = client.getInputStream();
    byte[] buffer = new byte[1 << 16];
    if (in.read(buffer) < 0) {
      return;
    }
    client
        .getOutputStream()
        .write(
            ("HTTP/1.1 " + status + " Fault\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .getBytes(US_ASCII));
    client.shutdownOutput();
    // What the client still sends is read for a moment, else the answer could be lost in a reset.
    client.setSoTimeout(1_000);
    in.transferTo(OutputStream.nullOutputStream());
  }

  private void passRequest(Socket from, Socket to, Injection injected) throws IOException {
    InputStream in = from.getInputStream();
    OutputStream out = to.getOutputStream();
    boolean whole = copy(in, out, injected.fault().requestBytes());
    if (!whole && strikes(injected)) {
      if (injected.fault() instanceof Fault.Silence) {
        // Until the client gives up.
        in.transferTo(OutputStream.nullOutputStream());
      }
      // Zero lingering sends a reset.
      from.setSoLinger(true, 0);
      to.setSoLinger(true, 0);
      from.close();
      to.close();
    } else {
      copy(in, out, Long.MAX_VALUE);
      to.shutdownOutput();
    }
  }

  private void passAnswer(Socket from, Socket to, Injection injected) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      while (!copy(in, out, injected.fault().answerBytes()) && strikes(injected)) {
        if (injected.fault() instanceof Fault.CutAnswer) {
          to.close();
          from.close();
          return;
        }
        int next = in.read();
        if (next >= 0) {
          out.write(next ^ 1);
        }
      }
      copy(in, out, Long.MAX_VALUE);
      to.close();
      from.close();
    } catch (IOException e) {
      closeQuietly(to);
      closeQuietly(from);
    }
  }

  /// @return whether the stream ended before the limit
  private static boolean copy(InputStream in, OutputStream out, long limit) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long left = limit;
    while (left > 0) {
      int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (read < 0) {
        return true;
      }
      out.write(buffer, 0, read);
      left -= read;
    }
    return false;
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone.
    }
  }

  @Override
  public void close() {
    for (ServerSocket listener : listeners) {
      try {
        listener.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    cutAll();
  }
}
