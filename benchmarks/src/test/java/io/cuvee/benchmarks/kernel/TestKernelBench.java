package io.cuvee.benchmarks.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.cuvee.benchmarks.report.Report;
import io.cuvee.benchmarks.report.Timings;
import java.util.List;
import org.junit.jupiter.api.Test;

class TestKernelBench {
  @Test
  void bothFormsOfAKernelAreMeasured() throws Exception {
    Report report = new KernelBench("rangeOf(Bytes|Longs)$", 1, 1).run();
    assertThat(report.timings())
        .extracting(Timings::testCase, Timings::engine)
        .containsExactlyInAnyOrderElementsOf(
            List.of(
                tuple("rangeOfBytes", "cuvee"),
                tuple("rangeOfLongs", "cuvee"),
                tuple("rangeOfBytes", "scalar"),
                tuple("rangeOfLongs", "scalar")));
    assertThat(report.timings()).allSatisfy(one -> assertThat(one.median()).isPositive());
    assertThat(report.agree()).isTrue();
  }

  @Test
  void aPatternThatFindsNothingIsAFailure() throws Exception {
    assertThat(new KernelBench("noSuchKernel", 1, 1).run().agree()).isFalse();
  }
}
