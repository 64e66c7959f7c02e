package io.cuvee.sqltests.logic;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How many queries of each file passed, as lines of `file,asked,passed,refused`.
record LogicScores(Map<String, Line> lines) {
  private static final String HEAD = "file,asked,passed,refused";

  /// @param refused those that the dialect does not cover; the other ones that did not pass were
  ///   answered wrongly
  record Line(String file, int asked, int passed, int refused) {
    static Line of(LogicRun run) {
      return new Line(run.file(), run.queries(), run.passed(), run.refused());
    }

    private static Line parse(String text) {
      String[] cells = text.split(",");
      return new Line(
          cells[0],
          Integer.parseInt(cells[1]),
          Integer.parseInt(cells[2]),
          Integer.parseInt(cells[3]));
    }

    @Override
    public String toString() {
      return file + "," + asked + "," + passed + "," + refused;
    }
  }

  static LogicScores parse(List<String> text) {
    Map<String, Line> lines = new LinkedHashMap<>();
    text.stream()
        .filter(line -> !line.equals(HEAD) && !line.isBlank())
        .map(Line::parse)
        .forEach(line -> lines.put(line.file(), line));
    return new LogicScores(lines);
  }

  static LogicScores read(Path file) throws IOException {
    return parse(Files.exists(file) ? Files.readAllLines(file) : List.of());
  }

  /// Adds a line to a file, so that a run which is stopped can go on from there.
  static void append(Path file, Line line) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(
        file,
        (Files.exists(file) ? "" : HEAD + "\n") + line + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  /// The sums by the first `depth` folders.
  Map<String, Line> totals(int depth) {
    Map<String, Line> totals = new java.util.TreeMap<>();
    for (Line line : lines.values()) {
      String[] parts = line.file().split("/");
      String group = String.join("/", List.of(parts).subList(1, Math.min(depth + 1, parts.length)));
      totals.merge(
          group,
          new Line(group, line.asked(), line.passed(), line.refused()),
          (a, b) ->
              new Line(
                  group,
                  a.asked() + b.asked(),
                  a.passed() + b.passed(),
                  a.refused() + b.refused()));
    }
    return totals;
  }
}
