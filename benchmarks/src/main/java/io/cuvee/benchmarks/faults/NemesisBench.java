package io.cuvee.benchmarks.faults;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cuvee.common.file.FileTree;
import io.cuvee.sqltests.process.CuveeProcess;
import io.cuvee.sqltests.process.Nemesis;
import io.cuvee.sqltests.process.Toll;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `./cuvee bench nemesis`.
@Command(
    name = "nemesis",
    description =
        "Kills (-9) and pauses one process after the other of a cluster of ten, while clients ask"
            + " through the driver and compare every answer. Three controllers, two brokers, three"
            + " servers, two replicas, ZooKeeper, a minion.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example: cuvee bench nemesis --rounds 60 --seed 7",
      "         cuvee bench nemesis --rolling",
      "         cuvee bench nemesis --rolling --from ../cuvee-before",
      "         cuvee bench nemesis --zookeeper-down 60s",
      "         cuvee bench nemesis --network",
      "Exit code: 0 if no answer was wrong, no query failed and enough were asked; else 1."
    })
public final class NemesisBench implements Callable<Integer> {
  private static final long KILL_QUERIES = 20_000;
  private static final long RESTART_QUERIES = 10_000;
  private static final double SCANNING = 0.8;

  @Spec private CommandSpec spec;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "60",
      description = "Processes to kill (default: 60).")
  private int rounds;

  @Option(names = "--seed", paramLabel = "N", description = "Repeats a run (default: a new one).")
  private long seed = System.nanoTime();

  @Option(
      names = "--rolling",
      description =
          "Stops and starts every process in turn instead, until 10,000 queries were asked.")
  private boolean isRolling;

  @Option(
      names = "--from",
      paramLabel = "DIR",
      description =
          "With --rolling: a folder with another build of Cuvée, as a checkout of the commit before in which ./cuvee"
              + " was run once. All processes begin with that, go over to this one in turn, and back.")
  private @Nullable Path from;

  @Option(
      names = "--network",
      description =
          "Cuts each process in turn from ZooKeeper, and from nobody else, for 10 and for 3 s, and puts ZooKeeper 200 ms"
              + " away from it for 5 s, instead.")
  private boolean cutsNetwork;

  @Option(
      names = "--zookeeper-down",
      paramLabel = "TIME",
      description = "Takes ZooKeeper away for so long instead, as 60s.")
  private @Nullable String zooKeeperDown;

  @Option(
      names = "--replace-after",
      paramLabel = "TIME",
      defaultValue = "3s",
      description =
          "controller.replace-after: how long a server is away until others load its segments"
              + " (default: 3s).")
  private String replaceAfter;

  @Option(
      names = "--clients",
      paramLabel = "N",
      defaultValue = "2",
      description = "How many ask at once (default: 2).")
  private int clients;

  @Option(names = "--json", description = "Prints one object instead of lines.")
  private boolean isJson;

  @Override
  public Integer call() throws Exception {
    Duration away = zooKeeperDown == null ? Duration.ZERO : duration(zooKeeperDown);
    Path directory = Files.createTempDirectory("cuvee-nemesis");
    System.err.println("Seed " + seed + "; the processes' folders and logs are in " + directory);
    Consumer<String> progress = System.err::println;
    Toll toll;
    boolean isSound;
    try (Nemesis nemesis =
        new Nemesis(
            directory,
            older(),
            cutsNetwork,
            duration(replaceAfter),
            Math.max(1, clients),
            seed,
            progress)) {
      toll = endure(nemesis, away);
      CuveeProcess.Outcome audit =
          CuveeProcess.run("verify", "--controller", nemesis.processes().controllerUrl());
      System.err.println(audit.out() + audit.err());
      isSound = audit.exitCode() == 0;
    }
    long least = isRolling ? RESTART_QUERIES : away.isZero() && !cutsNetwork ? KILL_QUERIES : 0;
    boolean isProof =
        toll.isNone()
            && toll.complaints().isEmpty()
            && isSound
            && toll.queries() >= least
            && toll.scanning() >= SCANNING * toll.queries();
    PrintWriter out = spec.commandLine().getOut();
    if (isJson) {
      out.println(new ObjectMapper().writeValueAsString(toll.figures()));
    } else {
      out.print(toll);
      out.println(isSound ? "cuvee verify: all is well" : "CUVEE VERIFY FOUND SOMETHING");
      if (toll.queries() < least) {
        out.println("TOO FEW QUERIES: " + least + " are needed");
      }
    }
    out.flush();
    if (isProof) {
      FileTree.delete(directory);
    }
    return isProof ? 0 : 1;
  }

  private Toll endure(Nemesis nemesis, Duration away) throws Exception {
    if (isRolling) {
      return nemesis.endure(
          from == null ? nemesis.restarts() : nemesis.upgrades(), RESTART_QUERIES);
    }
    if (cutsNetwork) {
      return nemesis.endure(nemesis.cuts(), 1);
    }
    if (away.isZero()) {
      return nemesis.endure(nemesis.kills(rounds), 1);
    }
    return nemesis.withoutZooKeeper(away);
  }

  /// The script of the other build.
  private Optional<Path> older() {
    if (from == null) {
      return Optional.empty();
    }
    Path script = from.toAbsolutePath().normalize().resolve("cuvee");
    if (!isRolling || !Files.isExecutable(script)) {
      throw new ParameterException(
          spec.commandLine(),
          isRolling
              ? "There is no Cuvée at " + from + ": it has no cuvee that can be run."
              : "--from goes with --rolling.");
    }
    return Optional.of(script);
  }

  private Duration duration(String text) {
    try {
      return Duration.parse("PT" + text);
    } catch (DateTimeParseException e) {
      throw new ParameterException(
          spec.commandLine(), "'" + text + "' is no time. Write it as 60s or 5m.", e);
    }
  }
}
