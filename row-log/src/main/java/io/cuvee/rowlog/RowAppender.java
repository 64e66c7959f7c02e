package io.cuvee.rowlog;

import io.cuvee.ingest.stream.rows.AppendResult;
import io.cuvee.ingest.stream.rows.RowBatch;
import io.cuvee.ingest.stream.rows.RowFrames;
import io.cuvee.ingest.stream.rows.RowLog;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gathers batches that come at about the same time into one entry of the log, since each entry
/// costs milliseconds, whatever its size. Thread-safe.
final class RowAppender implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RowAppender.class);

  private static final long GATHER_NANOS = 5_000_000;
  private static final int ENOUGH_BYTES = 64 << 10;
  private static final int MAX_BATCHES = 1_000;
  private static final long MAX_WAITING_BYTES = 32L << 20;
  private static final int MAX_IN_FLIGHT = 8;

  private final Log log;

  private final Semaphore inFlight = new Semaphore(MAX_IN_FLIGHT);
  private final Thread thread;

  // Guarded by this object's lock.
  private final Deque<Waiting> queue = new ArrayDeque<>();
  private long waitingBytes;
  private boolean closed;

  /// What takes entries.
  @FunctionalInterface
  interface Log {
    /// Appends an entry; completes with what became of its batches.
    ///
    /// @param count of batches in it
    CompletableFuture<List<AppendResult>> append(ByteBuffer entry, int count);
  }

  private record Waiting(RowBatch batch, CompletableFuture<AppendResult> result) {
    int bytes() {
      return RowFrames.size(batch);
    }
  }

  RowAppender(String name, Log log) {
    this.log = log;
    this.thread = Thread.ofVirtual().name("append-" + name).start(this::run);
  }

  AppendResult append(RowBatch batch, Duration timeout) throws InterruptedException {
    Waiting waiting = new Waiting(batch, new CompletableFuture<>());
    synchronized (this) {
      if (closed || waitingBytes + waiting.bytes() > MAX_WAITING_BYTES) {
        return new AppendResult.Busy();
      }
      waitingBytes += waiting.bytes();
      queue.addLast(waiting);
      notifyAll();
    }
    try {
      return waiting.result().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return new AppendResult.Unknown(
          "no majority of its replicas answered within " + timeout.toMillis() + " ms");
    } catch (ExecutionException e) {
      return new AppendResult.Unknown(String.valueOf(e.getCause()));
    }
  }

  private void run() {
    try {
      while (true) {
        List<Waiting> gathered = gather();
        inFlight.acquire();
        append(gathered);
      }
    } catch (InterruptedException e) {
      LOG.debug("Appender ends");
    }
  }

  private synchronized List<Waiting> gather() throws InterruptedException {
    while (queue.isEmpty()) {
      wait();
    }
    long deadline = System.nanoTime() + GATHER_NANOS;
    long left = GATHER_NANOS;
    while (left > 0 && waitingBytes < ENOUGH_BYTES && queue.size() < MAX_BATCHES) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = deadline - System.nanoTime();
    }
    List<Waiting> gathered = new ArrayList<>();
    int bytes = 0;
    while (!queue.isEmpty()
        && gathered.size() < MAX_BATCHES
        && (gathered.isEmpty() || bytes + queue.getFirst().bytes() <= RowLog.MAX_BATCH_BYTES)) {
      Waiting next = queue.removeFirst();
      bytes += next.bytes();
      gathered.add(next);
    }
    waitingBytes -= bytes;
    return gathered;
  }

  private void append(List<Waiting> gathered) {
    ByteBuffer entry =
        RowFrames.encodeEntry(
            new RowFrames.Entry(
                System.currentTimeMillis(), gathered.stream().map(Waiting::batch).toList()));
    CompletableFuture<List<AppendResult>> appended;
    try {
      appended = log.append(entry, gathered.size());
    } catch (RuntimeException e) {
      appended = CompletableFuture.failedFuture(e);
    }
    var _ =
        appended.whenComplete((results, failure) -> {
          inFlight.release();
          for (int i = 0; i < gathered.size(); i++) {
            gathered
                .get(i)
                .result()
                .complete(
                    failure != null
                        ? new AppendResult.Unknown(String.valueOf(failure.getMessage()))
                        : results.get(i));
          }
        });
  }

  @Override
  public void close() {
    List<Waiting> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(queue);
      queue.clear();
    }
    thread.interrupt();
    left.forEach(waiting -> waiting.result().complete(new AppendResult.Busy()));
  }
}
