package io.cuvee.ingest.stream;

import java.time.Duration;

/// Reads one partition from an offset on, each message once. Used by one thread at a time.
public interface PartitionReader extends AutoCloseable {
  /// The next messages; waits for them at most so long.
  ///
  /// @throws io.cuvee.common.error.CuveeException `IO` if the stream cannot be read now; another
  ///   call goes on where the last one ended
  MessageBatch fetch(Duration timeout);

  @Override
  void close();
}
