package io.cuvee.controller.completion;

import io.cuvee.controller.completion.CompletionState.Committed;
import io.cuvee.controller.completion.CompletionState.Committing;
import io.cuvee.controller.completion.CompletionState.Gathering;
import io.cuvee.ingest.completion.CompletionAnswer;
import io.cuvee.ingest.completion.CompletionMessage;
import io.cuvee.ingest.completion.CompletionMessage.Building;
import io.cuvee.ingest.completion.CompletionMessage.CommitEnd;
import io.cuvee.ingest.completion.CompletionMessage.Consumed;
import io.cuvee.ingest.completion.CompletionMessage.Failed;
import io.cuvee.ingest.completion.EndReason;
import io.cuvee.ingest.completion.SealedSegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// The leading controller's side of the completion of one segment: state and message in, state and
/// answer out. It has no timer: the replicas ask again and again, and that is its clock.
///
/// Whoever asks when all replicas have told where they are, or have had the time to, is compared
/// with the farthest of them: one that is as far is chosen to commit, one that is behind has to
/// catch up first. So a replica that told and died holds up nobody. The others wait. If the chosen
/// one fails, is gone from the cluster, or is silent, the next that asks is compared again; while
/// it builds and gets on, it says so every two seconds.
///
/// What makes it safe is not this, but that the segment's record changes by compare-and-set from
/// consuming to sealed, together with the making of the next segment's record, which begins where
/// this one ends. Two leaders at a time cost work, never a row.
///
/// After Pinot's segment completion protocol, J. Im et al., "Pinot: Realtime OLAP for 530 Million
/// Users" (2018), section 3.3.6.
public final class SegmentCompletion {
  private final Rules rules;

  /// @param gatherMillis how long the first replica waits for the others
  /// @param commitMillis how long the chosen one may be silent
  public record Rules(long gatherMillis, long commitMillis) {
    public static final Rules DEFAULT = new Rules(300, 10_000);
  }

  /// What follows from a message.
  public sealed interface Step {
    /// Remember the state, and answer.
    record Reply(CompletionState state, CompletionAnswer answer) implements Step {}

    /// Change the record to sealed, if it still says consuming. Whatever comes of it, forget the
    /// state, begin from the record, and take the message again.
    record Write(long end, SealedSegment sealed) implements Step {}
  }

  public SegmentCompletion(Rules rules) {
    this.rules = rules;
  }

  /// @param replicas servers that should consume the segment, as far as they live
  /// @param nowMillis of a clock that does not go back
  public Step step(
      CompletionState state, CompletionMessage message, Set<String> replicas, long nowMillis) {
    return switch (state) {
      case Gathering gathering -> gathering(gathering, message, replicas, nowMillis);
      case Committing committing -> committing(committing, message, replicas, nowMillis);
      case Committed committed -> committed(committed, message);
    };
  }

  private Step gathering(
      Gathering state, CompletionMessage message, Set<String> replicas, long now) {
    return switch (message) {
      case Consumed consumed -> {
        long since = state.offsets().isEmpty() ? now : state.sinceMillis();
        Map<String, Long> offsets = with(state.offsets(), consumed);
        // The last row is the same for all that end by their number.
        boolean ready =
            consumed.reason() == EndReason.ROWS
                || offsets.keySet().containsAll(replicas)
                || now - since >= rules.gatherMillis();
        yield ready
            ? choose(since, offsets, consumed, now)
            : new Step.Reply(new Gathering(since, offsets), CompletionAnswer.HOLD);
      }
      case Failed failed ->
          new Step.Reply(
              new Gathering(state.sinceMillis(), without(state.offsets(), failed.server())),
              CompletionAnswer.HOLD);
      // Chosen in an earlier term: it has to be chosen again.
      case Building _, CommitEnd _ -> new Step.Reply(state, CompletionAnswer.HOLD);
    };
  }

  private Step choose(long since, Map<String, Long> offsets, Consumed asking, long now) {
    long farthest = offsets.values().stream().mapToLong(Long::longValue).max().orElseThrow();
    return asking.offset() == farthest
        ? new Step.Reply(
            new Committing(asking.server(), farthest, now + rules.commitMillis(), offsets),
            CompletionAnswer.commit(farthest))
        : new Step.Reply(new Gathering(since, offsets), CompletionAnswer.catchUp(farthest));
  }

  private Step committing(
      Committing state, CompletionMessage message, Set<String> replicas, long now) {
    boolean chosen = message.server().equals(state.committer()) && message.offset() == state.end();
    return switch (message) {
      case Consumed consumed -> {
        if (chosen) {
          yield new Step.Reply(extended(state, now), CompletionAnswer.commit(state.end()));
        }
        boolean lost =
            consumed.server().equals(state.committer()) || !replicas.contains(state.committer());
        if (lost || now >= state.deadlineMillis()) {
          // It began anew, has gone, or is silent; whoever asks now is there.
          Gathering others =
              new Gathering(
                  now - rules.gatherMillis(), without(state.offsets(), state.committer()));
          yield gathering(others, consumed, replicas, now);
        }
        Committing known =
            new Committing(
                state.committer(),
                state.end(),
                state.deadlineMillis(),
                with(state.offsets(), consumed));
        yield new Step.Reply(
            known,
            consumed.offset() < state.end()
                ? CompletionAnswer.catchUp(state.end())
                : CompletionAnswer.hold(state.end()));
      }
      case Building _ ->
          chosen
              ? new Step.Reply(extended(state, now), CompletionAnswer.commit(state.end()))
              : new Step.Reply(state, CompletionAnswer.HOLD);
      case CommitEnd end ->
          chosen
              ? new Step.Write(state.end(), end.sealed())
              : new Step.Reply(state, CompletionAnswer.hold(state.end()));
      case Failed failed ->
          failed.server().equals(state.committer())
              ? new Step.Reply(
                  new Gathering(
                      now - rules.gatherMillis(), without(state.offsets(), failed.server())),
                  CompletionAnswer.HOLD)
              : new Step.Reply(
                  new Committing(
                      state.committer(),
                      state.end(),
                      state.deadlineMillis(),
                      without(state.offsets(), failed.server())),
                  CompletionAnswer.HOLD);
    };
  }

  private static Step committed(Committed state, CompletionMessage message) {
    CompletionAnswer answer =
        switch (message) {
          case Consumed consumed ->
              consumed.offset() == state.end() ? CompletionAnswer.KEEP : CompletionAnswer.DISCARD;
          case CommitEnd end ->
              end.offset() == state.end() && end.sealed().crc() == state.crc()
                  ? CompletionAnswer.KEEP
                  : CompletionAnswer.DISCARD;
          case Building _, Failed _ -> CompletionAnswer.HOLD;
        };
    return new Step.Reply(state, answer);
  }

  private Committing extended(Committing state, long now) {
    return new Committing(
        state.committer(), state.end(), now + rules.commitMillis(), state.offsets());
  }

  private static Map<String, Long> with(Map<String, Long> offsets, Consumed consumed) {
    Map<String, Long> all = new HashMap<>(offsets);
    all.put(consumed.server(), consumed.offset());
    return all;
  }

  private static Map<String, Long> without(Map<String, Long> offsets, String server) {
    Map<String, Long> others = new HashMap<>(offsets);
    others.remove(server);
    return others;
  }
}
