package io.cuvee.benchmarks.live;

import io.cuvee.benchmarks.report.Figure;
import io.cuvee.benchmarks.report.Report;
import io.cuvee.common.fault.HaltStep;
import io.cuvee.common.file.FileTree;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Each number counts once, whatever dies when: numbered events come all the time, into two
/// partitions with two replicas, while processes are killed at each named step of the commit of a
/// segment and at random, lose ZooKeeper, and Kafka is killed: one at a time, so that a replica
/// remains. A query that runs all the time must be answered, see all numbers up to the largest, and
/// never fewer than before; or the newest number of each key, of as many keys as wanted. It can be
/// stopped, and goes on with the next round in the same folder. The broker is left alone, as there
/// is one.
public final class CrashBench {
  private static final Set<HaltStep> OF_CONTROLLER =
      EnumSet.of(
          HaltStep.COMMIT_RECEIVED,
          HaltStep.OBJECT_DESCRIBED,
          HaltStep.COMMIT_RECORDED,
          HaltStep.NEXT_ASSIGNED);

  private static final long HIT_LIMIT_MILLIS = 60_000;
  private static final long AFTER_LIMIT_MILLIS = 300_000;
  private static final int SECONDS_A_ROUND = 8;
  private static final int LEAST_RATE = 500;
  private static final int MOST_RATE = 20_000;
  private static final int CUT_MILLIS = 9_000;
  private static final int DEAD_MILLIS = 1_000;
  private static final String ANSWERS = "answers";
  private static final String FAILED = "failed";
  private static final String UNANSWERABLE = "failed without a server";
  private static final String WRONG = "wrong";
  private static final String PROGRESS = "progress.properties";

  private final String name;
  private final EventTable table;
  private final Path directory;
  private final int rounds;
  private final long events;
  private final PrintStream out;
  private final Properties progress = new Properties();

  /// What the queries came to.
  private record Toll(Map<String, Long> counts) {
    static Toll of(NumberedEvents.Running running) {
      return new Toll(
          Map.of(
              ANSWERS, running.answers(),
              FAILED, running.failures(),
              UNANSWERABLE, running.unanswerable(),
              WRONG, running.wrongAnswers()));
    }

    Toll minus(Toll before) {
      Map<String, Long> more = new TreeMap<>(counts);
      more.replaceAll((what, count) -> count - before.counts.getOrDefault(what, 0L));
      return new Toll(more);
    }
  }

  /// What is done in a round.
  private sealed interface Fault {
    /// One process dies when it comes to the step.
    record AtStep(HaltStep step) implements Fault {
      @Override
      public String toString() {
        return step.fileName();
      }
    }

    record Kill(String process) implements Fault {
      @Override
      public String toString() {
        return "kill-" + process;
      }
    }

    record CutZooKeeper(String server) implements Fault {
      @Override
      public String toString() {
        return "zookeeper-cut-" + server;
      }
    }
  }

  /// Each event counts once.
  ///
  /// @param directory where an earlier run may have stopped; absent for the default one
  public CrashBench(@Nullable Path directory, int rounds, long events, long seed, PrintStream out) {
    this("crashes", new EachEvent(), directory, rounds, events, seed, out);
  }

  /// The newest event of each key counts; each key comes twice and more.
  ///
  /// @param keys in all
  public static CrashBench ofKeys(
      @Nullable Path directory, int rounds, int keys, long seed, PrintStream out) {
    return new CrashBench(
        "upserts",
        new NewestEvents(keys / NumberedEvents.PARTITIONS, NumberedEvents.PARTITIONS),
        directory,
        rounds,
        keys * 5L / 2,
        seed,
        out);
  }

  private CrashBench(
      String name,
      EventTable table,
      @Nullable Path directory,
      int rounds,
      long events,
      long seed,
      PrintStream out) {
    this.name = name;
    this.table = table;
    this.directory =
        (directory == null ? Path.of("target/bench") : directory)
            .toAbsolutePath()
            .normalize()
            .resolve(name);
    this.rounds = rounds;
    this.events = events;
    this.out = out;
    progress.setProperty("seed", Long.toString(seed));
    progress.setProperty("round", "0");
    long even = events / Math.max(1, (long) rounds * SECONDS_A_ROUND);
    progress.setProperty("rate", Long.toString(Math.clamp(even, LEAST_RATE, MOST_RATE)));
  }

  private static List<Fault> faults() {
    List<Fault> faults = new ArrayList<>();
    for (HaltStep step : HaltStep.values()) {
      faults.add(new Fault.AtStep(step));
    }
    for (String server : LiveProcesses.SERVERS) {
      faults.add(new Fault.Kill(server));
      faults.add(new Fault.CutZooKeeper(server));
    }
    faults.add(new Fault.Kill(LiveProcesses.CONTROLLER));
    faults.add(new Fault.Kill(LiveProcesses.KAFKA));
    faults.add(new Fault.Kill(LiveProcesses.ZOOKEEPER));
    return faults;
  }

