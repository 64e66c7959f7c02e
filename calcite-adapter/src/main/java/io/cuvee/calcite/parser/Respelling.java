package io.cuvee.calcite.parser;

import io.cuvee.calcite.operator.TimeUnits;
import io.cuvee.calcite.parser.Spelling.Kind;
import io.cuvee.calcite.parser.Spelling.Token;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Brings what PostgreSQL and DuckDB write in their own way into the words that the parser knows:
/// `FROM t`, `a SEMI JOIN b`, `[1, 2]`, `x | y`, `INTERVAL 1 DAY`, `generate_series(1, 9)` as a
/// table, `t AT TIME ZONE 'UTC'` and others. Each rule looks at tokens and their neighbours.
final class Respelling {
  private static final Set<String> QUERIES = Set.of("SELECT", "WITH", "FROM", "VALUES", "TABLE");

  /// Patterns by other signs.
  private static final Map<String, List<String>> LIKES =
      Map.of(
          "~~", List.of("LIKE"),
          "!~~", List.of("NOT", "LIKE"),
          "~~*", List.of("ILIKE"),
          "!~~*", List.of("NOT", "ILIKE"));

  private final Spelling spelling;

  private Respelling(Spelling spelling) {
    this.spelling = spelling;
  }

  static Respelled of(ScannedStatement statement) {
    Respelling respelling = new Respelling(new Spelling(statement));
    respelling.run();
    return respelling.spelling.result();
  }

  private void run() {
    LambdaSpelling.apply(spelling);
    PivotSpelling.apply(spelling, this::beginsQuery);
    for (int i = 0; i < spelling.size(); i++) {
      Token token = spelling.get(i);
      switch (token.kind()) {
        case WORD -> word(i, token.upper());
        case SYMBOL -> symbol(i, token.text());
        case NUMBER -> number(i, token.text());
        case STRING -> string(i, token.text());
        case QUOTED -> {}
      }
    }
    for (int i = 0; i < spelling.size(); i++) {
      OperatorSpelling.apply(spelling, i);
    }
    for (int i = spelling.size() - 1; i >= 0; i--) {
      if (spelling.is(i, "SELECT")) {
        UnnestedList.apply(spelling, i);
        oneRow(i);
      }
    }
  }

