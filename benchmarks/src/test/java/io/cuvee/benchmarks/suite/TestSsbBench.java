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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every benchmark over the flat table, very small, with processes as in earnest. The stores are
/// built once.
class TestSsbBench {
  @TempDir private static Path directory;

  private static SsbBench bench(List<String> engines, String... queries) {
    Settings settings =
        new Settings(directory, 0.001, 1, 2, 0, engines, List.of(1), List.of(queries), 2, 100);
    return new SsbBench(new EngineProcesses(directory, List.of()), settings);
  }

  private static List<String> cases(Report report) {
    return report.timings().stream().map(one -> one.testCase() + ", " + one.engine()).toList();
  }

  @Test
  void eachEngineRunsInAProcessOfItsOwnAndAllAgree() throws Exception {
    Report report = bench(List.of("cuvee", "duckdb"), "Q1.1", "Q4.1").ssb();
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

  @Test
  void adHocQueriesHaveFiguresByTheRow() throws Exception {
    Report report = bench(List.of("cuvee", "duckdb"), "sum of a long", "look-up").adHoc();
    assertThat(report.agree()).isTrue();
    assertThat(cases(report))
        .containsExactlyInAnyOrder(
            "sum of a long, cuvee", "look-up, cuvee", "sum of a long, duckdb", "look-up, duckdb");
    assertThat(print(report)).contains("sum of a long, ns/row");
  }

  @Test
  void lookUpsAreCountedByTheSecond() throws Exception {
    Report report = bench(List.of("cuvee", "duckdb")).lookUps();
    assertThat(report.agree()).isTrue();
    assertThat(print(report)).contains("look-ups/s", "p99, ms", "errors");
  }

  @Test
  @Tag("slow")
  void aMixedLoadRunsInProcessAndOverHttp() throws Exception {
    Report report = bench(List.of("cuvee", "cuvee-http", "duckdb")).mixedLoad();
    assertThat(report.agree()).as(print(report)).isTrue();
    assertThat(cases(report)).contains("look-up, cuvee", "small group-by, cuvee-http");
    assertThat(print(report)).contains("queries/s", "p95, ms", "CPU, ms/query");
  }

  @Test
  void aBuildIsCountedInRowsAndBytes() throws Exception {
    Report report = bench(List.of("cuvee", "duckdb")).build();
    assertThat(report.agree()).isTrue();
    assertThat(print(report)).contains("rows per CPU second", "megabytes on disk");
  }

  @Test
  @Tag("slow")
  void aColdStartIsMeasured() throws Exception {
    Report report = bench(List.of("cuvee", "duckdb")).cold();
    assertThat(report.agree()).isTrue();
    assertThat(cases(report)).contains("cold Q2.1, cuvee", "cold Q2.1, duckdb");
  }

  private static String print(Report report) {
    ByteArrayOutputStream table = new ByteArrayOutputStream();
    report.print(new PrintStream(table, true, StandardCharsets.UTF_8));
    return table.toString(StandardCharsets.UTF_8);
  }
}
