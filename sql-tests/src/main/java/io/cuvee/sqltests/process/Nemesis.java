package io.cuvee.sqltests.process;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.launcher.loading.RowCounts;
import io.cuvee.sqltests.cluster.Fixture;
import io.cuvee.sqltests.cluster.Rest;
import io.cuvee.sqltests.process.Strike.Blow;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Ten processes, of which one after the other is struck down and comes back, while clients compare
/// every answer. What happens is decided by the seed.
public final class Nemesis implements AutoCloseable {
  /// Every role, as many as an operator would have at least.
  public static final List<String> NAMES =
      List.of(
          "zookeeper",
          "controller-1",
          "controller-2",
          "controller-3",
          "server-1",
          "server-2",
          "server-3",
          "broker-1",
          "broker-2",
          "minion");

  private static final int SEGMENTS = 12;
  private static final int REPLICAS = 2;
  private static final int PAUSE_EVERY = 3;
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final int POLL_MILLIS = 50;

  /// Longer than a session of ZooKeeper, after which what has not come back would be seen to.
  private static final Duration SETTLING = Duration.ofSeconds(15);

  private static final String RETRIED = "cuvee_query_retried_parts_total ";

  private static final String MIXED = "mixed";
  private static final Duration FAR = Duration.ofMillis(200);

  /// Longer and shorter than a session of ZooKeeper.
  private static final List<Duration> CUTS = List.of(Duration.ofSeconds(10), Duration.ofSeconds(3));

  private final RoleProcesses processes;
  private final Optional<Path> older;
  private final EventQuestions questions;
  private final int clientCount;
  private final long seed;
  private final Random random;
  private final Consumer<String> progress;

  /// Segments that were uploaded while builds were mixed, of a row each.
  private int mixedRows;

  /// Starts the processes and loads the table.
  ///
  /// @param replaceAfter how long a server may be away before others load its segments
  /// @param progress is told of each strike
  public Nemesis(
      Path directory, Duration replaceAfter, int clientCount, long seed, Consumer<String> progress)
      throws IOException, InterruptedException {
    this(directory, Optional.empty(), false, replaceAfter, clientCount, seed, progress);
  }

  /// @param older `cuvee` of another build, which all processes run at first
  /// @param canBeCut whether there will be strikes of links
  public Nemesis(
      Path directory,
      Optional<Path> older,
      boolean canBeCut,
      Duration replaceAfter,
      int clientCount,
      long seed,
      Consumer<String> progress)
      throws IOException, InterruptedException {
    this.older = older;
    this.clientCount = clientCount;
    this.seed = seed;
    this.random = new Random(seed);
    this.progress = progress;
    Fixture events = Fixture.events();
    questions = new EventQuestions(events.rows());
    processes =
        new RoleProcesses(
            directory,
            NAMES,
            Map.of("CUVEE_CONTROLLER_REPLACE__AFTER", replaceAfter.toSeconds() + "s"));
    if (canBeCut) {
      processes.relayZooKeeper();
    }
    older.ifPresent(script -> NAMES.forEach(name -> processes.runFrom(name, script)));
    try {
      processes.startAll();
      load(events, SEGMENTS);
      awaitReplicas(Set.of());
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      processes.close();
      throw e;
    }
  }

  public RoleProcesses processes() {
    return processes;
  }

  private void load(Fixture table, int segments) throws IOException, InterruptedException {
    try (Rest controller = new Rest(processes.controllerUrl())) {
      controller.post("/schemas", table.schema()).expect(200);
      controller.post("/tables", table.tableConfig()).expect(200);
      for (String rows : table.parts(segments)) {
        controller.ingest(table.name(), "json", "rows.jsonl", rows).expect(200);
      }
    }
    RowCounts.await(processes.jdbcUrl(), table.name(), table.rows().size(), LIMIT);
  }

  /// So many processes, each once before any gets its second turn.
  public List<String> victims(int count) {
    List<String> victims = new ArrayList<>();
    while (victims.size() < count) {
      List<String> turn = new ArrayList<>(NAMES);
      Collections.shuffle(turn, random);
      victims.addAll(turn);
    }
    return victims.subList(0, count);
  }

  /// So many rounds of kill -9. Every second time a server stays away until others have its
  /// segments, and after every third round another process is paused.
  public List<Strike> kills(int rounds) {
    List<Strike> strikes = new ArrayList<>();
    int servers = 0;
    for (String victim : victims(rounds)) {
      boolean isReplaced = victim.startsWith("server") && servers++ % 2 == 1;
      strikes.add(
          new Strike(isReplaced ? Blow.KILL_UNTIL_REPLACED : Blow.KILL, victim, upTo(1500)));
      if (strikes.size() % (PAUSE_EVERY + 1) == PAUSE_EVERY) {
        strikes.add(pause(NAMES.get(random.nextInt(NAMES.size()))));
      }
    }
    return strikes;
  }

  public Strike pause(String victim) {
    return new Strike(Blow.PAUSE, victim, upTo(2500).plusMillis(500));
  }

  private Duration upTo(int millis) {
    return Duration.ofMillis(random.nextInt(millis));
  }

