package io.cuvee.calcite.parser;

import io.cuvee.calcite.operator.TimeUnits;
import io.cuvee.calcite.parser.Spelling.Kind;
import io.cuvee.calcite.parser.Spelling.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Numbers, times and arrays as tables: `generate_series(1, 9) AS t (x)`, which is of the rows of
/// an UNNEST with a name for its column.
final class TableFunctionSpelling {
  private final Spelling spelling;

  private TableFunctionSpelling(Spelling spelling) {
    this.spelling = spelling;
  }

  static void apply(Spelling spelling, int function) {
    new TableFunctionSpelling(spelling).apply(function);
  }

  private void apply(int i) {
    String name = spelling.get(i).upper();
    boolean series = name.equals("GENERATE_SERIES") || name.equals("RANGE");
    if (!spelling.isWord(i) || !spelling.is(i + 1, "(") || !series && !name.equals("UNNEST")) {
      return;
    }
    if (spelling.is(i - 1, ",") && !isInFrom(spelling, i - 1)) {
      return;
    }
    List<List<Token>> arrays = ArraysInStep.arguments(spelling, i + 1);
    if (!series && arrays.size() > 1) {
      ArraysInStep.table(spelling, i, arrays, "unnest_" + spelling.newNumber());
      return;
    }
    int close = spelling.close(i + 1);
    if (spelling.is(close + 1, "WITH")) {
      return;
    }
    alias(close + 1, series ? name.toLowerCase(Locale.ROOT) : "unnest", name.equals("RANGE"));
    if (!series) {
      return;
    }
    if (!timeSeries(i, close)) {
      spelling.insert(close + 1, ")");
      spelling.replace(i, i + 1, "UNNEST", "(", name);
    }
  }

  /// Whether a comma is one of a FROM clause.
  static boolean isInFrom(Spelling spelling, int comma) {
    int depth = 0;
    for (int i = comma - 1; i >= 0; i--) {
      Token token = spelling.get(i);
      depth += token.is(")") || token.is("]") ? 1 : token.is("(") || token.is("[") ? -1 : 0;
      if (depth < 0) {
        return false;
      }
      if (depth == 0 && token.kind() == Kind.WORD) {
        if (token.is("FROM")) {
          return true;
        }
        if (token.is("SELECT") || Clauses.AFTER_FROM.contains(token.upper())) {
          return false;
        }
      }
    }
    return false;
  }

  /// Gives the table that ends before `at` a name for its column, if it has none.
  private void alias(int at, String function, boolean ownColumn) {
    int name = spelling.is(at, "AS") ? at + 1 : at;
    Token alias = spelling.get(name);
    boolean named =
        name > at
            || alias.kind() == Kind.QUOTED
            || alias.kind() == Kind.WORD && !Clauses.BEHIND_TABLES.contains(alias.upper());
    if (!named) {
      spelling.insert(at, "AS", "\"" + function + "\"", "(", "\"" + function + "\"", ")");
    } else if (!spelling.is(name + 1, "(")) {
      String column = ownColumn ? "\"" + function + "\"" : alias.text();
      spelling.insert(name + 1, "(", column, ")");
    }
  }

  /// `generate_series(from, to, INTERVAL '1' DAY)`: points in time, counted.
  private boolean timeSeries(int i, int close) {
    List<Integer> commas = new ArrayList<>();
    for (int at = i + 2; at < close; at++) {
      if (spelling.is(at, "(") || spelling.is(at, "[")) {
        at = spelling.close(at);
      } else if (spelling.is(at, ",")) {
        commas.add(at);
      }
    }
    if (commas.size() != 2 || !spelling.is(commas.get(1) + 1, "INTERVAL")) {
      return false;
    }
    IntervalSpelling.apply(spelling, commas.get(1) + 1);
    int third = commas.get(1) + 2;
    String amount = spelling.get(third).text().replace("'", "");
    String unit = spelling.get(third + 1).upper();
    if (amount.contains(" ")) {
      unit = amount.substring(amount.indexOf(' ') + 1).strip().toUpperCase(Locale.ROOT);
      amount = amount.substring(0, amount.indexOf(' '));
    }
    unit = TimeUnits.canonical(unit);
    if (!IntervalSpelling.UNITS.contains(unit) || !amount.matches("-?\\d{1,9}")) {
      return false;
    }
    boolean inclusive = spelling.is(i, "GENERATE_SERIES");
    List<Token> from = spelling.copy(i + 2, commas.get(0));
    List<Token> to = spelling.copy(commas.get(0) + 1, commas.get(1));
    int end = spelling.close(i + 1);
    spelling.remove(i, end + 1);
    int unique = spelling.newNumber();
    String number = "n_" + unique;
    List<Token> query = new ArrayList<>();
    Spelling.add(query, "(", "SELECT", "TIMESTAMPADD", "(", unit, ",", number, ",", "CAST", "(");
    query.addAll(from);
    Spelling.add(query, "AS", "TIMESTAMP", ")", ")", "FROM", "UNNEST", "(");
    Spelling.add(
        query, inclusive ? "GENERATE_SERIES" : "RANGE", "(", "0", ",", "TIMESTAMPDIFF", "(", unit);
    Spelling.add(query, ",", "CAST", "(");
    query.addAll(from);
    Spelling.add(query, "AS", "TIMESTAMP", ")", ",", "CAST", "(");
    query.addAll(to);
    Spelling.add(query, "AS", "TIMESTAMP", ")", ")");
    if (!inclusive) {
      // Cut units are whole: one that has begun counts too.
      Spelling.add(
          query, "+", "CASE", "WHEN", "TIMESTAMPADD", "(", unit, ",", "TIMESTAMPDIFF", "(", unit);
      Spelling.add(query, ",", "CAST", "(");
      query.addAll(from);
      Spelling.add(query, "AS", "TIMESTAMP", ")", ",", "CAST", "(");
      query.addAll(to);
      Spelling.add(query, "AS", "TIMESTAMP", ")", ")", ",", "CAST", "(");
      query.addAll(from);
      Spelling.add(query, "AS", "TIMESTAMP", ")", ")", "<", "CAST", "(");
      query.addAll(to);
      Spelling.add(query, "AS", "TIMESTAMP", ")", "THEN", "1", "ELSE", "0", "END");
    }
    Spelling.add(query, ",", amount, ")", ")", "AS", "s_" + unique, "(", number, ")", ")");
    spelling.insertAll(i, query);
    return true;
  }
}
