package io.cuvee.sqltests.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.sqltests.cluster.Rest;
import io.cuvee.sqltests.cluster.Rows;
import io.cuvee.sqltests.process.CuveeProcess.End;
import io.cuvee.sqltests.process.CuveeProcess.Outcome;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `./cuvee demo` and `./cuvee start all`, as scripts use them.
@Tag("slow")
class TestDemo {
  private static final long CHAOS_LIMIT_NANOS = 90_000_000_000L;

  @TempDir private Path directory;

  @Test
  void loadsTheFlightsOnceAndFindsThemAgain() throws Exception {
    String folder = directory.resolve("demo").toString();
    long firstMillis;
    try (CuveeProcess first =
        CuveeProcess.start(
                directory.resolve("first.log"), "demo", "--no-shell", "--json", "--dir", folder)
            .ready()) {
      firstMillis = first.readyMillis();
      System.out.println("First demo: ready after " + firstMillis + " ms, " + cost(first));
      assertServes(first);

      Outcome second = CuveeProcess.run("demo", "--no-shell", "--json", "--dir", folder);
      assertThat(second.exitCode()).isEqualTo(1);
      assertThat(second.err()).contains(folder, "--dir").doesNotContain("\tat ");
      assertEnds(first);
    }
    try (CuveeProcess again =
        CuveeProcess.start(
                directory.resolve("again.log"), "demo", "--no-shell", "--json", "--dir", folder)
            .ready()) {
      System.out.println("Second demo: ready after " + again.readyMillis() + " ms, " + cost(again));
      assertServes(again);
      again.kill();
    }
    try (CuveeProcess killed =
        CuveeProcess.start(
                directory.resolve("killed.log"), "demo", "--chaos", "--json", "--dir", folder)
            .ready()) {
      System.out.println("Demo after kill -9: ready after " + killed.readyMillis() + " ms");
      assertServes(killed);
      assertThat(chaos(killed)).contains(" 0 failed, 0 wrong").doesNotContain(" 0 queries");
      assertEnds(killed);
    }
  }

  /// What it says after its first kill of a server.
  private static String chaos(CuveeProcess demo) throws Exception {
    long end = System.nanoTime() + CHAOS_LIMIT_NANOS;
    while (true) {
      Optional<String> line =
          demo.log().lines().filter(said -> said.startsWith("kill -9 server-1")).findFirst();
      if (line.isPresent()) {
        System.out.println(line.get());
        return line.get();
      }
      assertThat(demo.log()).doesNotContain("A query failed", "No more kills");
      assertThat(System.nanoTime()).as(demo.log()).isLessThan(end);
      Thread.sleep(50);
    }
  }

  @Test
  void aSecondDemoTakesOtherPorts() throws Exception {
    try (CuveeProcess one =
            CuveeProcess.start(
                    directory.resolve("1.log"),
                    "start",
                    "all",
                    "--empty",
                    "--json",
                    "--dir",
                    directory.resolve("1").toString())
                .ready();
        CuveeProcess two =
            CuveeProcess.start(
                    directory.resolve("2.log"),
                    "start",
                    "all",
                    "--empty",
                    "--json",
                    "--servers",
                    "2",
                    "--dir",
                    directory.resolve("2").toString())
                .ready()) {
      for (String key : List.of("jdbcUrl", "brokerUrl", "controllerUrl", "zookeeper")) {
        assertThat(one.readyLine().path(key).asText())
            .as(key)
            .isNotEmpty()
            .isNotEqualTo(two.readyLine().path(key).asText());
      }
      assertEnds(one);
      assertEnds(two);
    }
  }

  private static void assertServes(CuveeProcess demo) throws Exception {
    JsonNode ready = demo.readyLine();
    assertThat(ready.path("ready").asBoolean()).isTrue();
    assertThat(ready.path("pid").asLong()).isEqualTo(demo.pid());
    assertThat(ready.fieldNames())
        .toIterable()
        .contains("ready", "jdbcUrl", "brokerUrl", "controllerUrl", "zookeeper", "pid");
    try (Connection connection = DriverManager.getConnection(ready.path("jdbcUrl").asText())) {
      assertThat(Rows.query(connection, "SELECT COUNT(*) FROM flights").texts())
          .isEqualTo(List.of(List.of("3000000")));
      assertThat(Rows.query(connection, "SELECT COUNT(*) FROM airports").texts())
          .isEqualTo(List.of(List.of("3376")));
    }
    try (Rest broker = new Rest(ready.path("brokerUrl").asText());
        Rest controller = new Rest(ready.path("controllerUrl").asText())) {
      assertThat(
              broker
                  .query("SELECT COUNT(*) FROM flights")
                  .path("resultTable")
                  .path("rows")
                  .path(0)
                  .path(0)
                  .asLong())
          .isEqualTo(3_000_000);
      assertThat(controller.get("/tables").expect(200).body()).contains("flights", "airports");
    }
  }

  private static void assertEnds(CuveeProcess process) throws Exception {
    End end = process.terminate();
    assertThat(end.exitCode()).as(process.log()).isZero();
    assertThat(end.millis()).isLessThan(3000);
    assertThat(end.orphans()).isEmpty();
  }

  private static String cost(CuveeProcess process) throws Exception {
    return "%.1f CPU seconds, %d MiB"
        .formatted(process.cpu().toMillis() / 1000.0, process.memoryKib().orElse(0L) / 1024);
  }
}
