package io.cuvee.calcite.parser;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One pass over a statement's text, before any parser: finds the key of the plan cache and the
/// literals that may become parameters. Only literals that stand alone beside a comparison, BETWEEN
/// or IN in WHERE, HAVING, QUALIFY or ON, or that are the count of LIMIT or OFFSET, are taken out;
/// all others may change types or labels and stay in the key.
public final class StatementScan {
  /// Begins a mark in the key; no statement holds this character outside of quotes.
  private static final char MARK = '\u0001';

  /// Operators of a statement at most; each costs a level of recursion somewhere in the planner.
  private static final int MAX_OPERATORS = 5_000;

  /// Queries within a statement at most.
  private static final int MAX_QUERIES = 500;

  private enum Clause {
    /// Nothing is taken out.
    OTHER,
    CONDITION,
    LIMIT
  }

  /// What came before the token at hand, as far as a literal after it may be taken out.
  private enum Before {
    OTHER,
    COMPARISON,
    BETWEEN,
    LIST,
    LIMIT
  }

  private final String text;
  private final int maxNesting;
  private final int maxListLength;
  private final StringBuilder key;
  private final List<Literal> literals = new ArrayList<>();

  private int at;
  private boolean gap;
  private final List<Integer> backticks = new ArrayList<>();
  private final List<Integer> markedNames = new ArrayList<>();
  private final List<Integer> names = new ArrayList<>();
  private final List<ScannedStatement.DistinctOn> distinctOns = new ArrayList<>();
  private int lastDistinct;
  private Before before = Before.OTHER;
  private boolean afterName;
  private boolean afterIn;
  private boolean afterLiteral;
  private boolean afterCast;
  private boolean beforeType;
  private boolean beforeName;
  private int prefixOperators;
  private int operators;
  private int queries;
  private int clientParameters;

  // The stack of parentheses; index 0 is the statement itself.
  private int depth;
  private Clause[] clauses = new Clause[16];
  private int[] caseDepths = new int[16];
  private boolean[] betweens = new boolean[16];
  private OperatorChain[] chains = new OperatorChain[16];
  private boolean[] casts = new boolean[16];
  private @Nullable ListScan[] lists = new @Nullable ListScan[16];

  // A minus sign, or DATE or TIMESTAMP, that belongs to a literal if one follows.
  private int signOffset = -1;
  private @Nullable Keyword temporal;
  private int leadOffset = -1;
  private int leadKeyStart;

  // A literal that is taken out if the next token ends the operand.
  private @Nullable Literal pending;
  private int pendingKeyStart;

  private static final class ListScan {
    private final int keyStart;
    private final List<Literal> values = new ArrayList<>();
    private boolean plain = true;

    ListScan(int keyStart) {
      this.keyStart = keyStart;
    }
  }

  private StatementScan(String text, int start, int maxNesting, int maxListLength) {
    this.text = text;
    this.at = start;
    this.maxNesting = maxNesting;
    this.maxListLength = maxListLength;
    this.key = new StringBuilder(text.length() - start);
    clauses[0] = Clause.OTHER;
    chains[0] = new OperatorChain();
  }

  /// Scans `text`.
  ///
  /// @throws CuveeException `SQL_PARSE` for an unclosed quote or comment, several statements, or a
  ///   statement beyond a bound
  public static ScannedStatement scan(String text, int maxNesting, int maxListLength) {
    ScannedStatement.Prefix prefix = ScannedStatement.Prefix.NONE;
    int start = Lexemes.skipBlank(text, 0);
    if (Lexemes.wordAt(text, start) == Keyword.EXPLAIN) {
      int next = Lexemes.skipBlank(text, start + 7);
      prefix = ScannedStatement.Prefix.EXPLAIN_PLAN;
      Keyword word = Lexemes.wordAt(text, next);
      if (word == Keyword.ANALYZE) {
        prefix = ScannedStatement.Prefix.EXPLAIN_ANALYZE;
        next = Lexemes.skipBlank(text, next + 7);
        word = Lexemes.wordAt(text, next);
      } else if (word == Keyword.IMPLEMENTATION) {
        next = Lexemes.skipBlank(text, next + 14);
        word = Lexemes.wordAt(text, next);
      }
      if (word == Keyword.PLAN) {
        next = Lexemes.skipBlank(text, next + 4);
        word = Lexemes.wordAt(text, next);
      }
      if (word == Keyword.FOR) {
        next = Lexemes.skipBlank(text, next + 3);
      }
      start = next;
    }
    StatementScan scan = new StatementScan(text, start, maxNesting, maxListLength);
    int end = scan.run();
    boolean untouched = Lexemes.skipBlank(text, 0) == start;
    return new ScannedStatement(
        text,
        scan.key.toString(),
        scan.literals,
        prefix,
        untouched ? 0 : start,
        end,
        scan.backticks,
        scan.markedNames,
        scan.names,
        scan.distinctOns,
        scan.clientParameters);
  }

