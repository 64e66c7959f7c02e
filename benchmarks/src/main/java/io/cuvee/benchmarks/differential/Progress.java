package io.cuvee.benchmarks.differential;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cuvee.sqltests.duckdb.Differential.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How far a run has come, as it is written to the file from which it goes on.
///
/// @param compared queries, by how their answers compare
/// @param partitioned queries whose three parts were compared with the whole
/// @param differences each with the query, both answers and how to repeat it
record Progress(
    long seed,
    long next,
    Map<Kind, Long> compared,
    long partitioned,
    double seconds,
    List<String> differences) {
  private static final ObjectMapper JSON = new ObjectMapper();

  Progress {
    compared = new TreeMap<>(compared);
    differences = List.copyOf(differences);
  }

  static Progress begin(long seed) {
    return new Progress(seed, 0, Map.of(), 0, 0, List.of());
  }

  static Progress read(Path file) throws IOException {
    return JSON.readValue(file.toFile(), Progress.class);
  }

  /// Replaces the file at once, so that a stop at any moment leaves one that can be read.
  void write(Path file) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.writeString(part, json());
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  String json() throws IOException {
    return JSON.writeValueAsString(this);
  }

  /// This and what came after it.
  Progress and(Progress later) {
    Map<Kind, Long> sums = new TreeMap<>(compared);
    later.compared.forEach((kind, count) -> sums.merge(kind, count, Long::sum));
    List<String> all = new ArrayList<>(differences);
    all.addAll(later.differences);
    return new Progress(
        seed, later.next, sums, partitioned + later.partitioned, seconds + later.seconds, all);
  }

  @Override
  public String toString() {
    return "%,d queries (%.0f a second), %s; %,d in three parts; %d differences (seed %d)"
        .formatted(
            next, next / Math.max(seconds, 1e-3), compared, partitioned, differences.size(), seed);
  }
}
