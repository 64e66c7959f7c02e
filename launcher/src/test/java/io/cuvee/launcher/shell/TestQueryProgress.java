package io.cuvee.launcher.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class TestQueryProgress {
  private static String line(long done, long total) {
    return QueryProgress.line(Optional.of(new QueryProgress.State(done, total)), 2);
  }

  @Test
  void rowsGiveAShareAndTheTimeThatIsLeft() {
    assertThat(line(250_000, 1_000_000))
        .isEqualTo(
            "[█████░░░░░░░░░░░░░░░]  25 %  250,000 of 1,000,000 rows · 2.0 s · 6 s left · Ctrl-C"
                + " cancels");
    assertThat(line(0, 10)).contains("  0 %").doesNotContain("left");
    assertThat(line(10, 10)).contains("100 %").contains("merging");
    assertThat(line(11, 10)).contains("10 of 10 rows");
  }

  @Test
  void whereNothingIsKnownOnlyTheTimeIsShown() {
    assertThat(line(0, 0)).isEqualTo("2.0 s · Ctrl-C cancels");
    assertThat(QueryProgress.line(Optional.empty(), 0.35)).startsWith("0.4 s");
  }

  @Test
  void theLineIsTakenAwayAtTheEnd() throws InterruptedException {
    StringWriter screen = new StringWriter();
    CountDownLatch asked = new CountDownLatch(2);
    try (QueryProgress _ =
        QueryProgress.start(
            new PrintWriter(screen),
            () -> 30,
            () -> {
              asked.countDown();
              return Optional.of(new QueryProgress.State(1, 2));
            })) {
      asked.await();
    }
    assertThat(screen.toString()).startsWith("\r[██████████░").endsWith("\r\u001b[K");
    assertThat(screen.toString().split("\r")[1]).hasSize(29 + "\u001b[K".length());
  }
}
