package io.cuvee.broker.avatica;

import io.cuvee.broker.query.Admission;
import io.cuvee.broker.query.QueryRun;
import io.cuvee.broker.query.QueryService;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.page.Page;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The rows of one execution, frame by frame. Frames are made on threads of their own, so that a
/// request need not wait for a slow one: it gets an empty frame, and the client asks again. Only
/// rows that are there with the plan are written by the request itself. Requests come one at a
/// time; closing may come from another thread.
final class Cursor implements AutoCloseable {
  /// Rows of a frame that holds one row after the other.
  static final int MAX_ROWS_BY_ROW = 5000;

  private static final int MAX_FRAME_BYTES = 2 << 20;

  /// How many rows are written between two looks at the frame's size.
  private static final int STEP_ROWS = 64;

  private final QueryService queries;
  private final QueryRun run;

  // Guarded by this.
  private @Nullable CompletableFuture<EncodedFrame> pending;
  private @Nullable EncodedFrame last;
  private long offset;
  private boolean closed;

  // Only the thread that makes a frame touches these.
  private @Nullable Page page;
  private int position;

  /// A run of rows, encoded.
  ///
  /// @param rows absent for none
  record EncodedFrame(long offset, int rowCount, boolean done, @Nullable FrameRows rows) {}

  /// @param run that has begun
  Cursor(QueryService queries, QueryRun run) {
    this.queries = queries;
    this.run = run;
  }

  QueryRun run() {
    return run;
  }

  /// The next frame, or an empty one that is not the last if it takes longer than `waitMillis`.
  ///
  /// @param from where the client is; the offset of the frame before gives that one again
  /// @param maxRows wanted at most; 0 or less for as many as a frame takes
  /// @param turn held by the caller for the first frame, given back when it is made
  EncodedFrame frame(
      long from,
      int maxRows,
      Supplier<FrameRows> format,
      long waitMillis,
      Admission.@Nullable Turn turn) {
    CompletableFuture<EncodedFrame> wanted;
    boolean isNew = false;
    synchronized (this) {
      EncodedFrame before = last;
      if (before != null && from == before.offset() && from != offset) {
        return before;
      }
      if (from != offset) {
        throw new CuveeException(
            ErrorCode.INVALID_PARAMETER,
            "The rows from " + from + " on were asked for, but row " + offset + " is next.");
      }
      if (pending == null) {
        pending = new CompletableFuture<>();
        isNew = true;
      }
      wanted = pending;
    }
    if (isNew && run.isConstant()) {
      make(wanted, from, maxRows, format, turn);
    } else if (isNew) {
      Thread.ofVirtual()
          .name("frame-" + run.id())
          .start(() -> make(wanted, from, maxRows, format, turn));
    }
    try {
      EncodedFrame frame = wanted.get(waitMillis, TimeUnit.MILLISECONDS);
      synchronized (this) {
        pending = null;
        last = frame;
        offset = from + frame.rowCount();
      }
      return frame;
    } catch (TimeoutException e) {
      return new EncodedFrame(from, 0, false, null);
    } catch (ExecutionException e) {
      throw CuveeException.of(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CuveeException(ErrorCode.QUERY_CANCELLED, "The broker is stopping.", e);
    }
  }

  private void make(
      CompletableFuture<EncodedFrame> made,
      long from,
      int maxRows,
      Supplier<FrameRows> format,
      Admission.@Nullable Turn turn) {
    try (Admission.Turn _ = turn == null ? queries.enter(run) : turn) {
      made.complete(fill(from, maxRows, format.get()));
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      made.completeExceptionally(e);
    } finally {
      synchronized (this) {
        if (closed) {
          run.close();
        }
      }
    }
  }

  private EncodedFrame fill(long from, int wanted, FrameRows rows) {
    int maxRows = wanted <= 0 ? rows.maxRows() : Math.min(wanted, rows.maxRows());
    int count = 0;
    while (count < maxRows && rows.sizeBytes() < MAX_FRAME_BYTES) {
      Page current = page;
      if (current == null || position == current.rowCount()) {
        current = run.next();
        page = current;
        position = 0;
        if (current == null) {
          break;
        }
      }
      int step = Math.min(STEP_ROWS, Math.min(maxRows - count, current.rowCount() - position));
      rows.add(current, position, position + step);
      position += step;
      count += step;
    }
    // A look ahead, so that a result that fits is known to be whole.
    boolean done = page == null;
    if (!done && position == java.util.Objects.requireNonNull(page).rowCount()) {
      page = run.next();
      position = 0;
      done = page == null;
    }
    rows.finish();
    return new EncodedFrame(from, count, done, rows);
  }

  /// Ends the query. If a frame is being made, its thread does it.
  @Override
  public void close() {
    run.cancelUnlessEnded();
    synchronized (this) {
      closed = true;
      if (pending == null || pending.isDone()) {
        run.close();
      }
    }
  }
}
