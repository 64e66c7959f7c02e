package io.cuvee.ingest.stream.rows;

import java.util.Optional;

/// What became of rows that were to be appended to a log.
public sealed interface AppendResult {
  /// They are in the log, on a majority of its replicas.
  ///
  /// @param offset of the first
  /// @param again whether they were there before
  record Appended(long offset, int count, boolean again) implements AppendResult {}

  /// Other rows have been written under the same key; nothing was written.
  record OtherRows() implements AppendResult {}

  /// The log remembers as many keys as it can; nothing was written.
  record KeysFull() implements AppendResult {}

  /// Too much waits to be written; nothing was written.
  record Busy() implements AppendResult {}

  /// Another replica leads, or none does yet; nothing was written.
  ///
  /// @param leader its peer id, if it is known
  record Elsewhere(Optional<String> leader) implements AppendResult {}

  /// They may or may not be written, now or in a moment; asking again with the same key tells.
  record Unknown(String reason) implements AppendResult {}
}
