package io.cuvee.launcher.shell;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Carries out statements and the shell's commands. [#interrupt()] may be called from any thread,
/// the rest from one.
public final class Interpreter implements AutoCloseable {
  private static final double WATCH_SECONDS = 2;
  private static final int MAX_NESTING = 16;

  private final SqlRunner sql;
  private final PrintWriter screen;
  private @Nullable PrintWriter file;
  private @Nullable String last;
  private int nesting;
  private boolean left;

  /// @param sql runs the statements; closed with this
  public Interpreter(SqlRunner sql) {
    this.sql = sql;
    this.screen = sql.out();
  }

  /// Runs statements and commands in order up to the first that fails, or to `\q`.
  ///
  /// @return whether all succeeded
  public boolean run(List<String> statements) {
    if (statements.stream().noneMatch(SqlScript::isCommand)) {
      if (!statements.isEmpty()) {
        last = statements.getLast();
      }
      return sql.run(statements);
    }
    for (String statement : statements) {
      if (left) {
        return true;
      }
      if (!run(statement)) {
        return false;
      }
    }
    return true;
  }

  /// Runs one statement or command.
  boolean run(String statement) {
    if (!SqlScript.isCommand(statement)) {
      last = statement;
      return sql.run(statement);
    }
    String[] parts = statement.strip().split("\\s+", 2);
    String argument = parts.length > 1 ? unquoted(parts[1].strip()) : "";
    ShellCommand command = ShellCommand.find(parts[0]).orElse(null);
    return command == null
        ? fail("There is no command " + parts[0] + ". \\? lists them.")
        : run(command, argument);
  }

  private static String unquoted(String argument) {
    String text = argument.endsWith(";") ? argument.substring(0, argument.length() - 1) : argument;
    return text.length() > 1 && text.startsWith("'") && text.endsWith("'")
        ? text.substring(1, text.length() - 1)
        : text;
  }

  private boolean run(ShellCommand command, String argument) {
    return switch (command) {
      case DESCRIBE -> argument.isEmpty() ? tables("") : describe(argument);
      case TABLES -> tables(argument);
      case FUNCTIONS ->
          sql.run("SHOW FUNCTIONS" + (argument.isEmpty() ? "" : " LIKE " + pattern(argument)));
      case TIMING -> timing(argument);
      case WATCH -> watch(argument);
      case FORMAT -> format(argument);
      case OUTPUT -> output(argument);
      case INCLUDE -> include(argument);
      case HELP -> help();
      case QUIT -> {
        left = true;
        yield true;
      }
    };
  }

  /// A pattern without wildcards stands for what begins with it.
  private static String pattern(String argument) {
    boolean isPattern = argument.contains("%") || argument.contains("*");
    return "'" + (isPattern ? argument.replace('*', '%') : argument + "%").replace("'", "''") + "'";
  }

  private boolean tables(String argument) {
    return sql.run(
        "SELECT table_schema, table_name, row_count, segment_count, size_bytes FROM system.tables"
            + (argument.isEmpty()
                ? " WHERE table_type = 'TABLE'"
                : " WHERE LOWER(table_name) LIKE LOWER(" + pattern(argument) + ")")
            + " ORDER BY table_schema, table_name");
  }

