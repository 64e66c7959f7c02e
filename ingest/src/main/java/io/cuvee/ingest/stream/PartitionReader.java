package io.cuvee.ingest.stream;

import java.time.Duration;
import java.util.OptionalLong;

/// Reads one partition from an offset on, each message once. Used by one thread at a time.
public interface PartitionReader extends AutoCloseable {
  /// The next messages; waits for them at most so long.
  ///
  /// @throws io.cuvee.common.error.CuveeException `IO` if the stream cannot be read now; another
  ///   call goes on where the last one ended
  MessageBatch fetch(Duration timeout);

  /// Of the next message that will come, as the last fetch heard of it; empty if it did not.
  default OptionalLong latestOffset() {
    return OptionalLong.empty();
  }

  @Override
  void close();
}
