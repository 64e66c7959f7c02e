package io.cuvee.calcite.parser;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The tokens of a statement, which may be moved, replaced, and joined by others, and still know
/// where they come from.
final class Spelling {
  /// Operators of more than one character, longer ones first.
  private static final List<String> OPERATORS =
      List.of(
          "!~~*", "!~~", "~~*", "!~*", "->>", "<=>", "~~", "!~", "~*", "::", "||", "<=", ">=", "<>",
          "!=", "==", "<<", ">>", "//", "**", "^@", "->", "=>", "..");

  /// Words behind which an expression begins, so that they are no names.
  private static final Set<String> BEFORE_OPERANDS =
      Set.of(
          "SELECT",
          "DISTINCT",
          "ALL",
          "ANY",
          "SOME",
          "AND",
          "OR",
          "NOT",
          "WHEN",
          "THEN",
          "ELSE",
          "CASE",
          "BY",
          "LIKE",
          "ILIKE",
          "BETWEEN",
          "IN",
          "ON",
          "WHERE",
          "HAVING",
          "QUALIFY",
          "LIMIT",
          "OFFSET",
          "FROM",
          "IS",
          "AS",
          "USING",
          "VALUES",
          "RETURNING",
          "TO",
          "ESCAPE",
          "UNION",
          "EXCEPT",
          "INTERSECT",
          "JOIN",
          "FETCH",
          "SET",
          "LATERAL");

  enum Kind {
    WORD,
    QUOTED,
    STRING,
    NUMBER,
    SYMBOL
  }

  /// @param start offset in the client's text; -1 for what was put in
  /// @param gap whether there is white space before it
  record Token(Kind kind, String text, int start, boolean gap) {
    boolean is(String symbolOrWord) {
      return (kind == Kind.SYMBOL || kind == Kind.WORD) && text.equalsIgnoreCase(symbolOrWord);
    }

    String upper() {
      return kind == Kind.WORD ? text.toUpperCase(Locale.ROOT) : text;
    }
  }

  private final ScannedStatement statement;
  final List<Token> tokens = new ArrayList<>();
  private final Map<Integer, String> operators = new HashMap<>();
  private final Set<Integer> ties = new HashSet<>();
  private final Set<Integer> percentages = new HashSet<>();
  private boolean changed;
  private int numbers;

  Spelling(ScannedStatement statement) {
    this.statement = statement;
    String text = statement.text();
    int end = statement.bodyEnd();
    int at = statement.bodyStart();
    while (true) {
      int start = Lexemes.skipBlank(text, at);
      if (start >= end) {
        return;
      }
      int next = tokenEnd(text, start);
      tokens.add(new Token(kind(text, start), text.substring(start, next), start, start > at));
      at = next;
    }
  }

  private static Kind kind(String text, int start) {
    char c = text.charAt(start);
    if (c == '\'' || text.startsWith("$$", start) || isPrefixed(text, start)) {
      return Kind.STRING;
    }
    if (c == '"' || c == '`') {
      return Kind.QUOTED;
    }
    if (Lexemes.isWordStart(c)) {
      return Kind.WORD;
    }
    return isNumber(text, start) ? Kind.NUMBER : Kind.SYMBOL;
  }

  private static boolean isNumber(String text, int start) {
    char next = start + 1 < text.length() ? text.charAt(start + 1) : ' ';
    return Lexemes.isDigit(text.charAt(start))
        || text.charAt(start) == '.' && Lexemes.isDigit(next);
  }

  private static boolean isPrefixed(String text, int start) {
    int end = Lexemes.wordEnd(text, start);
    return end > start && end < text.length() && text.charAt(end) == '\'' && end - start <= 2;
  }

  private static int tokenEnd(String text, int start) {
    char c = text.charAt(start);
    if (text.startsWith("$$", start)) {
      int close = text.indexOf("$$", start + 2);
      return close < 0 ? text.length() : close + 2;
    }
    if (c == '\'' || c == '"' || c == '`') {
      return Lexemes.quoteEnd(text, start);
    }
    if (isPrefixed(text, start)) {
      return Lexemes.quoteEnd(text, Lexemes.wordEnd(text, start));
    }
    if (Lexemes.isWordStart(c)) {
      return Lexemes.wordEnd(text, start);
    }
    if (isNumber(text, start)) {
      int at = start;
      boolean point = false;
      while (at < text.length()) {
        char d = text.charAt(at);
        boolean exponent =
            (d == 'e' || d == 'E')
                && at + 2 < text.length()
                && "+-".indexOf(text.charAt(at + 1)) >= 0
                && Lexemes.isDigit(text.charAt(at + 2))
                && !text.startsWith("0x", start);
        boolean range = d == '.' && at + 1 < text.length() && text.charAt(at + 1) == '.';
        if (exponent) {
          at += 2;
        } else if (d == '.' && !point && !range) {
          point = true;
          at++;
        } else if (Lexemes.isWordPart(d)) {
          at++;
        } else {
          break;
        }
      }
      return at;
    }
    for (String operator : OPERATORS) {
      if (text.startsWith(operator, start)) {
        return start + operator.length();
      }
    }
    return start + 1;
  }

