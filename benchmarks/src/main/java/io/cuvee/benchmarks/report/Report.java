package io.cuvee.benchmarks.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;

/// The figures of a benchmark: cases by engines.
public final class Report {
  private static final String OURS = "cuvee";

  private final String name;
  private final String unit;
  private final List<Timings> timings = new ArrayList<>();
  private final List<Figure> figures = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();

  public Report(String name) {
    this(name, "ms");
  }

  /// @param unit of the timings
  public Report(String name, String unit) {
    this.name = name;
    this.unit = unit;
  }

  /// An engine with a number of threads: a column of the table.
  private record Column(String engine, int threads) {
    String label() {
      return threads == 1 ? engine : engine + " x" + threads;
    }
  }

  public void add(Timings one) {
    timings.add(one);
  }

  public void add(Figure one) {
    figures.add(one);
  }

  public List<Timings> timings() {
    return List.copyOf(timings);
  }

  /// Notes that something went wrong, which makes the whole report wrong.
  public void fail(String what) {
    failures.add(what);
  }

  /// Whether all engines gave the same answer to every case, and nothing failed.
  public boolean agree() {
    return failures.isEmpty() && disagreements().isEmpty();
  }

  private List<String> disagreements() {
    return timings.stream()
        .collect(
            Collectors.groupingBy(
                Timings::testCase,
                LinkedHashMap::new,
                Collectors.mapping(Timings::value, Collectors.toSet())))
        .entrySet()
        .stream()
        .filter(values -> values.getValue().size() > 1)
        .map(values -> values.getKey() + ": " + values.getValue())
        .toList();
  }

  private Set<Column> columns() {
    Set<Column> columns = new LinkedHashSet<>();
    timings.forEach(one -> columns.add(new Column(one.engine(), one.threads())));
    return columns;
  }

  private Map<String, Timings> of(Column column) {
    return timings.stream()
        .filter(one -> one.engine().equals(column.engine) && one.threads() == column.threads)
        .collect(
            Collectors.toMap(
                Timings::testCase, one -> one, (first, second) -> second, LinkedHashMap::new));
  }

  /// Medians in milliseconds, and how many times as long as we each engine took.
  public void print(PrintStream out) {
    Set<Column> columns = columns();
    StringBuilder head = new StringBuilder(String.format(Locale.ROOT, "%-24s", "median " + unit));
    for (Column column : columns) {
      head.append(String.format(Locale.ROOT, " %14s", column.label()));
      if (!column.engine.equals(OURS)) {
        head.append(String.format(Locale.ROOT, " %8s", "ratio"));
      }
    }
    out.println(head.append(String.format(Locale.ROOT, " %9s", "rows")));
    Set<String> cases = new LinkedHashSet<>();
    timings.forEach(one -> cases.add(one.testCase()));
    for (String testCase : cases) {
      StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-24s", testCase));
      long rows = 0;
      for (Column column : columns) {
        Timings one = of(column).get(testCase);
        line.append(
            one == null
                ? String.format(Locale.ROOT, " %14s", "-")
                : String.format(Locale.ROOT, " %14.3f", one.median()));
        if (!column.engine.equals(OURS)) {
          Timings ours = of(new Column(OURS, column.threads)).get(testCase);
          line.append(
              one == null || ours == null
                  ? String.format(Locale.ROOT, " %8s", "-")
                  : String.format(Locale.ROOT, " %7.2fx", one.median() / ours.median()));
        }
        rows = one == null ? rows : one.rows();
      }
      out.println(line.append(String.format(Locale.ROOT, " %9d", rows)));
    }
    summary()
        .forEach(
            (key, value) -> out.println(String.format(Locale.ROOT, "%-60s %10.3f", key, value)));
    for (Figure one : figures) {
      out.println(
          String.format(
              Locale.ROOT,
              Math.abs(one.value()) < 100 ? "%-24s %-14s %,14.3f" : "%-24s %-14s %,14.1f",
              one.name(),
              new Column(one.engine(), one.threads()).label(),
              one.value()));
    }
    disagreements().forEach(one -> out.println("DIFFERENT ANSWERS to " + one));
    failures.forEach(out::println);
    out.println(agree() ? "All engines agree." : "THE ENGINES DISAGREE.");
  }

  private Map<String, Double> summary() {
    Map<String, Double> summary = new LinkedHashMap<>();
    for (Column column : columns()) {
      of(column).values().stream()
          .mapToDouble(one -> Math.log(one.median()))
          .average()
          .ifPresent(
              mean -> summary.put(column.label() + ", geometric mean in " + unit, Math.exp(mean)));
    }
    for (Column column : columns()) {
      Column ours = new Column(OURS, column.threads);
      if (!column.engine.equals(OURS)) {
        ratio(column, ours)
            .ifPresent(ratio -> summary.put(column.label() + "/" + ours.label(), ratio));
      }
      Column single = new Column(column.engine, 1);
      if (column.threads > 1) {
        ratio(single, column)
            .ifPresent(ratio ->
                summary.put(column.engine + ", speed-up by " + column.threads + " threads", ratio));
      }
    }
    for (Column column : columns()) {
      if (column.engine.equals(OURS)) {
        worst(column, summary);
      }
    }
    return summary;
  }

  /// Our case with the smallest lead over the best of the others.
  private void worst(Column ours, Map<String, Double> summary) {
    String worst = "";
    double least = Double.POSITIVE_INFINITY;
    for (Timings one : of(ours).values()) {
      double lead =
          timings.stream()
              .filter(other ->
                  other.testCase().equals(one.testCase())
                      && other.threads() == ours.threads
                      && !other.engine().startsWith(OURS))
              .mapToDouble(other -> other.median() / one.median())
              .min()
              .orElse(Double.POSITIVE_INFINITY);
      if (lead < least) {
        least = lead;
        worst = one.testCase();
      }
    }
    if (!worst.isEmpty()) {
      summary.put("best peer/" + ours.label() + " in the worst case, " + worst, least);
    }
  }

  /// The geometric mean of one's medians over the other's, of the cases that both ran.
  private OptionalDouble ratio(Column above, Column below) {
    Map<String, Timings> base = of(below);
    OptionalDouble mean =
        of(above).values().stream()
            .filter(one -> base.containsKey(one.testCase()))
            .mapToDouble(one -> Math.log(one.median() / base.get(one.testCase()).median()))
            .average();
    return mean.isPresent() ? OptionalDouble.of(Math.exp(mean.getAsDouble())) : mean;
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
    String suffix = unit.equals("ms") ? "Ms" : "Ns";
    var cases = root.putArray("cases");
    for (Timings one : timings) {
      ObjectNode entry =
          cases
              .addObject()
              .put("case", one.testCase())
              .put("engine", one.engine())
              .put("threads", one.threads())
              .put("median" + suffix, one.median())
              .put("min" + suffix, one.min())
              .put("max" + suffix, one.max())
              .put("rows", one.rows())
              .put("value", one.value());
      if (!Double.isNaN(one.cpuMillis())) {
        entry.put("cpuMs", one.cpuMillis());
      }
    }
    var others = root.putArray("figures");
    for (Figure one : figures) {
      others
          .addObject()
          .put("figure", one.name())
          .put("engine", one.engine())
          .put("threads", one.threads())
          .put("value", one.value());
    }
    root.put("agree", agree());
    ObjectNode summary = root.putObject("summary");
    summary().forEach(summary::put);
    Files.writeString(file, root.toPrettyString() + "\n");
  }
}
