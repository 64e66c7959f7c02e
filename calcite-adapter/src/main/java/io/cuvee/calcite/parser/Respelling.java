package io.cuvee.calcite.parser;

import io.cuvee.calcite.operator.TimeUnits;
import io.cuvee.calcite.parser.Spelling.Kind;
import io.cuvee.calcite.parser.Spelling.Token;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Brings what PostgreSQL and DuckDB write in their own way into the words that the parser knows:
/// `FROM t`, `a SEMI JOIN b`, `[1, 2]`, `x | y`, `INTERVAL 1 DAY`, `generate_series(1, 9)` as a
/// table, `t AT TIME ZONE 'UTC'` and others. Each rule looks at tokens and their neighbours.
public final class Respelling {
  /// A text that stands behind the sort keys of a window whose frame counts groups of peers, which
  /// are written as rows.
  public static final String GROUPS_MARK = "groups$frame";

  /// Words that begin the clause behind a FROM or a select list, or what follows a query.
  private static final Set<String> CLAUSES =
      Set.of(
          "WHERE",
          "GROUP",
          "HAVING",
          "QUALIFY",
          "WINDOW",
          "ORDER",
          "LIMIT",
          "OFFSET",
          "FETCH",
          "UNION",
          "EXCEPT",
          "INTERSECT",
          "MINUS");

  private static final Set<String> AFTER_FROM = with("SELECT");
  private static final Set<String> AFTER_SELECT = with("FROM");

