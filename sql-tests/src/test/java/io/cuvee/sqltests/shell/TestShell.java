package io.cuvee.sqltests.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.launcher.shell.ResultFormat;
import io.cuvee.launcher.shell.Shell;
import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.SharedCluster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.ExternalTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What people type, on a terminal that this test is.
@ExtendWith(ClusterExtension.class)
class TestShell {
  private static final long LIMIT_SECONDS = ShownText.LIMIT_SECONDS;
  private static final String ENDLESS =
      "SELECT COUNT(*) FROM events a, events b, events c"
          + " WHERE a.amount + b.amount + c.amount = -4711.5;";

  private static final Pattern NEXT_PROMPT = Pattern.compile("\n(?s:.*)cuvee> ");

  @TempDir private Path folder;

  /// A shell that runs.
  private final class Session implements AutoCloseable {
    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
    private final ShownText shown = new ShownText(screen);
    private final PipedOutputStream keys = new PipedOutputStream();
    private final ExternalTerminal terminal;
    private final CompletableFuture<Boolean> ended;

    Session(SharedCluster cluster, int columns) throws IOException {
      terminal =
          new ExternalTerminal(
              "test", "xterm-256color", new PipedInputStream(keys), screen, StandardCharsets.UTF_8);
      terminal.setSize(new Size(columns, 50));
      // On a thread of its own: waiting for keys would block the common pool, which HTTP clients
      // need.
      ended =
          CompletableFuture.supplyAsync(
              () ->
                  Shell.run(
                      terminal, cluster.jdbcUrl(), ResultFormat.TABLE, folder.resolve("history")),
              task -> Thread.ofPlatform().daemon().name("shell").start(task));
      await("cuvee> ");
    }

    void type(String text) throws IOException {
      keys.write(text.getBytes(StandardCharsets.UTF_8));
      keys.flush();
    }

    /// What appears after a line was entered, up to the next prompt.
    String enter(String line) throws IOException {
      type(line + "\r");
      return awaitPrompt();
    }

    /// The one that begins a line, not one that is drawn again.
    String awaitPrompt() {
      return await(shown -> NEXT_PROMPT.matcher(shown).find(), "the next prompt");
    }

    String await(String text) {
      return shown.await(text);
    }

    String await(Predicate<String> condition, String what) {
      return shown.await(condition, what);
    }

    boolean leave() throws Exception {
      type("\u0004");
      return ended.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
      keys.close();
      terminal.close();
    }
  }

  @Test
  void statementsMayTakeManyLinesAndAreRemembered(SharedCluster cluster) throws Exception {
    try (Session shell = new Session(cluster, 120)) {
      shell.type("SELECT id, name\r");
      shell.await(" > ");
      assertThat(shell.enter("FROM depts WHERE id = 10;"))
          .contains("│ 10 │ Cellar │")
          .containsPattern("1 row in [0-9.,]+ ms");
      assertThat(shell.leave()).isTrue();
    }
    assertThat(Files.readString(folder.resolve("history")))
        .contains("SELECT id, name", "FROM depts");
  }

  @Test
  void anErrorHasACaretAndASuggestionAndTheShellGoesOn(SharedCluster cluster) throws Exception {
    try (Session shell = new Session(cluster, 120)) {
      assertThat(shell.enter("SELECT nam FROM depts;").replace("\r", ""))
          .contains("ERROR 42703", "'name'", "  SELECT nam FROM depts\n         ^\n");
      assertThat(shell.enter("SELECT 1 AS one;")).contains("│   1 │");
    }
  }

  @Test
  void namesAreCompleted(SharedCluster cluster) throws Exception {
    try (Session shell = new Session(cluster, 120)) {
      shell.type("SELECT budg");
      shell.type(" FROM dep\t");
      shell.await("ts");
      // Back to the column, whose table is known now.
      shell.type("\u0001" + "\u0006".repeat("SELECT budg".length()) + "\t");
      shell.await("et");
      assertThat(shell.enter("\u0005 LIMIT 0;")).contains("│ budget │");
    }
  }

