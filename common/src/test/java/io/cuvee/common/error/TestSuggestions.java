package io.cuvee.common.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TestSuggestions {
  private static final List<String> NAMES = List.of("origin", "destination", "delay", "distance");

  @Test
  void nearNamesAreOfferedNearestFirst() {
    assertThat(Suggestions.nearest("DISTANE", NAMES)).first().isEqualTo("distance");
    assertThat(Suggestions.didYouMean("orgin", NAMES)).isEqualTo(" Did you mean 'origin'?");
  }

  @Test
  void farNamesAreNotOffered() {
    assertThat(Suggestions.didYouMean("zzzzzzzz", NAMES)).isEmpty();
  }

  @Test
  void everyNumberAndStateOfAnErrorIsItsOwn() {
    assertThat(ErrorCode.values()).extracting(ErrorCode::number).doesNotHaveDuplicates();
    assertThat(ErrorCode.values()).allSatisfy(code -> assertThat(code.sqlState()).hasSize(5));
    assertThat(ErrorCode.ofNumber(ErrorCode.SQL_PARSE.number())).isEqualTo(ErrorCode.SQL_PARSE);
  }
}
