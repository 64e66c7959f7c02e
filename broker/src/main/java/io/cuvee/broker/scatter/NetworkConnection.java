package io.cuvee.broker.scatter;

import io.cuvee.broker.routing.ServerAddress;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.wire.ByteReader;
import io.cuvee.common.wire.ByteWriter;
import io.cuvee.common.wire.FrameFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.timeout.IdleStateEvent;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One TCP connection to a server with any number of requests in flight. Thread-safe.
final class NetworkConnection extends SimpleChannelInboundHandler<Frame>
    implements ServerConnection {
  private static final Logger LOG = LoggerFactory.getLogger(NetworkConnection.class);

  private final ServerAddress server;
  private final String brokerName;
  private final CompletableFuture<ServerConnection> ready = new CompletableFuture<>();
  private final Map<Long, Responder> pending = new ConcurrentHashMap<>();
  private final AtomicLong nextRequestId = new AtomicLong();
  private volatile @Nullable Channel channel;
  private volatile int protocol;
  private volatile @Nullable CuveeException closed;
  private boolean pinged;

  NetworkConnection(ServerAddress server, String brokerName) {
    this.server = server;
    this.brokerName = brokerName;
  }

  @Override
  public CompletableFuture<ServerConnection> ready() {
    return ready;
  }

  @Override
  public int protocol() {
    return protocol;
  }

  @Override
  public boolean isOpen() {
    return closed == null;
  }

  @Override
  public long newRequest() {
    return nextRequestId.incrementAndGet();
  }

  @Override
  public void send(long id, int type, ByteWriter payload, Responder responder) {
    pending.put(id, responder);
    Channel open = channel;
    CuveeException failure = closed;
    if (failure != null || open == null) {
      // Whoever takes it out of the map tells the responder.
      if (pending.remove(id) != null) {
        responder.failed(failure == null ? lost(null) : failure);
      }
      return;
    }
    ByteBuf frame = frame(type, id, payload);
    open.eventLoop()
        .execute(() -> {
          var _ = open.writeAndFlush(frame, open.voidPromise());
          responder.sent();
        });
  }

  @Override
  public void tell(int type, ByteWriter payload) {
    Channel open = channel;
    if (open != null && closed == null && open.isWritable()) {
      write(open, type, 0, payload);
    }
  }

  @Override
  public void cancel(long requestId) {
    Channel open = channel;
    if (pending.remove(requestId) != null && open != null && closed == null) {
      write(open, FrameFormat.CANCEL, requestId, new ByteWriter(16));
    }
  }

  @Override
  public void setReading(boolean reads) {
    Channel open = channel;
    if (open != null) {
      open.config().setAutoRead(reads);
    }
  }

  @Override
  public void close() {
    Channel open = channel;
    if (open != null) {
      var _ = open.close();
    }
  }

  private static void write(Channel channel, int type, long requestId, ByteWriter payload) {
    var _ = channel.writeAndFlush(frame(type, requestId, payload), channel.voidPromise());
  }

  private static ByteBuf frame(int type, long requestId, ByteWriter payload) {
    CRC32C crc = new CRC32C();
    crc.update(payload.array(), 0, payload.size());
    ByteWriter head = new ByteWriter(FrameFormat.LENGTH_BYTES + FrameFormat.HEADER_BYTES);
    head.writeInt(FrameFormat.HEADER_BYTES + payload.size())
        .writeByte(FrameFormat.VERSION)
        .writeByte(type)
        .writeByte(0)
        .writeByte(0)
        .writeLong(requestId)
        .writeInt((int) crc.getValue());
    return Unpooled.wrappedBuffer(
        Unpooled.wrappedBuffer(head.array(), 0, head.size()),
        Unpooled.wrappedBuffer(payload.array(), 0, payload.size()));
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    channel = context.channel();
    ByteWriter hello = new ByteWriter(64);
    hello
        .writeVarInt(FrameFormat.MIN_PROTOCOL)
        .writeVarInt(FrameFormat.MAX_PROTOCOL)
        .writeString(brokerName);
    write(context.channel(), FrameFormat.HELLO, 0, hello);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, Frame frame) {
    pinged = false;
    switch (frame.type()) {
      case FrameFormat.RESULT -> {
        Responder responder = pending.get(frame.requestId());
        if (responder != null) {
          responder.page(frame.payload());
        }
      }
      case FrameFormat.PROGRESS -> {
        Responder responder = pending.get(frame.requestId());
        if (responder != null) {
          ByteReader in = new ByteReader(frame.payload());
          responder.progress(in.readVarLong(), in.readVarLong());
        }
      }
      case FrameFormat.RESULT_END, FrameFormat.SHOWN -> {
        Responder responder = pending.remove(frame.requestId());
        if (responder != null) {
          responder.end(frame.payload());
        }
      }
      case FrameFormat.ERROR -> error(context, frame);
      case FrameFormat.HELLO_ACK -> {
        int version = new ByteReader(frame.payload()).readVarInt();
        if (version < FrameFormat.MIN_PROTOCOL || version > FrameFormat.MAX_PROTOCOL) {
          throw new CuveeException(
              ErrorCode.UNSUPPORTED_VERSION,
              "Server "
                  + server
                  + " chose protocol version "
                  + version
                  + ", which this broker does not speak.");
        }
        protocol = version;
        ready.complete(this);
      }
      case FrameFormat.PONG -> {}
      default ->
          throw new CuveeException(
              ErrorCode.PROTOCOL,
              "Server " + server + " sent a frame of the unknown type " + frame.type() + ".");
    }
  }

  private void error(ChannelHandlerContext context, Frame frame) {
    ByteReader in = new ByteReader(frame.payload());
    CuveeException failure =
        new CuveeException(ErrorCode.ofNumber(in.readVarInt()), in.readString());
    if (frame.requestId() == 0) {
      closeWith(context, failure);
      return;
    }
    Responder responder = pending.remove(frame.requestId());
    if (responder != null) {
      responder.failed(failure);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof IdleStateEvent && !ready.isDone()) {
      closeWith(context, lost(new IOException("it does not answer the greeting")));
    } else if (event instanceof IdleStateEvent
        && !pending.isEmpty()
        && context.channel().config().isAutoRead()) {
      if (pinged) {
        closeWith(context, lost(new IOException("it does not answer")));
      } else {
        pinged = true;
        write(context.channel(), FrameFormat.PING, 0, new ByteWriter(16));
      }
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    Throwable root =
        cause instanceof io.netty.handler.codec.DecoderException && cause.getCause() != null
            ? cause.getCause()
            : cause;
    if (!(root instanceof IOException)) {
      LOG.warn("The connection to server {} is closed because of {}", server, root.toString());
    }
    closeWith(context, root instanceof CuveeException ours ? ours : lost(root));
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    failAll(lost(null));
  }

  private void closeWith(ChannelHandlerContext context, CuveeException failure) {
    failAll(failure);
    var _ = context.close();
  }

  /// Ends the connection for all who wait for it. Called also if it could not be made.
  void failAll(CuveeException failure) {
    if (closed == null) {
      closed = failure;
    }
    ready.completeExceptionally(failure);
    for (Long id : List.copyOf(pending.keySet())) {
      Responder responder = pending.remove(id);
      if (responder != null) {
        responder.failed(failure);
      }
    }
  }

  private CuveeException lost(@Nullable Throwable cause) {
    return new CuveeException(
        ErrorCode.SERVER_UNREACHABLE,
        "The connection to server "
            + server
            + " is lost"
            + (cause == null || cause.getMessage() == null ? "" : " (" + cause.getMessage() + ")")
            + ".",
        cause);
  }
}
