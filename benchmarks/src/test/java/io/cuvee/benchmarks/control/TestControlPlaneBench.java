package io.cuvee.benchmarks.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TestControlPlaneBench {
  @Test
  @Tag("slow")
  void aSmallClusterIsAssignedRoutedAndTakenOver() throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
      var _ = ControlPlaneBench.run(3, 3000, 2, 5, List.of("zookeeper"), out);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("largest znode KB", "broker's routing MB", "upload to routed s", "failover s")
        // How long things took depends on what else runs here.
        .doesNotContain("TOO MUCH: largest znode", "TOO MUCH: broker's routing");
  }
}