  private void word(int i, String word) {
    switch (word) {
      case "FROM" -> {
        if (beginsQuery(i)) {
          fromFirst(i);
        } else {
          TableFunctionSpelling.apply(spelling, i + 1);
          NamedJoin.respell(spelling, i + 1);
        }
      }
      case "JOIN" -> {
        TableFunctionSpelling.apply(spelling, i + 1);
        NamedJoin.respell(spelling, i + 1);
      }
      case "VALUES" -> {
        if (spelling.is(i - 1, "FROM") || spelling.is(i - 1, "JOIN")) {
          int end = spelling.close(i + 1);
          while (spelling.is(end + 1, ",") && spelling.is(end + 2, "(")) {
            end = spelling.close(end + 2);
          }
          spelling.insert(end + 1, ")");
          spelling.insert(i, "(");
        }
      }
      case "SEMI", "ANTI" -> {
        if (spelling.is(i + 1, "JOIN") && !spelling.is(i - 1, "LEFT")) {
          spelling.insert(i, "LEFT");
        }
      }
      case "UNION" -> {
        int query = UnionByName.respell(spelling, i);
        if (query >= 0) {
          if (spelling.is(query, "FROM")) {
            fromFirst(query);
          }
          UnionByName.mark(spelling, query);
        }
      }
      case "PIVOT", "UNPIVOT" -> withoutAlias(i);
      case "TABLESAMPLE" -> Sampling.respell(spelling, i);
      case "POSITIONAL" -> {
        if (spelling.is(i + 1, "JOIN")) {
          spelling.replace(i, i + 1, "NATURAL", "CROSS");
        }
      }
      case "ASOF" -> AsOfSpelling.apply(spelling, i);
      case "ISNULL", "NOTNULL" -> {
        if (!spelling.beginsOperand(i) && !spelling.is(i + 1, "(")) {
          spelling.replace(i, i + 1, word.equals("ISNULL") ? "IS NULL" : "IS NOT NULL");
        }
      }
      case "INTERVAL" -> IntervalSpelling.apply(spelling, i);
      case "LIMIT" -> RowLimits.limit(spelling, i);
      case "OFFSET" -> ConstantCount.apply(spelling, i + 1);
      case "FETCH" -> RowLimits.fetch(spelling, i);
      case "EXCLUDE" -> {
        if (spelling.is(i - 1, "*") && !spelling.is(i + 1, "(")) {
          spelling.insert(i + 1, "(");
          spelling.insert(i + 3, ")");
        }
        StarColumns.respell(spelling, i);
      }
      case "MATERIALIZED" -> {
        int not = spelling.is(i - 1, "NOT") ? i - 1 : i;
        if (spelling.is(not - 1, "AS") && spelling.is(i + 1, "(")) {
          spelling.remove(not, i + 1);
        }
      }
      case "GROUPS" -> GroupsFrame.apply(spelling, i);
      case "IGNORE", "RESPECT" -> {
        if (spelling.is(i + 1, "NULLS") && spelling.is(i + 2, ")")) {
          spelling.remove(i, i + 2);
          spelling.insert(i + 1, word, "NULLS");
        }
      }
      case "LIST" -> {
        if (spelling.is(i + 1, "(")) {
          spelling.replace(i, i + 1, "ARRAY_AGG");
        }
      }
      case "FIRST", "LAST" -> {
        if (spelling.is(i + 1, "(") && spelling.is(spelling.close(i + 1) + 1, "OVER")) {
          spelling.replace(i, i + 1, word + "_VALUE");
        } else {
          firstOfOrder(i, word);
        }
      }
      case "FILTER" -> {
        if (spelling.is(i - 1, ")") && spelling.is(i + 1, "(") && !spelling.is(i + 2, "WHERE")) {
          spelling.insert(i + 2, "WHERE");
        }
      }
      case "DATETIME" -> {
        if (spelling.get(i + 1).kind() == Kind.STRING && spelling.beginsOperand(i)) {
          spelling.replace(i, i + 1, "TIMESTAMP");
        }
      }
      case "ARRAY" -> array(i);
      case "TIMESTAMP", "TIMESTAMPTZ" -> instant(i);
      case "TIMESTAMPADD", "TIMESTAMPDIFF", "DATEADD", "DATEDIFF", "DATEPART" -> {
        // The parser wants the unit as a word.
        Token unit = spelling.get(i + 2);
        String name = unit.text().replace("'", "");
        if (spelling.is(i + 1, "(") && unit.kind() == Kind.STRING && name.matches("[A-Za-z]+")) {
          spelling.replace(i + 2, i + 3, TimeUnits.canonical(name));
        }
      }
      case "TRIM", "OVERLAY" -> {
        // The parser takes these two with words between the arguments only.
        if (spelling.is(i + 1, "(") && spelling.hasComma(i + 1)) {
          spelling.replace(i, i + 1, word.equals("TRIM") ? "BTRIM" : "\"OVERLAY\"");
        }
      }
      case "COUNT" -> {
        if (spelling.is(i + 1, "(") && spelling.is(i + 2, ")")) {
          spelling.insert(i + 2, "*");
        }
      }
      default -> {}
    }
  }

  /// `ARRAY(1, 2)`, which is no query, as `[1, 2]`.
  private void array(int i) {
    int first = i + 1;
    while (spelling.is(first, "(")) {
      first++;
    }
    if (first > i + 1 && !QUERIES.contains(spelling.get(first).upper())) {
      int close = spelling.close(i + 1);
      spelling.replace(close, close + 1, "]");
      spelling.replace(i + 1, i + 2, "[");
      spelling.remove(i, i + 1);
      symbol(i, "[");
    }
  }

  /// `TIMESTAMP WITH TIME ZONE`, a type or before a text, whose offset says which instant is meant.
  private void instant(int i) {
    int type = spelling.is(i + 1, "(") ? spelling.close(i + 1) + 1 : i + 1;
    boolean zone =
        (spelling.is(type, "WITH") || spelling.is(type, "WITHOUT"))
            && spelling.is(type + 1, "TIME")
            && spelling.is(type + 2, "ZONE");
    if (zone) {
      spelling.remove(type, type + 3);
    }
    if ((zone || spelling.is(i, "TIMESTAMPTZ")) && spelling.get(type).kind() == Kind.STRING) {
      Token text = spelling.get(type);
      spelling.remove(i, type + 1);
      spelling.insert(i, "CAST", "(", "AS", "TIMESTAMP", ")");
      spelling.insertAll(i + 2, List.of(text));
    }
  }

