package io.cuvee.benchmarks.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// The figures of a benchmark: cases by engines.
public final class Report {
  private static final String OURS = "cuvee";

  private final String name;
  private final List<Timings> timings = new ArrayList<>();

  public Report(String name) {
    this.name = name;
  }

  public void add(Timings one) {
    timings.add(one);
  }

  /// Whether all engines gave the same answer to every case.
  public boolean agree() {
    return timings.stream()
        .collect(
            Collectors.groupingBy(
                Timings::testCase, Collectors.mapping(Timings::value, Collectors.toSet())))
        .values()
        .stream()
        .allMatch(values -> values.size() == 1);
  }

  public void print(PrintStream out) {
    out.printf(
        Locale.ROOT,
        "%-28s %-8s %10s %10s %10s %8s%n",
        "case",
        "engine",
        "median ms",
        "min ms",
        "max ms",
        "rows");
    for (Timings one : timings) {
      out.printf(
          Locale.ROOT,
          "%-28s %-8s %10.3f %10.3f %10.3f %8d%n",
          one.testCase(),
          one.engine(),
          one.median(),
          one.min(),
          one.max(),
          one.rows());
    }
    out.println(agree() ? "All engines agree." : "THE ENGINES DISAGREE.");
    ratios()
        .forEach((peer, ratio) ->
            out.printf(
                Locale.ROOT,
                "%s takes %.2f times as long (geometric mean of medians)%n",
                peer,
                ratio));
  }

  /// For each peer the geometric mean of its medians over ours, of the cases that both ran.
  private Map<String, Double> ratios() {
    Map<String, Double> ours =
        timings.stream()
            .filter(one -> one.engine().equals(OURS))
            .collect(Collectors.toMap(Timings::testCase, Timings::median));
    Map<String, List<Double>> logs = new LinkedHashMap<>();
    for (Timings one : timings) {
      Double base = ours.get(one.testCase());
      if (!one.engine().equals(OURS) && base != null) {
        logs.computeIfAbsent(one.engine(), peer -> new ArrayList<>())
            .add(Math.log(one.median() / base));
      }
    }
    Map<String, Double> ratios = new LinkedHashMap<>();
    logs.forEach((peer, values) ->
        ratios.put(
            peer, Math.exp(values.stream().mapToDouble(Double::doubleValue).average().orElse(0))));
    return ratios;
  }

  /// Writes the whole report as one JSON object.
  public void write(Path file, Map<String, String> versions) throws IOException {
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.put("name", name);
    root.put(
        "machine",
        Runtime.getRuntime().availableProcessors()
            + " cores, "
            + System.getProperty("os.arch")
            + ", "
            + System.getProperty("os.name"));
    versions.forEach(root.putObject("versions")::put);
    var cases = root.putArray("cases");
    for (Timings one : timings) {
      cases
          .addObject()
          .put("case", one.testCase())
          .put("engine", one.engine())
          .put("threads", one.threads())
          .put("medianMs", one.median())
          .put("minMs", one.min())
          .put("maxMs", one.max())
          .put("rows", one.rows())
          .put("value", one.value());
    }
    root.put("agree", agree());
    ObjectNode summary = root.putObject("summary");
    ratios().forEach((peer, ratio) -> summary.put(peer + "/" + OURS, ratio));
    Files.writeString(file, root.toPrettyString() + "\n");
  }
}
