package io.cuvee.sqltests.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.launcher.loading.RowCounts;
import io.cuvee.sqltests.cluster.Fixture;
import io.cuvee.sqltests.cluster.Rest;
import io.cuvee.sqltests.cluster.Rows;
import io.cuvee.sqltests.process.CuveeProcess.End;
import io.cuvee.sqltests.process.CuveeProcess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// One story: a cluster of processes is filled, loses a server, loses everything, comes back, and
/// ends.
@Tag("slow")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TestRoleProcesses {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int ROWS = 20_000;
  private static final String QUERY =
      "SELECT kind, COUNT(*) AS n, COUNT(DISTINCT visitor) AS visitors, SUM(amount) AS amount"
          + " FROM events GROUP BY kind ORDER BY kind";
  private static final String ALL_ROWS = "SELECT * FROM events ORDER BY id";

  @TempDir private static Path directory;
  private static RoleProcesses roles;
  private static List<List<@Nullable String>> expected;

  @BeforeAll
  static void startAllRoles() throws Exception {
    roles = new RoleProcesses(directory);
    roles.startAll();
  }

  @AfterAll
  static void close() {
    roles.close();
  }

  @Test
  @Order(1)
  void everyRoleSaysThatItIsReady() {
    for (String role : RoleProcesses.ROLES) {
      CuveeProcess process = roles.process(role);
      assertThat(process.readyLine().path("ready").asBoolean()).as(role).isTrue();
      assertThat(process.readyLine().path("role").asText())
          .as(role)
          .isEqualTo(role.replaceAll("-\\d$", ""));
      assertThat(process.readyLine().path("pid").asLong()).as(role).isEqualTo(process.pid());
      if (!role.equals("zookeeper")) {
        assertThat(process.readyLine().path("httpPort").asInt()).as(role).isPositive();
      }
    }
  }

  @Test
  @Order(2)
  void everyRoleServesItsHealth() throws Exception {
    for (String role : RoleProcesses.ROLES) {
      if (role.equals("zookeeper")) {
        continue;
      }
      int port = roles.process(role).readyLine().path("httpPort").asInt();
      try (Rest http = new Rest("http://127.0.0.1:" + port)) {
        for (String path :
            List.of("/health", "/health/readiness", "/health/liveness", "/metrics")) {
          assertThat(http.get(path).status()).as(role + path).isEqualTo(200);
        }
        assertThat(http.get("/version").expect(200).body()).as(role).contains("version");
      }
    }
  }

  @Test
  @Order(3)
  void aTableIsCreatedFilledAndQueried() throws Exception {
    Fixture events = Fixture.events();
    Path schema = Files.writeString(directory.resolve("events.schema.json"), events.schema());
    Path config = Files.writeString(directory.resolve("events.table.json"), events.tableConfig());
    int segment = 0;
    for (String rows : events.parts(4)) {
      Path file = Files.writeString(directory.resolve("part" + segment + ".jsonl"), rows);
      List<String> command = new ArrayList<>(List.of("import", file.toString()));
      command.addAll(List.of("--table", "events", "--controller", roles.controllerUrl()));
      if (segment++ == 0) {
        command.addAll(List.of("--schema", schema.toString(), "--config", config.toString()));
      }
      Outcome imported = CuveeProcess.run(command.toArray(String[]::new));
      assertThat(imported.exitCode()).as(imported.err()).isZero();
      assertThat(imported.out()).contains("rows read 5,000 = rows queryable 5,000");
    }
    expected = query();
    assertThat(expected).hasSize(6);
    Outcome shell =
        CuveeProcess.run(
            "sql",
            "-u",
            roles.jdbcUrl(),
            "-e",
            "SELECT COUNT(*) AS n FROM events",
            "--format",
            "csv");
    assertThat(shell.exitCode()).as(shell.err()).isZero();
    assertThat(shell.out().strip().lines()).containsExactly("n", Integer.toString(ROWS));
  }

  @Test
  @Order(4)
  void wrongCallsOfTheScriptHaveClearErrors() throws Exception {
    Path bad =
        Files.writeString(directory.resolve("bad.csv"), "id,moment\n1,2024-01-01\nx,2024-01-02\n");
    assertFails(
        CuveeProcess.run(
            "import", bad.toString(), "--table", "events", "--controller", roles.controllerUrl()),
        1,
        "bad.csv",
        "line 3",
        "id",
        "x");
    assertFails(
        CuveeProcess.run("import", "/no/such/file.csv", "--controller", roles.controllerUrl()),
        1,
        "/no/such/file.csv");
    assertFails(
        CuveeProcess.run("import", bad.toString(), "--controller", "http://127.0.0.1:1"),
        1,
        "http://127.0.0.1:1");
    assertFails(
        CuveeProcess.run("sql", "-u", roles.jdbcUrl(), "-e", "SELECT * FROM evnts"),
        1,
        "evnts",
        "'events'");
    assertFails(
        CuveeProcess.run("sql", "-u", "jdbc:cuvee://127.0.0.1:1/", "-e", "SELECT 1"),
        1,
        "127.0.0.1:1");
    assertFails(CuveeProcess.run("no-such-command"), 2, "no-such-command");
    assertFails(
        CuveeProcess.run("start", "broker", "-D", "http.prt=1"), 2, "http.prt", "http.port");
    assertFails(
        CuveeProcess.run("start", "broker", "-D", "http.port=many"), 2, "http.port", "many");
    assertFails(
        CuveeProcess.run("segment", "verify", directory.toString()), 1, directory.toString());
    assertThat(query()).isEqualTo(expected);
  }

  @Test
  @Order(5)
  void aPortInUseIsToldWithItsNumber() throws Exception {
    String zooKeeper = roles.process("zookeeper").readyLine().path("zookeeper").asText();
    for (String role : List.of("controller", "broker")) {
      String port = roles.process(role).readyLine().path("httpPort").asText();
      assertFails(
          CuveeProcess.run(
              "start", role,
              "-D", "zookeeper.connect=" + zooKeeper,
              "-D", "data.dir=" + directory.resolve("second-" + role),
              "-D", "http.port=" + port),
          1,
          port,
          "in use",
          "http.port");
    }
    String port = zooKeeper.substring(zooKeeper.lastIndexOf(':') + 1);
    assertFails(
        CuveeProcess.run(
            "start", "zookeeper", "--port", port, "--dir", directory.resolve("second").toString()),
        1,
        port,
        "in use",
        "--port");
    assertThat(query()).isEqualTo(expected);
  }

  private static void assertFails(Outcome outcome, int exitCode, String... parts) {
    assertThat(outcome.err()).contains(parts).doesNotContain("\tat ", "Exception");
    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(exitCode);
  }

  @Test
  @Order(6)
  void queriesGoOnWhenAServerDies() throws Exception {
    roles.kill("server-1");
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    int queries = 0;
    while (System.nanoTime() < deadline) {
      assertThat(query()).isEqualTo(expected);
      queries++;
    }
    System.out.println("With one of two servers killed: " + queries + " right answers in 10 s");
    roles.start("server-1");
  }

  @Test
  @Order(7)
  void theServerThatCameBackCarriesTheOthersPart() throws Exception {
    try (Rest controller = new Rest(roles.controllerUrl())) {
      awaitReplicas(controller);
    }
    roles.kill("server-2");
    for (int i = 0; i < 50; i++) {
      assertThat(query()).isEqualTo(expected);
    }
    roles.start("server-2");
  }

  private static void awaitReplicas(Rest controller) throws Exception {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      String view = controller.get("/tables/events/externalview").expect(200).body();
      int online = view.split("ONLINE", -1).length - 1;
      if (online >= 8) {
        return;
      }
      assertThat(System.nanoTime()).as(view).isLessThan(deadline);
      Thread.sleep(50);
    }
  }

  @Test
  @Order(8)
  void queriesGoOnWithoutTheControllerAndZooKeeper() throws Exception {
    try (Rest controller = new Rest(roles.controllerUrl())) {
      awaitReplicas(controller);
    }
    roles.kill("controller");
    roles.kill("zookeeper");
    for (int i = 0; i < 50; i++) {
      assertThat(query()).isEqualTo(expected);
    }
    roles.start("zookeeper");
    roles.start("controller");
  }

  @Test
  @Order(9)
  void everythingComesBackAfterAPowerCutThatDamagesEveryCopyOfOneServer() throws Exception {
    List<List<@Nullable String>> rows = query(ALL_ROWS);
    roles.killAll();
    loseEverySecondObject();
    Map<Path, Map<String, byte[]>> good = damageCopies();
    long begun = System.nanoTime();
    roles.startAll();
    long ready = millisSince(begun);
    RowCounts.await(roles.jdbcUrl(), "events", ROWS, LIMIT);
    System.out.println(
        "After kill -9 of everything: all ready in %d ms, first full answer after %d ms, %s"
            .formatted(ready, millisSince(begun), roles.cost()));
    assertThat(query()).isEqualTo(expected);
    // Whichever replica answers, and it may be either each time, until all copies are whole again.
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!areWhole(good)) {
      assertThat(query(ALL_ROWS)).isEqualTo(rows);
      assertThat(System.nanoTime()).isLessThan(deadline);
    }
    assertThat(query(ALL_ROWS)).isEqualTo(rows);
  }

  /// What is lost there a server gets from the other.
  private static void loseEverySecondObject() throws IOException {
    try (Stream<Path> objects = Files.walk(directory.resolve("deep-store/events_OFFLINE"))) {
      List<Path> files = objects.filter(Files::isRegularFile).sorted().toList();
      assertThat(files).hasSize(4);
      for (int i = 0; i < files.size(); i += 2) {
        Files.delete(files.get(i));
      }
    }
  }

  /// A short run of `./cuvee bench damage`.
  private static Map<Path, Map<String, byte[]>> damageCopies() throws IOException {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    System.out.println("seed " + seed + " (replay with -Dcuvee.random.seed=" + seed + ")");
    Random random = new Random(seed);
    Map<Path, Map<String, byte[]>> good = new LinkedHashMap<>();
    for (Path copy : SegmentDamage.copies(directory.resolve("server-1"), "events_OFFLINE")) {
      good.put(copy, SegmentDamage.read(copy));
    }
    assertThat(good).hasSize(4);
    Map<String, byte[]> another = good.values().iterator().next();
    for (Map.Entry<Path, Map<String, byte[]>> copy : good.entrySet()) {
      SegmentDamage damage = SegmentDamage.any(random);
      System.out.println(damage + " of " + copy.getKey());
      damage.apply(copy.getKey(), copy.getValue(), another, another, random);
    }
    return good;
  }

  private static boolean areWhole(Map<Path, Map<String, byte[]>> good) throws IOException {
    for (Map.Entry<Path, Map<String, byte[]>> copy : good.entrySet()) {
      try {
        if (!SegmentDamage.same(SegmentDamage.read(copy.getKey()), copy.getValue())) {
          return false;
        }
      } catch (NoSuchFileException setAside) {
        return false;
      }
    }
    return true;
  }

  @Test
  @Order(10)
  void everyRoleEndsWithinThreeSecondsOfSigterm() throws Exception {
    List<String> order = new ArrayList<>(RoleProcesses.ROLES).reversed();
    for (String role : order) {
      End end = roles.process(role).terminate();
      assertThat(end.exitCode()).as(role + roles.process(role).log()).isZero();
      assertThat(end.millis()).as(role).isLessThan(3000);
      assertThat(end.orphans()).as(role).isEmpty();
    }
  }

  @Test
  @Order(11)
  void everyRoleEndsWithinThreeSecondsWhereZooKeeperWentFirst() throws Exception {
    roles.startAll();
    RowCounts.await(roles.jdbcUrl(), "events", ROWS, LIMIT);
    for (String role : RoleProcesses.ROLES) {
      End end = roles.process(role).terminate();
      assertThat(end.exitCode()).as(role + roles.process(role).log()).isZero();
      assertThat(end.millis()).as(role).isLessThan(3000);
    }
  }

  @Test
  @Order(12)
  void everyRoleEndsWithinThreeSecondsWhereZooKeeperHangs() throws Exception {
    roles.startAll();
    roles.process("zookeeper").pause();
    for (String role : RoleProcesses.ROLES.reversed()) {
      if (role.equals("zookeeper")) {
        continue;
      }
      End end = roles.process(role).terminate();
      assertThat(end.exitCode()).as(role + roles.process(role).log()).isZero();
      assertThat(end.millis()).as(role).isLessThan(3000);
    }
    roles.kill("zookeeper");
  }

  private static List<List<@Nullable String>> query() throws SQLException {
    return query(QUERY);
  }

  private static List<List<@Nullable String>> query(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(roles.jdbcUrl())) {
      return Rows.query(connection, sql).texts();
    }
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }
}
