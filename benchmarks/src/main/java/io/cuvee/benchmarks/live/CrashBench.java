package io.cuvee.benchmarks.live;

import io.cuvee.benchmarks.report.Figure;
import io.cuvee.benchmarks.report.Report;
import io.cuvee.common.fault.HaltStep;
import io.cuvee.common.file.FileTree;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Each number counts once, whatever dies when: numbered events come all the time, into two
/// partitions with two replicas, while processes are killed at each named step of the commit of a
/// segment and at random, lose ZooKeeper, and Kafka is killed. A query that runs all the time must
/// see all numbers up to the largest, and never fewer than before. It can be stopped, and goes on
/// with the next round in the same folder. The broker is left alone: one that begins anew does not
/// know how far its answers went.
public final class CrashBench {
  private static final Set<HaltStep> OF_CONTROLLER =
      EnumSet.of(
          HaltStep.COMMIT_RECEIVED,
          HaltStep.OBJECT_DESCRIBED,
          HaltStep.COMMIT_RECORDED,
          HaltStep.NEXT_ASSIGNED);

  private static final long HIT_LIMIT_MILLIS = 120_000;
  private static final long AFTER_LIMIT_MILLIS = 600_000;
  private static final int SECONDS_A_ROUND = 8;
  private static final int LEAST_RATE = 500;
  private static final int MOST_RATE = 20_000;
  private static final int CUT_MILLIS = 12_000;
  private static final int DEAD_MILLIS = 3_000;
  private static final String PROGRESS = "progress.properties";

  private final Path directory;
  private final int rounds;
  private final long events;
  private final PrintStream out;
  private final Properties progress = new Properties();

  /// What is done in a round.
  private sealed interface Fault {
    /// Whoever comes to the step dies there.
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

  /// @param directory where an earlier run may have stopped; absent for the default one
  public CrashBench(@Nullable Path directory, int rounds, long events, long seed, PrintStream out) {
    this.directory =
        (directory == null ? Path.of("target/bench") : directory)
            .toAbsolutePath()
            .normalize()
            .resolve("crashes");
    this.rounds = rounds;
    this.events = events;
    this.out = out;
    progress.setProperty("seed", Long.toString(seed));
    progress.setProperty("round", "0");
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
    Report report = new Report("crashes");
    Path file = Files.createDirectories(directory).resolve(PROGRESS);
    boolean isNew = !Files.exists(file);
    if (!isNew) {
      try (var in = Files.newBufferedReader(file)) {
        progress.load(in);
      }
    }
    long seed = Long.parseLong(progress.getProperty("seed"));
    int rate = Math.clamp(events / Math.max(1, rounds * SECONDS_A_ROUND), LEAST_RATE, MOST_RATE);
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
    try (LiveProcesses processes = new LiveProcesses(directory)) {
      processes.startAll();
      NumberedEvents numbers = new NumberedEvents(processes, out);
      if (isNew) {
        numbers.createTable(rate);
        save(file);
      }
      try (NumberedEvents.Running running = numbers.start(rate)) {
        for (int round = Integer.parseInt(progress.getProperty("round")); round < rounds; round++) {
          Random random = new Random(seed + round);
          Fault fault = fault(seed, round);
          String outcome = strike(fault, processes, running, random);
          running.awaitProgress(AFTER_LIMIT_MILLIS);
          count((outcome.equals("hit") ? "hit." : "missed.") + fault, 1);
          progress.setProperty("round", Integer.toString(round + 1));
          save(file);
          out.printf(
              Locale.ROOT,
              "%4d  %-26s %-6s %,12d rows, %,d answers, %d failed%n",
              round + 1,
              fault,
              outcome,
              running.count(),
              running.answers(),
              running.failures());
        }
        running.finish(events);
        numbers.check(report);
        report.add(new Figure("events", "cuvee", 1, running.count()));
        report.add(new Figure("answers", "cuvee", 1, running.answers()));
        report.add(new Figure("failed queries", "cuvee", 1, running.failures()));
        running.wrong().forEach(report::fail);
      }
    } catch (IOException | RuntimeException e) {
      out.println("The data and the logs stay in " + directory);
      throw e;
    }
    for (Fault fault : faults()) {
      double hits = Double.parseDouble(progress.getProperty("hit." + fault, "0"));
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
    progress.setProperty(key, Long.toString(Long.parseLong(progress.getProperty(key, "0")) + more));
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
    List<String> candidates =
        OF_CONTROLLER.contains(step) ? List.of(LiveProcesses.CONTROLLER) : LiveProcesses.SERVERS;
    for (String name : candidates) {
      Files.writeString(processes.haltDirectory(name).resolve(step.fileName()), "");
    }
    long end = System.nanoTime() + HIT_LIMIT_MILLIS * 1_000_000;
    while (candidates.stream().allMatch(processes::isAlive) && System.nanoTime() < end) {
      running.check();
      Thread.sleep(5);
    }
    for (String name : candidates) {
      Files.deleteIfExists(processes.haltDirectory(name).resolve(step.fileName()));
    }
    boolean hit = false;
    for (String name : candidates) {
      if (!processes.isAlive(name)) {
        hit = true;
        Thread.sleep(random.nextInt(DEAD_MILLIS));
        processes.start(name);
      }
    }
    return hit ? "hit" : "missed";
  }
}