  private int run() {
    int end = text.length();
    while (true) {
      skipGap();
      if (at >= end) {
        settle(true);
        return end;
      }
      char c = text.charAt(at);
      if (c == ';') {
        settle(true);
        int semicolon = at;
        int rest = at;
        while (rest < end && text.charAt(rest) == ';') {
          rest = Lexemes.skipBlank(text, rest + 1);
        }
        if (rest < end) {
          throw error(
              semicolon, "Only one statement at a time is allowed; a second one begins after ';'");
        }
        return semicolon;
      }
      token(c);
    }
  }

  private void token(char c) {
    int start = at;
    if (Lexemes.isWordStart(c)) {
      if (c == '$' && charAt(at + 1) == '$') {
        int close = text.indexOf("$$", at + 2);
        if (close < 0) {
          throw error(start, "A string that begins with $$ is not closed");
        }
        at = close + 2;
        other(start);
        return;
      }
      at = Lexemes.wordEnd(text, at);
      if (at < text.length() && text.charAt(at) == '\'') {
        // A prefixed string, as N'…' or X'…'.
        at = Lexemes.quoteEnd(text, at);
        other(start);
        return;
      }
      word(start);
    } else if (c == '\'') {
      at = Lexemes.quoteEnd(text, at);
      string(start);
    } else if (Lexemes.isDigit(c)
        || (c == '.' && at + 1 < text.length() && Lexemes.isDigit(text.charAt(at + 1)))) {
      number(start);
    } else if (c == '"' || c == '`') {
      if (c == '`') {
        backticks.add(start);
      }
      at = Lexemes.quoteEnd(text, at);
      other(start);
      afterName = true;
    } else {
      symbol(c, start);
    }
  }

  private void word(int start) {
    boolean isName = beforeName && charAt(Lexemes.skipBlank(text, at)) != '(';
    Keyword keyword = isName ? null : Keyword.of(text, start, at);
    if (keyword == null) {
      if (text.charAt(start) == '$') {
        markedNames.add(start);
      } else if (isName) {
        names.add(start);
      }
      other(start);
      if (isName) {
        afterName = true;
        return;
      }
      if (endsKey("DISTINCT")) {
        lastDistinct = start;
      } else if (endsKey("GROUP BY ALL") && GroupByAll.mayEndHere(text, at)) {
        markedNames.add(start);
      }
      afterName = true;
      return;
    }
    settle(keyword.endsOperand());
    int keyStart = append(start);
    chains[depth].startOperand();
    boolean in = false;
    Before next = Before.OTHER;
    boolean name = false;
    boolean cast = false;
    boolean type = false;
    boolean alias = false;
    int signs = 0;
    switch (keyword) {
      case ON -> {
        boolean distinct = endsKey("DISTINCT ON");
        clause(distinct ? Clause.OTHER : Clause.CONDITION);
        if (distinct) {
          distinctOn(start);
        }
      }
      case WHERE, HAVING, QUALIFY -> clause(Clause.CONDITION);
      case LIMIT, OFFSET -> {
        clause(Clause.LIMIT);
        next = Before.LIMIT;
      }
      case SELECT -> {
        clause(Clause.OTHER);
        if (++queries > MAX_QUERIES) {
          throw error(start, "The statement has more than " + MAX_QUERIES + " queries in it");
        }
      }
      case FROM,
          GROUP,
          ORDER,
          JOIN,
          UNION,
          INTERSECT,
          EXCEPT,
          MINUS,
          WINDOW,
          FETCH,
          USING,
          VALUES,
          WITH ->
          clause(Clause.OTHER);
      case CASE -> {
        caseDepths[depth]++;
        nest(start);
      }
      case END -> caseDepths[depth] = Math.max(0, caseDepths[depth] - 1);
      case BETWEEN -> {
        countOperator(start, chains[depth].countPattern());
        betweens[depth] = true;
        next = Before.BETWEEN;
      }
      case LIKE, ILIKE, RLIKE, SIMILAR -> {
        countOperator(start, chains[depth].countPattern());
        name = true;
      }
      case AND -> {
        countOperator(start, chains[depth].countLogical());
        if (betweens[depth]) {
          betweens[depth] = false;
          next = Before.BETWEEN;
        }
      }
      case OR -> countOperator(start, chains[depth].countLogical());
      case NOT -> signs = prefixOperators + 1;
      case IN -> in = true;
      case DEFAULT -> {
        if (charAt(Lexemes.skipBlank(text, at)) == '.') {
          markedNames.add(start);
        }
        name = true;
      }
      case TIME, UUID -> {
        markIfName(start);
        name = true;
      }
      case CAST, TRY_CAST, SAFE_CAST -> cast = true;
      case AS -> {
        type = casts[depth];
        alias = !type;
      }
      case DATE, TIMESTAMP -> {
        if (before == Before.COMPARISON || before == Before.BETWEEN || before == Before.LIST) {
          temporal = keyword;
          leadOffset = start;
          leadKeyStart = keyStart;
          afterName = true;
          markIfName(start);
          return;
        }
        markIfName(start);
        name = true;
      }
      case LEFT, RIGHT, ANALYZE, CROSS, EXPLAIN, FOR, FULL, IMPLEMENTATION, INNER, NATURAL, PLAN ->
          name = true;
    }
    spoilList();
    reset(next);
    afterIn = in;
    afterName = name || cast;
    afterCast = cast;
    beforeType = type;
    beforeName = alias;
    prefixOperators = signs;
    checkSigns(start);
  }

