package io.cuvee.benchmarks.engine;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/// What a process is to do.
///
/// @param engine a name of [Engines]
/// @param directory of the stores; may hold some already
/// @param rounds how often each query runs at least
/// @param warmUpMillis how much processor time each query gets before
/// @param clients of a load
/// @param loadMillis how long a load lasts
/// @param queries by name
public record Assignment(
    Task task,
    String engine,
    Path directory,
    double scale,
    int threads,
    int rounds,
    long warmUpMillis,
    int clients,
    long loadMillis,
    Map<String, String> queries) {
  /// What is measured.
  public enum Task {
    /// One query after the other.
    QUERIES,
    /// Point look-ups by several clients.
    LOOK_UPS,
    /// Queries of several kinds by several clients.
    MIXED_LOAD,
    /// Writing a store.
    BUILD,
    /// The first query of a process.
    COLD
  }

  private static final String QUERY = "query.";

  public Assignment {
    queries = new LinkedHashMap<>(queries);
  }

  void write(Path file) throws IOException {
    Properties properties = new Properties();
    properties.setProperty("task", task.name());
    properties.setProperty("engine", engine);
    properties.setProperty("directory", directory.toString());
    properties.setProperty("scale", Double.toString(scale));
    properties.setProperty("threads", Integer.toString(threads));
    properties.setProperty("rounds", Integer.toString(rounds));
    properties.setProperty("warmUpMillis", Long.toString(warmUpMillis));
    properties.setProperty("clients", Integer.toString(clients));
    properties.setProperty("loadMillis", Long.toString(loadMillis));
    int number = 0;
    for (Map.Entry<String, String> query : queries.entrySet()) {
      properties.setProperty(QUERY + number + ".name", query.getKey());
      properties.setProperty(QUERY + number++ + ".sql", query.getValue());
    }
    try (Writer out = Files.newBufferedWriter(file)) {
      properties.store(out, null);
    }
  }

  static Assignment read(Path file) throws IOException {
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      properties.load(in);
    }
    Map<String, String> queries = new LinkedHashMap<>();
    for (int i = 0; properties.containsKey(QUERY + i + ".name"); i++) {
      queries.put(
          properties.getProperty(QUERY + i + ".name"), properties.getProperty(QUERY + i + ".sql"));
    }
    return new Assignment(
        Task.valueOf(properties.getProperty("task")),
        properties.getProperty("engine"),
        Path.of(properties.getProperty("directory")),
        Double.parseDouble(properties.getProperty("scale")),
        Integer.parseInt(properties.getProperty("threads")),
        Integer.parseInt(properties.getProperty("rounds")),
        Long.parseLong(properties.getProperty("warmUpMillis")),
        Integer.parseInt(properties.getProperty("clients")),
        Long.parseLong(properties.getProperty("loadMillis")),
        queries);
  }
}
