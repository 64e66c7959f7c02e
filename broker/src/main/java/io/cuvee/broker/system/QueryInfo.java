package io.cuvee.broker.system;

import io.cuvee.common.error.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What `system.queries` and `system.query_log` show of one query, at one moment.
///
/// @param client who asked, as far as it is known
/// @param tables logical tables, once the query is planned
/// @param resultRows delivered so far
/// @param scannedRows that passed the filters on the servers
/// @param memoryBytes held at the broker: now, or of a finished query at most
/// @param state `QUEUED`, `RUNNING`, `CANCELLING`; of a finished query `FINISHED`, `FAILED`,
///   `CANCELLED` or `ABANDONED`
/// @param examinedRows that the servers have looked at, or need not look at
/// @param totalRows of the segments they were asked for, as far as they have said
/// @param error why it failed; absent if it did not
/// @param query the statement, and `message` what the error said, both cut where they are very long
public record QueryInfo(
    String id,
    String query,
    long startedMillis,
    long elapsedMillis,
    String client,
    List<String> tables,
    long resultRows,
    long scannedRows,
    int serversQueried,
    int serversResponded,
    long segmentsQueried,
    long memoryBytes,
    String state,
    long timeoutMillis,
    long examinedRows,
    long totalRows,
    @Nullable ErrorCode error,
    @Nullable String message,
    Phases phases) {
  private static final int MAX_TEXT = 10_000;

  public QueryInfo {
    query = clipped(query);
    message = message == null ? null : clipped(message);
  }

  private static String clipped(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
  }

  /// Where the time went, in nanoseconds: waiting for a turn, planning, sending to the servers,
  /// gathering and merging.
  public record Phases(long queue, long plan, long dispatch, long merge) {}
}
