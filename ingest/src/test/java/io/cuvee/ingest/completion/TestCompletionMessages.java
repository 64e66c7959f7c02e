package io.cuvee.ingest.completion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.ingest.completion.CompletionMessage.Building;
import io.cuvee.ingest.completion.CompletionMessage.CommitEnd;
import io.cuvee.ingest.completion.CompletionMessage.Consumed;
import io.cuvee.ingest.completion.CompletionMessage.Failed;
import io.cuvee.ingest.stream.OffsetGap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TestCompletionMessages {
  @Test
  void messagesComeBackFromTheirJson() {
    SealedSegment sealed =
        new SealedSegment("file:///x/ä", 0xFFFF_FFFFL, 3, Long.MAX_VALUE, Map.of("städt", 2L))
            .withGaps(List.of(new OffsetGap(1, 7), new OffsetGap(9, 0)))
            .withTimes(Optional.of(new SealedSegment.Times("at", -5, Long.MAX_VALUE, true)));
    for (CompletionMessage message :
        List.of(
            new Consumed("s", 0, EndReason.ROWS),
            new Building("s", 1L << 60),
            new CommitEnd("s", 5, sealed),
            new CommitEnd("s", 5, sealed.withTimes(Optional.empty())),
            new Failed("s", 5, "no \"space\"\n"))) {
      assertThat(CompletionMessage.parse(message.toJson())).isEqualTo(message);
    }
  }

  @Test
  void answersComeBackFromTheirJson() {
    for (CompletionAnswer answer :
        List.of(
            CompletionAnswer.HOLD,
            CompletionAnswer.hold(7),
            CompletionAnswer.catchUp(1L << 60),
            CompletionAnswer.commit(0),
            CompletionAnswer.KEEP,
            CompletionAnswer.DISCARD,
            CompletionAnswer.NOT_LEADER)) {
      assertThat(CompletionAnswer.parse(answer.toJson())).isEqualTo(answer);
    }
  }

  @Test
  void othersAreRefused() {
    for (String text :
        List.of(
            "",
            "[]",
            "{}",
            "{\"server\":\"s\",\"offset\":\"x\",\"message\":\"building\"}",
            "{\"server\":\"s\",\"offset\":1,\"message\":\"other\"}",
            "{\"server\":\"s\",\"offset\":1,\"message\":\"consumed\",\"reason\":\"NONE\"}")) {
      assertThatThrownBy(() -> CompletionMessage.parse(text))
          .as(text)
          .isInstanceOfSatisfying(
              CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PROTOCOL));
      assertThatThrownBy(() -> CompletionAnswer.parse(text))
          .as(text)
          .isInstanceOf(CuveeException.class);
    }
  }
}
