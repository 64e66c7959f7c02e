package io.cuvee.sqltests.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.launcher.loading.RowCounts;
import io.cuvee.sqltests.cluster.Fixture;
import io.cuvee.sqltests.cluster.Rest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nine processes, of which one after the other is killed, paused or stopped and comes back, while
/// clients compare every answer. Every process gets its turn, in an order and with pauses that the
/// seed decides: `-Dcuvee.nemesis.seed=N`; `-Dcuvee.nemesis.rounds=N` for a longer run.
@Tag("slow")
class TestNemesis {
  private static final List<String> NAMES =
      List.of(
          "zookeeper",
          "controller-1",
          "controller-2",
          "controller-3",
          "server-1",
          "server-2",
          "server-3",
          "broker-1",
          "broker-2");
  private static final long SEED = Long.getLong("cuvee.nemesis.seed", 20_261_122);
  private static final int ROUNDS = Integer.getInteger("cuvee.nemesis.rounds", NAMES.size());
  private static final int CLIENTS = 2;
  private static final int SEGMENTS = 12;
  private static final Duration LIMIT = Duration.ofSeconds(90);

  @TempDir private static Path directory;
  private static RoleProcesses processes;
  private static EventQuestions questions;

  private final Random random = new Random(SEED);

  @BeforeAll
  static void startAndFill() throws Exception {
    Fixture events = Fixture.events();
    questions = new EventQuestions(events.rows());
    processes = new RoleProcesses(directory, NAMES);
    processes.startAll();
    try (Rest controller = new Rest(processes.controllerUrl())) {
      controller.post("/schemas", events.schema()).expect(200);
      controller.post("/tables", events.tableConfig()).expect(200);
      for (String rows : events.parts(SEGMENTS)) {
        controller.ingest("events", "json", "rows.jsonl", rows).expect(200);
      }
    }
    RowCounts.await(processes.jdbcUrl(), "events", events.rows().size(), LIMIT);
    awaitReplicas();
  }

  @AfterAll
  static void close() {
    processes.close();
  }

  @Test
  void noAnswerIsWrongAndNoQueryFailsWhileProcessesAreKilled() throws Exception {
    disturb("kill -9", ROUNDS, name -> processes.kill(name));
  }

  @Test
  void noAnswerIsWrongAndNoQueryFailsInARollingRestart() throws Exception {
    disturb("SIGTERM", NAMES.size(), name -> processes.process(name).terminate());
  }

  @Test
  void noAnswerIsWrongAndNoQueryFailsWhileProcessesArePaused() throws Exception {
    disturb(
        "SIGSTOP",
        NAMES.size(),
        name -> {
          CuveeProcess process = processes.process(name);
          process.pause();
          Thread.sleep(random.nextInt(500, 3000));
          process.resume();
        });
  }

  @Test
  void acknowledgedRowsAreThereOnceWhileServersAreKilled() throws Exception {
    try (Rest controller = new Rest(processes.controllerUrl());
        Rest broker = new Rest("http://" + processes.addresses("broker").getFirst())) {
      PostedRows.createTable(controller);
      PostedRows posted = new PostedRows(processes.addresses("controller"));
      try (posted) {
        posted.awaitMore(400);
        for (String server : List.of("server-1", "server-2", "server-3")) {
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

  private interface Blow {
    void strike(String name) throws Exception;
  }

  private void disturb(String what, int rounds, Blow blow) throws Exception {
    System.out.println(what + ", seed " + SEED + " (-Dcuvee.nemesis.seed)");
    Map<String, Integer> hits = new TreeMap<>();
    Map<String, Long> longest = new TreeMap<>();
    CheckedQueries queries =
        new CheckedQueries(processes.jdbcUrl(), questions, CLIENTS, random.nextLong());
    long begun = System.nanoTime();
    try (queries) {
      List<String> victims = List.of();
      for (int round = 0; round < rounds; round++) {
        if (round % NAMES.size() == 0) {
          victims = new ArrayList<>(NAMES);
          Collections.shuffle(victims, random);
        }
        String victim = victims.get(round % NAMES.size());
        Thread.sleep(random.nextInt(500));
        queries.takeLongestMillis();
        blow.strike(victim);
        Thread.sleep(random.nextInt(1500));
        if (!processes.process(victim).isAlive()) {
          processes.start(victim);
        }
        awaitReplicas();
        String role = RoleProcesses.roleOf(victim);
        hits.merge(role, 1, Integer::sum);
        longest.merge(role, queries.takeLongestMillis(), Math::max);
        assertThat(queries.complaints()).as("after " + what + " of " + victim).isEmpty();
      }
    }
    System.out.println(
        "%s of %s: %d queries in %d s, %d wrong, %d failed, %d reconnections of the driver; the longest took, in ms, %s"
            .formatted(
                what,
                hits,
                queries.asked(),
                (System.nanoTime() - begun) / 1_000_000_000,
                queries.wrong(),
                queries.failed(),
                queries.reconnections(),
                longest));
    assertThat(queries.complaints()).isEmpty();
    assertThat(queries.asked()).isPositive();
  }

  /// Until all segments have two replicas, whichever controllers live.
  private static void awaitReplicas() throws Exception {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    String last = "no controller answered";
    while (System.nanoTime() < deadline) {
      for (String controller : processes.addresses("controller")) {
        try (Rest rest = new Rest("http://" + controller)) {
          last = rest.get("/tables/events/externalview").body();
          if (last.split("ONLINE", -1).length - 1 == 2 * SEGMENTS) {
            return;
          }
        } catch (IOException e) {
          last = e.toString();
        }
      }
      Thread.sleep(50);
    }
    throw new AssertionError("Not all replicas are online: " + last);
  }
}
