package io.cuvee.ingest.decode;

import io.cuvee.ingest.stream.StreamMessage;

/// Where messages go that are no row of the table.
@FunctionalInterface
public interface RejectedMessages {
  /// @param reason for people
  void reject(StreamMessage message, String reason);
}