  public Report run() throws Exception {
    Report report = new Report(name);
    Path file = Files.createDirectories(directory).resolve(PROGRESS);
    boolean isNew = !Files.exists(file);
    if (!isNew) {
      try (var in = Files.newBufferedReader(file)) {
        progress.load(in);
      }
    }
    long seed = Long.parseLong(progress.getProperty("seed"));
    int rate = Integer.parseInt(progress.getProperty("rate"));
    out.println(
        "Rounds "
            + progress.getProperty("round")
            + " to "
            + rounds
            + " in "
            + directory
            + ", seed "
            + seed
            + ", "
            + rate
            + " events a second");
    try (LiveProcesses processes = new LiveProcesses(directory, true)) {
      processes.startAll();
      NumberedEvents numbers = new NumberedEvents(processes, table, out);
      if (isNew) {
        numbers.createTable(rate);
        save(file);
      }
      try (NumberedEvents.Running running = numbers.start(rate)) {
        running.awaitRecovery(AFTER_LIMIT_MILLIS);
        for (int round = Integer.parseInt(progress.getProperty("round")); round < rounds; round++) {
          Toll before = Toll.of(running);
          long begun = System.nanoTime();
          Fault fault = fault(seed, round);
          String outcome = strike(fault, processes, running, new Random(seed + round));
          running.awaitRecovery(AFTER_LIMIT_MILLIS);
          count((outcome.equals("hit") ? "hit." : "missed.") + fault, 1);
          progress.setProperty("round", Integer.toString(round + 1));
          Toll.of(running).minus(before).counts().forEach(this::count);
          save(file);
          out.printf(
              Locale.ROOT,
              "%s %4d  %-24s %-6s %5.1f s %,10d rows, %,d answers, %d failed, %d wrong%n",
              LocalTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS),
              round + 1,
              fault,
              outcome,
              (System.nanoTime() - begun) / 1e9,
              running.count(),
              counted(ANSWERS),
              counted(FAILED),
              counted(WRONG));
        }
        Toll before = Toll.of(running);
        running.finish(events);
        numbers.check(report);
        Toll.of(running).minus(before).counts().forEach(this::count);
        report.add(new Figure("events", "cuvee", 1, running.count()));
        for (String what : List.of(ANSWERS, FAILED, UNANSWERABLE, WRONG)) {
          report.add(new Figure(what, "cuvee", 1, counted(what)));
        }
        running.wrong().forEach(report::fail);
        if (counted(FAILED) > 0) {
          report.fail("Queries failed while a server lived: " + counted(FAILED));
        }
        if (counted(WRONG) > running.wrong().size()) {
          report.fail("Wrong answers in all: " + counted(WRONG));
        }
      }
    } catch (IOException | RuntimeException e) {
      out.println("The data and the logs stay in " + directory);
      throw e;
    }
    for (Fault fault : faults()) {
      long hits = counted("hit." + fault);
      report.add(new Figure("hits of " + fault, "cuvee", 1, hits));
      if (hits == 0 && rounds >= faults().size()) {
        report.fail("Nothing was hit by " + fault);
      }
    }
    if (report.agree()) {
      FileTree.delete(directory);
    } else {
      out.println("The data and the logs stay in " + directory);
    }
    return report;
  }

  /// All in turn, in another order each time.
  private static Fault fault(long seed, int round) {
    List<Fault> faults = faults();
    Collections.shuffle(faults, new Random(seed + 31L * (round / faults.size())));
    return faults.get(round % faults.size());
  }

  private void count(String key, long more) {
    progress.setProperty(key, Long.toString(counted(key) + more));
  }

  private long counted(String key) {
    return Long.parseLong(progress.getProperty(key, "0"));
  }

  private void save(Path file) throws IOException {
    Path next = file.resolveSibling(PROGRESS + ".new");
    try (var writer = Files.newBufferedWriter(next)) {
      progress.store(writer, null);
    }
    Files.move(
        next,
        file,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING,
        java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }

  private static String strike(
      Fault fault, LiveProcesses processes, NumberedEvents.Running running, Random random)
      throws Exception {
    switch (fault) {
      case Fault.AtStep(HaltStep step) -> {
        return haltAt(step, processes, running, random);
      }
      case Fault.Kill(String process) -> {
        Thread.sleep(random.nextInt(2_000));
        processes.kill(process);
        Thread.sleep(random.nextInt(DEAD_MILLIS));
        processes.start(process);
      }
      case Fault.CutZooKeeper(String server) -> {
        processes.cut(server);
        Thread.sleep(random.nextInt(CUT_MILLIS));
        processes.join(server);
      }
    }
    return "hit";
  }

  private static String haltAt(
      HaltStep step, LiveProcesses processes, NumberedEvents.Running running, Random random)
      throws Exception {
    // One only, so that a replica remains.
    String name =
        OF_CONTROLLER.contains(step)
            ? LiveProcesses.CONTROLLER
            : LiveProcesses.SERVERS.get(random.nextInt(LiveProcesses.SERVERS.size()));
    Path order = processes.haltDirectory(name).resolve(step.fileName());
    Files.writeString(order, "");
    long end = System.nanoTime() + HIT_LIMIT_MILLIS * 1_000_000;
    while (processes.isAlive(name) && System.nanoTime() < end) {
      running.check();
      Thread.sleep(5);
    }
    if (Files.deleteIfExists(order)) {
      return "missed";
    }
    processes.process(name).waitFor();
    Thread.sleep(random.nextInt(DEAD_MILLIS));
    processes.start(name);
    return "hit";
  }
}
