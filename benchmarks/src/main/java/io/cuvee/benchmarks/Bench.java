package io.cuvee.benchmarks;

import io.cuvee.benchmarks.http.HttpBench;
import io.cuvee.benchmarks.report.Report;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The entry of `./cuvee bench`.
@Command(
    name = "cuvee bench",
    description = "Runs a benchmark with its peers, side by side in one run.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Benchmarks: http (queries on the flights over one connection)",
      "Example: cuvee bench http --rounds 300 --out http.json"
    })
public final class Bench implements Callable<Integer> {
  @Parameters(paramLabel = "NAME", description = "Which benchmark: http.")
  private String name = "";

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "300",
      description = "Counted calls of each case (default: 300).")
  private int rounds;

  @Option(
      names = "--engines",
      split = ",",
      description = "Which engines, of cuvee and duckdb (default: both).")
  private List<String> engines = new ArrayList<>(List.of("cuvee", "duckdb"));

  @Option(names = "--out", paramLabel = "FILE", description = "Where to write the figures as JSON.")
  private @Nullable Path out;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Bench()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    String home = System.getenv("CUVEE_HOME");
    Path root = Path.of(home == null ? "." : home).toAbsolutePath().normalize();
    Report report =
        switch (name) {
          case "http" -> new HttpBench(root, rounds, engines.contains("duckdb")).run();
          default -> {
            System.err.println("cuvee: there is no benchmark '" + name + "'. There is: http.");
            yield null;
          }
        };
    if (report == null) {
      return 2;
    }
    report.print(System.out);
    if (out != null) {
      report.write(out, HttpBench.versions());
    }
    return report.agree() ? 0 : 1;
  }
}
