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
            new SegmentRef.Onward("a", false),
            new SegmentRef.Onward("a", true))) {
      assertThat(SegmentRef.parse(ref.toString())).isEqualTo(ref);
    }
    assertThat(new SegmentRef.Until("a", 7).toString()).isEqualTo("a@7");
  }

  @Test
  void endThatIsNoOffsetIsRefused() {
    assertThatThrownBy(() -> SegmentRef.parse("a@x")).isInstanceOf(CuveeException.class);
  }
}
