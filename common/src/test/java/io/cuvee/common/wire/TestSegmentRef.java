package io.cuvee.common.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.error.CuveeException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TestSegmentRef {
  @Test
  void refsComeBackFromTheirTexts() {
    for (SegmentRef ref :
        List.of(
            new SegmentRef.Whole("a__0__1"),
            new SegmentRef.Until("a", Long.MAX_VALUE),
            new SegmentRef.Onward("a", 0, false),
            new SegmentRef.Onward("a", 17, true),
            new SegmentRef.Onward("a", 3, false).atLeast(9),
            new SegmentRef.Onward("a", 3, true).atLeast(Long.MAX_VALUE))) {
      assertThat(SegmentRef.parse(ref.toString())).isEqualTo(ref);
    }
    assertThat(new SegmentRef.Until("a", 7).toString()).isEqualTo("a@7");
    assertThat(new SegmentRef.Onward("a", 3, true).atLeast(9).toString()).isEqualTo("a++3:9");
  }

  @Test
  void numbersThatAreNoneAreRefused() {
    for (String text : List.of("a@x", "a+", "a+x", "a++1:", "a+1:x")) {
      assertThatThrownBy(() -> SegmentRef.parse(text)).isInstanceOf(CuveeException.class);
    }
  }
}