  int size() {
    return tokens.size();
  }

  Token get(int index) {
    return index >= 0 && index < tokens.size()
        ? tokens.get(index)
        : new Token(Kind.SYMBOL, "", -1, false);
  }

  boolean is(int index, String symbolOrWord) {
    return get(index).is(symbolOrWord);
  }

  boolean isWord(int index) {
    return get(index).kind() == Kind.WORD;
  }

  void insert(int index, String... texts) {
    for (int i = 0; i < texts.length; i++) {
      tokens.add(index + i, made(texts[i]));
    }
    changed = true;
  }

  static Token made(String text) {
    Kind kind =
        Lexemes.isWordStart(text.charAt(0))
            ? Kind.WORD
            : text.charAt(0) == '\''
                ? Kind.STRING
                : text.charAt(0) == '"'
                    ? Kind.QUOTED
                    : Lexemes.isDigit(text.charAt(0)) ? Kind.NUMBER : Kind.SYMBOL;
    return new Token(kind, text, -1, true);
  }

  static void add(List<Token> tokens, String... texts) {
    for (String text : texts) {
      tokens.add(made(text));
    }
  }

  /// A number for names of things that are put in, another one each time.
  int newNumber() {
    return ++numbers;
  }

  void remove(int from, int to) {
    tokens.subList(from, to).clear();
    changed = true;
  }

  /// Replaces the tokens from `from` to before `to`; they are the place of the first new one.
  void replace(int from, int to, String... texts) {
    int start = get(from).start();
    remove(from, to);
    insert(from, texts);
    if (texts.length > 0) {
      Token first = tokens.get(from);
      tokens.set(from, new Token(first.kind(), first.text(), start, true));
    }
  }

  /// The tokens from `from` to before `to`, as ones that were put in.
  List<Token> copy(int from, int to) {
    List<Token> copies = new ArrayList<>();
    for (Token token : tokens.subList(from, to)) {
      copies.add(new Token(token.kind(), token.text(), -1, true));
    }
    return copies;
  }

  void insertAll(int index, List<Token> more) {
    tokens.addAll(index, more);
    changed = true;
  }

  /// Has the parser read an operator as `<<`, which is of the right precedence.
  void shift(int index, String function) {
    Token token = tokens.get(index);
    operators.put(token.start(), function);
    tokens.set(index, new Token(Kind.SYMBOL, "<<", token.start(), true));
    changed = true;
  }

  void tie(int index) {
    ties.add(tokens.get(index).start());
  }

  void percentage(int index) {
    percentages.add(tokens.get(index).start());
  }

  /// Whether an operand may begin at this token, since none ends before it.
  boolean beginsOperand(int index) {
    Token before = get(index - 1);
    return switch (before.kind()) {
      case WORD -> BEFORE_OPERANDS.contains(before.upper());
      case SYMBOL -> !(before.is(")") || before.is("]") || before.is("}"));
      case QUOTED, STRING, NUMBER -> false;
    };
  }

  /// The index of the bracket that closes the one at `open`; the last token's if none does.
  int close(int open) {
    int depth = 0;
    for (int i = open; i < size(); i++) {
      Token token = get(i);
      if (token.kind() == Kind.SYMBOL) {
        if ("([{".contains(token.text())) {
          depth++;
        } else if (")]}".contains(token.text()) && --depth == 0) {
          return i;
        }
      }
    }
    return size() - 1;
  }

  /// Whether a comma stands between the bracket at `open` and its end, and not within others.
  boolean hasComma(int open) {
    int close = close(open);
    for (int i = open + 1; i < close; i++) {
      if (is(i, ",")) {
        return true;
      }
      if (is(i, "(") || is(i, "[") || is(i, "{")) {
        i = close(i);
      }
    }
    return false;
  }

  /// The index of the bracket that `close` closes; 0 if there is none.
  int openOf(int close) {
    int depth = 0;
    for (int i = close; i >= 0; i--) {
      Token token = get(i);
      if (token.kind() == Kind.SYMBOL) {
        if (")]}".contains(token.text())) {
          depth++;
        } else if ("([{".contains(token.text()) && --depth == 0) {
          return i;
        }
      }
    }
    return 0;
  }

