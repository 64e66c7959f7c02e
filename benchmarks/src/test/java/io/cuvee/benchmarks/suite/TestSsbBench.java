package io.cuvee.benchmarks.suite;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.benchmarks.engine.EngineProcesses;
import io.cuvee.benchmarks.report.Report;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestSsbBench {
  @TempDir Path directory;

  @Test
  void eachEngineRunsInAProcessOfItsOwnAndAllAgree() throws Exception {
    Settings settings =
        new Settings(
            directory,
            0.001,
            1,
            0,
            List.of("cuvee", "duckdb"),
            List.of(1),
            List.of("Q1.1", "Q4.1"));
    Report report = new SsbBench(new EngineProcesses(directory, List.of()), settings).ssb();
    assertThat(report.agree()).isTrue();
    assertThat(report.timings()).hasSize(4);

    ByteArrayOutputStream table = new ByteArrayOutputStream();
    report.print(new PrintStream(table, true, StandardCharsets.UTF_8));
    assertThat(table.toString(StandardCharsets.UTF_8))
        .contains("Q1.1", "Q4.1", "duckdb/cuvee", "All engines agree.");
    Path file = directory.resolve("out.json");
    report.write(file, Map.of("java", "25"));
    assertThat(Files.readString(file)).contains("\"agree\" : true", "\"case\" : \"Q4.1\"");
  }
}