  /// Stops every process in turn.
  public List<Strike> restarts() {
    return victims(NAMES.size()).stream()
        .map(victim -> new Strike(Blow.STOP, victim, upTo(1500)))
        .toList();
  }

  /// Each process loses ZooKeeper, and nothing else, for longer and for less than its session
  /// lives, and has it far away for a while.
  public List<Strike> cuts() {
    List<Strike> strikes = new ArrayList<>();
    for (String victim : victims(NAMES.size())) {
      if (!victim.equals("zookeeper")) {
        CUTS.forEach(length -> strikes.add(new Strike(Blow.CUT, victim, length)));
        strikes.add(new Strike(Blow.SLOW, victim, Duration.ofSeconds(5)));
      }
    }
    return strikes;
  }

  /// Every process goes over to this build, in any order, and then back to the older one.
  public List<Strike> upgrades() {
    List<Strike> strikes = new ArrayList<>();
    for (Blow blow : List.of(Blow.UPGRADE, Blow.DOWNGRADE)) {
      victims(NAMES.size()).forEach(victim -> strikes.add(new Strike(blow, victim, upTo(1500))));
    }
    return strikes;
  }

  /// A segment that a controller of the one build takes, and that servers of either load and
  /// brokers of either ask for.
  private void uploadWhileMixed() throws IOException, InterruptedException {
    if (mixedRows++ == 0) {
      String schema =
          """
          {"schemaName": "mixed", "metricFieldSpecs": [{"name": "n", "dataType": "INT"}]}
          """;
      Fixture table = Fixture.of(MIXED, schema, List.of());
      whenLed(controller -> controller.post("/schemas", table.schema()));
      whenLed(controller -> controller.post("/tables", table.tableConfig()));
    }
    String row = "{\"n\": " + mixedRows + "}";
    whenLed(controller -> controller.ingest(MIXED, "json", "rows.jsonl", row));
    for (String broker : processes.addresses("broker")) {
      RowCounts.await("jdbc:cuvee://" + broker + "/", MIXED, mixedRows, LIMIT);
    }
  }

  /// Something that a controller is asked for.
  private interface Request {
    Rest.Answer of(Rest controller) throws IOException, InterruptedException;
  }

