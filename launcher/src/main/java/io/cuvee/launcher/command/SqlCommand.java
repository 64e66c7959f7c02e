package io.cuvee.launcher.command;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.launcher.embedded.Logging;
import io.cuvee.launcher.local.FileReferences;
import io.cuvee.launcher.local.LocalSql;
import io.cuvee.launcher.shell.ResultFormat;
import io.cuvee.launcher.shell.ResultPrinter;
import io.cuvee.launcher.shell.Shell;
import io.cuvee.launcher.shell.SqlRunner;
import io.cuvee.launcher.shell.SqlScript;
import io.cuvee.launcher.shell.Terminal;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
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
      "          cuvee sql \"SELECT city, COUNT(*) FROM 'airports.csv' GROUP BY city\"   (files, no cluster)",
      "Exit code: 0, or 1 after an SQL error."
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
          "How results are printed: ${COMPLETION-CANDIDATES} (default: table on a terminal, else tsv).")
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
    if (source == null && Terminal.isInteractive()) {
      return Shell.run(url) ? 0 : 1;
    }
    boolean terminal = Terminal.isInteractive();
    PrintWriter out =
        new PrintWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8), false);
    PrintWriter err =
        new PrintWriter(new OutputStreamWriter(System.err, StandardCharsets.UTF_8), true);
    ResultFormat chosen =
        format != null ? format : terminal ? ResultFormat.TABLE : ResultFormat.TSV;
    List<String> statements = SqlScript.statements(sql());
    if (statements.stream()
        .anyMatch(statement -> !FileReferences.of(statement).files().isEmpty())) {
      return overFiles(statements, new ResultPrinter(out, chosen), err);
    }
    try (Connection connection = DriverManager.getConnection(url)) {
      return new SqlRunner(connection, new ResultPrinter(out, chosen), err, terminal)
              .run(statements)
          ? 0
          : 1;
    } catch (SQLException e) {
      err.println("ERROR " + e.getSQLState() + ": " + e.getMessage());
      return 1;
    }
  }

  private static int overFiles(List<String> statements, ResultPrinter printer, PrintWriter err) {
    try (LocalSql local = new LocalSql()) {
      for (String statement : statements) {
        local.run(FileReferences.of(statement), printer);
      }
      return 0;
    } catch (CuveeException e) {
      err.println("ERROR " + e.code().sqlState() + ": " + e.getMessage());
      return 1;
    } catch (SQLException e) {
      err.println("ERROR " + e.getSQLState() + ": " + e.getMessage());
      return 1;
    }
  }

  private String sql() {
    try {
      if (source == null) {
        return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
      }
      if (source.file != null) {
        return Files.readString(source.file);
      }
      return source.text != null ? source.text : source.argument == null ? "" : source.argument;
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT, "The SQL cannot be read: " + e.getMessage(), e);
    }
  }
}
