package io.cuvee.benchmarks;

import io.cuvee.benchmarks.control.ControlPlaneBench;
import io.cuvee.benchmarks.control.OwnProcess;
import io.cuvee.benchmarks.differential.DifferentialBench;
import io.cuvee.benchmarks.driver.DriverBench;
import io.cuvee.benchmarks.engine.Engine;
import io.cuvee.benchmarks.engine.EngineProcesses;
import io.cuvee.benchmarks.engine.Engines;
import io.cuvee.benchmarks.faults.DamageBench;
import io.cuvee.benchmarks.faults.NemesisBench;
import io.cuvee.benchmarks.http.HttpBench;
import io.cuvee.benchmarks.kernel.KernelBench;
import io.cuvee.benchmarks.live.ConsumingBench;
import io.cuvee.benchmarks.live.CrashBench;
import io.cuvee.benchmarks.live.FreshnessBench;
import io.cuvee.benchmarks.live.KeysBench;
import io.cuvee.benchmarks.live.RowsBench;
import io.cuvee.benchmarks.planning.PlanningBench;
import io.cuvee.benchmarks.report.Report;
import io.cuvee.benchmarks.scale.FanOutBench;
import io.cuvee.benchmarks.suite.Settings;
import io.cuvee.benchmarks.suite.SsbBench;
import io.cuvee.benchmarks.upload.UploadBench;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// The entry of `./cuvee bench`.
@Command(
    name = "cuvee bench",
    description = "Runs a benchmark with its peers, side by side in one run.",
    mixinStandardHelpOptions = true,
    subcommands = {
      NemesisBench.class,
      DamageBench.class,
      FanOutBench.class,
      UploadBench.class,
      RowsBench.class,
      DifferentialBench.class
    },
    footer = {
      "",
      "Benchmarks:",
      "  ssb     the 13 queries of the Star Schema Benchmark, on one flat table",
      "  adhoc   scans, groups, distinct counts on the same table",
      "  lookup  point look-ups by an indexed key, two clients",
      "  qps     look-ups, counts and small groups by several clients: latencies, queries a second",
      "  build   writing the table",
      "  cold    from the start of a process to its first answer",
      "  http    queries on the flights over one connection, and by several clients at once",
      "  driver  the JDBC driver on a table of a million rows: short queries, fetching next to",
      "          Avatica's own classes, cancel and time limits",
      "  planning  a query's plan from the plan cache and anew",
      "  consuming  live rows: decoding, appending, sealing, and queries beside the sealed segment",
      "  keys    reading 50 million keys of rows that replace each other, as a server does at its start",
      "  freshness  how old the newest row of an answer is, while --rate events a second come for",
      "          --minutes through a Kafka node, one partition with two replicas, each role a"
          + " process",
      "  crashes  kill -9 at every named step of the commit of a segment and at random, --rounds"
          + " times",
      "          while --events numbered events come: each counts once. Goes on in --dir",
      "  upserts  the same while events replace each other: answers have the newest one of each of",
      "          five million keys (times --scale), --rounds times (default: 20)",
      "  control-plane  ZooKeeper, controllers and a broker's routing with --segments in --tables,",
      "          --replicas times on --servers simulated servers; a million on 1000 servers take",
      "          10 GiB of memory",
      "  kernels nanoseconds a value of the inner loops, vectorised and scalar",
      "Engines: cuvee, cuvee-plain (no sort order, no indexes), cuvee-star (with star-trees),",
      "cuvee-http (a cluster in one process, asked over HTTP; for lookup and qps), duckdb,",
      "duckdb-index (one on the order key), pinot, pinot-star (with the same star-trees). Pinot's",
      "take a minute to fetch, once.",
      "",
      "Example: cuvee bench ssb --scale 0.1 --engines cuvee,duckdb --threads 1,2 --out ssb.json"
    })