  private static final Set<String> UNITS =
      Set.of("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "MILLISECOND");

  private static final Set<String> QUERIES = Set.of("SELECT", "WITH", "FROM", "VALUES", "TABLE");

  /// Patterns by other signs.
  private static final Map<String, List<String>> LIKES =
      Map.of(
          "~~", List.of("LIKE"),
          "!~~", List.of("NOT", "LIKE"),
          "~~*", List.of("ILIKE"),
          "!~~*", List.of("NOT", "ILIKE"));

  private final Spelling spelling;
  private int made;

  private Respelling(Spelling spelling) {
    this.spelling = spelling;
  }

  static Respelled of(ScannedStatement statement) {
    Respelling respelling = new Respelling(new Spelling(statement));
    respelling.run();
    return respelling.spelling.result();
  }

  private static Set<String> with(String clause) {
    Set<String> words = new HashSet<>(CLAUSES);
    words.add(clause);
    return Set.copyOf(words);
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
      binary(i);
    }
    for (int i = spelling.size() - 1; i >= 0; i--) {
      if (spelling.is(i, "SELECT")) {
        unnested(i);
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
          tableFunction(i + 1);
          NamedJoin.respell(spelling, i + 1);
        }
      }
      case "JOIN" -> {
        tableFunction(i + 1);
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
      case "INTERVAL" -> interval(i);
      case "LIMIT" -> limit(i);
      case "OFFSET" -> ConstantCount.apply(spelling, i + 1);
      case "FETCH" -> fetch(i);
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
      case "GROUPS" -> groups(i);
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
          tableFunction(i + 1);
          if (spelling.is(i + 1, "(") && isInFrom(i)) {
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

  /// Operators that bind as tightly as calls do, or that are none: they become calls.
  private void binary(int i) {
    String operator = spelling.get(i).text();
    if (i == 0 || spelling.get(i).kind() != Kind.SYMBOL && !spelling.is(i, "AT")) {
      return;
    }
    switch (operator.toUpperCase(Locale.ROOT)) {
      case "^", "**" -> power(i);
      case "^@" -> call(i, 1, "STARTS_WITH");
      case "::" -> cast(i);
      case "->", "->>" -> {
        if (path(i + 1)) {
          call(i, 1, "JSON_EXTRACT_SCALAR");
        }
      }
      case "AT" -> {
        if (spelling.is(i + 1, "TIME") && spelling.is(i + 2, "ZONE")) {
          int start = spelling.operandStart(i - 1);
          boolean instant =
              spelling.is(start, "TO_UTC_TIMESTAMP")
                  || spelling.is(start, "NOW")
                  || spelling.is(start, "CURRENT_TIMESTAMP");
          call(i, 3, instant ? "FROM_UTC_TIMESTAMP" : "TO_UTC_TIMESTAMP");
        }
      }
      default -> {}
    }
  }

  /// `x::type`, whose operand the parser would take to be all that is before it.
  private void cast(int operator) {
    int type = operator + 1;
    int end = type + 1;
    if (spelling.is(type, "INTERVAL") && spelling.get(operator - 1).kind() == Kind.STRING) {
      spelling.remove(operator, end);
      spelling.insert(operator - 1, "INTERVAL");
      interval(operator - 1);
      return;
    }
    if (spelling.is(end, "PRECISION") || spelling.is(end, "VARYING")) {
      end++;
    }
    if (spelling.is(end, "(")) {
      end = spelling.close(end) + 1;
    }
    boolean zone = spelling.is(end, "WITH") || spelling.is(end, "WITHOUT");
    if (zone && spelling.is(end + 1, "TIME") && spelling.is(end + 2, "ZONE")) {
      spelling.remove(end, end + 3);
    }
    int length = spelling.get(end + 1).kind() == Kind.NUMBER ? 1 : 0;
    if (spelling.is(end, "[") && spelling.is(end + 1 + length, "]")) {
      // A length binds nothing.
      spelling.replace(end, end + 2 + length, "ARRAY");
      end++;
    }
    spelling.insert(end, ")");
    spelling.replace(operator, operator + 1, "AS");
    spelling.insert(spelling.operandStart(operator - 1), "CAST", "(");
  }

  /// Makes a call of the operands on both sides of `width` tokens. A sign binds closer than `^`, as
  /// in PostgreSQL.
  private void power(int operator) {
    int sign = spelling.operandStart(operator - 1) - 1;
    boolean signed = spelling.is(sign, "-") && spelling.beginsOperand(sign);
    int end = spelling.operandEnd(operator + 1);
    spelling.insert(end, ")");
    spelling.replace(operator, operator + 1, ",");
    spelling.insert(signed ? sign : sign + 1, "POWER", "(");
  }

  private void call(int operator, int width, String function) {
    int end = spelling.operandEnd(operator + width);
    spelling.insert(end, ")");
    spelling.replace(operator, operator + width, ",");
    spelling.insert(spelling.operandStart(operator - 1), function, "(");
  }

  /// Makes a path of the key at `->`; false if it is none.
  private boolean path(int i) {
    Token key = spelling.get(i);
    if (key.kind() == Kind.NUMBER) {
      spelling.replace(i, i + 1, "'$[" + key.text() + "]'");
      return true;
    }
    if (key.kind() != Kind.STRING || !key.text().startsWith("'")) {
      return false;
    }
    if (!key.text().startsWith("'$")) {
      spelling.replace(i, i + 1, "'$." + key.text().substring(1));
    }
    return true;
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
    int end = spelling.clauseEnd(from + 1, AFTER_FROM);
    if (!spelling.is(end, "SELECT")) {
      spelling.insert(from, "SELECT", "*");
      return;
    }
    int listEnd = spelling.clauseEnd(end + 1, AFTER_SELECT);
    List<Token> list = new ArrayList<>(spelling.tokens.subList(end, listEnd));
    spelling.remove(end, listEnd);
    spelling.insertAll(from, list);
  }

  /// Numbers as a table: `generate_series(1, 9) AS t (x)`.
  private void tableFunction(int i) {
    String name = spelling.get(i).upper();
    boolean series = name.equals("GENERATE_SERIES") || name.equals("RANGE");
    if (!spelling.isWord(i) || !spelling.is(i + 1, "(") || !series && !name.equals("UNNEST")) {
      return;
    }
    if (spelling.is(i - 1, ",") && !isInFrom(i - 1)) {
      return;
    }
    List<List<Token>> arrays = ArraysInStep.arguments(spelling, i + 1);
    if (!series && arrays.size() > 1) {
      ArraysInStep.table(spelling, i, arrays, "unnest_" + ++made);
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
  private boolean isInFrom(int comma) {
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
        if (token.is("SELECT") || AFTER_FROM.contains(token.upper())) {
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
            || alias.kind() == Kind.WORD
                && !AFTER_FROM.contains(alias.upper())
                && !Set.of(
                        "JOIN", "LEFT", "RIGHT", "FULL", "INNER", "CROSS", "ON", "USING", "NATURAL",
                        "ASOF", "SEMI", "ANTI", "LATERAL")
                    .contains(alias.upper());
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
    interval(commas.get(1) + 1);
    int third = commas.get(1) + 2;
    String amount = spelling.get(third).text().replace("'", "");
    String unit = spelling.get(third + 1).upper();
    if (amount.contains(" ")) {
      unit = amount.substring(amount.indexOf(' ') + 1).strip().toUpperCase(Locale.ROOT);
      amount = amount.substring(0, amount.indexOf(' '));
    }
    unit = TimeUnits.canonical(unit);
    if (!UNITS.contains(unit) || !amount.matches("-?\\d{1,9}")) {
      return false;
    }
    boolean inclusive = spelling.is(i, "GENERATE_SERIES");
    List<Token> from = spelling.copy(i + 2, commas.get(0));
    List<Token> to = spelling.copy(commas.get(0) + 1, commas.get(1));
    int end = spelling.close(i + 1);
    spelling.remove(i, end + 1);
    String number = "n_" + ++made;
    List<Token> query = new ArrayList<>();
    add(query, "(", "SELECT", "TIMESTAMPADD", "(", unit, ",", number, ",", "CAST", "(");
    query.addAll(from);
    add(query, "AS", "TIMESTAMP", ")", ")", "FROM", "UNNEST", "(");
    add(query, inclusive ? "GENERATE_SERIES" : "RANGE", "(", "0", ",", "TIMESTAMPDIFF", "(", unit);
    add(query, ",", "CAST", "(");
    query.addAll(from);
    add(query, "AS", "TIMESTAMP", ")", ",", "CAST", "(");
    query.addAll(to);
    add(query, "AS", "TIMESTAMP", ")", ")");
    if (!inclusive) {
      // Cut units are whole: one that has begun counts too.
      add(query, "+", "CASE", "WHEN", "TIMESTAMPADD", "(", unit, ",", "TIMESTAMPDIFF", "(", unit);
      add(query, ",", "CAST", "(");
      query.addAll(from);
      add(query, "AS", "TIMESTAMP", ")", ",", "CAST", "(");
      query.addAll(to);
      add(query, "AS", "TIMESTAMP", ")", ")", ",", "CAST", "(");
      query.addAll(from);
      add(query, "AS", "TIMESTAMP", ")", ")", "<", "CAST", "(");
      query.addAll(to);
      add(query, "AS", "TIMESTAMP", ")", "THEN", "1", "ELSE", "0", "END");
    }
    add(query, ",", amount, ")", ")", "AS", "s_" + made, "(", number, ")", ")");
    spelling.insertAll(i, query);
    return true;
  }

  private static void add(List<Token> tokens, String... texts) {
    for (String text : texts) {
      tokens.add(Spelling.made(text));
    }
  }

  /// `INTERVAL 1 DAY`, `INTERVAL (x) DAYS`, `INTERVAL '1 day 2 hours'`.
  private void interval(int i) {
    Token next = spelling.get(i + 1);
    if (next.kind() == Kind.STRING) {
      unit(i + 2, false);
      compound(i);
      return;
    }
    boolean negative = next.is("-") && spelling.get(i + 2).kind() == Kind.NUMBER;
    if (next.kind() == Kind.NUMBER || negative) {
      int number = negative ? i + 2 : i + 1;
      if (unit(number + 1, true)) {
        String text = (negative ? "-" : "") + spelling.get(number).text();
        spelling.replace(i + 1, number + 1, "'" + text + "'");
        compound(i);
      }
      return;
    }
    if (next.is("(") || next.kind() == Kind.WORD && !spelling.beginsOperand(i + 2)) {
      int end = spelling.operandEnd(i + 1);
      if (unit(end, true)) {
        String unit = spelling.get(end).text();
        spelling.replace(end, end + 1, "*", "INTERVAL", "'1'", unit, ")");
        spelling.replace(i, i + 1, "(");
      }
    }
  }

  /// Puts the singular of a unit in the place of its plural.
  private boolean unit(int i, boolean needed) {
    if (!spelling.isWord(i)) {
      return false;
    }
    String unit = TimeUnits.canonical(spelling.get(i).text());
    if (!UNITS.contains(unit)) {
      return false;
    }
    if (needed || !spelling.is(i, unit)) {
      spelling.replace(i, i + 1, unit);
    }
    return true;
  }

  /// The sum of the parts of an interval, of which the parser knows one alone.
  private void compound(int i) {
    String text = spelling.get(i + 1).text();
    boolean named = spelling.isWord(i + 2) && UNITS.contains(spelling.get(i + 2).upper());
    String whole =
        text.substring(1, text.length() - 1).strip()
            + (named ? " " + spelling.get(i + 2).text() : "");
    String[] parts = whole.split("\\s+");
    boolean millis = whole.toUpperCase(Locale.ROOT).contains("MILLI");
    if (parts.length % 2 != 0 || parts.length < 2 || parts.length == 2 && !millis) {
      return;
    }
    int end = i + (named ? 3 : 2);
    // The parser cannot add months to days, but both to a time.
    String sign = !spelling.beginsOperand(i - 1) && spelling.is(i - 1, "-") ? "-" : "+";
    boolean alone =
        !spelling.is(i - 1, sign)
            || spelling.beginsOperand(i - 1)
            || spelling.is(end, "*")
            || spelling.is(end, "/");
    List<Token> sum = new ArrayList<>();
    if (alone) {
      add(sum, "(");
    }
    for (int p = 0; p < parts.length; p += 2) {
      String unit = TimeUnits.canonical(parts[p + 1]);
      if (!UNITS.contains(unit) || !parts[p].matches("-?\\d+(\\.\\d+)?")) {
        return;
      }
      if (p > 0) {
        add(sum, alone ? "+" : sign);
      }
      if (unit.equals("MILLISECOND")) {
        add(sum, parts[p], "*", "INTERVAL", "'0.001'", "SECOND");
      } else {
        add(sum, "INTERVAL", "'" + parts[p] + "'", unit);
      }
    }
    if (alone) {
      add(sum, ")");
    }
    spelling.remove(i, end);
    spelling.insertAll(i, sum);
  }

  private void limit(int i) {
    Token count = spelling.get(i + 1);
    if (count.is("NULL")) {
      spelling.replace(i + 1, i + 2, "ALL");
    }
    if (spelling.is(i + 1, "(") && spelling.is(spelling.close(i + 1) + 1, "%")
        || spelling.is(i + 1, "(") && spelling.is(spelling.close(i + 1) + 1, "PERCENT")) {
      spelling.remove(spelling.close(i + 1), spelling.close(i + 1) + 1);
      spelling.remove(i + 1, i + 2);
    }
    ConstantCount.apply(spelling, i + 1);
    percentage(i + 1);
  }

  /// A frame of GROUPS as one of ROWS, whose order has a mark at its end.
  private void groups(int i) {
    Token next = spelling.get(i + 1);
    boolean frame =
        next.is("BETWEEN")
            || (next.is("UNBOUNDED") || next.kind() == Kind.NUMBER || next.is("?"))
                && spelling.is(i + 2, "PRECEDING")
            || next.is("CURRENT") && spelling.is(i + 2, "ROW");
    boolean first =
        spelling.is(i - 1, "(") && (spelling.is(i - 2, "OVER") || spelling.is(i - 2, "AS"));
    if (!frame || spelling.beginsOperand(i) && !first) {
      return;
    }
    int order = i;
    int depth = 0;
    while (order > 0 && depth == 0 && !spelling.is(order, "ORDER")) {
      order--;
      depth += spelling.is(order, ")") ? 1 : spelling.is(order, "(") ? -1 : 0;
      while (depth > 0) {
        order--;
        depth += spelling.is(order, ")") ? 1 : spelling.is(order, "(") ? -1 : 0;
      }
    }
    if (!spelling.is(order, "ORDER")) {
      throw new CuveeException(
          ErrorCode.SQL_VALIDATION, "A window frame of GROUPS needs an ORDER BY in its window.");
    }
    spelling.replace(i, i + 1, "ROWS");
    spelling.insert(i, ",", "'" + GROUPS_MARK + "'");
  }

  /// `10%` and `10 PERCENT` as a count that is marked.
  private void percentage(int count) {
    Token behind = spelling.get(count + 2);
    boolean modulo = behind.kind() == Kind.NUMBER || behind.is("(") || behind.is("?");
    if (spelling.is(count + 1, "PERCENT") || spelling.is(count + 1, "%") && !modulo) {
      spelling.remove(count + 1, count + 2);
      spelling.percentage(count);
    }
  }

  /// `FETCH FIRST ROW ONLY`, `FETCH FIRST 3 ROWS WITH TIES`.
  private void fetch(int i) {
    int count = i + 2;
    ConstantCount.apply(spelling, count);
    if (spelling.is(count, "ROW") || spelling.is(count, "ROWS")) {
      spelling.insert(count, "1");
    }
    percentage(count);
    if (spelling.is(count + 2, "WITH") && spelling.is(count + 3, "TIES")) {
      spelling.replace(count + 2, count + 4, "ONLY");
      spelling.tie(count);
    }
  }

  /// UNNEST in a select list: each element with the other columns, those of several arrays in step.
  private void unnested(int select) {
    List<Integer> calls = new ArrayList<>();
    int end = spelling.clauseEnd(select + 1, AFTER_SELECT);
    for (int at = select + 1; at < end; at++) {
      boolean begins = at == select + 1 || spelling.is(at - 1, ",");
      if (begins && spelling.is(at, "UNNEST") && spelling.is(at + 1, "(")) {
        calls.add(at);
      }
      if (spelling.is(at, "(") || spelling.is(at, "[")) {
        at = spelling.close(at);
      }
    }
    if (calls.isEmpty()) {
      return;
    }
    String table = "unnest_" + ++made;
    List<List<Token>> arrays = new ArrayList<>();
    for (int at : calls) {
      arrays.add(spelling.copy(at + 2, spelling.close(at + 1)));
    }
    List<Token> unnest = new ArrayList<>();
    if (calls.size() == 1) {
      int at = calls.getFirst();
      unnest.addAll(spelling.tokens.subList(at, spelling.close(at + 1) + 1));
      add(unnest, "AS", table, "(", "\"unnest\"", ")");
    } else {
      unnest.addAll(ArraysInStep.places(arrays, table));
    }
    for (int i = calls.size() - 1; i >= 0; i--) {
      int at = calls.get(i);
      int next = spelling.close(at + 1) + 1;
      boolean named = next < end && !spelling.is(next, ",");
      spelling.remove(at, next);
      if (calls.size() == 1) {
        spelling.insert(at, table, ".", "\"unnest\"");
      } else {
        List<Token> element = ArraysInStep.element(arrays.get(i), table);
        if (!named) {
          add(element, "AS", "\"unnest\"");
        }
        spelling.insertAll(at, element);
      }
    }
    int listEnd = spelling.clauseEnd(select + 1, AFTER_SELECT);
    boolean from = spelling.is(listEnd, "FROM");
    int fromEnd = from ? spelling.clauseEnd(listEnd + 1, AFTER_FROM) : listEnd;
    spelling.insertAll(fromEnd, unnest);
    spelling.insert(fromEnd, from ? "," : "FROM");
  }

  /// `SELECT 1 WHERE …`: of one row, as without WHERE.
  private void oneRow(int select) {
    int end = spelling.clauseEnd(select + 1, AFTER_SELECT);
    while (spelling.is(end - 1, "AS")
        || spelling.is(end - 1, ".")
        || spelling.is(end, "GROUP") && !spelling.is(end + 1, "BY")) {
      end = spelling.clauseEnd(end + 1, AFTER_SELECT);
    }
    if (spelling.is(end, "WHERE") || spelling.is(end, "GROUP") || spelling.is(end, "HAVING")) {
      spelling.insert(end, "FROM", "(", "VALUES", "(", "0", ")", ")", "AS", "one_row");
    }
  }
}
