package io.cuvee.calcite.pql;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.function.AggregateReference;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A statement of PQL:
///
/// ```
/// SELECT [TOP n] outputs FROM table [WHERE condition] [GROUP BY keys] [HAVING condition] [ORDER BY keys] [TOP n]
///     [LIMIT [offset,] n]
/// ```
///
/// Strings may be in double quotes. With GROUP BY the keys are columns of the result, in front of
/// the outputs, and the groups come by the first aggregate, largest first (smallest first for
/// `min`). Without TOP and LIMIT there are 10 rows, except for aggregates without GROUP BY. All
/// else is as in SQL.
public final class PqlStatement {
  private static final int DEFAULT_ROWS = 10;

  private static final Set<String> AGGREGATES = aggregates();

  private static final Pattern PERCENTILE = Pattern.compile("PERCENTILE[A-Z]*\\d+");

  private static Set<String> aggregates() {
    Set<String> names =
        new HashSet<>(Set.of("SUMMV", "MINMV", "MAXMV", "AVGMV", "DISTINCTCOUNTMV"));
    for (AggregateReference aggregate : AggregateReference.ALL) {
      names.add(aggregate.name());
      names.addAll(aggregate.aliases());
    }
    return Set.copyOf(names);
  }

  private enum Clause {
    SELECT,
    FROM,
    WHERE,
    GROUP,
    HAVING,
    ORDER,
    TOP,
    LIMIT
  }

  private final List<Token> tokens;
  private final Map<Clause, List<Token>> clauses = new EnumMap<>(Clause.class);

  private PqlStatement(String text) {
    this.tokens = Token.split(text);
    cut();
  }

  /// The same statement in SQL.
  ///
  /// @throws CuveeException `SQL_PARSE` that says which clause is wrong
  public static String toSql(String text) {
    return new PqlStatement(text).sql();
  }

  /// What the old response of the same statement is made of.
  ///
  /// @throws CuveeException `SQL_PARSE` that says which clause is wrong
  public static PqlForm toForm(String text) {
    PqlStatement statement = new PqlStatement(text);
    List<List<Token>> outputs = items(statement.clauses.get(Clause.SELECT));
    List<List<Token>> keys = items(statement.clauses.getOrDefault(Clause.GROUP, List.of()));
    if (outputs.stream().noneMatch(PqlStatement::isAggregate)) {
      return new PqlForm.Selection(statement.sql());
    }
    List<String> keyTexts = keys.stream().map(PqlStatement::text).toList();
    List<List<Token>> rest =
        outputs.stream()
            .filter(output -> keyTexts.stream().noneMatch(text(output)::equalsIgnoreCase))
            .toList();
    return new PqlForm.Aggregation(
        statement.groups(keyTexts, rest),
        keyTexts,
        rest.stream().map(PqlStatement::function).toList(),
        keys.isEmpty() ? 1 : statement.top());
  }

  /// The groups with all their aggregates: the first of them if there is one order, else all.
  private String groups(List<String> keys, List<List<Token>> functions) {
    List<String> columns = new ArrayList<>(keys);
    functions.forEach(function -> columns.add(text(function)));
    StringBuilder sql = new StringBuilder("SELECT ").append(String.join(", ", columns));
    append(sql, " FROM ", Clause.FROM);
    append(sql, " WHERE ", Clause.WHERE);
    append(sql, " GROUP BY ", Clause.GROUP);
    append(sql, " HAVING ", Clause.HAVING);
    append(sql, " ORDER BY ", Clause.ORDER);
    if (!keys.isEmpty() && clauses.containsKey(Clause.ORDER)) {
      sql.append(" LIMIT ").append(top());
    } else if (!keys.isEmpty() && functions.size() == 1) {
      List<Token> function = functions.getFirst();
      sql.append(" ORDER BY ")
          .append(text(unnamed(function)))
          .append(smallestFirst(function) ? " ASC NULLS LAST, " : " DESC NULLS LAST, ")
          .append(String.join(", ", keys))
          .append(" LIMIT ")
          .append(top());
    }
    return sql.toString();
  }

