package io.cuvee.engine.consuming;

import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.ingest.completion.CompletionAnswer;
import io.cuvee.ingest.completion.CompletionMessage;
import java.util.Optional;

/// The leading controller, as far as consuming segments need it. Thread-safe.
public interface LeaderClient {
  /// @return empty if no answer came; the message may or may not have been heard
  Optional<CompletionAnswer> send(SegmentKey key, CompletionMessage message)
      throws InterruptedException;

  /// Adds rows to a table, as a client would.
  ///
  /// @param rows JSON lines
  /// @return false if it is not known that they are there
  boolean insert(String table, String rows) throws InterruptedException;
}
