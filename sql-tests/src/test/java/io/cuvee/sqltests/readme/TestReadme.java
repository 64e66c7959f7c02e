package io.cuvee.sqltests.readme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.sqltests.process.CuveeProcess;
import io.cuvee.sqltests.readme.ReadmeCommands.Block;
import java.io.File;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Runs every command of the README against a demo, and compares what it prints with what the
/// README says it prints.
@Tag("slow")
class TestReadme {
  private static final long LIMIT_SECONDS = 120;

  @TempDir private static Path directory;
  private static CuveeProcess demo;

  @BeforeAll
  static void startDemo() throws Exception {
    demo =
        CuveeProcess.start(
                directory.resolve("demo.log"),
                "demo",
                "--no-shell",
                "--json",
                "--dir",
                directory.resolve("demo").toString())
            .ready();
  }

  @AfterAll
  static void stopDemo() throws Exception {
    demo.terminate();
  }

  @TestFactory
  Stream<DynamicTest> everyCommandOfTheReadmeWorks() throws Exception {
    List<Block> blocks =
        ReadmeCommands.of(Files.readString(CuveeProcess.script().resolveSibling("README.md")));
    assertThat(blocks).isNotEmpty();
    return blocks.stream()
        .map(block ->
            DynamicTest.dynamicTest(
                "line " + block.line() + ": " + block.commands().lines().findFirst().orElse(""),
                () -> check(block)));
  }

  private static void check(Block block) throws Exception {
    String commands = withoutWhatRunsAnyway(block.commands());
    if (commands.isBlank()) {
      return;
    }
    // `./cuvee test` names it as missing, and fails with --all.
    assumeTrue(!commands.contains("curl") || isOnPath("curl"), "curl is not on the PATH");
    Path out = Files.createTempFile(directory, "out", ".txt");
    ProcessBuilder builder = new ProcessBuilder("sh", "-e", "-c", atDemo(commands));
    builder.directory(CuveeProcess.script().getParent().toFile());
    builder.environment().put("CUVEE_SKIP_BUILD", "1");
    builder.environment().put("CUVEE_JAVA_HOME", System.getProperty("java.home"));
    builder.redirectErrorStream(true);
    builder.redirectOutput(out.toFile()).redirectInput(new File("/dev/null"));
    Process process = builder.start();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    String printed = new String(Files.readAllBytes(out), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(commands + "\n" + printed).isZero();
    assertThat(printed).doesNotContain("\tat io.cuvee", "\"exceptions\":[{");
    block
        .output()
        .ifPresent(expected ->
            assertThat(ReadmeCommands.missingLine(expected, printed)).as(printed).isEmpty());
  }

  private static boolean isOnPath(String tool) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
  }

  /// The demo is the one that runs here, and the tests are these.
  private static String withoutWhatRunsAnyway(String commands) {
    return commands
        .lines()
        .filter(line -> !line.strip().matches("\\./cuvee (demo|test)\\b.*"))
        .reduce("", (all, line) -> all + line + "\n");
  }

  /// The commands with the demo's addresses instead of the default ones.
  private static String atDemo(String commands) {
    JsonNode ready = demo.readyLine();
    String broker = address(ready.path("brokerUrl").asText());
    String controller = address(ready.path("controllerUrl").asText());
    return commands
        .replaceAll("(localhost|127\\.0\\.0\\.1):8099", broker)
        .replaceAll("(localhost|127\\.0\\.0\\.1):9000", controller);
  }

  private static String address(String url) {
    URI uri = URI.create(url);
    return uri.getHost() + ":" + uri.getPort();
  }
}