  /// Whether the key ends with these words.
  private boolean endsKey(String words) {
    int from = key.length() - words.length();
    if (from < 0 || from > 0 && Lexemes.isWordPart(key.charAt(from - 1))) {
      return false;
    }
    for (int i = 0; i < words.length(); i++) {
      if (Character.toUpperCase(key.charAt(from + i)) != words.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private void distinctOn(int on) {
    int open = Lexemes.skipBlank(text, at);
    if (charAt(open) != '(') {
      throw error(on, "DISTINCT ON is not followed by expressions in parentheses");
    }
    int keys = 1;
    int nested = 0;
    for (int i = open + 1; i < text.length(); i = Lexemes.skip(text, i)) {
      char c = text.charAt(i);
      if (c == '(' || c == '[') {
        nested++;
      } else if (c == ')' && nested == 0) {
        markedNames.add(lastDistinct);
        distinctOns.add(new ScannedStatement.DistinctOn(lastDistinct, on, open, i, keys));
        return;
      } else if (c == ')' || c == ']') {
        nested--;
      } else if (c == ',' && nested == 0) {
        keys++;
      }
    }
    throw error(open, "The parenthesis after DISTINCT ON is not closed");
  }

  /// A word that begins literals and names types, but also columns: the latter unless a quote, a
  /// parenthesis or WITH follows, or a type is due.
  private void markIfName(int start) {
    int next = Lexemes.skipBlank(text, at);
    char c = charAt(next);
    boolean literalOrType =
        beforeType
            || c == '\''
            || c == '('
            || Lexemes.wordAt(text, Math.min(next, text.length())) == Keyword.WITH;
    if (!literalOrType) {
      markedNames.add(start);
    }
  }

  private char charAt(int index) {
    return index < text.length() ? text.charAt(index) : ' ';
  }

  private void string(int start) {
    Keyword lead = temporal;
    settle(false);
    int keyStart = append(start);
    Literal literal = null;
    if (takesLiteral() && signOffset < 0) {
      if (lead == null) {
        literal = new Literal(start, LiteralText.string(text, start, at), ColumnType.STRING);
      } else {
        Long value =
            lead == Keyword.DATE
                ? LiteralText.date(text, start, at)
                : LiteralText.timestamp(text, start, at);
        if (value != null) {
          literal =
              new Literal(
                  leadOffset, value, lead == Keyword.DATE ? ColumnType.DATE : ColumnType.TIMESTAMP);
          keyStart = leadKeyStart;
        }
      }
    }
    literal(literal, keyStart);
  }

  private void number(int start) {
    int end = text.length();
    boolean point = false;
    boolean exponent = false;
    while (at < end) {
      char c = text.charAt(at);
      if (c == '.' && !point && !exponent) {
        point = true;
      } else if ((c == 'e' || c == 'E') && !exponent && exponentFollows(at + 1)) {
        exponent = true;
        at++;
      } else if (!Lexemes.isDigit(c)) {
        break;
      }
      at++;
    }
    if (at < end && Lexemes.isWordStart(text.charAt(at))) {
      at = Lexemes.wordEnd(text, at);
      other(start);
      return;
    }
    boolean negative = signOffset >= 0;
    int offset = negative ? signOffset : start;
    boolean usable = temporal == null && takesLiteral();
    boolean limit = before == Before.LIMIT && !negative;
    settle(false);
    int keyStart = append(start);
    Literal literal = null;
    if ((usable || limit) && !point && !exponent) {
      Long value = LiteralText.integer(text, start, at);
      if (value != null && (usable || value > 0)) {
        ColumnType type = limit || value > Integer.MAX_VALUE ? ColumnType.LONG : ColumnType.INT;
        literal = new Literal(offset, negative ? -value : value, type);
      }
    } else if (usable && exponent) {
      double value = Double.parseDouble(text.substring(start, at));
      if (!Double.isInfinite(value)) {
        literal = new Literal(offset, negative ? -value : value, ColumnType.DOUBLE);
      }
    } else if (usable) {
      java.math.BigDecimal value = LiteralText.decimal(text, start, at);
      if (value != null) {
        literal = new Literal(offset, negative ? value.negate() : value, ColumnType.BIG_DECIMAL);
      }
    }
    literal(literal, negative ? leadKeyStart : keyStart);
  }

  private boolean exponentFollows(int index) {
    int next = index < text.length() && "+-".indexOf(text.charAt(index)) >= 0 ? index + 1 : index;
    return next < text.length() && Lexemes.isDigit(text.charAt(next));
  }

  /// A literal was appended to the key from `keyStart`; it is taken out if it may be and the next
  /// token agrees.
  private void literal(@Nullable Literal literal, int keyStart) {
    if (literal == null) {
      spoilList();
    }
    pending = literal;
    pendingKeyStart = keyStart;
    ListScan list = lists[depth];
    if (literal != null && list != null && list.values.size() >= maxListLength) {
      throw error(literal.offset(), "A list has more than " + maxListLength + " values");
    }
    reset(Before.OTHER);
    afterLiteral = true;
  }

  private void symbol(char c, int start) {
    at++;
    switch (c) {
      case '(' -> open(start);
      case ')' -> close(start);
      case ',' -> {
        chains[depth].startClause();
        settle(lists[depth] != null || clauses[depth] == Clause.LIMIT);
        append(start);
        Before next =
            lists[depth] != null
                ? Before.LIST
                : clauses[depth] == Clause.LIMIT ? Before.LIMIT : Before.OTHER;
        reset(next);
      }
      case '=', '<', '>', '!' -> {
        int end = text.length();
        while (at < end && "=<>!".indexOf(text.charAt(at)) >= 0) {
          at++;
        }
        settle(false);
        append(start);
        spoilList();
        countOperator(start, chains[depth].countLogical());
        // `1 = 0` is a probe that the planner answers; its literals are the point of it.
        reset(afterLiteral ? Before.OTHER : Before.COMPARISON);
      }
      case '-' -> {
        settle(false);
        int keyStart = append(start);
        if (takesLiteral() && signOffset < 0 && temporal == null) {
          signOffset = start;
          leadKeyStart = keyStart;
          afterIn = false;
          afterName = false;
        } else {
          sign(start);
        }
      }
      case '+', '~' -> {
        settle(false);
        append(start);
        sign(start);
      }
      case ':' -> {
        boolean type = charAt(at) == ':';
        if (type) {
          at++;
        }
        other(start);
        beforeType = type;
      }
      case '?' -> {
        clientParameters++;
        other(start);
      }
      case MARK -> throw error(start, "The statement holds the control character U+0001");
      default -> {
        if (c == '*' || c == '/' || c == '%' || (c == '|' && charAt(at) != '|')) {
          countOperator(start, chains[depth].countArithmetic());
        }
        other(start);
        beforeName = c == '.';
      }
    }
  }

  private void sign(int start) {
    int signs = prefixOperators + 1;
    spoilList();
    countOperator(start, chains[depth].countArithmetic());
    reset(Before.OTHER);
    prefixOperators = signs;
    checkSigns(start);
  }

  private void checkSigns(int start) {
    if (prefixOperators > maxNesting) {
      throw error(start, "More than " + maxNesting + " signs or NOTs in a row");
    }
  }

  private void open(int start) {
    settle(false);
    append(start);
    nest(start);
    boolean inside = clauses[depth] == Clause.CONDITION && caseDepths[depth] == 0;
    boolean list = afterIn && inside;
    boolean cast = afterCast;
    Clause clause = inside && !afterName ? Clause.CONDITION : Clause.OTHER;
    spoilList();
    depth++;
    if (depth == clauses.length) {
      clauses = Arrays.copyOf(clauses, depth * 2);
      caseDepths = Arrays.copyOf(caseDepths, depth * 2);
      betweens = Arrays.copyOf(betweens, depth * 2);
      chains = Arrays.copyOf(chains, depth * 2);
      casts = Arrays.copyOf(casts, depth * 2);
      lists = Arrays.copyOf(lists, depth * 2);
    }
    clauses[depth] = clause;
    caseDepths[depth] = 0;
    betweens[depth] = false;
    chains[depth] = new OperatorChain();
    casts[depth] = cast;
    lists[depth] = list ? new ListScan(key.length()) : null;
    reset(list ? Before.LIST : Before.OTHER);
  }

  private void close(int start) {
    settle(true);
    ListScan list = lists[depth];
    if (list != null && list.plain && !list.values.isEmpty()) {
      takeList(list);
    }
    append(start);
    if (depth > 0) {
      lists[depth] = null;
      depth--;
    }
    spoilList();
    reset(Before.OTHER);
  }

  /// One parameter for all values of the list, if they have one type.
  private void takeList(ListScan list) {
    ColumnType type = list.values.getFirst().type();
    for (Literal value : list.values) {
      if (!value.type().equals(type)) {
        boolean integers = value.type().dataType().isInteger() && type.dataType().isInteger();
        if (!integers) {
          return;
        }
        type = ColumnType.LONG;
      }
    }
    List<Object> values = new ArrayList<>(list.values.size());
    for (Literal value : list.values) {
      values.add(value.value());
    }
    literals.add(
        new Literal(list.values.getFirst().offset(), values, ColumnType.arrayOf(type.dataType())));
    key.setLength(list.keyStart);
    key.append(MARK).append('[').append(tag(type.dataType()));
  }

  private void nest(int start) {
    if (depth + caseDepths[depth] >= maxNesting) {
      throw error(start, "Expressions are nested more than " + maxNesting + " deep");
    }
  }

  private void countOperator(int start, @Nullable String problem) {
    if (problem != null) {
      throw error(start, problem);
    }
    if (++operators > MAX_OPERATORS) {
      throw error(
          start,
          "The statement has more than "
              + MAX_OPERATORS
              + " operators; IN (…) takes many values as one");
    }
  }

  private void other(int start) {
    settle(false);
    append(start);
    spoilList();
    reset(Before.OTHER);
  }

  private void reset(Before next) {
    before = next;
    afterIn = false;
    afterName = false;
    afterLiteral = false;
    afterCast = false;
    beforeType = false;
    beforeName = false;
    signOffset = -1;
    temporal = null;
    prefixOperators = 0;
  }

  private void clause(Clause clause) {
    clauses[depth] = clause;
    betweens[depth] = false;
    chains[depth].startClause();
  }

  private boolean takesLiteral() {
    return switch (before) {
      case COMPARISON, BETWEEN -> clauses[depth] == Clause.CONDITION && caseDepths[depth] == 0;
      case LIST -> true;
      case LIMIT, OTHER -> false;
    };
  }

  /// Marks a list as holding something else than literals.
  private void spoilList() {
    ListScan list = lists[depth];
    if (list != null) {
      list.plain = false;
    }
  }

  /// Decides about the literal before the token at hand.
  private void settle(boolean operandEnds) {
    Literal literal = pending;
    if (literal == null) {
      return;
    }
    pending = null;
    ListScan list = lists[depth];
    if (list != null) {
      if (operandEnds) {
        list.values.add(literal);
      } else {
        list.plain = false;
      }
      return;
    }
    if (operandEnds) {
      key.setLength(pendingKeyStart);
      key.append(MARK).append(tag(literal.type().dataType()));
      literals.add(literal);
    }
  }

  private static char tag(DataType type) {
    return switch (type) {
      case INT -> 'i';
      case LONG -> 'l';
      case DOUBLE -> 'd';
      case BIG_DECIMAL -> 'n';
      case STRING -> 's';
      case DATE -> 'D';
      case TIMESTAMP -> 'T';
      case FLOAT, BOOLEAN, TIME, JSON, UUID, BYTES -> '?';
    };
  }

  /// Appends the token from `start` to the key and returns where in the key it begins.
  private int append(int start) {
    if (gap && key.length() > 0) {
      key.append(' ');
    }
    gap = false;
    int keyStart = key.length();
    key.append(text, start, at);
    return keyStart;
  }

  private void skipGap() {
    int next = Lexemes.skipBlank(text, at);
    gap |= next > at;
    at = next;
  }

  private CuveeException error(int offset, String problem) {
    return Lexemes.error(text, offset, problem);
  }
}
