package io.cuvee.benchmarks.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.sqltests.duckdb.Differential.Kind;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TestDifferentialBench {
  private static final long SEED = 20_261_123;

  @TempDir private Path directory;

  @Test
  void aRunGoesOnWhereItStopped() throws Exception {
    Path file = directory.resolve("run.json");
    new Progress(SEED, 1000, Map.of(Kind.SAME, 1000L), 12, 5, List.of()).write(file);
    StringWriter printed = new StringWriter();

    int exitCode = run(printed, "--queries", "1048", "--resume", file.toString(), "--json");

    assertThat(exitCode).as(printed.toString()).isZero();
    Progress progress = Progress.read(file);
    assertThat(printed.toString().strip()).isEqualTo(progress.json());
    assertThat(progress.seed()).isEqualTo(SEED);
    assertThat(progress.next()).isEqualTo(1048);
    assertThat(progress.compared().values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(1048);
    assertThat(progress.partitioned()).isEqualTo(20);
  }

  @Test
  void theFilesSeedCannotBeAnother() throws Exception {
    Path file = directory.resolve("run.json");
    Progress.begin(SEED).write(file);
    StringWriter printed = new StringWriter();

    assertThat(run(printed, "--seed", "1", "--resume", file.toString())).isEqualTo(2);
    assertThat(printed.toString()).contains("has the seed 20261123, not 1. Leave --seed out");
  }

  @Test
  void differencesOfAllPartsAreKept() {
    Progress first = new Progress(SEED, 2, Map.of(Kind.SAME, 1L), 4, 1, List.of("a"));
    Progress second =
        new Progress(SEED, 4, Map.of(Kind.SAME, 1L, Kind.DIFFERENT, 1L), 0, 1, List.of("b"));

    assertThat(first.and(second))
        .isEqualTo(
            new Progress(
                SEED, 4, Map.of(Kind.SAME, 2L, Kind.DIFFERENT, 1L), 4, 2, List.of("a", "b")));
  }

  private static int run(StringWriter printed, String... arguments) {
    PrintWriter out = new PrintWriter(printed);
    return new CommandLine(new DifferentialBench()).setOut(out).setErr(out).execute(arguments);
  }
}
