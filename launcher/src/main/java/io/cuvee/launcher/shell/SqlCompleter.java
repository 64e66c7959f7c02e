package io.cuvee.launcher.shell;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/// Offers keywords, functions, tables, the columns of the statement's tables, and the shell's
/// commands with their arguments.
final class SqlCompleter implements Completer {
  private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /// Words after which a table is named.
  private static final Set<String> BEFORE_TABLE =
      Set.of("FROM", "JOIN", "TABLE", "DESCRIBE", "DESC");

  private final DatabaseNames names;

  SqlCompleter(DatabaseNames names) {
    this.names = names;
  }

  @Override
  public void complete(LineReader reader, ParsedLine parsed, List<Candidate> candidates) {
    if (!(parsed instanceof InputParser.Line line)) {
      return;
    }
    String before = line.before();
    String command = before.stripLeading();
    if (SqlScript.isCommand(command)) {
      argument(command, candidates);
    } else if (SqlScript.isCommand(line.word()) && before.isBlank()) {
      for (ShellCommand each : ShellCommand.values()) {
        candidates.add(candidate(each.word(), "commands", each.help()));
      }
    } else {
      sql(line, candidates);
    }
  }

  private void argument(String command, List<Candidate> candidates) {
    ShellCommand found = ShellCommand.find(command.split("\\s", 2)[0]).orElse(null);
    if (found == ShellCommand.DESCRIBE) {
      tables(candidates);
    } else if (found == ShellCommand.FORMAT) {
      for (ResultFormat format : ResultFormat.values()) {
        candidates.add(candidate(format.name().toLowerCase(Locale.ROOT), "formats", ""));
      }
    } else if (found == ShellCommand.TIMING) {
      candidates.add(candidate("on", "", ""));
      candidates.add(candidate("off", "", ""));
    }
  }

  private void sql(InputParser.Line line, List<Candidate> candidates) {
    List<SqlToken> tokens =
        SqlToken.of(line.line()).stream()
            .filter(token ->
                token.kind() != SqlToken.Kind.BLANK && token.kind() != SqlToken.Kind.COMMENT)
            .toList();
    String previous = "";
    for (SqlToken token : tokens) {
      if (token.end() <= line.cursor() - line.word().length()) {
        previous = token.text(line.line()).toUpperCase(Locale.ROOT);
      }
    }
    if (BEFORE_TABLE.contains(previous)) {
      tables(candidates);
      return;
    }
    Map<String, DatabaseNames.Table> inScope = tablesOf(line.line(), tokens);
    int dot = line.word().lastIndexOf('.');
    if (dot > 0) {
      String qualifier = line.word().substring(0, dot);
      DatabaseNames.Table table = inScope.get(qualifier.replace("\"", "").toLowerCase(Locale.ROOT));
      if (table != null) {
        table
            .columns()
            .forEach(column ->
                candidates.add(candidate(qualifier + "." + quoted(column), "columns", "")));
      } else {
        tables(candidates);
      }
      return;
    }
    new LinkedHashSet<>(inScope.values())
        .forEach(table ->
            table
                .columns()
                .forEach(
                    column -> candidates.add(candidate(quoted(column), "columns", table.name()))));
    boolean lower = line.word().chars().anyMatch(Character::isLowerCase);
    SqlWords.FUNCTIONS.forEach(
        function -> candidates.add(open(lower ? function.toLowerCase(Locale.ROOT) : function)));
    SqlWords.KEYWORDS.forEach(keyword ->
        candidates.add(
            candidate(lower ? keyword.toLowerCase(Locale.ROOT) : keyword, "keywords", "")));
    inScope.keySet().forEach(name -> candidates.add(candidate(quoted(name), "tables", "")));
  }

  private void tables(List<Candidate> candidates) {
    for (DatabaseNames.Table table : names.tables()) {
      String name =
          table.schema().equals("default")
              ? quoted(table.name())
              : quoted(table.schema()) + "." + quoted(table.name());
      candidates.add(candidate(name, "tables", ""));
    }
  }

  /// The tables that a statement names, by their names and aliases in lower case.
  private Map<String, DatabaseNames.Table> tablesOf(String text, List<SqlToken> tokens) {
    Map<String, DatabaseNames.Table> found = new HashMap<>();
    List<String> words = new ArrayList<>();
    tokens.forEach(token -> words.add(token.name(text)));
    for (int i = 0; i < words.size(); i++) {
      int end = i + 1;
      String name = words.get(i);
      if (end + 1 < words.size() && words.get(end).equals(".")) {
        name = name + "." + words.get(end + 1);
        end += 2;
      }
      String alone = words.get(end - 1);
      if (i > 0 && words.get(i - 1).equals(".")) {
        continue;
      }
      int next = end;
      names
          .find(name)
          .ifPresent(table -> {
            found.put(alone.toLowerCase(Locale.ROOT), table);
            alias(words, next).ifPresent(alias -> found.put(alias.toLowerCase(Locale.ROOT), table));
          });
    }
    return found;
  }

  private static java.util.Optional<String> alias(List<String> words, int at) {
    int alias = at < words.size() && words.get(at).equalsIgnoreCase("AS") ? at + 1 : at;
    return alias < words.size()
            && PLAIN_NAME.matcher(words.get(alias)).matches()
            && !SqlWords.KEYWORDS.contains(words.get(alias).toUpperCase(Locale.ROOT))
        ? java.util.Optional.of(words.get(alias))
        : java.util.Optional.empty();
  }

  private static String quoted(String name) {
    return PLAIN_NAME.matcher(name).matches()
            && !SqlWords.RESERVED.contains(name.toUpperCase(Locale.ROOT))
        ? name
        : '"' + name.replace("\"", "\"\"") + '"';
  }

  private static Candidate candidate(String value, String group, String description) {
    return new Candidate(
        value,
        value,
        group.isEmpty() ? null : group,
        description.isEmpty() ? null : description,
        null,
        null,
        true);
  }

  /// A function, which is followed by its arguments.
  private static Candidate open(String function) {
    return new Candidate(function + "(", function, "functions", null, null, null, false);
  }
}
