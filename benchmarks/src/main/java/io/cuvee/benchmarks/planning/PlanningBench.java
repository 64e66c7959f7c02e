package io.cuvee.benchmarks.planning;

import io.cuvee.benchmarks.report.Report;
import io.cuvee.benchmarks.report.Timings;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// `./cuvee bench planning`: SSB's queries on one table, planned anew and from the plan cache.
public final class PlanningBench {
  private static final TimeValue ITERATION = TimeValue.milliseconds(500);

  /// Some ten thousand plans go by before the compiler is done with the planner.
  private static final int WARM_UP_ITERATIONS = 15;

  private static final double NANOS_PER_MILLI = 1e6;

  private final String query;
  private final int iterations;
  private final TimeValue warmUp;

  /// @param query the name of the one that is planned; if empty, each is
  /// @param iterations that count
  /// @param warmUpMillis of each iteration before
  public PlanningBench(String query, int iterations, long warmUpMillis) {
    this.query = query;
    this.iterations = iterations;
    this.warmUp = TimeValue.milliseconds(Math.max(1, warmUpMillis));
  }

  public Report run() throws RunnerException {
    Report report = new Report("planning");
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(Pattern.quote(PlanningCases.class.getName()))
            .forks(1)
            .warmupIterations(WARM_UP_ITERATIONS)
            .warmupTime(warmUp)
            .measurementIterations(iterations)
            .measurementTime(ITERATION)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT);
    if (!query.isEmpty()) {
      options.param("query", query);
    }
    for (RunResult result : new Runner(options.build()).run()) {
      String benchmark = result.getParams().getBenchmark();
      double[] millis =
          result.getAggregatedResult().getIterationResults().stream()
              .mapToDouble(one -> one.getPrimaryResult().getScore() / NANOS_PER_MILLI)
              .toArray();
      Arrays.sort(millis);
      report.add(
          new Timings(
              result.getParams().getParam("query")
                  + ", "
                  + benchmark.substring(benchmark.lastIndexOf('.') + 1),
              "cuvee",
              1,
              millis,
              1,
              ""));
    }
    return report;
  }
}
