package io.cuvee.engine.exchange;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.wire.ByteWriter;
import io.cuvee.common.wire.FrameFormat;
import io.cuvee.common.wire.QueryStats;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/// The frames that answer one request. The last page waits for its successor or the end, so that a
/// short answer leaves in one write. Thread-safe.
// A write that fails closes the channel, which is heard of there.
@SuppressWarnings("FutureReturnValueIgnored")
final class NetworkAnswer extends Answer {
  private final Channel channel;
  private final long requestId;

  // Guarded by this object's lock.
  private @Nullable ByteWriter waiting;

  /// Whether another thread than the network's has written.
  private volatile boolean queues;

  /// @param ended called when the query has ended, on any thread
  NetworkAnswer(Channel channel, long requestId, Runnable ended) {
    super(ended);
    this.channel = channel;
    this.requestId = requestId;
  }

  @Override
  public boolean isReady() {
    return channel.isWritable();
  }

  @Override
  void sendProgress(long examinedRows, long totalRows) {
    ByteWriter frame = new ByteWriter(64);
    Frame.append(
        frame,
        FrameFormat.PROGRESS,
        requestId,
        out -> out.writeVarLong(examinedRows).writeVarLong(totalRows));
    send(frame);
  }

  @Override
  void send(Page page) {
    ByteWriter frame = new ByteWriter(likelyBytes(page));
    Frame.append(frame, FrameFormat.RESULT, requestId, out -> PageCodec.write(out, page));
    ByteWriter previous = exchange(frame);
    if (previous != null) {
      send(previous);
    }
  }

  private synchronized @Nullable ByteWriter exchange(@Nullable ByteWriter frame) {
    ByteWriter previous = waiting;
    waiting = frame;
    return previous;
  }

  @Override
  void sendEnd(QueryStats stats) {
    ByteWriter page = exchange(null);
    ByteWriter last = page == null ? new ByteWriter(256) : page;
    Frame.append(last, FrameFormat.RESULT_END, requestId, out -> writeEnd(out, stats));
    send(last);
  }

  @Override
  void sendFailure(CuveeException failure) {
    var _ = exchange(null);
    write(Frame.error(requestId, failure));
  }

  private void send(ByteWriter frames) {
    write(Unpooled.wrappedBuffer(frames.array(), 0, frames.size()));
  }

  /// Keeps the order in which frames were made: what other threads write waits in the network
  /// thread's queue, while what that thread writes itself would leave at once, so that the end of
  /// an answer came before its last rows.
  private void write(ByteBuf frames) {
    EventLoop network = channel.eventLoop();
    if (!network.inEventLoop()) {
      queues = true;
      channel.writeAndFlush(frames, channel.voidPromise());
    } else if (queues) {
      network.execute(() -> channel.writeAndFlush(frames, channel.voidPromise()));
    } else {
      channel.writeAndFlush(frames, channel.voidPromise());
    }
  }
}
