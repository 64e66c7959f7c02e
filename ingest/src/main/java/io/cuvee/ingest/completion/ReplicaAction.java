package io.cuvee.ingest.completion;

/// What a replica does next on the way from its end to a sealed segment.
public sealed interface ReplicaAction {
  /// Send this; its answer goes to [ReplicaProtocol#answered], the lack of one to
  /// [ReplicaProtocol#unanswered].
  record Send(CompletionMessage message) implements ReplicaAction {}

  /// Let some time pass, then [ReplicaProtocol#report].
  record Pause() implements ReplicaAction {}

  /// Consume up to this offset, then [ReplicaProtocol#caughtUp].
  record CatchUp(long offset) implements ReplicaAction {}

  /// Build and upload, then [ReplicaProtocol#sealed] or [ReplicaProtocol#failed].
  record Seal(long offset) implements ReplicaAction {}

  /// The end: what was sealed here, or would be, is what was committed.
  record Keep(long offset) implements ReplicaAction {}

  /// The end: the committed segment is to be taken from the deep store.
  record Discard() implements ReplicaAction {}
}