  /// `t AS a PIVOT (…)`, of which the parser knows `t PIVOT (…)`.
  private void withoutAlias(int pivot) {
    if (!spelling.is(pivot + 1, "(")
        && !spelling.is(pivot + 1, "INCLUDE")
        && !spelling.is(pivot + 1, "EXCLUDE")) {
      return;
    }
    Token before = spelling.get(pivot - 2);
    int alias = spelling.is(pivot - 1, ")") ? spelling.openOf(pivot - 1) - 1 : -1;
    boolean columns =
        alias > 0
            && spelling.get(alias).kind() != Kind.SYMBOL
            && (spelling.is(alias - 1, "AS") || spelling.is(alias - 1, ")"));
    if (columns) {
      int table = spelling.is(alias - 1, "AS") ? alias - 2 : alias - 1;
      spelling.insert(pivot, ")");
      spelling.insert(spelling.operandStart(table), "(", "SELECT", "*", "FROM");
    } else if (before.is("AS")) {
      spelling.remove(pivot - 2, pivot);
    } else if (spelling.get(pivot - 1).kind() != Kind.SYMBOL
        && (before.is(")")
            || before.kind() == Kind.QUOTED
            || before.kind() == Kind.WORD && !before.is("FROM") && !before.is("JOIN"))) {
      spelling.remove(pivot - 1, pivot);
    }
  }

  /// Whether `#2` stands in ORDER BY or GROUP BY, where it is a column's number.
  private boolean ordinal(int sign) {
    if (spelling.get(sign + 1).kind() != Kind.NUMBER) {
      return false;
    }
    for (int i = sign - 1; i >= 0 && !spelling.is(i, "SELECT") && !spelling.is(i, "FROM"); i--) {
      if (spelling.is(i, "BY")) {
        return true;
      }
    }
    return false;
  }

  /// `FIRST(x ORDER BY y)`.
  private void firstOfOrder(int i, String word) {
    if (!spelling.is(i + 1, "(")) {
      return;
    }
    int close = spelling.close(i + 1);
    if (!spelling.is(spelling.clauseEnd(i + 2, Set.of("ORDER")), "ORDER")) {
      return;
    }
    boolean last = word.equals("LAST");
    spelling.insert(close + 1, "[", "1", "]");
    if (last) {
      spelling.insert(close + 1, ")");
    }
    spelling.replace(i, i + 1, "ARRAY_AGG");
    if (last) {
      spelling.insert(i, "ARRAY_REVERSE", "(");
    }
  }

  private void symbol(int i, String symbol) {
    switch (symbol) {
      case "[" -> {
        if (spelling.beginsOperand(i) && spelling.is(i + 1, "]")) {
          // An array of a type that CAST may change.
          spelling.replace(
              i, i + 2, "ARRAY_SLICE", "(", "ARRAY", "[", "0", "]", ",", "1", ",", "0", ")");
        } else if (spelling.beginsOperand(i)) {
          spelling.insert(i, "ARRAY");
        }
      }
      case ":" -> slice(i);
      case "//" -> spelling.replace(i, i + 1, "/");
      case "==" -> spelling.replace(i, i + 1, "=");
      case "~" -> {
        if (spelling.beginsOperand(i)) {
          int end = spelling.operandEnd(i + 1);
          spelling.insert(end, ")");
          spelling.replace(i, i + 1, "BITNOT", "(");
        }
      }
      case "#" -> {
        if (spelling.beginsOperand(i) && ordinal(i)) {
          spelling.remove(i, i + 1);
        } else {
          spelling.shift(i, java.util.Objects.requireNonNull(Respelled.OPERATORS.get(symbol)));
        }
      }
      case "&", "|", ">>", "<<" ->
          spelling.shift(i, java.util.Objects.requireNonNull(Respelled.OPERATORS.get(symbol)));
      case "~~", "!~~", "~~*", "!~~*" ->
          spelling.replace(
              i, i + 1, java.util.Objects.requireNonNull(LIKES.get(symbol)).toArray(new String[0]));
      case "," -> {
        if (spelling.is(i + 1, "FROM")) {
          spelling.remove(i, i + 1);
        } else {
          TableFunctionSpelling.apply(spelling, i + 1);
          if (spelling.is(i + 1, "(") && TableFunctionSpelling.isInFrom(spelling, i)) {
            NamedJoin.respell(spelling, i + 1);
          }
        }
      }
      default -> {}
    }
  }

