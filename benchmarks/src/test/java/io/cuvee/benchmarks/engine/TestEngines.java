package io.cuvee.benchmarks.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.benchmarks.ssb.SsbGenerator;
import io.cuvee.benchmarks.ssb.SsbQueries;
import io.cuvee.benchmarks.ssb.SsbTable;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every benchmark, very small, in this process.
class TestEngines {
  private static final double SCALE = 0.002;
  private static final long LOAD_MILLIS = 400;

  @TempDir Path directory;

  private List<Measured> run(Assignment.Task task, String engine, Map<String, String> queries)
      throws Exception {
    return EngineProcess.run(
        new Assignment(task, engine, directory, SCALE, 2, 1, 0, 2, LOAD_MILLIS, queries),
        System.currentTimeMillis());
  }

  private void agree(Assignment.Task task, Map<String, String> queries, String... engines)
      throws Exception {
    List<String> first = null;
    for (String engine : engines) {
      List<String> answers =
          run(task, engine, queries).stream()
              .map(one -> one.testCase() + ": " + one.rows() + " rows, " + one.value())
              .toList();
      first = first == null ? answers : first;
      assertThat(answers).as(engine).isNotEmpty().isEqualTo(first);
    }
  }

  @Test
  void enginesAgreeOnTheStarSchemaBenchmark() throws Exception {
    agree(
        Assignment.Task.QUERIES,
        SsbQueries.flights(),
        "cuvee",
        "cuvee-plain",
        "cuvee-star",
        "duckdb");
  }

  @Test
  void enginesAgreeOnAdHocQueries() throws Exception {
    agree(
        Assignment.Task.QUERIES,
        SsbQueries.adHoc(new SsbGenerator(new SsbTable(SCALE))),
        "cuvee",
        "cuvee-plain",
        "duckdb");
  }

  @Test
  void enginesAgreeOnLookUps() throws Exception {
    agree(Assignment.Task.LOOK_UPS, Map.of(), "cuvee", "duckdb-index");
  }

  @Test
  void enginesAgreeOnAMixedLoadAndNoQueryFails() throws Exception {
    agree(Assignment.Task.MIXED_LOAD, Map.of(), "cuvee", "cuvee-http", "duckdb-index");
    List<Measured> measured = run(Assignment.Task.MIXED_LOAD, "cuvee", Map.of());
    assertThat(measured)
        .extracting(Measured::testCase)
        .contains(
            "look-up", "filtered count", "small group-by", "queries/s", "p99, ms", "longest, ms");
    assertThat(measured.getLast().testCase()).isEqualTo(Measured.ERRORS);
    assertThat(measured.getLast().millis()).containsExactly(0);
  }

  @Test
  void aBuildIsMeasured() throws Exception {
    for (String engine : List.of("cuvee", "duckdb")) {
      assertThat(run(Assignment.Task.BUILD, engine, Map.of()))
          .extracting(Measured::testCase)
          .containsExactly(
              "build", "rows per CPU second", "megabytes on disk", "megabytes of memory");
    }
  }

  @Test
  void whatAProcessFoundCanBeReadBack() {
    Measured measured = new Measured("sum, of", 2, 3, "a 1", 0.25, new double[] {1.5, 2});
    assertThat(Measured.parse(measured.line())).usingRecursiveComparison().isEqualTo(measured);
  }
}
