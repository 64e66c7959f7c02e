package io.cuvee.ingest.stream;

import java.util.List;
import java.util.Optional;

/// What one fetch brought, possibly nothing.
///
/// @param messages by ascending offset
/// @param nextOffset where the next fetch goes on; beyond the last message also where offsets hold
///   no message of their own, as for the ends of transactions and in compacted topics
/// @param gap what is missing before the messages
public record MessageBatch(List<StreamMessage> messages, long nextOffset, Optional<OffsetGap> gap) {
  public MessageBatch {
    messages = List.copyOf(messages);
  }
}
