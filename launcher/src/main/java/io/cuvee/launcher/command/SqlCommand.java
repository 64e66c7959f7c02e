package io.cuvee.launcher.command;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.launcher.embedded.Logging;
import io.cuvee.launcher.shell.Interpreter;
import io.cuvee.launcher.shell.ResultFormat;
import io.cuvee.launcher.shell.Screen;
import io.cuvee.launcher.shell.Shell;
import io.cuvee.launcher.shell.SqlRunner;
import io.cuvee.launcher.shell.SqlScript;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The shell, or one script.
@Command(
    name = "sql",
    description = "Opens the shell, or runs SQL and prints the results.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples: cuvee sql -e \"SELECT COUNT(*) FROM flights\" --format csv",
      "          cuvee sql -u jdbc:cuvee://broker1:8099,broker2:8099/ -f report.sql",
      "          cuvee sql \"SELECT city, COUNT(*) FROM 'airports.csv' GROUP BY city\"   (files, no"
          + " cluster)",
      "In the shell, \\? lists its commands. Exit code: 0, or 1 after an SQL error."
    })
final class SqlCommand implements Callable<Integer> {
  @Option(
      names = {"-u", "--url"},
      paramLabel = "JDBCURL",
      defaultValue = "jdbc:cuvee://localhost:8099/",
      description = "Where to connect (default: ${DEFAULT-VALUE}).")
  private String url;

  @ArgGroup private @Nullable Source source;

  @Option(
      names = "--format",
      description =
          "How results are printed: ${COMPLETION-CANDIDATES} (default: table on a terminal, else"
              + " tsv).")
  private @Nullable ResultFormat format;

  /// Where the SQL comes from.
  static final class Source {
    @Option(
        names = {"-e", "--execute"},
        paramLabel = "SQL",
        description = "Run these statements.")
    private @Nullable String text;

    @Option(
        names = {"-f", "--file"},
        paramLabel = "FILE",
        description = "Run the statements of this file.")
    private @Nullable Path file;

    @Parameters(paramLabel = "SQL", arity = "0..1", description = "Run these statements.")
    private @Nullable String argument;
  }

  @Override
  public Integer call() {
    Logging.errorsOnly();
    boolean terminal = Screen.isInteractive();
    if (source == null && terminal) {
      return Shell.run(url, Optional.ofNullable(format)) ? 0 : 1;
    }
    // Not System.out, which hides that a reader has gone.
    PrintWriter out =
        new PrintWriter(
            new OutputStreamWriter(
                new FileOutputStream(FileDescriptor.out), StandardCharsets.UTF_8));
    PrintWriter err =
        new PrintWriter(new OutputStreamWriter(System.err, StandardCharsets.UTF_8), true);
    ResultFormat chosen =
        format != null ? format : terminal ? ResultFormat.TABLE : ResultFormat.TSV;
    int width = terminal ? Screen.width() : 0;
    SqlRunner runner = new SqlRunner(url, out, chosen, err, () -> width);
    runner.setTiming(terminal);
    try (Interpreter interpreter = new Interpreter(runner)) {
      return interpreter.run(SqlScript.statements(sql())) ? 0 : 1;
    } finally {
      out.flush();
    }
  }

  private String sql() {
    try {
      if (source == null) {
        return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
      }
      if (source.file != null) {
        // Some editors begin a file with a byte order mark.
        return Files.readString(source.file).replaceFirst("^\uFEFF", "");
      }
      return source.text != null ? source.text : source.argument == null ? "" : source.argument;
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT, "The SQL cannot be read: " + e.getMessage(), e);
    }
  }
}
