package io.cuvee.benchmarks.differential;

import io.cuvee.common.file.FileTree;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `./cuvee bench differential`.
@Command(
    name = "differential",
    description =
        "Asks a cluster and DuckDB the same random queries, and compares the"
            + " answers. One condition in forty queries is"
            + " also asked for in three parts, whose rows together must be all.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example: cuvee bench differential --queries 100000 --seed 7 --resume run.json",
      "         cuvee bench differential --seed 7 --only 4711",
      "Exit code: 0 if all answers agree, else 1."
    })
public final class DifferentialBench implements Callable<Integer> {
  private static final int BATCH = 500;

  @Spec private CommandSpec spec;

  @Option(
      names = "--queries",
      paramLabel = "N",
      defaultValue = "100000",
      description = "How many in all (default: 100000).")
  private long queries;

  @Option(names = "--seed", paramLabel = "N", description = "Repeats a run (default: a new one).")
  private @Nullable Long seed;

  @Option(
      names = "--only",
      paramLabel = "N",
      description = "Asks the one query of this number, and shows it.")
  private @Nullable Long only;

  @Option(
      names = "--resume",
      paramLabel = "FILE",
      description = "Goes on where the run of this file stopped, and keeps the file up to date.")
  private @Nullable Path resume;

  @Option(
      names = "--servers",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "With more than one, a second cluster of so many servers must give the same (default: 1).")
  private int servers;

  @Option(
      names = "--processes",
      description = "Each role of the clusters is a process of its own, instead of all in this.")
  private boolean isApart;

  @Option(
      names = "--clients",
      paramLabel = "N",
      defaultValue = "2",
      description = "How many ask at once (default: 2).")
  private int clients;

  @Option(names = "--json", description = "Prints one object instead of lines.")
  private boolean isJson;

  @Override
  public Integer call() throws Exception {
    Progress progress = begin();
    Path directory = Files.createTempDirectory("cuvee-differential");
    PrintWriter out = spec.commandLine().getOut();
    try (TwinDatabases databases = new TwinDatabases(directory, Math.max(1, servers), isApart);
        Clients run = new Clients(databases, progress.seed(), Math.max(1, clients))) {
      if (only != null) {
        out.println(run.show(only));
        progress = progress.and(run.batch(only, only + 1));
      }
      while (only == null && progress.next() < queries) {
        int shown = progress.differences().size();
        long from = progress.next();
        progress = progress.and(run.batch(from, Math.min(queries, from + BATCH)));
        for (String difference :
            progress.differences().subList(shown, progress.differences().size())) {
          System.err.println(difference + "\n");
        }
        System.err.println(progress);
        if (resume != null) {
          progress.write(resume);
        }
      }
    } finally {
      FileTree.delete(directory);
    }
    if (isJson) {
      out.println(progress.json());
    } else {
      progress.differences().forEach(difference -> out.println(difference + "\n"));
      out.println(progress);
    }
    out.flush();
    return progress.differences().isEmpty() ? 0 : 1;
  }

  private Progress begin() throws Exception {
    if (resume == null || !Files.exists(resume)) {
      return Progress.begin(seed == null ? System.nanoTime() : seed);
    }
    Progress progress = Progress.read(resume);
    if (seed != null && seed != progress.seed()) {
      throw new ParameterException(
          spec.commandLine(),
          "The run of '%s' has the seed %d, not %d. Leave --seed out, or name another file."
              .formatted(resume, progress.seed(), seed));
    }
    return progress;
  }
}
