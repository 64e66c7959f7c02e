package io.cuvee.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The public command, with the flags that its script gives.
@Tag("slow")
class TestBenchCommand {
  @TempDir private Path folder;

  @Test
  void kernelsAreMeasuredInProcessesOfTheirOwn() throws Exception {
    assertThat(bench("kernels", "rangeOfLongs$")).contains("rangeOfLongs");
  }

  @Test
  void planningIsMeasuredInProcessesOfItsOwn() throws Exception {
    assertThat(bench("planning", "Q1.1")).contains("Q1.1, hit", "Q1.1, miss");
  }

  private String bench(String... arguments) throws IOException, InterruptedException {
    Path root = Path.of(System.getProperty("cuvee.root")).toAbsolutePath().normalize();
    Path printed = folder.resolve("printed");
    List<String> command = new ArrayList<>(List.of(root.resolve("cuvee").toString(), "bench"));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--rounds", "1", "--warm-up", "1"));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("CUVEE_SKIP_BUILD", "1");
    Process process = builder.redirectErrorStream(true).redirectOutput(printed.toFile()).start();
    try {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String text = Files.readString(printed);
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }
}
