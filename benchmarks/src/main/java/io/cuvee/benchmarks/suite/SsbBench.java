package io.cuvee.benchmarks.suite;

import io.cuvee.benchmarks.engine.Assignment;
import io.cuvee.benchmarks.engine.EngineProcesses;
import io.cuvee.benchmarks.engine.Measured;
import io.cuvee.benchmarks.report.Figure;
import io.cuvee.benchmarks.report.Report;
import io.cuvee.benchmarks.report.Timings;
import io.cuvee.benchmarks.ssb.SsbGenerator;
import io.cuvee.benchmarks.ssb.SsbQueries;
import io.cuvee.benchmarks.ssb.SsbTable;
import io.cuvee.common.file.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Benchmarks over the flat table of the Star Schema Benchmark: each engine in a process of its
/// own, in turn, on the same rows.
public final class SsbBench {
  /// Below this scale some queries find nothing.
  private static final double WHOLE_SCALE = 1;

  private static final int COLD_STARTS = 5;

  private final EngineProcesses processes;
  private final Settings settings;

  public SsbBench(EngineProcesses processes, Settings settings) {
    this.processes = processes;
    this.settings = settings;
  }

  /// The thirteen queries of the benchmark.
  public Report ssb() throws IOException, InterruptedException {
    return queries("ssb", SsbQueries.flights());
  }

  /// Queries that people ask beside.
  public Report adHoc() throws IOException, InterruptedException {
    Report report = queries("adhoc", adHocQueries());
    double rows = new SsbTable(settings.scale()).rowCount();
    for (Timings one : report.timings()) {
      if (one.testCase().startsWith("sum of") || one.testCase().startsWith("range of")) {
        report.add(
            new Figure(
                one.testCase() + ", ns/row",
                one.engine(),
                one.threads(),
                one.median() * 1e6 / rows));
      }
    }
    return report;
  }

  private Map<String, String> adHocQueries() {
    return SsbQueries.adHoc(new SsbGenerator(new SsbTable(settings.scale())));
  }

  private Report queries(String name, Map<String, String> all)
      throws IOException, InterruptedException {
    Map<String, String> queries = new LinkedHashMap<>(all);
    if (!settings.queries().isEmpty()) {
      queries.keySet().retainAll(settings.queries());
      if (queries.isEmpty()) {
        throw new IllegalArgumentException("No such queries. There are: " + all.keySet());
      }
    }
    List<List<Measured>> columns = new ArrayList<>();
    for (int pass = 0; pass < settings.passes(); pass++) {
      int column = 0;
      for (String engine : settings.engines()) {
        for (int threads : settings.threads()) {
          List<Measured> measured = run(Assignment.Task.QUERIES, engine, threads, queries);
          if (pass == 0) {
            columns.add(measured);
          } else {
            columns.set(column, joined(columns.get(column), measured));
          }
          column++;
        }
      }
    }
    Report report = new Report(name);
    int column = 0;
    for (String engine : settings.engines()) {
      for (int i = 0; i < settings.threads().size(); i++) {
        add(report, engine, columns.get(column++));
      }
    }
    return report;
  }

  /// Point look-ups by an indexed key.
  public Report lookUps() throws IOException, InterruptedException {
    Report report = new Report("lookup");
    for (String engine : settings.engines()) {
      run(report, Assignment.Task.LOOK_UPS, engine, 2, Map.of());
    }
    return report;
  }

  /// Queries of several kinds at once.
  public Report mixedLoad() throws IOException, InterruptedException {
    Report report = new Report("qps");
    int threads = Runtime.getRuntime().availableProcessors();
    for (String engine : settings.engines()) {
      run(report, Assignment.Task.MIXED_LOAD, engine, threads, Map.of());
    }
    return report;
  }

  /// Writing all rows.
  public Report build() throws IOException, InterruptedException {
    Report report = new Report("build");
    for (String engine : settings.engines()) {
      for (int threads : settings.threads()) {
        run(report, Assignment.Task.BUILD, engine, threads, Map.of());
      }
    }
    return report;
  }

