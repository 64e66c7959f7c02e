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
import org.jspecify.annotations.Nullable;

/// The answer to one query, on its way to the broker. Thread-safe.
abstract class Answer implements ResultSink {
  /// How often queries are asked how far they are, and whether their time is over while they wait
  /// for the reader.
  static final long LOOK_MILLIS = 100;

  /// Leaves room for what the encoding adds.
  private static final long MAX_PAGE_BYTES = FrameFormat.MAX_FRAME_BYTES / 4 * 3;

  private static final long PROGRESS_NANOS = 150_000_000;

  private final Runnable ended;
  private volatile QueryHandler.Coverage coverage = QueryHandler.Coverage.ALL;
  private volatile @Nullable QueryTask task;
  private volatile boolean cancelled;

  /// Used by the thread that looks only.
  private long toldNanos = System.nanoTime();

  /// @param ended called when the query has ended, on any thread
  Answer(Runnable ended) {
    this.ended = ended;
  }

  /// A page that is not too large.
  abstract void send(Page page);

  abstract void sendEnd(QueryStats stats);

  abstract void sendFailure(CuveeException failure);

  abstract void sendProgress(long examinedRows, long totalRows);

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

  /// Lets the query notice that its reader takes more, or that its time is over.
  void resume() {
    QueryTask current = task;
    if (current != null) {
      current.resume();
    }
  }

  /// Tells how far the query is, if it has taken a while since that was told.
  void tellProgress(long nanoTime) {
    QueryTask current = task;
    if (current != null && nanoTime - toldNanos >= PROGRESS_NANOS && isReady()) {
      toldNanos = nanoTime;
      sendProgress(current.examinedRows(), current.totalRows());
    }
  }

  boolean isOverdue(long nanoTime) {
    QueryTask current = task;
    return current != null && nanoTime - current.context().deadlineNanos() >= 0;
  }

  void covers(QueryHandler.Coverage served) {
    coverage = served;
  }

  @Override
  public final void page(Page page) {
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
    send(page);
  }

  static int likelyBytes(Page page) {
    return (int) Math.min(1 << 22, 512 + page.sizeBytes() * 9 / 8);
  }

  @Override
  public final void end(QueryStats stats) {
    // The count of running queries goes down first: whoever reads the end may ask again.
    ended.run();
    sendEnd(stats);
  }

  @Override
  public final void fail(CuveeException failure) {
    ended.run();
    sendFailure(failure);
  }

  /// The payload of [FrameFormat#RESULT_END].
  final void writeEnd(ByteWriter out, QueryStats stats) {
    QueryHandler.Coverage covered = coverage;
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
  }
}
