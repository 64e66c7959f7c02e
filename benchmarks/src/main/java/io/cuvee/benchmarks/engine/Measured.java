package io.cuvee.benchmarks.engine;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// What a process found out about one case; a line of the file that it leaves.
///
/// @param rows of the answer
/// @param value a digest of the answer, or a single value of it
/// @param cpuMillis of the whole process, for one run on average
/// @param millis of each run
public record Measured(
    String testCase, int threads, long rows, String value, double cpuMillis, double[] millis) {
  /// The case that counts queries which failed.
  public static final String ERRORS = "errors";

  String line() {
    return String.join(
        "\t",
        testCase,
        Integer.toString(threads),
        Long.toString(rows),
        value,
        Double.toString(cpuMillis),
        Arrays.stream(millis)
            .mapToObj(one -> String.format(Locale.ROOT, "%.4f", one))
            .collect(Collectors.joining(",")));
  }

  static Measured parse(String line) {
    String[] cells = line.split("\t", -1);
    return new Measured(
        cells[0],
        Integer.parseInt(cells[1]),
        Long.parseLong(cells[2]),
        cells[3],
        Double.parseDouble(cells[4]),
        Arrays.stream(cells[5].split(",")).mapToDouble(Double::parseDouble).toArray());
  }
}
