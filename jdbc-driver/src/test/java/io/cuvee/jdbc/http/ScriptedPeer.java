package io.cuvee.jdbc.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A server of plain sockets that answers each request of each connection as the test says.
final class ScriptedPeer implements AutoCloseable {
  /// What happens with one connection.
  interface Script {
    void run(Exchange exchange) throws Exception;
  }

  private final ServerSocket server;
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  /// The first line of each request that came whole.
  final List<String> requests = new CopyOnWriteArrayList<>();

  /// @param scripts one for each connection in turn, the last one for all that follow
  ScriptedPeer(Script... scripts) throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread =
        new Thread(() -> {
          for (int i = 0; ; i++) {
            try {
              Socket socket = server.accept();
              open.add(socket);
              Script script = scripts[Math.min(i, scripts.length - 1)];
              Thread connection = new Thread(() -> serve(socket, script));
              connection.setDaemon(true);
              connection.start();
            } catch (IOException e) {
              return;
            }
          }
        });
    thread.setDaemon(true);
    thread.start();
  }

  private void serve(Socket socket, Script script) {
    try (socket) {
      script.run(new Exchange(socket));
    } catch (Exception e) {
      // The test sees what its side makes of it.
    }
  }

  URI uri(String path) {
    return URI.create("http://localhost:" + server.getLocalPort() + path);
  }

  int connectionCount() {
    return open.size();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }

  /// The server's end of a connection.
  final class Exchange {
    private final Socket socket;

    Exchange(Socket socket) {
      this.socket = socket;
    }

    /// Waits for a request with its body.
    ///
    /// @return the body
    /// @throws IOException at the end of the connection
    String receive() throws IOException {
      InputStream in = socket.getInputStream();
      List<String> head = new ArrayList<>();
      for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
        head.add(line);
      }
      int length = 0;
      for (String header : head) {
        if (header.startsWith("Content-Length: ")) {
          length = Integer.parseInt(header.substring(16));
        }
      }
      String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
      requests.add(head.get(0));
      return body;
    }

    private String readLine(InputStream in) throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      int next;
      while ((next = in.read()) != '\n') {
        if (next < 0) {
          throw new IOException("closed");
        }
        line.write(next);
      }
      return line.toString(StandardCharsets.ISO_8859_1).trim();
    }

    void send(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().flush();
    }

    void answer(String body) throws IOException {
      int length = body.getBytes(StandardCharsets.UTF_8).length;
      send("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n" + body);
    }

    /// Waits until the other side closes.
    void awaitEnd() throws IOException {
      while (socket.getInputStream().read() >= 0) {
        // What comes is of no interest.
      }
    }
  }
}
