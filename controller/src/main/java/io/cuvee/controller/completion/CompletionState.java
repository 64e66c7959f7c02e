package io.cuvee.controller.completion;

import java.util.Map;

/// How far the completion of one segment has come, as one leader knows it. It is not stored: a new
/// leader begins with what the segment's record says. Immutable.
public sealed interface CompletionState {
  CompletionState BEGIN = new Gathering(0, Map.of());

  /// Replicas tell where they are; nobody was chosen.
  ///
  /// @param sinceMillis when the first told
  /// @param offsets by server
  record Gathering(long sinceMillis, Map<String, Long> offsets) implements CompletionState {
    public Gathering {
      offsets = Map.copyOf(offsets);
    }
  }

  /// One replica seals and uploads the segment.
  ///
  /// @param end offset at which the segment ends if that replica succeeds
  /// @param deadlineMillis after which another one may be chosen
  /// @param offsets by server
  record Committing(String committer, long end, long deadlineMillis, Map<String, Long> offsets)
      implements CompletionState {
    public Committing {
      offsets = Map.copyOf(offsets);
    }
  }

  /// The record says that the segment is sealed: this never changes again.
  record Committed(long end, long crc) implements CompletionState {}
}
