package io.cuvee.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.wire.SegmentRef.Onward;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TestShownOffsets {
  private final AtomicLong clock = new AtomicLong();
  private final ShownOffsets shown = new ShownOffsets(clock::get);
  private final Onward first = new Onward("a", 0, false);
  private final Onward next = new Onward("b", 0, false);

  @Test
  void nothingIsAskedBeforeSomethingWasShown() {
    assertThat(shown.asked(first)).isEqualTo(first);
  }

  @Test
  void farthestAnswerBindsAllSegmentsOfThePartition() {
    shown.shown(0, 7);
    shown.shown(0, 5);
    assertThat(shown.asked(first)).isEqualTo(first.atLeast(7));
    assertThat(shown.asked(next)).isEqualTo(next.atLeast(7));
    Onward other = new Onward("c", 1, false);
    assertThat(shown.asked(other)).isEqualTo(other);
  }

  @Test
  void answersBindForAMinute() {
    shown.shown(0, 7);
    clock.addAndGet(Duration.ofSeconds(61).toNanos());
    assertThat(shown.asked(first)).isEqualTo(first);
    shown.shown(0, 2);
    assertThat(shown.asked(first)).isEqualTo(first.atLeast(2));
  }
}
