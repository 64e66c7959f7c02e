package io.cuvee.engine.exchange;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.wire.ByteReader;
import io.cuvee.common.wire.ByteWriter;
import io.cuvee.common.wire.FrameFormat;
import io.cuvee.common.wire.QueryRequest;
import io.cuvee.common.wire.QueryStats;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageCodec;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// A broker's side of the protocol on a blocking socket.
public final class TestClient implements AutoCloseable {
  private final Socket socket;
  private final DataInputStream in;

  public TestClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(20_000);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
  }

  /// Connected and past the handshake.
  public static TestClient agreed(int port) throws IOException {
    TestClient client = new TestClient(port);
    client.hello(FrameFormat.MIN_PROTOCOL, FrameFormat.MAX_PROTOCOL);
    if (client.read().type() != FrameFormat.HELLO_ACK) {
      throw new AssertionError("No HELLO_ACK.");
    }
    return client;
  }

  public Socket socket() {
    return socket;
  }

  void hello(int lowest, int highest) throws IOException {
    send(
        FrameFormat.HELLO,
        0,
        out -> out.writeVarInt(lowest).writeVarInt(highest).writeString("test-broker"));
  }

  void send(int type, long requestId, Consumer<ByteWriter> payload) throws IOException {
    ByteWriter out = new ByteWriter();
    Frame.append(out, type, requestId, payload);
    sendRaw(out.toByteArray());
  }

  void sendRaw(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  public void query(long requestId, QueryRequest request) throws IOException {
    send(FrameFormat.QUERY, requestId, request::write);
  }

  Frame read() throws IOException {
    int length = Integer.reverseBytes(in.readInt());
    int version = in.readUnsignedByte();
    int type = in.readUnsignedByte();
    in.readShort();
    long requestId = Long.reverseBytes(in.readLong());
    in.readInt();
    byte[] payload = new byte[length - FrameFormat.HEADER_BYTES];
    in.readFully(payload);
    if (version != FrameFormat.VERSION) {
      throw new AssertionError("Frame layout " + version);
    }
    return new Frame(type, requestId, payload);
  }

  /// What came for one request.
  ///
  /// @param cold those of the missing that the server loads now
  /// @param coming those of the missing that it fetches again
  public record Result(
      List<Page> pages,
      QueryStats stats,
      List<String> missing,
      List<String> cold,
      List<String> coming) {
    public int rowCount() {
      return pages.stream().mapToInt(Page::rowCount).sum();
    }
  }

  /// Reads the rest of the answer to the only request under way.
  ///
  /// @throws CuveeException what the server answered
  public Result result(SegmentQuery query) throws IOException {
    List<Page> pages = new ArrayList<>();
    while (true) {
      Frame frame = read();
      ByteReader reader = new ByteReader(frame.payload());
      switch (frame.type()) {
        case FrameFormat.RESULT -> pages.add(PageCodec.read(reader, query.outputTypes()));
        case FrameFormat.RESULT_END -> {
          QueryStats stats = QueryStats.read(reader);
          List<String> missing = names(reader);
          for (int i = reader.remaining() == 0 ? 0 : reader.readVarInt(); i > 0; i--) {
            reader.readString();
            reader.readVarLong();
          }
          return new Result(pages, stats, missing, names(reader), names(reader));
        }
        case FrameFormat.PROGRESS -> {}
        case FrameFormat.ERROR -> throw error(frame);
        default -> throw new AssertionError("Frame of type " + frame.type());
      }
    }
  }

  private static List<String> names(ByteReader reader) {
    List<String> names = new ArrayList<>();
    for (int i = reader.remaining() == 0 ? 0 : reader.readVarInt(); i > 0; i--) {
      names.add(reader.readString());
    }
    return names;
  }

  static CuveeException error(Frame frame) {
    ByteReader reader = new ByteReader(frame.payload());
    return new CuveeException(ErrorCode.ofNumber(reader.readVarInt()), reader.readString());
  }

  boolean isClosedByServer() throws IOException {
    return in.read() < 0;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
