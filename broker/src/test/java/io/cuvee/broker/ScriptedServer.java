package io.cuvee.broker;

import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.wire.ByteReader;
import io.cuvee.common.wire.ByteWriter;
import io.cuvee.common.wire.FrameFormat;
import io.cuvee.common.wire.QueryRequest;
import io.cuvee.common.wire.QueryStats;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageCodec;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.zip.CRC32C;

/// A server that speaks the frames and answers as a test wants, also wrongly. It shares no code
/// with the broker's side.
public final class ScriptedServer implements AutoCloseable {
  private final ServerSocket listener;
  private final Script script;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  public final BlockingQueue<QueryRequest> requests = new LinkedBlockingQueue<>();
  public final BlockingQueue<Long> cancelled = new LinkedBlockingQueue<>();
  public volatile boolean greets = true;
  public volatile int protocol = FrameFormat.MAX_PROTOCOL;

  /// What it says it has shown of each partition.
  public volatile long shown;

  /// Offsets that it was told.
  public final BlockingQueue<Long> told = new LinkedBlockingQueue<>();

  /// What to do with a request.
  public interface Script {
    void answer(QueryRequest request, Reply reply) throws Exception;
  }

  public ScriptedServer(Script script) throws IOException {
    this.script = script;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        socket.setTcpNoDelay(true);
        sockets.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      while (true) {
        byte[] frame = new byte[Integer.reverseBytes(in.readInt())];
        in.readFully(frame);
        ByteReader reader = new ByteReader(frame);
        reader.readByte();
        int type = reader.readByte();
        reader.readRaw(2);
        long id = reader.readLong();
        int checksum = reader.readInt();
        byte[] payload = reader.readRaw(reader.remaining());
        CRC32C crc = new CRC32C();
        crc.update(payload);
        if ((int) crc.getValue() != checksum) {
          throw new IOException("wrong checksum from the broker");
        }
        handle(new Reply(socket.getOutputStream(), id), type, payload);
      }
    } catch (IOException e) {
      sockets.remove(socket);
    }
  }

  private void handle(Reply reply, int type, byte[] payload) throws IOException {
    switch (type) {
      case FrameFormat.HELLO -> {
        if (greets) {
          reply.frame(
              FrameFormat.HELLO_ACK,
              new ByteWriter().writeVarInt(protocol).writeString("scripted"));
        }
      }
      case FrameFormat.QUERY -> {
        QueryRequest request = QueryRequest.read(new ByteReader(payload));
        requests.add(request);
        Thread.ofVirtual()
            .start(() -> {
              try {
                script.answer(request, reply);
              } catch (Exception e) {
                // The broker has gone away, which tests do on purpose.
              }
            });
      }
      case FrameFormat.CANCEL -> cancelled.add(reply.id);
      case FrameFormat.SHOWN -> {
        ByteReader in = new ByteReader(payload);
        in.readString();
        ByteWriter answer = new ByteWriter();
        for (int left = in.readVarInt(); left > 0; left--) {
          in.readVarInt();
          told.add(in.readVarLong());
          answer.writeVarLong(shown);
        }
        if (reply.id != 0 && shown >= 0) {
          reply.frame(FrameFormat.SHOWN, answer);
        }
      }
      case FrameFormat.PING -> reply.frame(FrameFormat.PONG, new ByteWriter());
      default -> throw new IOException("unexpected frame " + type);
    }
  }

  /// Answers one request.
  public final class Reply {
    private final OutputStream out;
    private final long id;

    private Reply(OutputStream out, long id) {
      this.out = out;
      this.id = id;
    }

    public void page(Page page) throws IOException {
      ByteWriter payload = new ByteWriter();
      PageCodec.write(payload, page);
      frame(FrameFormat.RESULT, payload);
    }

    public void end(QueryStats stats, List<String> missing) throws IOException {
      end(stats, missing, Map.of());
    }

    /// @param cold those of the missing that are being loaded
    /// @param coming those of the missing that are being fetched again
    public void end(QueryStats stats, List<String> missing, List<String> cold, List<String> coming)
        throws IOException {
      ByteWriter payload = new ByteWriter();
      stats.write(payload);
      for (List<String> names : List.of(missing, List.<String>of(), cold, coming)) {
        payload.writeVarInt(names.size());
        names.forEach(payload::writeString);
      }
      frame(FrameFormat.RESULT_END, payload);
    }

    public void end(QueryStats stats, List<String> missing, Map<String, Long> ends)
        throws IOException {
      ByteWriter payload = new ByteWriter();
      stats.write(payload);
      payload.writeVarInt(missing.size());
      missing.forEach(payload::writeString);
      if (!ends.isEmpty()) {
        payload.writeVarInt(ends.size());
        ends.forEach((name, end) -> payload.writeString(name).writeVarLong(end));
      }
      frame(FrameFormat.RESULT_END, payload);
    }

    public void end() throws IOException {
      end(QueryStats.NONE, List.of());
    }

    public void error(ErrorCode code, String message) throws IOException {
      frame(FrameFormat.ERROR, new ByteWriter().writeVarInt(code.number()).writeString(message));
    }

    public void damaged() throws IOException {
      write(FrameFormat.RESULT, new byte[] {1, 2, 3}, 1);
    }

    void frame(int type, ByteWriter payload) throws IOException {
      CRC32C crc = new CRC32C();
      crc.update(payload.array(), 0, payload.size());
      write(type, payload.toByteArray(), (int) crc.getValue());
    }

    private void write(int type, byte[] payload, int checksum) throws IOException {
      ByteWriter frame = new ByteWriter();
      frame
          .writeInt(16 + payload.length)
          .writeByte(1)
          .writeByte(type)
          .writeByte(0)
          .writeByte(0)
          .writeLong(type == FrameFormat.HELLO_ACK ? 0 : id)
          .writeInt(checksum)
          .writeRaw(payload, 0, payload.length);
      synchronized (out) {
        out.write(frame.array(), 0, frame.size());
        out.flush();
      }
    }

    /// Breaks all connections and listens no more.
    public void die() throws IOException {
      close();
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
