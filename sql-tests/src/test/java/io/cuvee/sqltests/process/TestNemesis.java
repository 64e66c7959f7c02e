package io.cuvee.sqltests.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.sqltests.cluster.Rest;
import io.cuvee.sqltests.process.Strike.Blow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One process of each role is killed, paused or stopped, and comes back, while clients compare
/// every answer: the short form of `./cuvee bench nemesis`. `-Dcuvee.nemesis.seed=N` replays a run.
@Tag("slow")
class TestNemesis {
  private static final long SEED = Long.getLong("cuvee.nemesis.seed", 20_261_122);
  private static final int CLIENTS = 2;

  @TempDir private static Path directory;
  private static Nemesis nemesis;

  private final Random random = new Random(SEED);

  @BeforeAll
  static void startAndFill() throws Exception {
    System.out.println("seed " + SEED + " (replay with -Dcuvee.nemesis.seed=" + SEED + ")");
    nemesis = new Nemesis(directory, Duration.ofMinutes(5), CLIENTS, SEED, System.out::println);
  }

  @AfterAll
  static void close() {
    nemesis.close();
  }

  @Test
  void noAnswerIsWrongAndNoQueryFailsWhileProcessesAreKilled() throws Exception {
    assertNone(
        Stream.of(
                "zookeeper",
                anyOf("controller", 3),
                anyOf("server", 3),
                anyOf("broker", 2),
                "minion")
            .map(victim -> new Strike(Blow.KILL, victim))
            .toList());
  }

  @Test
  void noAnswerIsWrongAndNoQueryFailsWhileProcessesAreStopped() throws Exception {
    assertNone(
        Stream.of(anyOf("controller", 3), anyOf("server", 3), anyOf("broker", 2))
            .map(victim -> new Strike(Blow.STOP, victim))
            .toList());
  }

  @Test
  void noAnswerIsWrongAndNoQueryFailsWhileProcessesArePaused() throws Exception {
    assertNone(
        Stream.of("zookeeper", anyOf("controller", 3), anyOf("server", 3), anyOf("broker", 2))
            .map(nemesis::pause)
            .toList());
  }

  private String anyOf(String role, int count) {
    return role + "-" + random.nextInt(1, count + 1);
  }

  private static void assertNone(List<Strike> strikes) throws Exception {
    Toll toll = nemesis.endure(strikes, 1);
    System.out.println(toll);
    assertThat(toll.complaints()).isEmpty();
    assertThat(toll.isNone()).isTrue();
  }

  @Test
  void acknowledgedRowsAreThereOnceWhileServersAreKilled() throws Exception {
    RoleProcesses processes = nemesis.processes();
    try (Rest controller = new Rest(processes.controllerUrl());
        Rest broker = new Rest("http://" + processes.addresses("broker").getFirst())) {
      PostedRows.createTable(controller);
      PostedRows posted = new PostedRows(processes.addresses("controller"));
      try (posted) {
        posted.awaitMore(400);
        for (String server : List.of("server-1", "server-2")) {
          long before = posted.acknowledged();
          processes.kill(server);
          PostedRows.verify(broker, before);
          posted.awaitMore(400);
          processes.start(server);
          posted.awaitMore(400);
        }
      }
      PostedRows.verify(broker, posted.acknowledged());
    }
  }
}