  private int top() {
    List<Token> count = clauses.getOrDefault(Clause.TOP, clauses.get(Clause.LIMIT));
    if (count == null) {
      return DEFAULT_ROWS;
    }
    try {
      int top = Integer.parseInt(text(count));
      if (top >= 0 && top <= PqlForm.MOST_GROUPS) {
        return top;
      }
    } catch (NumberFormatException notOne) {
      // Said below.
    }
    throw error(
        "TOP takes a number from 0 to " + PqlForm.MOST_GROUPS + ", not '" + text(count) + "'");
  }

  private static PqlForm.Function function(List<Token> output) {
    List<Token> call = unnamed(output);
    String word = call.getFirst().word();
    String text = text(call);
    String name = text;
    if (isAggregate(call) && call.getLast().is(")")) {
      String argument = text(call.subList(2, call.size() - 1));
      name =
          PqlForm.name(word)
              + "_"
              + (argument.equals("*") ? "star" : argument.replaceAll("\\s*,\\s*", "_"));
    }
    return new PqlForm.Function(name, PqlForm.REAL.contains(word), smallestFirst(call));
  }

  private static boolean smallestFirst(List<Token> output) {
    String word = output.getFirst().word();
    return word.equals("MIN") || word.equals("MINMV");
  }

  /// Cuts the statement into its clauses.
  private void cut() {
    if (tokens.isEmpty() || !tokens.getFirst().is("SELECT")) {
      throw error("A PQL statement begins with SELECT");
    }
    Clause clause = Clause.SELECT;
    clauses.put(clause, new ArrayList<>());
    int depth = 0;
    for (int i = 1; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      depth += token.is("(") ? 1 : token.is(")") ? -1 : 0;
      Clause next = depth == 0 ? clauseAt(i) : null;
      if (next == null) {
        clauses.get(clause).add(token);
        continue;
      }
      if (next == Clause.GROUP || next == Clause.ORDER) {
        i++;
      }
      boolean topOfSelect =
          next == Clause.TOP && clause == Clause.SELECT && clauses.get(clause).isEmpty();
      if (topOfSelect) {
        if (i + 1 >= tokens.size()) {
          throw error("TOP is not followed by a number");
        }
        clauses.put(Clause.TOP, List.of(tokens.get(++i)));
        continue;
      }
      if (clauses.containsKey(next)) {
        throw error(next + " stands twice");
      }
      clause = next;
      clauses.put(clause, new ArrayList<>());
    }
    for (Clause needed : List.of(Clause.SELECT, Clause.FROM)) {
      if (clauses.getOrDefault(needed, List.of()).isEmpty()) {
        throw error(needed + " is missing or empty");
      }
    }
  }

  private @Nullable Clause clauseAt(int index) {
    Token token = tokens.get(index);
    for (Clause clause : Clause.values()) {
      if (token.is(clause.name())) {
        boolean by = clause == Clause.GROUP || clause == Clause.ORDER;
        if (by && (index + 1 >= tokens.size() || !tokens.get(index + 1).is("BY"))) {
          return null;
        }
        if (clause == Clause.SELECT) {
          throw error("PQL has no sub-queries; use dialect=sql");
        }
        return clause;
      }
    }
    return null;
  }

  private String sql() {
    List<List<Token>> outputs = items(clauses.get(Clause.SELECT));
    List<List<Token>> keys = items(clauses.getOrDefault(Clause.GROUP, List.of()));
    List<Token> firstAggregate =
        outputs.stream().filter(PqlStatement::isAggregate).findFirst().orElse(null);
    List<String> columns = new ArrayList<>();
    for (List<Token> key : keys) {
      if (outputs.stream().noneMatch(output -> text(output).equalsIgnoreCase(text(key)))) {
        columns.add(text(key));
      }
    }
    outputs.forEach(output -> columns.add(text(output)));

    StringBuilder sql = new StringBuilder("SELECT ").append(String.join(", ", columns));
    append(sql, " FROM ", Clause.FROM);
    append(sql, " WHERE ", Clause.WHERE);
    append(sql, " GROUP BY ", Clause.GROUP);
    append(sql, " HAVING ", Clause.HAVING);
    if (clauses.containsKey(Clause.ORDER)) {
      append(sql, " ORDER BY ", Clause.ORDER);
    } else if (!keys.isEmpty() && firstAggregate != null) {
      sql.append(" ORDER BY ")
          .append(text(unnamed(firstAggregate)))
          .append(smallestFirst(firstAggregate) ? " ASC" : " DESC");
      // Groups of the same rank come in a fixed order.
      keys.forEach(key -> sql.append(", ").append(text(key)));
    }
    if (keys.isEmpty() && firstAggregate != null) {
      return sql.toString();
    }
    List<Token> count = clauses.getOrDefault(Clause.TOP, clauses.get(Clause.LIMIT));
    return sql.append(" LIMIT ").append(count == null ? "" + DEFAULT_ROWS : text(count)).toString();
  }

