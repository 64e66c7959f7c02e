package io.cuvee.benchmarks.suite;

import java.nio.file.Path;
import java.util.List;

/// How the benchmarks run.
///
/// @param directory keeps the engines' stores
/// @param engines in this order
/// @param threads of a query; several are run one after the other
/// @param passes how often queries are measured on all engines, one engine after the other
/// @param clients of a load, which lasts `loadMillis`
/// @param queries names of those to run; empty for all
public record Settings(
    Path directory,
    double scale,
    int rounds,
    int passes,
    long warmUpMillis,
    List<String> engines,
    List<Integer> threads,
    List<String> queries,
    int clients,
    long loadMillis) {
  public Settings {
    engines = List.copyOf(engines);
    threads = List.copyOf(threads);
    queries = List.copyOf(queries);
  }
}
