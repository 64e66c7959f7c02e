package io.cuvee.engine.exchange;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.wire.ByteReader;
import io.cuvee.common.wire.FrameFormat;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One broker's connection: the handshake, then any number of requests at once. When the connection
/// goes, so do its queries.
// A write that fails closes the channel, which is heard of there.
@SuppressWarnings("FutureReturnValueIgnored")
final class Connection extends SimpleChannelInboundHandler<Frame> {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
  private static final long HANDSHAKE_SECONDS = 10;

  private final RequestStart starts;
  private final Map<Long, Answer> answers = new ConcurrentHashMap<>();
  private boolean agreed;
  private boolean tellsProgress;
  private String peer = "unknown";

  Connection(RequestStart starts) {
    this.starts = starts;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    peer = String.valueOf(context.channel().remoteAddress());
    context
        .executor()
        .schedule(
            () -> {
              if (!agreed && context.channel().isActive()) {
                LOG.info("Closing {}: no handshake in {} s", peer, HANDSHAKE_SECONDS);
                context.close();
              }
            },
            HANDSHAKE_SECONDS,
            TimeUnit.SECONDS);
    var overdue =
        context
            .executor()
            .scheduleWithFixedDelay(
                this::look, Answer.LOOK_MILLIS, Answer.LOOK_MILLIS, TimeUnit.MILLISECONDS);
    context.channel().closeFuture().addListener(closed -> overdue.cancel(false));
  }

  private void look() {
    if (answers.isEmpty()) {
      return;
    }
    long now = System.nanoTime();
    for (Answer answer : answers.values()) {
      if (answer.isOverdue(now)) {
        answer.resume();
      } else if (tellsProgress) {
        answer.tellProgress(now);
      }
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, Frame frame) {
    if (!agreed) {
      shakeHands(context, frame);
      return;
    }
    switch (frame.type()) {
      case FrameFormat.QUERY -> query(context, frame);
      case FrameFormat.CANCEL -> {
        Answer answer = answers.get(frame.requestId());
        if (answer != null) {
          answer.cancel();
        }
      }
      case FrameFormat.SHOWN -> shown(context, frame);
      case FrameFormat.PING ->
          context.writeAndFlush(
              Frame.encode(
                  FrameFormat.PONG,
                  frame.requestId(),
                  out -> out.writeRaw(frame.payload(), 0, frame.payload().length)));
      case FrameFormat.PONG -> {}
      default ->
          throw new CuveeException(
              ErrorCode.PROTOCOL,
              "Unexpected frame of type " + frame.type() + " from " + peer + ".");
    }
  }

  private void shakeHands(ChannelHandlerContext context, Frame frame) {
    if (frame.type() != FrameFormat.HELLO) {
      throw new CuveeException(
          ErrorCode.PROTOCOL,
          "The first frame of a connection has to be HELLO, not type " + frame.type() + ".");
    }
    ByteReader in = new ByteReader(frame.payload());
    int lowest = in.readVarInt();
    int highest = in.readVarInt();
    String name = in.readString();
    int chosen = Math.min(highest, FrameFormat.MAX_PROTOCOL);
    if (chosen < Math.max(lowest, FrameFormat.MIN_PROTOCOL)) {
      throw new CuveeException(
          ErrorCode.UNSUPPORTED_VERSION,
          name
              + " speaks protocol versions "
              + lowest
              + " to "
              + highest
              + ", server "
              + starts.serverName()
              + " speaks "
              + FrameFormat.MIN_PROTOCOL
              + " to "
              + FrameFormat.MAX_PROTOCOL
              + ". Upgrade the older of the two.");
    }
    agreed = true;
    tellsProgress = chosen >= FrameFormat.PROGRESS_PROTOCOL;
    peer = name + " at " + peer;
    context.writeAndFlush(
        Frame.encode(
            FrameFormat.HELLO_ACK,
            0,
            out -> out.writeVarInt(chosen).writeString(starts.serverName())));
  }

  private void shown(ChannelHandlerContext context, Frame frame) {
    byte[] offsets = starts.shown(frame.payload());
    if (frame.requestId() != 0) {
      context.writeAndFlush(
          Frame.encode(
              FrameFormat.SHOWN,
              frame.requestId(),
              out -> out.writeRaw(offsets, 0, offsets.length)));
    }
  }

  private void query(ChannelHandlerContext context, Frame frame) {
    long id = frame.requestId();
    if (answers.containsKey(id)) {
      throw new CuveeException(
          ErrorCode.PROTOCOL, "Request id " + id + " is in use already on this connection.");
    }
    Answer answer =
        new NetworkAnswer(
            context.channel(),
            id,
            () -> {
              answers.remove(id);
              starts.ended();
            });
    answers.put(id, answer);
    starts.start(frame.payload(), answer, answers.size(), peer);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (context.channel().isWritable()) {
      answers.values().forEach(Answer::resume);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    answers.values().forEach(Answer::cancel);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    Throwable reason =
        cause instanceof io.netty.handler.codec.DecoderException && cause.getCause() != null
            ? cause.getCause()
            : cause;
    if (reason instanceof IOException) {
      LOG.debug("Connection of {} broke", peer, reason);
      context.close();
      return;
    }
    CuveeException failure = CuveeException.of(reason);
    LOG.warn("Closing the connection of {}: {}", peer, failure.getMessage());
    ByteBuf error = Frame.error(0, failure);
    context.writeAndFlush(error).addListener(ChannelFutureListener.CLOSE);
  }
}