public final class Bench implements Callable<Integer> {
  private static final int HTTP_ROUNDS = 300;
  private static final int QUERY_ROUNDS = 15;
  private static final int KERNEL_ROUNDS = 5;
  private static final int SEGMENTS = 20_000;
  private static final int CRASH_ROUNDS = 200;
  private static final int DRIVER_ROWS = 1_000_000;
  private static final long KEYS = 50_000_000;
  private static final int UPSERT_ROUNDS = 20;
  private static final int UPSERT_KEYS = 5_000_000;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "NAME",
      description = "Which benchmark, if it is not one of the commands.")
  private String name = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "PATTERN",
      description =
          "Of the kernels: a regular expression that finds their names. Of planning: a query's"
              + " name, Q1.1 say.")
  private String pattern = "";

  @Option(
      names = "--scale",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "How much of 6 million rows, of the driver's million, of 50 million keys, of upserts' five"
              + " (default: 1).")
  private double scale;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description =
          "Counted runs of each case at least (default: 15; http, driver: 300; kernels, planning:"
              + " 5).")
  private @Nullable Integer rounds;

  @Option(
      names = "--warm-up",
      paramLabel = "MILLIS",
      defaultValue = "1000",
      description = "Processor time that each case runs before (default: 1000).")
  private long warmUpMillis;

  @Option(
      names = "--passes",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "How often ssb and adhoc go over all engines, each time with fresh processes, so that a"
              + " machine's slow minutes do not fall on one alone (default: 1).")
  private int passes;

  @Option(
      names = "--threads",
      paramLabel = "N",
      split = ",",
      defaultValue = "1",
      description = "Threads of one query or build; 1,2 compares (default: 1).")
  private List<Integer> threads = List.of();

  @Option(
      names = "--engines",
      paramLabel = "NAME",
      split = ",",
      description =
          "Which engines (default: cuvee,duckdb; for build also cuvee-plain, without indexes).")
  private List<String> engines = new ArrayList<>();

  @Option(
      names = "--segments",
      paramLabel = "N",
      description =
          "Into how many segments the build divides the rows (default: 4); of all tables of the"
              + " control plane (default: 20000).")
  private @Nullable Integer segments;

  @Option(
      names = "--tables",
      paramLabel = "N",
      defaultValue = "20",
      description = "Of the control plane (default: 20).")
  private int tables;

  @Option(
      names = "--replicas",
      paramLabel = "N",
      defaultValue = "3",
      description = "Of each segment of the control plane (default: 3).")
  private int replicas;

  @Option(
      names = "--servers",
      paramLabel = "N",
      defaultValue = "50",
      description = "Simulated, of the control plane (default: 50).")
  private int servers;

  @Option(
      names = "--state",
      paramLabel = "KIND",
      split = ",",
      defaultValue = "zookeeper",
      description =
          "Of the control plane, for cluster.state: zookeeper, helix, or both, separated by a comma"
              + " (default: zookeeper).")
  private List<String> states = new ArrayList<>();

  @Option(
      names = "--clients",
      paramLabel = "N",
      defaultValue = "2",
      description = "How many ask at once, lookup, qps and http (default: 2).")
  private int clients;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "10",
      description = "How long a load lasts, lookup, qps and http (default: 10).")
  private double seconds;

  @Option(
      names = "--queries",
      paramLabel = "NAME",
      split = ",",
      description = "Which cases of ssb or adhoc (default: all).")
  private List<String> queries = new ArrayList<>();

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "20000",
      description = "Events a second, freshness (default: 20000).")
  private int rate;

  @Option(
      names = "--minutes",
      paramLabel = "N",
      defaultValue = "10",
      description = "How long events come, freshness (default: 10).")
  private double minutes;

  @Option(
      names = "--events",
      paramLabel = "N",
      defaultValue = "5000000",
      description = "Of all rounds of crashes (default: 5000000).")
  private long events;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "Of what crashes and upserts draw (default: another one each time, which is printed).")
  private @Nullable Long seed;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "Keeps the engines' copies of the rows (default: target/bench).")
  private @Nullable Path directory;

  @Option(
      names = "--jvm-option",
      paramLabel = "OPTION",
      description = "One more for the engines' processes, a recording say; may be repeated.")
  private List<String> flags = new ArrayList<>();

  @Option(names = "--out", paramLabel = "FILE", description = "Where to write the figures as JSON.")
  private @Nullable Path out;

  @Spec private @Nullable CommandSpec spec;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Bench()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    if (name.equals("consuming")) {
      Report figures = ConsumingBench.run(System.out);
      if (out != null) {
        figures.write(out, HttpBench.versions());
      }
      return 0;
    }
    if (name.equals("control-plane")) {
      int wanted = segments == null ? SEGMENTS : segments;
      Optional<Integer> ended =
          OwnProcess.run(
              wanted,
              replicas,
              servers,
              Bench.class,
              Objects.requireNonNull(spec).commandLine().getParseResult().originalArgs());
      if (ended.isPresent()) {
        return ended.get();
      }
      Report report = ControlPlaneBench.run(tables, wanted, replicas, servers, states, System.out);
      if (out != null) {
        report.write(out, HttpBench.versions());
      }
      return report.agree() ? 0 : 1;
    }
    if (name.equals("freshness")) {
      return shown(new FreshnessBench(rate, minutes, System.out).run());
    }
    if (name.equals("crashes")) {
      return shown(
          new CrashBench(
                  directory,
                  rounds == null ? CRASH_ROUNDS : rounds,
                  events,
                  seed == null ? System.nanoTime() : seed,
                  System.out)
              .run());
    }
    if (name.equals("upserts")) {
      return shown(
          CrashBench.ofKeys(
                  directory,
                  rounds == null ? UPSERT_ROUNDS : rounds,
                  (int) Math.clamp(UPSERT_KEYS * scale, 10, 200_000_000),
                  seed == null ? System.nanoTime() : seed,
                  System.out)
              .run());
    }
    String home = System.getenv("CUVEE_HOME");
    Path root = Path.of(home == null ? "." : home).toAbsolutePath().normalize();
    if (engines.isEmpty()) {
      engines =
          name.equals("build")
              ? List.of("cuvee", "cuvee-plain", "duckdb")
              : List.of("cuvee", "duckdb");
    }
    for (String engine : engines) {
      if (!Engines.isKnown(engine)) {
        System.err.println("cuvee: there is no engine '" + engine + "'. See cuvee bench --help.");
        return 2;
      }
    }
    Report report = run(root);
    if (report == null) {
      System.err.println("cuvee: there is no benchmark '" + name + "'. See cuvee bench --help.");
      return 2;
    }
    return shown(report);
  }

  private int shown(Report report) throws IOException {
    report.print(System.out);
    if (out != null) {
      report.write(out, HttpBench.versions());
    }
    return report.agree() ? 0 : 1;
  }

  private @Nullable Report run(Path root) throws Exception {
    if (segments != null && name.equals("build")) {
      flags.add("-D" + Engine.SEGMENTS_PROPERTY + "=" + segments);
    }
    SsbBench bench =
        new SsbBench(
            new EngineProcesses(root.resolve("benchmarks/pinot/target/lib"), flags),
            new Settings(
                (directory == null ? root.resolve("target/bench") : directory).toAbsolutePath(),
                scale,
                rounds == null ? QUERY_ROUNDS : rounds,
                Math.max(1, passes),
                warmUpMillis,
                engines,
                threads,
                queries,
                clients,
                (long) (1000 * seconds)));
    return switch (name) {
      case "kernels" ->
          new KernelBench(pattern, rounds == null ? KERNEL_ROUNDS : rounds, warmUpMillis).run();
      case "ssb" -> bench.ssb();
      case "adhoc" -> bench.adHoc();
      case "lookup" -> bench.lookUps();
      case "qps" -> bench.mixedLoad();
      case "build" -> bench.build();
      case "cold" -> bench.cold();
      case "planning" ->
          new PlanningBench(pattern, rounds == null ? KERNEL_ROUNDS : rounds, warmUpMillis).run();
      case "keys" -> new KeysBench((long) Math.max(1, KEYS * scale), System.out).run();
      case "driver" ->
          new DriverBench(
                  (int) Math.max(1, DRIVER_ROWS * scale),
                  rounds == null ? HTTP_ROUNDS : rounds,
                  warmUpMillis)
              .run();
      case "http" ->
          new HttpBench(
                  root,
                  rounds == null ? HTTP_ROUNDS : rounds,
                  warmUpMillis,
                  clients,
                  (long) (1000 * seconds),
                  engines.contains("duckdb"))
              .run();
      default -> null;
    };
  }
}
