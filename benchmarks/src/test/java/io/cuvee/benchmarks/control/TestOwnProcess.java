package io.cuvee.benchmarks.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TestOwnProcess {
  @Test
  void smallSizesNeedNone() throws Exception {
    assertThat(OwnProcess.run(0, 3, 0, Object.class, List.of(), 1L << 40, 1L << 40)).isEmpty();
  }

  @Test
  void tooLittleMemoryIsSaid() throws Exception {
    assertThat(OwnProcess.run(1_000_000, 3, 1000, Object.class, List.of(), 2L << 30, 8L << 30))
        .contains(2);
  }
}
