package io.cuvee.launcher.shell;

import java.util.Arrays;
import java.util.Optional;

/// What the shell does beside SQL.
enum ShellCommand {
  DESCRIBE("\\d", "[TABLE]", "the columns of a table; without one, all tables"),
  TABLES("\\dt", "[PATTERN]", "tables, whose names may be like a pattern with %"),
  FUNCTIONS("\\df", "[PATTERN]", "functions"),
  TIMING("\\timing", "[on|off]", "whether rows and time are told after a statement"),
  WATCH("\\watch", "[SECONDS]", "the last statement again and again (every 2 s), until Ctrl-C"),
  FORMAT("\\format", "[FORMAT]", "how results are printed: table, csv, tsv, json or markdown"),
  OUTPUT("\\o", "[FILE]", "results go to a file; without one, to the screen again"),
  INCLUDE("\\i", "FILE", "runs the statements of a file"),
  HELP("\\?", "", "this list"),
  QUIT("\\q", "", "leaves the shell, like Ctrl-D");

  private final String word;
  private final String argument;
  private final String help;

  ShellCommand(String word, String argument, String help) {
    this.word = word;
    this.argument = argument;
    this.help = help;
  }

  String word() {
    return word;
  }

  String argument() {
    return argument;
  }

  String help() {
    return help;
  }

  static Optional<ShellCommand> find(String word) {
    return Arrays.stream(values()).filter(command -> command.word.equals(word)).findFirst();
  }
}
