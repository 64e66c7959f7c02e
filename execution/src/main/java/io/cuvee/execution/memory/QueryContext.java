package io.cuvee.execution.memory;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/// What all operators of one query share: its id, its deadline, whether it was cancelled, and its
/// idea of now. Thread-safe.
public final class QueryContext {
  private final String queryId;
  private final long startNanos;
  private final long deadlineNanos;
  private final Instant now;
  private final ZoneId zone;
  private final boolean useStarTrees;
  private final boolean skipsUpsert;
  private volatile boolean cancelled;

  /// @param deadlineNanos on the clock of [System#nanoTime()]
  /// @param now what `CURRENT_TIMESTAMP` means in this query
  /// @param zone the session's time zone
  public QueryContext(String queryId, long deadlineNanos, Instant now, ZoneId zone) {
    this(queryId, deadlineNanos, now, zone, true, false);
  }

  private QueryContext(
      String queryId,
      long deadlineNanos,
      Instant now,
      ZoneId zone,
      boolean useStarTrees,
      boolean skipsUpsert) {
    this.queryId = queryId;
    this.startNanos = System.nanoTime();
    this.deadlineNanos = deadlineNanos;
    this.now = now;
    this.zone = zone;
    this.useStarTrees = useStarTrees;
    this.skipsUpsert = skipsUpsert;
  }

  /// A query that starts now, in UTC.
  public static QueryContext withTimeout(String queryId, Duration timeout) {
    return new QueryContext(
        queryId, System.nanoTime() + timeout.toNanos(), Instant.now(), ZoneOffset.UTC);
  }

  /// The same query, with or without the help of star-trees.
  public QueryContext withStarTrees(boolean use) {
    return new QueryContext(queryId, deadlineNanos, now, zone, use, skipsUpsert);
  }

  /// The same query, of all rows, or of those only that none of their keys has replaced.
  public QueryContext withSkippedUpsert(boolean skips) {
    return new QueryContext(queryId, deadlineNanos, now, zone, useStarTrees, skips);
  }

  /// Whether rows count too that others of their keys have replaced.
  public boolean skipsUpsert() {
    return skipsUpsert;
  }

  /// Whether star-trees may answer it.
  public boolean useStarTrees() {
    return useStarTrees;
  }

  public String queryId() {
    return queryId;
  }

  public long deadlineNanos() {
    return deadlineNanos;
  }

  /// What is left of the query's time, not below 0.
  public long remainingMillis() {
    return Math.max(0, (deadlineNanos - System.nanoTime()) / 1_000_000);
  }

  public Instant now() {
    return now;
  }

  public ZoneId zone() {
    return zone;
  }

  /// Makes the next [#check()] of every thread fail.
  public void cancel() {
    cancelled = true;
  }

  public boolean isCancelled() {
    return cancelled;
  }

  /// Called once a page or morsel.
  ///
  /// @throws CuveeException `QUERY_CANCELLED` after [#cancel()], `QUERY_TIMEOUT` after the deadline
  public void check() {
    if (cancelled) {
      throw new CuveeException(ErrorCode.QUERY_CANCELLED, "Query " + queryId + " was cancelled.");
    }
    if (System.nanoTime() - deadlineNanos >= 0) {
      throw new CuveeException(
          ErrorCode.QUERY_TIMEOUT,
          "Query "
              + queryId
              + " ran longer than its "
              + (deadlineNanos - startNanos) / 1_000_000
              + " ms. Narrow its filter, or raise the timeout (query option timeoutMs).");
    }
  }
}