  /// Where the operand begins whose last token this is: a name, literal, call, CASE, or something
  /// in parentheses, with what is taken out of it by `.`, `[…]` and `::`.
  int operandStart(int last) {
    int start = last;
    Token token = get(last);
    if (token.is(")")) {
      start = openOf(last);
      if (is(start - 1, "OVER") || is(start - 1, "FILTER")) {
        return operandStart(start - 2);
      }
      if (is(start - 1, "GROUP") && is(start - 2, "WITHIN")) {
        return operandStart(start - 3);
      }
      if (isWord(start - 1) && !BEFORE_OPERANDS.contains(get(start - 1).upper())
          || get(start - 1).kind() == Kind.QUOTED) {
        start--;
      }
    } else if (token.is("]")) {
      start = openOf(last);
      if (is(start - 1, "ARRAY")) {
        start--;
      } else if (!beginsOperand(start)) {
        start = operandStart(start - 1);
      }
    } else if (token.is("END")) {
      int depth = 0;
      for (start = last; start > 0; start--) {
        depth += is(start, "END") ? 1 : is(start, "CASE") ? -1 : 0;
        if (depth == 0) {
          break;
        }
      }
    }
    if (is(start - 1, ".") || is(start - 1, "::")) {
      return operandStart(start - 2);
    }
    boolean literal = token.kind() == Kind.STRING && isWord(last - 1) && start == last;
    return literal && !BEFORE_OPERANDS.contains(get(last - 1).upper()) ? last - 1 : start;
  }

  /// Behind the last token of the operand that begins here.
  int operandEnd(int first) {
    int at = first;
    while (is(at, "-") || is(at, "+") || is(at, "~")) {
      at++;
    }
    if (is(at, "CASE")) {
      int depth = 0;
      do {
        depth += is(at, "CASE") ? 1 : is(at, "END") ? -1 : 0;
        at++;
      } while (depth > 0 && at < size());
    } else if (is(at, "(") || is(at, "[")) {
      at = close(at) + 1;
    } else if (isWord(at) && get(at + 1).kind() == Kind.STRING) {
      at += is(at, "INTERVAL") ? 3 : 2;
    } else {
      at++;
    }
    while (true) {
      if (is(at, "(") && !get(at).gap() && isWord(at - 1) || is(at, "[")) {
        at = close(at) + 1;
      } else if (is(at, ".")) {
        at += 2;
      } else if (is(at, "::")) {
        at += 2;
        if (is(at, "(")) {
          at = close(at) + 1;
        }
      } else {
        return Math.min(at, size());
      }
    }
  }

  /// Behind the last token that belongs to the clause that begins behind `from`: before a word of
  /// these at the same depth, a closing bracket or the end.
  int clauseEnd(int from, Set<String> words) {
    int at = from;
    while (at < size()) {
      Token token = get(at);
      if (token.kind() == Kind.SYMBOL && "([{".contains(token.text())) {
        at = close(at);
      } else if (token.kind() == Kind.SYMBOL && ")]}".contains(token.text())
          || token.kind() == Kind.WORD && words.contains(token.upper())) {
        return at;
      }
      at++;
    }
    return at;
  }

  /// The statement with its new text, if there is one.
  Respelled result() {
    if (!changed) {
      return Respelled.unchanged(statement);
    }
    StringBuilder text = new StringBuilder();
    Map<Integer, Integer> places = new HashMap<>();
    NavigableMap<Integer, Respelled.Origin> origins = new TreeMap<>();
    String source = statement.text();
    int end = -1;
    for (Token token : tokens) {
      boolean unchanged = token.start() >= 0 && source.startsWith(token.text(), token.start());
      boolean adjacent = unchanged && token.start() == end;
      if (!adjacent && !text.isEmpty()) {
        text.append(' ');
      }
      end = unchanged ? tokenEnd(source, token.start()) : -1;
      if (token.start() >= 0) {
        places.put(token.start(), text.length());
        origins.put(
            text.length(),
            new Respelled.Origin(
                token.start(), Math.min(tokenEnd(source, token.start()), source.length())));
      }
      text.append(token.text());
    }
    NavigableMap<Integer, String> moved = new TreeMap<>();
    operators.forEach((start, function) -> moved.put(places.get(start), function));
    List<Literal> literals = new ArrayList<>();
    for (Literal literal : statement.literals()) {
      // One that is gone is never found, so that the statement is planned with its literals.
      int place = places.getOrDefault(literal.offset(), text.length());
      literals.add(new Literal(place, literal.value(), literal.type()));
    }
    List<ScannedStatement.DistinctOn> distinctOns =
        statement.distinctOns().stream()
            .map(on ->
                new ScannedStatement.DistinctOn(
                    places.getOrDefault(on.distinct(), 0),
                    places.getOrDefault(on.on(), 0),
                    places.getOrDefault(on.open(), 0),
                    places.getOrDefault(on.close(), 0),
                    on.keys()))
            .toList();
    return new Respelled(
        new ScannedStatement(
            text.toString(),
            statement.key(),
            literals,
            statement.prefix(),
            0,
            text.length(),
            Respelled.moved(statement.backticks(), places),
            Respelled.moved(statement.markedNames(), places),
            Respelled.moved(statement.names(), places),
            distinctOns,
            statement.clientParameters()),
        origins,
        moved,
        moved(ties, places),
        moved(percentages, places),
        source);
  }

  private static Set<Integer> moved(Set<Integer> starts, Map<Integer, Integer> places) {
    return starts.stream().map(places::get).collect(Collectors.toUnmodifiableSet());
  }
}
