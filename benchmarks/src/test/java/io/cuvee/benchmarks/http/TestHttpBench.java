package io.cuvee.benchmarks.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.benchmarks.report.Report;
import io.cuvee.benchmarks.report.Timings;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class TestHttpBench {
  @Test
  void answersOverHttpAreThoseOfDuckDb() throws Exception {
    Path root = Path.of(System.getProperty("cuvee.root")).toAbsolutePath().normalize();
    Report report = new HttpBench(root, 1, 0, 2, 10, true).run();
    assertThat(report.agree()).isTrue();
    assertThat(report.timings())
        .extracting(Timings::testCase)
        .contains("count", "group by origin", "count, dispatch");
  }
}
