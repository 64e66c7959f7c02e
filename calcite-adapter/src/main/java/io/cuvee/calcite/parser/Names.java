package io.cuvee.calcite.parser;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.calcite.sql.parser.babel.SqlBabelParserImplConstants;
import org.jspecify.annotations.Nullable;

/// The query of a statement as the parser takes it, each character at the place it has in the
/// statement's text. Comments are blank, since the parser knows other ones. Names in back-ticks get
/// double quotes. Words that are names where they stand, though the parser knows them as keywords
/// or takes no name that begins with a dollar sign after a dot, get another first letter until they
/// are parsed.
final class Names {
  private static final String PLAIN = "$abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

  /// One for each of the above: letters to the parser, though Unicode leaves them undefined.
  private static final String MARKED =
      IntStream.range(0x378, 0x2000)
          .filter(c -> !Character.isDefined(c))
          .limit(PLAIN.length())
          .mapToObj(Character::toString)
          .collect(Collectors.joining());

  /// All words that mean something to the parser, though few of them everywhere.
  private static final Set<String> KEYWORDS =
      Arrays.stream(SqlBabelParserImplConstants.tokenImage)
          .filter(image -> image.matches("\"[A-Z][A-Z0-9_]*\""))
          .map(image -> image.substring(1, image.length() - 1))
          .collect(Collectors.toUnmodifiableSet());

  /// Words that are no names unless a dot, AS or quotes say so: without them, what is wrong with a
  /// statement would be sought in the wrong place. PostgreSQL reserves them too.
  private static final Set<String> RESERVED =
      Set.of(
          "ALL",
          "AND",
          "ANY",
          "AS",
          "ASC",
          "BETWEEN",
          "CASE",
          "CAST",
          "CROSS",
          "DEFAULT",
          "DESC",
          "DISTINCT",
          "ELSE",
          "END",
          "EXCEPT",
          "EXISTS",
          "FALSE",
          "FETCH",
          "FOR",
          "FROM",
          "FULL",
          "GROUP",
          "HAVING",
          "ILIKE",
          "IN",
          "INNER",
          "INTERSECT",
          "INTO",
          "IS",
          "JOIN",
          "LATERAL",
          "LEFT",
          "LIKE",
          "LIMIT",
          "MINUS",
          "NATURAL",
          "NOT",
          "NULL",
          "OFFSET",
          "ON",
          "OR",
          "ORDER",
          "OUTER",
          "QUALIFY",
          "RIGHT",
          "SELECT",
          "SIMILAR",
          "SOME",
          "TABLE",
          "TABLESAMPLE",
          "THEN",
          "TRUE",
          "UNION",
          "UNNEST",
          "USING",
          "WHEN",
          "WHERE",
          "WINDOW",
          "WITH");

  private static final Pattern INTERVAL =
      Pattern.compile("(?i)'([0-9]+)\\s+((?:year|quarter|month|week|day|hour|minute|second)s?)'");

  /// Words of MATCH_RECOGNIZE alone, which takes what follows for what they are about: `DESC`, say.
  private static final Set<String> NAMES = Set.of("FINAL", "RUNNING");

  private final ScannedStatement statement;
  private final StringBuilder body;
  private @Nullable List<Word> words;

  /// An unquoted word of the query, from its first character to behind its last.
  private record Word(int start, int end) {}

  Names(ScannedStatement statement) {
    this.statement = statement;
    this.body = new StringBuilder(statement.text());
    for (int i = 0; i < body.length(); i++) {
      if ((i < statement.bodyStart() || i >= statement.bodyEnd())
          && !Character.isWhitespace(body.charAt(i))) {
        body.setCharAt(i, ' ');
      }
    }
    statement.backticks().forEach(this::quote);
    for (ScannedStatement.DistinctOn distinct : statement.distinctOns()) {
      // `DISTINCT ON (a, b) x` is parsed as the list `DISTINCT, a, b, x`.
      body.setCharAt(distinct.on(), ',');
      body.setCharAt(distinct.on() + 1, ' ');
      body.setCharAt(distinct.open(), ' ');
      body.setCharAt(distinct.close(), ',');
    }
    statement.markedNames().forEach(this::mark);
    for (int start : statement.names()) {
      if (KEYWORDS.contains(word(start))) {
        mark(start);
      }
    }
    for (Word word : words()) {
      if (NAMES.contains(word(word.start()))) {
        mark(word.start());
      }
    }
  }

  private void quote(int start) {
    int end = statement.text().indexOf('`', start + 1);
    if (statement.text().substring(start + 1, end).indexOf('"') >= 0) {
      throw new CuveeException(
          ErrorCode.SQL_PARSE,
          "A name in back-ticks must not contain a double quote ("
              + TextPosition.of(statement.text(), start)
              + "). Write the name in double quotes, with each inner one doubled.");
    }
    body.setCharAt(start, '"');
    body.setCharAt(end, '"');
  }

  /// Takes the word for a name.
  void mark(int start) {
    int letter = PLAIN.indexOf(body.charAt(start));
    if (letter >= 0) {
      body.setCharAt(start, MARKED.charAt(letter));
    }
  }

