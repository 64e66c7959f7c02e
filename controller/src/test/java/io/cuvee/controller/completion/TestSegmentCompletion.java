package io.cuvee.controller.completion;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.controller.completion.SegmentCompletion.Step;
import io.cuvee.ingest.completion.CompletionAnswer;
import io.cuvee.ingest.completion.CompletionMessage;
import io.cuvee.ingest.completion.CompletionMessage.Building;
import io.cuvee.ingest.completion.CompletionMessage.Consumed;
import io.cuvee.ingest.completion.EndReason;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TestSegmentCompletion {
  private static final Set<String> BOTH = Set.of("a", "b");

  private final SegmentCompletion completion =
      new SegmentCompletion(SegmentCompletion.Rules.DEFAULT);
  private CompletionState state = CompletionState.BEGIN;

  private CompletionAnswer say(CompletionMessage message, Set<String> alive, long nowMillis) {
    Step.Reply reply = (Step.Reply) completion.step(state, message, alive, nowMillis);
    state = reply.state();
    return reply.answer();
  }

  private static Consumed consumed(String server) {
    return new Consumed(server, 7, EndReason.ROWS);
  }

  @BeforeEach
  void aIsChosen() {
    assertThat(say(consumed("a"), BOTH, 0)).isEqualTo(CompletionAnswer.commit(7));
    assertThat(say(consumed("b"), BOTH, 1)).isEqualTo(CompletionAnswer.hold(7));
  }

  @Test
  void whoIsGoneFromTheClusterIsReplacedAtOnce() {
    assertThat(say(consumed("b"), Set.of("b"), 2)).isEqualTo(CompletionAnswer.commit(7));
  }

  @Test
  void whoIsSilentIsReplacedAfterTenSeconds() {
    assertThat(say(consumed("b"), BOTH, 9_999)).isEqualTo(CompletionAnswer.hold(7));
    assertThat(say(consumed("b"), BOTH, 10_000)).isEqualTo(CompletionAnswer.commit(7));
    // It comes back with what it has built.
    assertThat(say(new Building("a", 7), BOTH, 10_001)).isEqualTo(CompletionAnswer.HOLD);
  }

  @Test
  void whoBuildsAndSaysSoIsWaitedFor() {
    for (long now = 2_000; now < 100_000; now += 2_000) {
      assertThat(say(new Building("a", 7), BOTH, now)).isEqualTo(CompletionAnswer.commit(7));
      assertThat(say(consumed("b"), BOTH, now + 1)).isEqualTo(CompletionAnswer.hold(7));
    }
  }
}