  @Test
  @Timeout(LIMIT_SECONDS)
  void ctrlCCancelsTheStatementOnly(SharedCluster cluster) throws Exception {
    try (Session shell = new Session(cluster, 120)) {
      shell.type(ENDLESS + "\r");
      shell.await("Ctrl-C cancels");
      shell.terminal.raise(Terminal.Signal.INT);
      assertThat(shell.await("cuvee> ")).contains("ERROR 57014");
      String running =
          "SELECT query_id FROM system.queries WHERE query LIKE '%-4711.5' AND query NOT LIKE"
              + " '%system.queries%'";
      while (!cluster.query(running).isEmpty()) {
        Thread.sleep(20);
      }
      assertThat(shell.enter("SELECT 7 AS n;")).contains("│ 7 │");
      shell.type("SELECT half");
      shell.await("half");
      shell.type("\u0003");
      shell.awaitPrompt();
      assertThat(shell.leave()).isTrue();
    }
  }

  @Test
  void commandsDescribeFormatAndWrite(SharedCluster cluster) throws Exception {
    Path file = folder.resolve("out.csv");
    Path script = Files.writeString(folder.resolve("in.sql"), "SELECT 1 AS a;\n\\d nothing\n");
    try (Session shell = new Session(cluster, 120)) {
      assertThat(shell.enter("\\?")).contains("\\watch", "\\timing");
      assertThat(shell.enter("\\d")).contains("depts", "emps");
      assertThat(shell.enter("\\dt dep")).contains("depts").doesNotContain("emps");
      assertThat(shell.enter("\\d depts")).contains("budget", "5 rows in 4 segments");
      assertThat(shell.enter("\\df date_tr")).containsIgnoringCase("date_trunc");
      assertThat(shell.enter("\\timing off")).contains("not told");
      shell.enter("\\format csv");
      assertThat(shell.enter("SELECT 1 AS a, NULL AS b;").replace("\r", ""))
          .contains("a,b\n1,\n")
          .doesNotContain(" ms");
      shell.enter("\\o " + file);
      shell.enter("SELECT id FROM depts WHERE id = 10;");
      shell.enter("\\o");
      assertThat(shell.enter("\\i " + script)).contains("a", "column_name");
      assertThat(shell.enter("\\nope")).contains("\\nope", "\\?");
      assertThat(shell.enter("\\format xml")).contains("markdown");
      assertThat(shell.enter("\\i /no/such/file")).contains("/no/such/file");
      shell.type("\\q\r");
      assertThat(shell.ended.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(Files.readString(file)).isEqualTo("id\n10\n");
  }

  @Test
  void watchRepeatsTheLastStatementUntilCtrlC(SharedCluster cluster) throws Exception {
    try (Session shell = new Session(cluster, 120)) {
      assertThat(shell.enter("\\watch")).contains("none yet");
      shell.enter("SELECT 'again' AS w;");
      shell.type("\\watch 0.1\r");
      shell.await(shown -> shown.split("│ again │", -1).length > 3, "again three times");
      shell.terminal.raise(Terminal.Signal.INT);
      shell.await("cuvee> ");
      assertThat(shell.enter("SELECT 8 AS n;")).contains("│ 8 │");
    }
  }

  @Test
  void wideRowsAreShownAValueALine(SharedCluster cluster) throws Exception {
    try (Session shell = new Session(cluster, 30)) {
      assertThat(shell.enter("SELECT * FROM depts WHERE id = 10;"))
          .contains("── row 1", "name", "│ Cellar");
    }
  }

  @Test
  void anUnreachableDatabaseIsToldAtOnce() throws Exception {
    ByteArrayOutputStream screen = new ByteArrayOutputStream();
    try (Terminal terminal =
        new ExternalTerminal(
            "test",
            "dumb",
            new PipedInputStream(new PipedOutputStream()),
            screen,
            StandardCharsets.UTF_8)) {
      assertThat(
              Shell.run(
                  terminal,
                  "jdbc:cuvee://127.0.0.1:1/",
                  ResultFormat.TABLE,
                  folder.resolve("history")))
          .isFalse();
    }
    assertThat(screen.toString(StandardCharsets.UTF_8)).contains("ERROR 08001", "127.0.0.1:1");
  }
}