  /// Takes the word for what it is elsewhere.
  void unmark(int start) {
    body.setCharAt(start, statement.text().charAt(start));
  }

  private String word(int start) {
    String text = statement.text();
    return text.substring(start, Lexemes.wordEnd(text, start)).toUpperCase(Locale.ROOT);
  }

  /// What the parser reads.
  String body() {
    return body.toString();
  }

  /// Keywords that are not taken for names yet, and may have been meant as such if the parser stops
  /// at `offset`: the word there, those just before it and the one behind it, by their offsets. The
  /// parser stops early where what follows is no way to go on, and late where a keyword was one.
  List<Integer> keywordsNear(int offset) {
    List<Word> all = words();
    int next = 0;
    while (next < all.size() && all.get(next).start() < offset) {
      next++;
    }
    List<Integer> near = new ArrayList<>();
    boolean isWord = next < all.size() && all.get(next).start() == offset;
    if (isWord) {
      addKeyword(all.get(next), near);
    }
    int to = offset;
    for (int i = next - 1; i >= Math.max(0, next - 2) && isBefore(all.get(i), to); i--) {
      addKeyword(all.get(i), near);
      to = all.get(i).start();
    }
    int behind = isWord ? next + 1 : next;
    int end = isWord ? all.get(next).end() : Math.min(statement.bodyEnd(), offset + 1);
    if (behind < all.size()
        && Lexemes.skipBlank(statement.text(), end) >= all.get(behind).start()) {
      addKeyword(all.get(behind), near);
    }
    return near;
  }

  private boolean isBefore(Word word, int offset) {
    return Lexemes.skipBlank(statement.text(), word.end()) >= Math.min(offset, statement.bodyEnd());
  }

  private void addKeyword(Word found, List<Integer> keywords) {
    String word = word(found.start());
    if (!isMark(body.charAt(found.start()))
        && KEYWORDS.contains(word)
        && !RESERVED.contains(word)) {
      keywords.add(found.start());
    }
  }

  private List<Word> words() {
    if (words != null) {
      return words;
    }
    String text = statement.text();
    List<Word> found = new ArrayList<>();
    for (int at = blank(statement.bodyStart()); at < statement.bodyEnd(); ) {
      char c = text.charAt(at);
      int next = at + 1;
      if (Lexemes.isWordStart(c)) {
        next = Lexemes.wordEnd(text, at);
        found.add(new Word(at, next));
        switch (word(at)) {
          case "INTERVAL" -> divideInterval(Lexemes.skipBlank(text, next));
          case "DATE_DIFF", "DATEDIFF" -> {
            if (beginsWithText(Lexemes.skipBlank(text, next))) {
              mark(at);
            }
          }
          default -> {}
        }
      } else if (c == '\'' || c == '"' || c == '`') {
        next = Lexemes.quoteEnd(text, at);
      }
      at = blank(next);
    }
    words = found;
    return found;
  }

  /// Whether a function has a text first: the unit, which the parser wants elsewhere and without
  /// quotes unless the function is one that it does not know.
  private boolean beginsWithText(int open) {
    String text = statement.text();
    int first = open < text.length() ? Lexemes.skipBlank(text, open + 1) : open;
    return first < text.length() && text.charAt(open) == '(' && text.charAt(first) == '\'';
  }

  /// `INTERVAL '1 month'` as `INTERVAL '1'month`, which ends where it did.
  private void divideInterval(int start) {
    Matcher interval = INTERVAL.matcher(statement.text()).region(start, statement.bodyEnd());
    if (interval.lookingAt()) {
      String divided = "'" + interval.group(1) + "'" + interval.group(2);
      int blanks = interval.end() - start - divided.length();
      body.replace(start, interval.end(), " ".repeat(blanks) + divided);
    }
  }

  /// Leaves out a comment, but not its lines.
  private int blank(int start) {
    int end = Lexemes.skipBlank(statement.text(), start);
    for (int i = start; i < end; i++) {
      if (!Character.isWhitespace(body.charAt(i))) {
        body.setCharAt(i, ' ');
      }
    }
    return end;
  }

  private static boolean isMark(char c) {
    return c >= MARKED.charAt(0)
        && c <= MARKED.charAt(MARKED.length() - 1)
        && MARKED.indexOf(c) >= 0;
  }

  /// Whether a name is this word, marked.
  static boolean isMarked(String name, String word) {
    return !name.isEmpty() && isMark(name.charAt(0)) && restored(name).equalsIgnoreCase(word);
  }

  /// A name, or a message with names, as it was before it was marked.
  static String restored(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (isMark(text.charAt(i))) {
        StringBuilder restored = new StringBuilder(text);
        for (int j = i; j < text.length(); j++) {
          int letter = MARKED.indexOf(text.charAt(j));
          if (letter >= 0) {
            restored.setCharAt(j, PLAIN.charAt(letter));
          }
        }
        return restored.toString();
      }
    }
    return text;
  }
}
