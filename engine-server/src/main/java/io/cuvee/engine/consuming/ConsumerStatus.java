package io.cuvee.engine.consuming;

import io.cuvee.ingest.stream.OffsetGap;
import java.util.List;

/// How one partition's consumption is at the moment.
///
/// @param segment that consumes; empty if none does
/// @param offset of the next message
/// @param rows of the consuming segment
/// @param rejected messages that are no rows, since the consumer began
/// @param lastRejection why the last of them is none; else empty
/// @param gaps offsets that the stream did not have; the newest
/// @param lastConsumedMillis when the last message came; 0 if none did
/// @param problem why it does not consume; else empty
public record ConsumerStatus(
    String table,
    int partition,
    String segment,
    long offset,
    long rows,
    long memoryBytes,
    long rejected,
    String lastRejection,
    List<OffsetGap> gaps,
    long lastConsumedMillis,
    String problem) {
  public ConsumerStatus {
    gaps = List.copyOf(gaps);
  }

  public boolean isHealthy() {
    return problem.isEmpty();
  }
}