  private void append(StringBuilder sql, String keyword, Clause clause) {
    List<Token> body = clauses.get(clause);
    if (body != null) {
      if (body.isEmpty()) {
        throw error(clause + " is empty");
      }
      sql.append(keyword).append(text(body));
    }
  }

  private static boolean isAggregate(List<Token> output) {
    return output.size() > 2
        && output.get(1).is("(")
        && (AGGREGATES.contains(output.getFirst().word())
            || PERCENTILE.matcher(output.getFirst().word()).matches());
  }

  /// An output without its alias.
  private static List<Token> unnamed(List<Token> output) {
    for (int i = 0; i < output.size(); i++) {
      if (output.get(i).is("AS")) {
        return output.subList(0, i);
      }
    }
    return output;
  }

  /// The items of a list, cut at the commas outside of parentheses.
  private static List<List<Token>> items(List<Token> list) {
    List<List<Token>> items = new ArrayList<>();
    List<Token> item = new ArrayList<>();
    int depth = 0;
    for (Token token : list) {
      depth += token.is("(") ? 1 : token.is(")") ? -1 : 0;
      if (depth == 0 && token.is(",")) {
        items.add(item);
        item = new ArrayList<>();
      } else {
        item.add(token);
      }
    }
    if (!list.isEmpty()) {
      items.add(item);
    }
    for (List<Token> each : items) {
      if (each.isEmpty()) {
        throw error("Nothing stands beside a comma");
      }
    }
    return items;
  }

  private static String text(List<Token> tokens) {
    return tokens.stream().map(Token::sql).collect(Collectors.joining()).strip();
  }

  static CuveeException error(String problem) {
    return new CuveeException(
        ErrorCode.SQL_PARSE,
        problem
            + ". PQL is SELECT outputs FROM table [WHERE …] [GROUP BY … [HAVING …]] [ORDER BY …]"
            + " [TOP n | LIMIT n].");
  }

  /// A piece of the text.
  ///
  /// @param sql in SQL, with a blank in front where the text has one
  private record Token(String sql, String word) {
    boolean is(String other) {
      return word.equals(other);
    }

    static List<Token> split(String text) {
      List<Token> tokens = new ArrayList<>();
      int at = 0;
      while (at < text.length()) {
        int start = at;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
          at++;
        }
        String blank = at > start ? " " : "";
        if (at >= text.length()) {
          break;
        }
        start = at;
        char c = text.charAt(at);
        if (c == ';' && text.substring(at + 1).isBlank()) {
          break;
        }
        if (c == '\'' || c == '"') {
          at = quoteEnd(text, at);
          String inner = text.substring(start + 1, at - 1).replace("" + c + c, "" + c);
          tokens.add(new Token(blank + "'" + inner.replace("'", "''") + "'", "'"));
        } else if (Character.isJavaIdentifierStart(c)) {
          while (at < text.length() && Character.isJavaIdentifierPart(text.charAt(at))) {
            at++;
          }
          String word = text.substring(start, at);
          tokens.add(new Token(blank + word, word.toUpperCase(Locale.ROOT)));
        } else {
          at++;
          tokens.add(new Token(blank + c, "" + c));
        }
      }
      return tokens;
    }

    private static int quoteEnd(String text, int start) {
      char quote = text.charAt(start);
      int at = start + 1;
      while (true) {
        int close = text.indexOf(quote, at);
        if (close < 0) {
          throw error("A string is not closed with " + quote);
        }
        if (close + 1 >= text.length() || text.charAt(close + 1) != quote) {
          return close + 1;
        }
        at = close + 2;
      }
    }
  }
}
