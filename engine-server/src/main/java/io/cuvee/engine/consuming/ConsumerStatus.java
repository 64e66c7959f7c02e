package io.cuvee.engine.consuming;

import io.cuvee.ingest.stream.OffsetGap;
import java.util.List;

/// How one partition's consumption is at the moment.
///
/// @param segment that consumes; empty if none does
/// @param offset of the next message, or [#UNKNOWN]
/// @param latestOffset of the next message that the stream will get, as it last told, or [#UNKNOWN]
/// @param rows of the consuming segment
/// @param memoryBytes of the rows that are not sealed yet
/// @param rejected messages that are no rows, since the consumer began
/// @param lastRejection why the last of them is none; else empty
/// @param deadLetters of them that were sent to the dead-letter table
/// @param lostLetters of them that it did not take
/// @param gaps offsets in the consuming segment that the stream did not have; the newest
/// @param lastConsumedMillis when the last message came; 0 if none did
/// @param lastMessageMillis when it was made, as the stream says; else [#UNKNOWN]
/// @param paused whether the table is
/// @param problem why it does not consume; else empty
public record ConsumerStatus(
    String table,
    int partition,
    String segment,
    long offset,
    long latestOffset,
    long rows,
    long memoryBytes,
    long rejected,
    String lastRejection,
    long deadLetters,
    long lostLetters,
    List<OffsetGap> gaps,
    long lastConsumedMillis,
    long lastMessageMillis,
    boolean paused,
    String problem) {
  public static final long UNKNOWN = -1;

  public ConsumerStatus {
    gaps = List.copyOf(gaps);
  }

  public boolean isHealthy() {
    return problem.isEmpty();
  }

  /// One of FAILING, PAUSED, CONSUMING, WAITING.
  public String state() {
    return !isHealthy()
        ? "FAILING"
        : !segment.isEmpty() && !(paused && rows == 0)
            ? "CONSUMING"
            : paused ? "PAUSED" : "WAITING";
  }

  /// Messages that are not consumed yet, or [#UNKNOWN].
  public long lag() {
    return offset == UNKNOWN || latestOffset == UNKNOWN
        ? UNKNOWN
        : Math.max(0, latestOffset - offset);
  }
}
