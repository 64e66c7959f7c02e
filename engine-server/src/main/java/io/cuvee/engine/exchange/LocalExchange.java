package io.cuvee.engine.exchange;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.wire.ByteWriter;
import io.cuvee.common.wire.InProcessServer;
import io.cuvee.common.wire.QueryStats;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageCodec;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/// Answers brokers of this process, in their own threads as far as queries are short. Thread-safe.
final class LocalExchange implements InProcessServer, AutoCloseable {
  private final RequestStart starts;
  private final Set<LocalAnswer> answers = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  LocalExchange(RequestStart starts) {
    this.starts = starts;
  }

  @Override
  public Runnable query(byte[] request, Listener listener) {
    LocalAnswer answer = new LocalAnswer(listener);
    answers.add(answer);
    if (closed) {
      answer.lose();
      return () -> {};
    }
    starts.start(request, answer, answers.size(), "this process");
    return answer::cancel;
  }

  @Override
  public byte[] shown(byte[] request) {
    return starts.shown(request);
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  /// Looks whether queries' time is over, and tells how far they are. From one thread.
  void look() {
    if (answers.isEmpty()) {
      return;
    }
    long now = System.nanoTime();
    for (LocalAnswer answer : answers) {
      if (answer.isOverdue(now)) {
        answer.resume();
      } else {
        answer.tellProgress(now);
      }
    }
  }

  /// Breaks off what is under way, so that it is asked elsewhere.
  @Override
  public void close() {
    closed = true;
    answers.forEach(LocalAnswer::lose);
  }

  private final class LocalAnswer extends Answer {
    private final Listener listener;
    private final AtomicBoolean over = new AtomicBoolean();

    LocalAnswer(Listener listener) {
      super(starts::ended);
      this.listener = listener;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    void send(Page page) {
      if (!over.get()) {
        ByteWriter out = new ByteWriter(likelyBytes(page));
        PageCodec.write(out, page);
        listener.page(out.toByteArray());
      }
    }

    @Override
    void sendEnd(QueryStats stats) {
      if (isFirst()) {
        ByteWriter out = new ByteWriter(128);
        writeEnd(out, stats);
        listener.end(out.toByteArray());
      }
    }

    @Override
    void sendFailure(CuveeException failure) {
      if (isFirst()) {
        listener.failed(failure);
      }
    }

    @Override
    void sendProgress(long examinedRows, long totalRows) {
      if (!over.get()) {
        listener.progress(examinedRows, totalRows);
      }
    }

    private boolean isFirst() {
      answers.remove(this);
      return over.compareAndSet(false, true);
    }

    void lose() {
      if (isFirst()) {
        cancel();
        listener.failed(
            new CuveeException(
                ErrorCode.SERVER_UNREACHABLE, "Server " + starts.serverName() + " was stopped."));
      }
    }
  }
}
