package io.cuvee.sqltests.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.SharedCluster;
import io.cuvee.sqltests.process.CuveeProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The public command on a terminal of the system, which turns Ctrl-C into a signal and echoes what
/// is typed unless the shell says otherwise. `script` makes the terminal; every Debian and macOS
/// has it.
@ExtendWith(ClusterExtension.class)
@Tag("slow")
class TestTerminal {
  private static final String ENDLESS =
      "SELECT COUNT(*) FROM events a, events b, events c"
          + " WHERE a.amount + b.amount + c.amount = -815.5;";

  @TempDir private Path folder;

  /// A `./cuvee sql` that waits for keys.
  private final class Session implements AutoCloseable {
    private final Process process;
    private final OutputStream keys;
    private final ShownText shown;

    Session(SharedCluster cluster) throws IOException {
      String text =
          "stty rows 40 cols 120; exec '%s' sql -u '%s'"
              .formatted(CuveeProcess.script(), cluster.jdbcUrl());
      boolean isMac = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac");
      ProcessBuilder builder =
          new ProcessBuilder(
              isMac
                  ? List.of("script", "-q", "/dev/null", "sh", "-c", text)
                  : List.of("script", "-qefc", text, "/dev/null"));
      builder.environment().put("CUVEE_SKIP_BUILD", "1");
      builder.environment().put("CUVEE_JAVA_HOME", System.getProperty("java.home"));
      builder.environment().put("CUVEE_HISTORY", folder.resolve("history").toString());
      builder.environment().put("SHELL", "/bin/sh");
      builder.environment().put("TERM", "xterm-256color");
      process = builder.redirectErrorStream(true).start();
      keys = process.getOutputStream();
      ByteArrayOutputStream screen = new ByteArrayOutputStream();
      shown = new ShownText(screen);
      Thread.ofVirtual().start(() -> copy(process, screen));
      shown.await("cuvee> ");
    }

    private static void copy(Process process, OutputStream screen) {
      try {
        process.getInputStream().transferTo(screen);
      } catch (IOException ended) {
        // With the terminal.
      }
    }

    void type(String text) throws IOException {
      keys.write(text.getBytes(StandardCharsets.UTF_8));
      keys.flush();
    }

    /// Types a statement and returns what is shown up to its time.
    String ask(String sql) throws IOException {
      type(sql + "\r");
      String answer =
          shown.await(text -> text.matches("(?s).*\\d rows? in .*cuvee> .*"), "rows and a prompt");
      assertThat(answer).doesNotContain("ERROR");
      return answer;
    }

    int exitCode() throws InterruptedException {
      assertThat(process.waitFor(ShownText.LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      return process.exitValue();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  @Test
  void aSessionFromThePromptToLeaving(SharedCluster cluster) throws Exception {
    try (Session shell = new Session(cluster)) {
      shell.type("SELECT name FROM dep\t");
      shell.shown.await("depts");
      assertThat(shell.ask(" WHERE id = 10;")).contains("│ Cellar │");

      shell.type(ENDLESS + "\r");
      shell.shown.await("Ctrl-C cancels");
      shell.type("\u0003");
      shell.shown.await(
          text -> text.matches("(?s).*ERROR 57014.*cuvee> .*"), "the error and a prompt");
      assertThat(shell.ask("SELECT 4 + 3 AS seven;")).contains("│     7 │");

      shell.type("SELECT half a statement");
      // Before it reads, Ctrl-C would be a signal, which takes away what was typed.
      shell.shown.await("statement");
      shell.type("\u0003");
      shell.shown.await("cuvee> ");
      assertThat(shell.ask("SELECT 'whole' AS s;")).contains("│ whole │");

      shell.type("\\q\r");
      assertThat(shell.exitCode()).isZero();
    }
    assertThat(Files.readString(folder.resolve("history")))
        .contains("SELECT name FROM depts", "WHERE id = 10;")
        .doesNotContain("half a statement");
  }

  @Test
  void ctrlDLeaves(SharedCluster cluster) throws Exception {
    try (Session shell = new Session(cluster)) {
      shell.type("\u0004");
      assertThat(shell.exitCode()).isZero();
    }
  }
}
