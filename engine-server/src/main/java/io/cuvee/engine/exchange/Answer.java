package io.cuvee.engine.exchange;

import io.cuvee.common.config.DataSize;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.wire.ByteWriter;
import io.cuvee.common.wire.FrameFormat;
import io.cuvee.common.wire.QueryStats;
import io.cuvee.engine.plan.QueryTask;
import io.cuvee.engine.plan.ResultSink;
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
final class Answer implements ResultSink {
  /// Leaves room for what the encoding adds.
  private static final long MAX_PAGE_BYTES = FrameFormat.MAX_FRAME_BYTES / 4 * 3;

  private static final long PROGRESS_NANOS = 150_000_000;

  private final Channel channel;
  private final long requestId;
  private final Runnable ended;

  // Guarded by this object's lock.
  private @Nullable ByteWriter waiting;
  private QueryHandler.Coverage coverage = QueryHandler.Coverage.ALL;

  private volatile @Nullable QueryTask task;
  private volatile boolean cancelled;

  /// Whether another thread than the network's has written.
  private volatile boolean queues;

  // Used by the network's thread only.
  private long toldNanos = System.nanoTime();

  /// @param ended called when the query has ended, on any thread
  Answer(Channel channel, long requestId, Runnable ended) {
    this.channel = channel;
    this.requestId = requestId;
    this.ended = ended;
  }

  void started(QueryTask newTask) {
    task = newTask;
    if (cancelled) {
      newTask.cancel();
    }
  }

  void cancel() {
    cancelled = true;
    QueryTask current = task;
    if (current != null) {
      current.cancel();
    }
  }

  /// Lets the query notice that the channel takes more, or that its time is over.
  void resume() {
    QueryTask current = task;
    if (current != null) {
      current.resume();
    }
  }

  /// Tells how far the query is, if it has taken a while since that was told.
  void tellProgress(long nanoTime) {
    QueryTask current = task;
    if (current == null || nanoTime - toldNanos < PROGRESS_NANOS || !channel.isWritable()) {
      return;
    }
    toldNanos = nanoTime;
    ByteWriter frame = new ByteWriter(64);
    Frame.append(
        frame,
        FrameFormat.PROGRESS,
        requestId,
        out -> out.writeVarLong(current.examinedRows()).writeVarLong(current.totalRows()));
    send(frame);
  }

  boolean isOverdue(long nanoTime) {
    QueryTask current = task;
    return current != null && nanoTime - current.context().deadlineNanos() >= 0;
  }

  synchronized void covers(QueryHandler.Coverage served) {
    coverage = served;
  }

  @Override
  public boolean isReady() {
    return channel.isWritable();
  }

  @Override
  public void page(Page page) {
    if (page.rowCount() == 0) {
      return;
    }
    if (page.sizeBytes() > MAX_PAGE_BYTES) {
      throw new CuveeException(
          ErrorCode.MEMORY_LIMIT,
          "A row of the answer takes "
              + new DataSize(page.sizeBytes())
              + ", and at most "
              + new DataSize(MAX_PAGE_BYTES)
              + " can be sent. Filter more, or count fewer distinct values.");
    }
    ByteWriter frame = new ByteWriter((int) Math.min(1 << 22, 512 + page.sizeBytes() * 9 / 8));
    Frame.append(frame, FrameFormat.RESULT, requestId, out -> PageCodec.write(out, page));
    ByteWriter previous;
    synchronized (this) {
      previous = waiting;
      waiting = frame;
    }
    if (previous != null) {
      send(previous);
    }
  }

  @Override
  public void end(QueryStats stats) {
    ByteWriter last;
    QueryHandler.Coverage covered;
    synchronized (this) {
      last = waiting == null ? new ByteWriter(256) : waiting;
      waiting = null;
      covered = coverage;
    }
    Frame.append(
        last,
        FrameFormat.RESULT_END,
        requestId,
        out -> {
          stats.write(out);
          out.writeVarInt(covered.missing().size());
          covered.missing().forEach(out::writeString);
          boolean isSoon = !covered.cold().isEmpty() || !covered.coming().isEmpty();
          if (isSoon || !covered.ends().isEmpty()) {
            out.writeVarInt(covered.ends().size());
            covered.ends().forEach((name, end) -> out.writeString(name).writeVarLong(end.end()));
            out.writeVarInt(covered.cold().size());
            covered.cold().forEach(out::writeString);
            out.writeVarInt(covered.coming().size());
            covered.coming().forEach(out::writeString);
            covered.ends().values().forEach(end -> out.writeVarLong(end.whole()));
          }
        });
    // The count of running queries goes down first: whoever reads the end may ask again.
    ended.run();
    send(last);
  }

  @Override
  public void fail(CuveeException failure) {
    synchronized (this) {
      waiting = null;
    }
    ended.run();
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
