package io.cuvee.benchmarks.kernel;

import io.cuvee.benchmarks.engine.EngineProcesses;
import io.cuvee.benchmarks.report.Report;
import io.cuvee.benchmarks.report.Timings;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// `./cuvee bench kernels`: every kernel as the engine chooses it, and once more in processes that
/// are told to take the plain loops. What has one form only shows the same twice.
public final class KernelBench {
  private static final TimeValue ITERATION = TimeValue.milliseconds(200);
  private static final int WARM_UP_ITERATIONS = 3;

  private static final Map<String, String[]> FORMS =
      Map.of(
          "cuvee", new String[] {EngineProcesses.VECTORS},
          "scalar", new String[] {"-Dcuvee.kernels=scalar"});

  private final String pattern;
  private final int iterations;
  private final TimeValue warmUp;

  /// @param pattern finds names; an empty one finds all
  /// @param iterations that count
  /// @param warmUpMillis of each iteration before: vectors that are not compiled yet are objects, a
  ///   thousand times slower
  public KernelBench(String pattern, int iterations, long warmUpMillis) {
    this.pattern = pattern;
    this.iterations = iterations;
    this.warmUp = TimeValue.milliseconds(Math.max(1, warmUpMillis));
  }

  public Report run() throws RunnerException {
    Report report = new Report("kernels", "ns/value");
    for (String form : List.of("cuvee", "scalar")) {
      System.err.println("Running kernels, " + form);
      for (RunResult result : run(FORMS.get(form))) {
        String[] name = result.getParams().getBenchmark().split("\\.");
        String width = result.getParams().getParam("width");
        double[] nanos =
            result.getAggregatedResult().getIterationResults().stream()
                .mapToDouble(one -> one.getPrimaryResult().getScore())
                .toArray();
        report.add(
            new Timings(
                name[name.length - 1] + (width == null ? "" : ", " + width + " bits"),
                form,
                1,
                nanos,
                result.getParams().getOpsPerInvocation(),
                ""));
      }
    }
    if (report.timings().isEmpty()) {
      report.fail("No kernel has a name like " + pattern);
    }
    return report;
  }

  private Collection<RunResult> run(String[] flags) throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(Pattern.quote(KernelBench.class.getPackageName()) + ".*" + pattern)
            .forks(1)
            .warmupIterations(WARM_UP_ITERATIONS)
            .warmupTime(warmUp)
            .measurementIterations(iterations)
            .measurementTime(ITERATION)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .jvmArgsAppend(flags);
    try {
      return new Runner(options.build()).run();
    } catch (NoBenchmarksException e) {
      return List.of();
    }
  }
}