  /// `x[a:b]`.
  private void slice(int colon) {
    int open = colon;
    int depth = 0;
    while (open >= 0 && depth >= 0) {
      open--;
      depth += spelling.is(open, "]") || spelling.is(open, ")") ? 1 : 0;
      depth -= spelling.is(open, "[") || spelling.is(open, "(") ? 1 : 0;
    }
    if (!spelling.is(open, "[") || spelling.beginsOperand(open)) {
      return;
    }
    int close = spelling.close(open);
    spelling.replace(close, close + 1, ")");
    if (colon + 1 == close) {
      spelling.insert(close, "-1");
    }
    spelling.replace(colon, colon + 1, ",");
    spelling.replace(open, open + 1, ",");
    if (colon == open + 1) {
      spelling.insert(colon, "1");
    }
    spelling.insert(spelling.operandStart(open - 1), "ARRAY_SLICE", "(");
  }

  private void number(int i, String number) {
    String plain = number.replace("_", "");
    if (plain.startsWith("0x") || plain.startsWith("0X")) {
      try {
        spelling.replace(i, i + 1, new BigInteger(plain.substring(2), 16).toString());
      } catch (NumberFormatException wrong) {
        // The parser says what is wrong.
      }
    } else if (!plain.equals(number) && Character.isDigit(plain.charAt(plain.length() - 1))) {
      spelling.replace(i, i + 1, plain);
    }
  }

  private void string(int i, String text) {
    if (text.startsWith("$$")) {
      String content = text.substring(2, Math.max(2, text.length() - 2));
      spelling.replace(i, i + 1, "'" + content.replace("'", "''") + "'");
    }
  }

  /// Whether a FROM begins a query, without a SELECT before it.
  private boolean beginsQuery(int from) {
    int depth = 0;
    int before = from - 1;
    if (from == 0) {
      return true;
    }
    Token last = spelling.get(before);
    if (last.is("(")) {
      return !spelling.isWord(before - 1)
          || !Set.of("TRIM", "EXTRACT", "SUBSTRING", "OVERLAY")
              .contains(spelling.get(before - 1).upper());
    }
    if (last.is("UNION") || last.is("EXCEPT") || last.is("INTERSECT") || last.is("ALL")) {
      return true;
    }
    if (!last.is(")")) {
      return false;
    }
    // Behind WITH t AS (…).
    for (int i = before; i >= 0; i--) {
      Token token = spelling.get(i);
      depth += token.is(")") ? 1 : token.is("(") ? -1 : 0;
      if (depth < 0 || depth == 0 && token.is("SELECT")) {
        return false;
      }
      if (depth == 0 && token.is("WITH")) {
        return true;
      }
    }
    return false;
  }

  private void fromFirst(int from) {
    int end = spelling.clauseEnd(from + 1, Clauses.AFTER_FROM);
    if (!spelling.is(end, "SELECT")) {
      spelling.insert(from, "SELECT", "*");
      return;
    }
    int listEnd = spelling.clauseEnd(end + 1, Clauses.AFTER_SELECT);
    List<Token> list = new ArrayList<>(spelling.tokens.subList(end, listEnd));
    spelling.remove(end, listEnd);
    spelling.insertAll(from, list);
  }

  /// `SELECT 1 WHERE …`: of one row, as without WHERE.
  private void oneRow(int select) {
    int end = spelling.clauseEnd(select + 1, Clauses.AFTER_SELECT);
    while (spelling.is(end - 1, "AS")
        || spelling.is(end - 1, ".")
        || spelling.is(end, "GROUP") && !spelling.is(end + 1, "BY")) {
      end = spelling.clauseEnd(end + 1, Clauses.AFTER_SELECT);
    }
    if (spelling.is(end, "WHERE") || spelling.is(end, "GROUP") || spelling.is(end, "HAVING")) {
      spelling.insert(end, "FROM", "(", "VALUES", "(", "0", ")", ")", "AS", "one_row");
    }
  }
}