  private boolean describe(String table) {
    if (!sql.run("DESCRIBE " + table)) {
      return false;
    }
    try {
      String name = table.replace("\"", "");
      Connection connection = sql.connector().connection();
      try (PreparedStatement question =
          connection.prepareStatement(
              "SELECT row_count, segment_count, size_bytes FROM system.tables WHERE table_type ="
                  + " 'TABLE' AND LOWER(table_name) = ?")) {
        question.setString(1, name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
        try (ResultSet rows = question.executeQuery()) {
          if (rows.next()) {
            sql.err()
                .println(
                    String.format(
                        Locale.ROOT,
                        "%,d rows in %,d segments, %,d bytes",
                        rows.getLong(1),
                        rows.getLong(2),
                        rows.getLong(3)));
            sql.err().flush();
          }
        }
      }
      return true;
    } catch (SQLException e) {
      return fail(e.getMessage());
    }
  }

  private boolean timing(String argument) {
    switch (argument.toLowerCase(Locale.ROOT)) {
      case "" -> sql.setTiming(!sql.timing());
      case "on" -> sql.setTiming(true);
      case "off" -> sql.setTiming(false);
      default -> {
        return fail("\\timing is on or off, not '" + argument + "'.");
      }
    }
    return say("Rows and time are " + (sql.timing() ? "told." : "not told."));
  }

  private boolean watch(String argument) {
    String statement = last;
    if (statement == null) {
      return fail("\\watch repeats a statement, and there was none yet.");
    }
    double seconds;
    try {
      seconds = argument.isEmpty() ? WATCH_SECONDS : Double.parseDouble(argument);
    } catch (NumberFormatException e) {
      seconds = Double.NaN;
    }
    if (!(seconds >= 0.1 && seconds <= 86_400)) {
      return fail("\\watch takes seconds from 0.1 to 86400, not '" + argument + "'.");
    }
    boolean succeeded = true;
    boolean goesOn = true;
    while (goesOn) {
      sql.out().println(LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS));
      succeeded = sql.run(statement);
      goesOn = succeeded && !sql.isInterrupted() && !sql.out().checkError() && rest(seconds);
    }
    return succeeded || sql.isInterrupted();
  }

  /// Whether the time went by without an interrupt.
  private synchronized boolean rest(double seconds) {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    try {
      for (long left = end - System.nanoTime();
          left > 0 && !sql.isInterrupted();
          left = end - System.nanoTime()) {
        wait(Math.max(1, left / 1_000_000));
      }
      return !sql.isInterrupted();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private boolean format(String argument) {
    if (argument.isEmpty()) {
      return say("Results are printed as " + sql.format().name().toLowerCase(Locale.ROOT) + ".");
    }
    for (ResultFormat format : ResultFormat.values()) {
      if (format.name().equalsIgnoreCase(argument)) {
        sql.setFormat(format);
        return true;
      }
    }
    return fail(
        "There is no format '"
            + argument
            + "'. Use one of "
            + Arrays.toString(ResultFormat.values()).toLowerCase(Locale.ROOT)
            + ".");
  }

  private boolean output(String argument) {
    PrintWriter opened = null;
    if (!argument.isEmpty()) {
      try {
        opened =
            new PrintWriter(Files.newBufferedWriter(Path.of(argument), StandardCharsets.UTF_8));
      } catch (IOException | RuntimeException e) {
        return fail("The file " + argument + " cannot be written: " + e.getMessage());
      }
    }
    boolean kept = closeFile();
    file = opened;
    sql.setOutput(opened == null ? screen : opened);
    return kept;
  }

  private boolean closeFile() {
    PrintWriter open = file;
    file = null;
    if (open == null) {
      return true;
    }
    boolean failed = open.checkError();
    open.close();
    return !failed || fail("Not all results could be written to the file. Is the disk full?");
  }

  private boolean include(String argument) {
    if (argument.isEmpty()) {
      return fail("\\i needs a file.");
    }
    if (nesting == MAX_NESTING) {
      return fail("Files run each other by \\i more than " + MAX_NESTING + " deep.");
    }
    nesting++;
    try {
      return run(SqlScript.statements(Files.readString(Path.of(argument))));
    } catch (IOException | RuntimeException e) {
      return fail("The file " + argument + " cannot be read: " + e.getMessage());
    } finally {
      nesting--;
    }
  }

  private boolean help() {
    for (ShellCommand command : ShellCommand.values()) {
      screen.printf("  %-20s %s%n", command.word() + " " + command.argument(), command.help());
    }
    screen.println("Statements end with a semicolon, and may be as many lines as they like.");
    screen.println("Tab completes names. Ctrl-C cancels a statement, Ctrl-D leaves.");
    screen.println(
        "FROM 'file.parquet' asks a file: CSV, JSON, Parquet, Avro, ORC; * and ? match.");
    screen.flush();
    return true;
  }

  private boolean say(String line) {
    sql.err().println(line);
    sql.err().flush();
    return true;
  }

  private boolean fail(@Nullable String message) {
    say("ERROR: " + message);
    return false;
  }

  /// Whether the user has asked to leave.
  boolean isLeft() {
    return left;
  }

  /// Cancels what runs.
  void interrupt() {
    sql.interrupt();
    synchronized (this) {
      notifyAll();
    }
  }

  @Override
  public void close() {
    closeFile();
    sql.close();
  }
}
