package io.cuvee.sqltests.readme;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The fenced blocks of a Markdown page that are commands, and what the page says they print.
///
/// A block of `sh` is run as it stands. A block of `text` right after it shows its output: each of
/// its lines must be printed, in this order, numbers of time aside; a line of `…` stands for any
/// lines. `<!-- test: skip -->` before a block leaves it out.
final class ReadmeCommands {
  private static final Pattern FENCE = Pattern.compile("^\\s*```(\\w*)\\s*$");
  private static final String SKIP = "<!-- test: skip -->";

  private ReadmeCommands() {}

  /// @param line in the page at which the block begins
  record Block(int line, String commands, Optional<String> output) {}

  static List<Block> of(String page) {
    List<Block> blocks = new ArrayList<>();
    String[] lines = page.split("\n", -1);
    boolean skip = false;
    boolean mayShowOutput = false;
    int at = 0;
    while (at < lines.length) {
      Matcher fence = FENCE.matcher(lines[at]);
      if (!fence.matches()) {
        skip |= lines[at].strip().equals(SKIP);
        if (!lines[at].isBlank() && !lines[at].strip().equals(SKIP)) {
          mayShowOutput = false;
        }
        at++;
        continue;
      }
      int begin = at + 1;
      int end = begin;
      while (end < lines.length && !FENCE.matcher(lines[end]).matches()) {
        end++;
      }
      String content = String.join("\n", List.of(lines).subList(begin, end));
      String language = fence.group(1);
      if (language.equals("sh") && !skip) {
        blocks.add(new Block(begin + 1, content, Optional.empty()));
        mayShowOutput = true;
      } else {
        if (language.equals("text") && mayShowOutput && !skip) {
          Block commands = blocks.removeLast();
          blocks.add(new Block(commands.line(), commands.commands(), Optional.of(content)));
        }
        mayShowOutput = false;
      }
      skip = false;
      at = end + 1;
    }
    return blocks;
  }

  /// The first line of `expected` that `actual` does not have after those before it.
  static Optional<String> missingLine(String expected, String actual) {
    List<String> printed = actual.lines().map(ReadmeCommands::comparable).toList();
    int from = 0;
    for (String line : expected.lines().toList()) {
      String wanted = comparable(line);
      if (wanted.isEmpty() || wanted.equals("…") || wanted.equals("...")) {
        continue;
      }
      int found = printed.subList(from, printed.size()).indexOf(wanted);
      if (found < 0) {
        return Optional.of(line);
      }
      from += found + 1;
    }
    return Optional.empty();
  }

  /// Without what changes from run to run: times, ports and the width of the blanks between.
  private static String comparable(String line) {
    return line.replaceAll("[\\d.,]+ (ms|s)\\b", "T")
        .replaceAll("(localhost|127\\.0\\.0\\.1):\\d+", "HOST")
        .replaceAll("\\s+", " ")
        .strip();
  }
}
