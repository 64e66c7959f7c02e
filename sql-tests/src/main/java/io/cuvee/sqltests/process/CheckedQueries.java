package io.cuvee.sqltests.process;

import io.cuvee.sqltests.cluster.Rows;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Clients that ask [EventQuestions] one after the other through the driver, each on its own
/// connection, and compare every answer, until they are stopped.
final class CheckedQueries implements AutoCloseable {
  private final String url;
  private final EventQuestions questions;
  private final List<Thread> clients = new ArrayList<>();
  private final AtomicLong asked = new AtomicLong();
  private final AtomicLong scanning = new AtomicLong();
  private final AtomicLong wrong = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong longestNanos = new AtomicLong();
  private final Queue<String> complaints = new ConcurrentLinkedQueue<>();
  private final Logger driverLog = Logger.getLogger("io.cuvee.jdbc");
  private final Reconnections reconnections = new Reconnections();
  private volatile boolean stopped;

  CheckedQueries(String url, EventQuestions questions, int clientCount, long seed) {
    this.url = url;
    this.questions = questions;
    driverLog.setLevel(Level.FINE);
    driverLog.addHandler(reconnections);
    for (int i = 0; i < clientCount; i++) {
      Random random = new Random(seed + i);
      clients.add(Thread.ofPlatform().name("client-" + i).start(() -> ask(random)));
    }
  }

  private void ask(Random random) {
    Connection connection = null;
    while (!stopped) {
      EventQuestions.Question question = questions.next(random);
      long begun = System.nanoTime();
      try {
        if (connection == null) {
          connection = DriverManager.getConnection(url);
        }
        List<List<@Nullable String>> answer = Rows.query(connection, question.sql()).texts();
        if (!answer.equals(question.answer())) {
          wrong.incrementAndGet();
          complaints.add("WRONG " + question + " but " + answer);
        }
      } catch (SQLException | RuntimeException e) {
        failed.incrementAndGet();
        complaints.add(
            "FAILED after %d ms: %s: %s"
                .formatted((System.nanoTime() - begun) / 1_000_000, question.sql(), e));
        connection = closed(connection);
      }
      asked.incrementAndGet();
      scanning.addAndGet(question.scans() ? 1 : 0);
      longestNanos.accumulateAndGet(System.nanoTime() - begun, Math::max);
    }
    closed(connection);
  }

  private static @Nullable Connection closed(@Nullable Connection connection) {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        // Its broker may be gone.
        return null;
      }
    }
    return null;
  }

  long asked() {
    return asked.get();
  }

  /// How many of them scan rows.
  long scanning() {
    return scanning.get();
  }

  long wrong() {
    return wrong.get();
  }

  long failed() {
    return failed.get();
  }

  /// How often the driver went to another broker, or to the same one anew, by itself.
  long reconnections() {
    return reconnections.count.get();
  }

  /// The longest time from question to answer since the last call, in ms.
  long takeLongestMillis() {
    return longestNanos.getAndSet(0) / 1_000_000;
  }

  /// What was wrong or failed since the last call, with the queries.
  List<String> takeComplaints() {
    List<String> taken = new ArrayList<>();
    for (String one = complaints.poll(); one != null; one = complaints.poll()) {
      taken.add(one);
    }
    return taken;
  }

  /// Lets every client end the query that it is at.
  @Override
  public void close() {
    stopped = true;
    for (Thread client : clients) {
      try {
        client.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    driverLog.removeHandler(reconnections);
    driverLog.setLevel(null);
  }

  private static final class Reconnections extends Handler {
    private final AtomicLong count = new AtomicLong();

    @Override
    public void publish(LogRecord message) {
      if (message.getMessage().startsWith("Reconnected")) {
        count.incrementAndGet();
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
