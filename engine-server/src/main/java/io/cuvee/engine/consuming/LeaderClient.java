package io.cuvee.engine.consuming;

import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.ingest.completion.CompletionAnswer;
import io.cuvee.ingest.completion.CompletionMessage;
import java.util.Optional;

/// The leading controller, as far as consuming segments need it. Thread-safe.
@FunctionalInterface
public interface LeaderClient {
  /// @return empty if no answer came; the message may or may not have been heard
  Optional<CompletionAnswer> send(SegmentKey key, CompletionMessage message)
      throws InterruptedException;
}