  /// Asks again as long as the lead changes hands; nothing was done then.
  private void whenLed(Request request) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    try (Rest controller = new Rest(processes.controllerUrl())) {
      Rest.Answer answer = request.of(controller);
      while (answer.status() == 503 && System.nanoTime() < deadline) {
        Thread.sleep(POLL_MILLIS);
        answer = request.of(controller);
      }
      answer.expect(200);
    }
  }

  /// Carries out the strikes, one after the other and each when the cluster has recovered from the
  /// one before, again and again until so many queries were asked.
  public Toll endure(List<Strike> strikes, long leastQueries) throws Exception {
    Course course = new Course(strikes.size());
    try (course.queries) {
      do {
        for (Strike strike : strikes) {
          course.endure(strike);
        }
      } while (course.queries.asked() < leastQueries);
    }
    return course.toll();
  }

  /// Takes ZooKeeper away. When it is back, everything must find together again without a start:
  /// beyond the life of all sessions, and so that a new table can be made, filled and asked.
  public Toll withoutZooKeeper(Duration away) throws Exception {
    Course course = new Course(1);
    try (course.queries) {
      course.endure(new Strike(Blow.KILL, "zookeeper", away));
      Thread.sleep(SETTLING);
      awaitInstances();
      awaitReplicas(Set.of());
      String schema =
          """
          {"schemaName": "afterwards", "metricFieldSpecs": [{"name": "n", "dataType": "INT"}]}
          """;
      load(Fixture.of("afterwards", schema, List.of("{\"n\": 1}", "{\"n\": 2}")), 2);
    }
    return course.toll();
  }

  /// One series of strikes under way.
  private final class Course {
    private final CheckedQueries queries =
        new CheckedQueries(processes.jdbcUrl(), questions, clientCount, random.nextLong());
    private final long begun = System.nanoTime();
    private final int planned;
    private final SortedMap<String, Integer> hits = new TreeMap<>();
    private final SortedMap<String, List<Long>> longest = new TreeMap<>();
    private final SortedMap<String, List<Long>> back = new TreeMap<>();
    private final List<Long> replaced = new ArrayList<>();
    private final List<String> complaints = new ArrayList<>();
    private final Map<Long, Long> retriedByProcess = new LinkedHashMap<>();
    private int done;

    Course(int planned) {
      this.planned = planned;
    }

    void endure(Strike strike) throws Exception {
      Thread.sleep(upTo(500));
      noteRetries();
      queries.takeLongestMillis();
      String victim = strike.victim();
      long struck = System.nanoTime();
      switch (strike.blow()) {
        case KILL -> {
          processes.kill(victim);
          Thread.sleep(strike.length());
        }
        case KILL_UNTIL_REPLACED -> {
          processes.kill(victim);
          awaitReplicas(Set.of(victim));
          replaced.add(millisSince(struck));
        }
        case PAUSE -> {
          processes.process(victim).pause();
          Thread.sleep(strike.length());
          processes.process(victim).resume();
        }
        case CUT, SLOW -> {
          Relay link = processes.zooKeeperLink(victim);
          if (strike.blow() == Blow.CUT) {
            link.cut();
          } else {
            link.slow(FAR);
          }
          Thread.sleep(strike.length());
          link.mend();
        }
        case STOP, UPGRADE, DOWNGRADE -> {
          CuveeProcess.End end = processes.process(victim).terminate();
          if (end.exitCode() != 0) {
            complaints.add(strike + ": it ended with " + end.exitCode());
          }
          Thread.sleep(strike.length());
        }
      }
      long restarted = System.nanoTime();
      if (strike.blow() == Blow.UPGRADE) {
        processes.runFrom(victim, CuveeProcess.script());
      } else if (strike.blow() == Blow.DOWNGRADE) {
        processes.runFrom(victim, older.orElseThrow());
      }
      if (!processes.process(victim).isAlive()) {
        processes.start(victim);
      }
      awaitInstances();
      awaitReplicas(Set.of());
      if (strike.blow() == Blow.UPGRADE || strike.blow() == Blow.DOWNGRADE) {
        uploadWhileMixed();
      }
      if (strike.blow() != Blow.PAUSE) {
        back.computeIfAbsent(strike.role(), role -> new ArrayList<>()).add(millisSince(restarted));
      }
      noteRetries();
      long longestMillis = queries.takeLongestMillis();
      String kind = strike.blow() + " " + strike.role();
      longest.computeIfAbsent(kind, role -> new ArrayList<>()).add(longestMillis);
      hits.merge(kind, 1, Integer::sum);
      List<String> seen = queries.takeComplaints();
      seen.forEach(complaint -> complaints.add("after " + strike + ": " + complaint));
      progress.accept(
          "%d of %d: %s, all well after %d ms, longest answer %d ms, %,d queries%s"
              .formatted(
                  ++done,
                  planned,
                  strike,
                  millisSince(struck),
                  longestMillis,
                  queries.asked(),
                  seen.isEmpty() ? "" : ", WRONG OR FAILED: " + seen));
    }

    /// Counts begin anew with each process, so the last seen of each is added up.
    private void noteRetries() throws InterruptedException {
      for (String name : NAMES) {
        if (!name.startsWith("broker")) {
          continue;
        }
        String address = processes.address(name);
        try (Rest broker = new Rest("http://" + address)) {
          for (String line : broker.get("/metrics").body().lines().toList()) {
            if (line.startsWith(RETRIED)) {
              retriedByProcess.put(
                  processes.process(name).pid(),
                  (long) Double.parseDouble(line.substring(RETRIED.length())));
            }
          }
        } catch (IOException gone) {
          // What it last said counts.
        }
      }
    }

    /// To be taken when the queries have ended.
    Toll toll() {
      queries.takeComplaints().forEach(complaint -> complaints.add("at the end: " + complaint));
      return new Toll(
          seed,
          hits,
          queries.asked(),
          queries.scanning(),
          queries.wrong(),
          queries.failed(),
          queries.reconnections(),
          retriedByProcess.values().stream().mapToLong(Long::longValue).sum(),
          (System.nanoTime() - begun) / 1_000_000_000,
          longest,
          back,
          replaced,
          complaints);
    }
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }

  /// Until each segment has its replicas, no more and no less, whichever controllers live.
  ///
  /// @param gone servers whose replicas do not count
  private void awaitReplicas(Set<String> gone) throws InterruptedException {
    await("/tables/events/externalview", view -> isWhole(view.path("OFFLINE"), gone));
  }

  /// Until all processes know each other.
  private void awaitInstances() throws InterruptedException {
    await(
        "/instances",
        answer -> {
          Set<String> known = new HashSet<>();
          answer.path("instances").forEach(instance -> known.add(instance.asText()));
          return NAMES.stream()
              .filter(name -> !name.equals("zookeeper"))
              .map(processes::instance)
              .allMatch(known::contains);
        });
  }

  private void await(String path, Predicate<JsonNode> wanted) throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    String last = "no controller answered";
    while (System.nanoTime() < deadline) {
      for (String controller : processes.addresses("controller")) {
        try (Rest rest = new Rest("http://" + controller)) {
          Rest.Answer answer = rest.get(path);
          last = answer.body();
          if (answer.status() == 200 && wanted.test(answer.json())) {
            return;
          }
        } catch (IOException e) {
          last = e.toString();
        }
      }
      Thread.sleep(POLL_MILLIS);
    }
    throw new AssertionError("GET " + path + " does not show that all is well: " + last);
  }

  private static boolean isWhole(JsonNode segments, Set<String> gone) {
    if (segments.size() != SEGMENTS) {
      return false;
    }
    for (JsonNode replicas : segments) {
      Set<String> online = new HashSet<>();
      replicas
          .properties()
          .forEach(replica -> {
            if (replica.getValue().asText().equals("ONLINE") && !gone.contains(replica.getKey())) {
              online.add(replica.getKey());
            }
          });
      if (online.size() != REPLICAS) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    processes.close();
  }
}
