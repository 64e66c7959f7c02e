package io.cuvee.engine.consuming;

import io.cuvee.common.catalog.DeadLetterTable;
import io.cuvee.ingest.stream.StreamMessage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Sends what became no row to the table that keeps it, on a thread of its own. The stream goes
/// first: what that table does not take for a while is counted as lost, and holds up nobody. Each
/// replica sends, and those that begin anew send again; the table keeps the first. Thread-safe.
final class DeadLetters implements AutoCloseable {
  private static final int MOST_WAITING = 1_000;
  private static final int MOST_BYTES = 2 << 20;
  private static final long ROOM_MILLIS = 2_000;
  private static final long FIRST_RETRY_MILLIS = 200;
  private static final long LAST_RETRY_MILLIS = 10_000;

  private final String source;
  private final int partition;
  private final LeaderClient leader;

  // Guarded by this object's lock.
  private final Deque<Letter> waiting = new ArrayDeque<>();
  private long sent;
  private long lost;
  private boolean isStuck;
  private boolean closed;
  private @Nullable Thread thread;

  private record Letter(String table, String row) {}

  /// @param source the table that consumes
  DeadLetters(String source, int partition, LeaderClient leader) {
    this.source = source;
    this.partition = partition;
    this.leader = leader;
  }

  /// Takes a message; waits for room, but not for long, and not again before something was sent.
  synchronized void add(String table, StreamMessage message, String reason)
      throws InterruptedException {
    Letter letter =
        new Letter(
            table,
            DeadLetterTable.row(
                source,
                partition,
                message.offset(),
                reason,
                message.value(),
                System.currentTimeMillis()));
    if (thread == null) {
      thread =
          Thread.ofVirtual().name("dead-letters-" + source + "-" + partition).start(this::send);
    }
    if (!isStuck) {
      isStuck = !await(() -> waiting.size() < MOST_WAITING, ROOM_MILLIS);
    }
    if (isStuck && waiting.size() >= MOST_WAITING) {
      lost++;
      return;
    }
    waiting.addLast(letter);
    notifyAll();
  }

  /// Waits until all are sent.
  ///
  /// @return false if they are not after this time
  synchronized boolean awaitSent(Duration limit) throws InterruptedException {
    return isStuck || await(waiting::isEmpty, limit.toMillis());
  }

  private interface Condition {
    boolean holds();
  }

  private boolean await(Condition condition, long millis) throws InterruptedException {
    long deadline = System.nanoTime() + millis * 1_000_000;
    for (long left = millis; !closed && !condition.holds() && left > 0; ) {
      wait(left);
      left = (deadline - System.nanoTime()) / 1_000_000;
    }
    return condition.holds();
  }

  private void send() {
    long pause = FIRST_RETRY_MILLIS;
    try {
      while (true) {
        List<Letter> batch = nextBatch();
        if (batch.isEmpty()) {
          return;
        }
        String rows = String.join("\n", batch.stream().map(Letter::row).toList());
        boolean done = leader.insert(batch.getFirst().table(), rows);
        synchronized (this) {
          if (done) {
            for (int i = 0; i < batch.size(); i++) {
              waiting.removeFirst();
            }
            sent += batch.size();
            isStuck = false;
            notifyAll();
          }
        }
        pause = done ? FIRST_RETRY_MILLIS : Math.min(LAST_RETRY_MILLIS, pause * 2);
        if (!done) {
          Thread.sleep(pause);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// The first of those that wait, for one table; empty when closed. They wait on until they are
  /// sent.
  private synchronized List<Letter> nextBatch() throws InterruptedException {
    while (!closed && waiting.isEmpty()) {
      wait();
    }
    List<Letter> batch = new ArrayList<>();
    long bytes = 0;
    for (Letter letter : waiting) {
      bytes += 4L * letter.row().length();
      if (!batch.isEmpty()
          && (bytes > MOST_BYTES || !letter.table().equals(batch.getFirst().table()))) {
        break;
      }
      batch.add(letter);
    }
    return closed ? List.of() : batch;
  }

  synchronized long sent() {
    return sent;
  }

  /// Those that the table did not take in time.
  synchronized long lost() {
    return lost;
  }

  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
    if (thread != null) {
      thread.interrupt();
    }
  }
}
