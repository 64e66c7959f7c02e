package io.cuvee.launcher.shell;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/// The interactive shell.
public final class Shell {
  private static final String PROMPT = "cuvee> ";
  private static final String CONTINUATION = "     > ";

  private Shell() {}

  /// Runs on this process's terminal until the user leaves.
  ///
  /// @return whether the database could be reached
  public static boolean run(String jdbcUrl, Optional<ResultFormat> format) {
    try (Terminal terminal = TerminalBuilder.builder().system(true).dumb(true).build()) {
      return run(terminal, jdbcUrl, format.orElse(ResultFormat.TABLE), history());
    } catch (IOException e) {
      throw new CuveeException(ErrorCode.IO, "The terminal failed: " + e.getMessage(), e);
    }
  }

  /// Where lines are remembered; the variable `CUVEE_HISTORY` names another file.
  private static Path history() {
    String named = System.getenv("CUVEE_HISTORY");
    return named == null || named.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".cuvee_history")
        : Path.of(named);
  }

  /// The same on a given terminal.
  ///
  /// @param history where lines are remembered
  public static boolean run(Terminal terminal, String jdbcUrl, ResultFormat format, Path history) {
    if (terminal.getWidth() <= 0 || terminal.getHeight() <= 0) {
      // Some that are no windows do not know.
      terminal.setSize(new Size(Screen.DEFAULT_WIDTH, Screen.DEFAULT_HEIGHT));
    }
    SqlRunner runner =
        new SqlRunner(jdbcUrl, terminal.writer(), format, terminal.writer(), () -> width(terminal));
    runner.setTiming(true);
    try (Connector lookUps = new Connector(jdbcUrl);
        Interpreter interpreter = new Interpreter(runner)) {
      try {
        String product = runner.connector().connection().getMetaData().getDatabaseProductVersion();
        terminal.writer().println("Cuvée " + product + ". \\? lists commands, Ctrl-D leaves.");
      } catch (SQLException e) {
        terminal.writer().println(ErrorText.of(e, ""));
        terminal.flush();
        return false;
      }
      terminal.handle(Terminal.Signal.INT, signal -> interpreter.interrupt());
      DatabaseNames names = DatabaseNames.of(lookUps);
      // So that the first Tab need not wait.
      Thread.ofVirtual().name("shell-names").start(names::tables);
      read(reader(terminal, names, history), interpreter);
    }
    return true;
  }

  private static int width(Terminal terminal) {
    return terminal.getWidth() > 0 ? terminal.getWidth() : Screen.DEFAULT_WIDTH;
  }

  private static LineReader reader(Terminal terminal, DatabaseNames names, Path history) {
    return LineReaderBuilder.builder()
        .terminal(terminal)
        .appName("cuvee")
        .parser(new InputParser())
        .completer(new SqlCompleter(names))
        .highlighter(new SqlHighlighter())
        .variable(LineReader.HISTORY_FILE, history)
        .variable(LineReader.SECONDARY_PROMPT_PATTERN, CONTINUATION)
        .variable(LineReader.INDENTATION, 0)
        .variable(LineReader.LIST_MAX, 200)
        .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
        .option(LineReader.Option.CASE_INSENSITIVE, true)
        .option(LineReader.Option.HISTORY_IGNORE_SPACE, false)
        .build();
  }

  private static void read(LineReader reader, Interpreter interpreter) {
    while (!interpreter.isLeft()) {
      try {
        interpreter.run(SqlScript.statements(reader.readLine(PROMPT)));
      } catch (UserInterruptException abandoned) {
        // The line is; the next begins anew.
      } catch (EndOfFileException end) {
        return;
      }
    }
  }
}
