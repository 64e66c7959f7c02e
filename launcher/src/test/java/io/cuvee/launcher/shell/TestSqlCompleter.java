package io.cuvee.launcher.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jline.reader.Candidate;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.Parser;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TestSqlCompleter {
  private final DatabaseNames names =
      new DatabaseNames(() ->
          List.of(
              new DatabaseNames.Table("default", "flights", List.of("origin", "delay", "order")),
              new DatabaseNames.Table("default", "air ports", List.of("iata", "City Name")),
              new DatabaseNames.Table("system", "queries", List.of("query_id"))));
  private LineReader reader;

  @BeforeEach
  void openReader() throws java.io.IOException {
    Terminal terminal =
        new DumbTerminal(
            java.io.InputStream.nullInputStream(), java.io.OutputStream.nullOutputStream());
    reader = LineReaderBuilder.builder().terminal(terminal).build();
  }

  /// What is offered at the `|`, as far as it begins like the word there.
  private List<String> offered(String text) {
    int cursor = text.indexOf('|');
    InputParser.Line line =
        (InputParser.Line)
            new InputParser().parse(text.replace("|", ""), cursor, Parser.ParseContext.COMPLETE);
    List<Candidate> all = new ArrayList<>();
    new SqlCompleter(names).complete(reader, line, all);
    return all.stream()
        .map(Candidate::value)
        .filter(value ->
            value.toLowerCase(Locale.ROOT).startsWith(line.word().toLowerCase(Locale.ROOT)))
        .sorted()
        .toList();
  }

  @Test
  void keywordsAndFunctionsComeInTheCaseOfTheWord() {
    assertThat(offered("sel|")).containsExactly("select");
    assertThat(offered("SELECT DATE_TR|")).containsExactly("DATE_TRUNC(");
    assertThat(offered("SELECT date_tr|")).containsExactly("date_trunc(");
  }

  @Test
  void tablesComeAfterFromAndJoin() {
    assertThat(offered("SELECT 1 FROM |"))
        .containsExactly("\"air ports\"", "flights", "system.queries");
    assertThat(offered("SELECT 1 FROM x JOIN fl|")).containsExactly("flights");
    assertThat(offered("SELECT 1 FROM system.q|")).containsExactly("system.queries");
    assertThat(offered("DESCRIBE fl|")).containsExactly("flights");
  }

  @Test
  void columnsAreThoseOfTheStatementsTables() {
    assertThat(offered("SELECT ori| FROM flights")).containsExactly("origin");
    assertThat(offered("SELECT ori|")).isEmpty();
    assertThat(offered("SELECT * FROM Flights f WHERE f.|"))
        .containsExactly("f.\"order\"", "f.delay", "f.origin");
    assertThat(offered("SELECT * FROM \"air ports\" AS a WHERE a.\"C|"))
        .containsExactly("a.\"City Name\"");
    assertThat(offered("SELECT query_|\nFROM system.queries")).containsExactly("query_id");
  }

  @Test
  void commandsHaveTheirArguments() {
    assertThat(offered("\\d|")).containsExactly("\\d", "\\df", "\\dt");
    assertThat(offered("\\d fl|")).containsExactly("flights");
    assertThat(offered("\\format c|")).containsExactly("csv");
    assertThat(offered("\\i |")).isEmpty();
  }

  @Test
  void aDatabaseThatCannotBeAskedLeavesKeywords() {
    DatabaseNames none =
        new DatabaseNames(() -> {
          throw new SQLException("gone", "08006");
        });
    List<Candidate> all = new ArrayList<>();
    new SqlCompleter(none).complete(reader, new InputParser.Line("FROM ", 5, ""), all);
    assertThat(all).isEmpty();
  }

  @Test
  void highlightingKeepsTheText() {
    String text = "SELECT 'x''y', \"q\", 1.5e3 -- c\nFROM /* open";
    assertThat(new SqlHighlighter().highlight(reader, text).toString()).isEqualTo(text);
    assertThat(new SqlHighlighter().highlight(reader, "SELECT 1").toAnsi()).contains("\u001b[");
  }
}
