package io.cuvee.sqltests.logic;

import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A file of the suite: statements and queries in their order, without those that are for one other
/// database only. The format is that of [sqllogictest](https://www.sqlite.org/sqllogictest).
record LogicFile(String name, List<Step> steps) {
  LogicFile {
    steps = List.copyOf(steps);
  }

  /// What the file says to do.
  sealed interface Step {
    /// The line on which it begins.
    int line();
  }

  /// What changes tables.
  ///
  /// @param succeeds whether it must
  record Statement(int line, String sql, boolean succeeds) implements Step {}

  /// What asks.
  ///
  /// @param types a letter for each column: `I`, `R` or `T`
  /// @param values the values row by row, or else `count` of them have the sum `hash`
  record Query(
      int line,
      String sql,
      String types,
      Sort sort,
      int count,
      @Nullable List<String> values,
      @Nullable String hash)
      implements Step {}

  /// What is sorted before results are compared.
  enum Sort {
    NOSORT,
    ROWSORT,
    VALUESORT
  }

  int queryCount() {
    return (int) steps.stream().filter(Query.class::isInstance).count();
  }

  /// Reads a file of the suite's jar.
  ///
  /// @param name as `test/select1.test`
  static LogicFile read(String name) throws IOException {
    try (InputStream stream = LogicFile.class.getResourceAsStream("/" + name)) {
      if (stream == null) {
        throw new FileNotFoundException(name);
      }
      return new Reader(
              new BufferedReader(new InputStreamReader(stream, StandardCharsets.ISO_8859_1)))
          .read(name);
    }
  }

  private static final class Reader {
    private static final String HASHING = " values hashing to ";

    private final BufferedReader lines;
    private int number;
    private @Nullable String line;

    Reader(BufferedReader lines) {
      this.lines = lines;
    }

    LogicFile read(String name) throws IOException {
      List<Step> steps = new ArrayList<>();
      boolean ours = true;
      for (advance(); line != null; advance()) {
        String text = withoutComment(line);
        if (text.startsWith("onlyif ")) {
          ours &= text.substring(7).strip().equals("postgresql");
        } else if (text.startsWith("halt")) {
          if (ours) {
            break;
          }
          ours = true;
        } else if (text.startsWith("statement") || text.startsWith("query")) {
          Step step = text.startsWith("query") ? query(text) : statement(text);
          if (ours) {
            steps.add(step);
          }
          ours = true;
        }
      }
      return new LogicFile(name, steps);
    }

    private void advance() throws IOException {
      line = lines.readLine();
      number++;
    }

    private static String withoutComment(String text) {
      int sharp = text.indexOf('#');
      return (sharp < 0 ? text : text.substring(0, sharp)).strip();
    }

    private Statement statement(String head) throws IOException {
      int start = number;
      return new Statement(start, paragraph(), head.contains(" ok"));
    }

    /// The lines up to an empty one or the results.
    private String paragraph() throws IOException {
      StringBuilder text = new StringBuilder();
      for (advance(); line != null && !line.isBlank() && !line.startsWith("----"); advance()) {
        text.append(text.isEmpty() ? "" : "\n").append(line);
      }
      return text.toString();
    }

    private Query query(String head) throws IOException {
      int start = number;
      String[] words = head.split("\\s+");
      String sql = paragraph();
      List<String> values = new ArrayList<>();
      if (line != null && line.startsWith("----")) {
        for (advance(); line != null && !line.isEmpty(); advance()) {
          values.add(line.strip());
        }
      }
      Sort sort =
          words.length < 3
              ? Sort.NOSORT
              : Sort.valueOf(words[2].toUpperCase(java.util.Locale.ROOT));
      int hashing = values.size() == 1 ? values.getFirst().indexOf(HASHING) : -1;
      if (hashing > 0) {
        int count = Integer.parseInt(values.getFirst().substring(0, hashing));
        String hash = values.getFirst().substring(hashing + HASHING.length());
        return new Query(start, sql, words[1], sort, count, null, hash);
      }
      return new Query(start, sql, words[1], sort, values.size(), List.copyOf(values), null);
    }
  }
}
