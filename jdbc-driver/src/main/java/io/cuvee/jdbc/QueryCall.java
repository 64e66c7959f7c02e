package io.cuvee.jdbc;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLWarning;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/// One execution of one statement, from the request to the last row: its id, by which it can be
/// cancelled from another thread, its limits, and the warnings that came with the answers.
final class QueryCall {
  private final String id = UUID.randomUUID().toString();
  private final Duration timeout;
  private final long maxRows;
  private volatile int fetchSize;
  private final String applicationName;
  private volatile boolean isCancelled;

  /// Who waits for an answer now, and whether it was told to stop; guarded by this.
  private @Nullable Thread waiting;

  private boolean isStopped;
  private @Nullable SQLWarning warnings;

  /// @param timeout zero if the broker's own limit is enough
  /// @param maxRows 0 for no limit
  QueryCall(Duration timeout, long maxRows, int fetchSize, String applicationName) {
    this.timeout = timeout;
    this.maxRows = maxRows;
    this.fetchSize = fetchSize;
    this.applicationName = applicationName;
  }

  String id() {
    return id;
  }

  Duration timeout() {
    return timeout;
  }

  long maxRows() {
    return maxRows;
  }

  int fetchSize() {
    return fetchSize;
  }

  void setFetchSize(int rows) {
    fetchSize = rows;
  }

  /// What the broker learns about this execution beside Avatica's own request, which has no place
  /// for an id and a time limit, and drops a prepared statement's row limit.
  Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("X-Cuvee-Query-Id", id);
    headers.put("X-Cuvee-Fetch-Size", Integer.toString(fetchSize));
    if (!timeout.isZero()) {
      headers.put("X-Cuvee-Timeout-Millis", Long.toString(timeout.toMillis()));
    }
    if (maxRows > 0) {
      headers.put("X-Cuvee-Max-Rows", Long.toString(maxRows));
    }
    if (!applicationName.isEmpty()) {
      headers.put(
          "X-Cuvee-Application", URLEncoder.encode(applicationName, StandardCharsets.UTF_8));
    }
    return headers;
  }

  /// Called by the executing thread before it waits for an answer.
  ///
  /// @throws CancellationException if the query is cancelled
  synchronized void beginWait() {
    if (isCancelled) {
      throw new CancellationException();
    }
    waiting = Thread.currentThread();
  }

  /// Called when it waits no longer. What [#stopWaiting()] interrupted is not interrupted any more.
  synchronized void endWait() {
    waiting = null;
    if (isStopped) {
      Thread.interrupted();
    }
  }

  boolean isCancelled() {
    return isCancelled;
  }

  /// From now on the query counts as cancelled, whatever answer still comes.
  void markCancelled() {
    isCancelled = true;
  }

  /// Releases the executing thread, which then fails with `57014`.
  synchronized void stopWaiting() {
    Thread thread = waiting;
    if (thread != null && !isStopped) {
      isStopped = true;
      thread.interrupt();
    }
  }

  void addWarning(SQLWarning warning) {
    if (warnings == null) {
      warnings = warning;
    } else {
      warnings.setNextWarning(warning);
    }
  }

  @Nullable SQLWarning warnings() {
    return warnings;
  }

  void clearWarnings() {
    warnings = null;
  }
}
