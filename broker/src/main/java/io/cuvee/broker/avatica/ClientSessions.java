package io.cuvee.broker.avatica;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// All JDBC connections of this broker; those that nobody uses are forgotten after a while.
/// Thread-safe.
final class ClientSessions implements AutoCloseable {
  /// A connection is small; an open result holds memory and servers, and goes first.
  private static final int CONNECTION_LIVES = 6;

  private final int maxSessions;
  private final long idleNanos;
  private final Map<String, ClientSession> sessions = new ConcurrentHashMap<>();

  /// Begins anywhere, so that ids of an earlier life of this broker are not mistaken for those of
  /// this one.
  private final AtomicInteger nextStatementId =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(1 << 30));

  private final ScheduledExecutorService sweeper =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("broker-sessions").factory());
  private final ScheduledFuture<?> sweeping;

  ClientSessions(int maxSessions, Duration idle) {
    this.maxSessions = maxSessions;
    this.idleNanos = idle.toNanos();
    long period = Math.max(100, Math.min(30_000, idle.toMillis() / 4));
    this.sweeping =
        sweeper.scheduleWithFixedDelay(this::sweep, period, period, TimeUnit.MILLISECONDS);
  }

  /// Opens a connection under the client's id; one that is open already stays as it is.
  ///
  /// @throws CuveeException `TOO_MANY_REQUESTS` if there are too many
  void open(String id, Map<String, String> info) {
    ClientSession session = new ClientSession(id, info);
    if (sessions.size() >= maxSessions && !sessions.containsKey(id)) {
      throw new CuveeException(
          ErrorCode.TOO_MANY_REQUESTS,
          "The broker has "
              + maxSessions
              + " open connections. Close some, or raise broker.max-sessions.");
    }
    sessions.putIfAbsent(id, session);
  }

  Optional<ClientSession> find(String id) {
    ClientSession session = sessions.get(id);
    if (session != null) {
      session.touch();
    }
    return Optional.ofNullable(session);
  }

  void close(String id) {
    ClientSession session = sessions.remove(id);
    if (session != null) {
      session.close();
    }
  }

  int count() {
    return sessions.size();
  }

  /// A statement id that this broker has not given before.
  int newStatementId() {
    return nextStatementId.incrementAndGet() & Integer.MAX_VALUE;
  }

  private void sweep() {
    for (ClientSession session : sessions.values()) {
      if (session.idleNanos() > idleNanos * CONNECTION_LIVES) {
        close(session.id());
      } else {
        session.closeIdleResults(idleNanos);
      }
    }
  }

  @Override
  public void close() {
    sweeping.cancel(false);
    sweeper.shutdownNow();
    sessions.keySet().forEach(this::close);
  }
}
