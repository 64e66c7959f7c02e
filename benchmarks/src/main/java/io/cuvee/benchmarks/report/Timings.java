package io.cuvee.benchmarks.report;

import java.util.Arrays;

/// The times of one case on one engine.
///
/// @param millis sorted
/// @param rows of the answer
/// @param value a digest of the answer, which must be the same on all engines
/// @param cpuMillis the processor time of one run on average, or NaN where it is not known
public record Timings(
    String testCase,
    String engine,
    int threads,
    double[] millis,
    long rows,
    String value,
    double cpuMillis) {
  public Timings {
    millis = millis.clone();
    Arrays.sort(millis);
  }

  public Timings(
      String testCase, String engine, int threads, double[] millis, long rows, String value) {
    this(testCase, engine, threads, millis, rows, value, Double.NaN);
  }

  public double median() {
    return millis[millis.length / 2];
  }

  public double min() {
    return millis[0];
  }

  public double max() {
    return millis[millis.length - 1];
  }
}
