package io.cuvee.ingest.completion;

import io.cuvee.ingest.completion.CompletionMessage.Building;
import io.cuvee.ingest.completion.CompletionMessage.CommitEnd;
import io.cuvee.ingest.completion.CompletionMessage.Consumed;
import io.cuvee.ingest.completion.CompletionMessage.Failed;
import java.util.Optional;

/// A replica's side of the completion of one segment, from the end of its consumption on. It knows
/// no clock, no network and no files: it is told what happened, and says what to do next.
/// Immutable.
///
/// @param server id of this server
/// @param offset where the replica's rows end
/// @param reason why
/// @param sealed what was uploaded for this very offset
public record ReplicaProtocol(
    String server, long offset, EndReason reason, Optional<SealedSegment> sealed) {
  public ReplicaProtocol(String server, long offset, EndReason reason) {
    this(server, offset, reason, Optional.empty());
  }

  /// The protocol as it is now, with what is to be done.
  public record Next(ReplicaProtocol protocol, ReplicaAction action) {}

  private Next then(ReplicaAction action) {
    return new Next(this, action);
  }

  /// Begins, and goes on after a pause.
  public Next report() {
    return then(new ReplicaAction.Send(new Consumed(server, offset, reason)));
  }

  public Next answered(CompletionMessage message, CompletionAnswer answer) {
    return switch (answer.kind()) {
      case HOLD, NOT_LEADER -> then(new ReplicaAction.Pause());
      case CATCHUP ->
          answer.offset() > offset
              ? then(new ReplicaAction.CatchUp(answer.offset()))
              : then(new ReplicaAction.Pause());
      case COMMIT -> commit(message, answer.offset());
      case KEEP -> then(new ReplicaAction.Keep(offset));
      case DISCARD -> then(new ReplicaAction.Discard());
    };
  }

  private Next commit(CompletionMessage message, long end) {
    if (end != offset || message instanceof CommitEnd) {
      return then(new ReplicaAction.Pause());
    }
    // What was uploaded before the lead changed serves as well.
    return sealed.isPresent()
        ? then(new ReplicaAction.Send(new CommitEnd(server, offset, sealed.get())))
        : then(new ReplicaAction.Seal(offset));
  }

  /// No answer came: it may or may not have been heard.
  public Next unanswered() {
    return then(new ReplicaAction.Pause());
  }

  /// @param reached where the replica is now; beyond what was asked for if the stream has no
  ///   messages between
  public Next caughtUp(long reached) {
    return new ReplicaProtocol(server, reached, reason).report();
  }

  public Next sealed(SealedSegment segment) {
    return new Next(
        new ReplicaProtocol(server, offset, reason, Optional.of(segment)),
        new ReplicaAction.Send(new CommitEnd(server, offset, segment)));
  }

  public Next failed(String problem) {
    return then(new ReplicaAction.Send(new Failed(server, offset, problem)));
  }

  /// To be sent from time to time while a [ReplicaAction.Seal] takes long; what the answer is does
  /// not matter.
  public CompletionMessage stillBuilding() {
    return new Building(server, offset);
  }
}