  /// A process that is started, opens a store and answers. Ours also starts as `./cuvee` starts it:
  /// with a cache of what Java learned in a run with other queries, here marked `-aot`.
  public Report cold() throws IOException, InterruptedException {
    Report report = new Report("cold");
    Map<String, String> others = new LinkedHashMap<>(SsbQueries.flights());
    String query = String.valueOf(others.remove("Q2.1"));
    for (String engine : settings.engines()) {
      System.err.println("Starting " + engine);
      Assignment start = assignment(Assignment.Task.COLD, engine, 2, Map.of("Q2.1", query));
      // The store may have to be built, and is in the page cache afterwards.
      processes.run(start);
      add(report, engine, List.of(coldStarts(start, processes)));
      if (engine.startsWith("cuvee")) {
        Path work = Files.createTempDirectory("cuvee-bench");
        Path cache = work.resolve("cuvee.aot");
        if (record(assignment(Assignment.Task.COLD, engine, 2, others), cache)) {
          Measured cached = coldStarts(start, processes.with(List.of("-XX:AOTCache=" + cache)));
          add(report, engine + "-aot", List.of(cached));
        }
        FileTree.delete(work);
      }
    }
    return report;
  }

  /// Has Java make a cache, which it can only of classes in jars.
  private boolean record(Assignment start, Path cache) throws InterruptedException {
    try {
      processes.with(List.of("-XX:AOTCacheOutput=" + cache)).run(start);
      return Files.exists(cache);
    } catch (IOException e) {
      System.err.println("There is no AOT cache: " + e.getMessage());
      return false;
    }
  }

  private static Measured coldStarts(Assignment start, EngineProcesses processes)
      throws IOException, InterruptedException {
    int starts = Math.min(start.rounds(), COLD_STARTS);
    List<Measured> runs = new ArrayList<>();
    for (int i = 0; i < starts; i++) {
      runs.addAll(processes.run(start));
    }
    return joined(runs);
  }

  private static List<Measured> joined(List<Measured> before, List<Measured> now) {
    List<Measured> all = new ArrayList<>();
    for (int i = 0; i < now.size(); i++) {
      all.add(joined(List.of(before.get(i), now.get(i))));
    }
    return all;
  }

  /// Runs of one case as one.
  private static Measured joined(List<Measured> runs) {
    Measured last = runs.getLast();
    if (!runs.stream().allMatch(run -> run.value().equals(last.value()))) {
      throw new IllegalStateException(
          "An engine's answers to " + last.testCase() + " differ from run to run.");
    }
    return new Measured(
        last.testCase(),
        last.threads(),
        last.rows(),
        last.value(),
        runs.stream().mapToDouble(Measured::cpuMillis).average().orElse(Double.NaN),
        runs.stream().flatMapToDouble(run -> java.util.Arrays.stream(run.millis())).toArray());
  }

  private void run(
      Report report, Assignment.Task task, String engine, int threads, Map<String, String> queries)
      throws IOException, InterruptedException {
    add(report, engine, run(task, engine, threads, queries));
  }

  private List<Measured> run(
      Assignment.Task task, String engine, int threads, Map<String, String> queries)
      throws IOException, InterruptedException {
    System.err.println("Running " + engine + " with " + threads + " thread(s)");
    return processes.run(assignment(task, engine, threads, queries));
  }

  private Assignment assignment(
      Assignment.Task task, String engine, int threads, Map<String, String> queries) {
    return new Assignment(
        task,
        engine,
        settings.directory(),
        settings.scale(),
        threads,
        settings.rounds(),
        settings.warmUpMillis(),
        settings.clients(),
        settings.loadMillis(),
        queries);
  }

  private void add(Report report, String engine, List<Measured> measured) {
    for (Measured one : measured) {
      if (one.value().isEmpty()) {
        report.add(new Figure(one.testCase(), engine, one.threads(), one.millis()[0]));
        if (one.testCase().equals(Measured.ERRORS) && one.millis()[0] > 0) {
          report.fail(engine + " failed to answer some queries");
        }
        continue;
      }
      if (one.rows() == 0 && settings.scale() >= WHOLE_SCALE) {
        report.fail(engine + " found no rows for " + one.testCase());
      }
      report.add(
          new Timings(
              one.testCase(),
              engine,
              one.threads(),
              one.millis(),
              one.rows(),
              one.value(),
              one.cpuMillis()));
    }
  }
}
