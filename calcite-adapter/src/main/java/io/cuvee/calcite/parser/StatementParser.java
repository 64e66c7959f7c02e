package io.cuvee.calcite.parser;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.avatica.util.Casing;
import org.apache.calcite.avatica.util.Quoting;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParser;
import org.apache.calcite.sql.parser.babel.SqlBabelParserImpl;

/// From the text of a query to Calcite's syntax tree. Names match in any case and keep theirs,
/// double quotes quote.
public final class StatementParser {
  private static final SqlParser.Config CONFIG =
      SqlParser.config()
          .withParserFactory(SqlBabelParserImpl.FACTORY)
          .withQuoting(Quoting.DOUBLE_QUOTE)
          .withUnquotedCasing(Casing.UNCHANGED)
          .withQuotedCasing(Casing.UNCHANGED)
          .withCaseSensitive(false)
          .withIdentifierMaxLength(1024)
          .withConformance(LenientConformance.INSTANCE);

  private static final Pattern ENCOUNTERED =
      Pattern.compile("Encountered \"(.*?)\" at line", Pattern.DOTALL);
  private static final Pattern ESCAPED = Pattern.compile("\\\\u([0-9a-fA-F]{4})");
  private static final Pattern KEYWORD =
      Pattern.compile("Incorrect syntax near the keyword '(.*?)'");
  private static final Pattern LEXICAL =
      Pattern.compile(
          "Lexical error at line \\d+, column \\d+\\.\\s+Encountered: (.*?) after", Pattern.DOTALL);
  private static final Pattern PLACE = Pattern.compile("line (\\d+), column (\\d+)");

  /// How often a statement is parsed with one more keyword as a name, at most.
  private static final int MAX_TRIES = 200;

  private StatementParser() {}

  /// The syntax tree of the statement's query.
  ///
  /// @throws CuveeException `SQL_PARSE` if it is none, `READ_ONLY` for a statement that writes,
  ///   `FEATURE_NOT_SUPPORTED` for other statements
  public static SqlNode parse(ScannedStatement statement) {
    refuseCommands(statement);
    SqlNode node = parsed(statement);
    if (!node.isA(SqlKind.QUERY)) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "Only queries are supported (SELECT, VALUES, WITH), not " + node.getKind() + ".");
    }
    return node;
  }

  /// The syntax tree of an expression that we wrote ourselves.
  static SqlNode expression(String text) {
    try {
      return SqlParser.create(text, CONFIG).parseExpression();
    } catch (SqlParseException wrong) {
      throw new IllegalStateException("Not an expression: " + text, wrong);
    }
  }

  /// Where the parser stops, a keyword may have been meant as a name: it is asked again with one of
  /// those around as a name, and goes on with it if that brought it further. The place that was
  /// furthest is what is wrong.
  private static SqlNode parsed(ScannedStatement statement) {
    Names names = new Names(statement);
    Deque<Integer> candidates = new ArrayDeque<>();
    SqlParseException furthest = null;
    int end = -1;
    int tried = -1;
    for (int tries = 0; ; tries++) {
      try {
        return SqlParser.create(names.body(), CONFIG).parseQuery();
      } catch (SqlParseException e) {
        int stop = place(e).map(place -> place.offset(statement.text())).orElse(0);
        if (furthest == null || stop > end) {
          furthest = e;
          end = stop;
          candidates.clear();
          candidates.addAll(names.keywordsNear(stop));
        } else if (tried >= 0) {
          names.unmark(tried);
        }
        if (candidates.isEmpty() || tries == MAX_TRIES) {
          throw syntaxError(statement, furthest);
        }
        tried = candidates.remove();
        names.mark(tried);
      }
    }
  }

  private static Optional<TextPosition> place(SqlParseException failure) {
    if (failure.getPos() != null && failure.getPos().getLineNum() > 0) {
      return Optional.of(
          new TextPosition(failure.getPos().getLineNum(), failure.getPos().getColumnNum()));
    }
    Matcher matcher = PLACE.matcher(String.valueOf(failure.getMessage()));
    return matcher.find()
        ? Optional.of(
            new TextPosition(
                Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))))
        : Optional.empty();
  }

  private static void refuseCommands(ScannedStatement statement) {
    String text = statement.text();
    int start = Lexemes.skipBlank(text, statement.bodyStart());
    int end = start;
    while (end < statement.bodyEnd() && Character.isLetter(text.charAt(end))) {
      end++;
    }
    if (start >= statement.bodyEnd()) {
      throw new CuveeException(
          ErrorCode.SQL_PARSE, "The statement is empty. Write a query, as SELECT 1.");
    }
    String word = text.substring(start, end).toUpperCase(Locale.ROOT);
    switch (word) {
      case "INSERT", "UPDATE", "DELETE", "MERGE", "UPSERT", "TRUNCATE", "COPY", "LOAD", "REPLACE" ->
          throw new CuveeException(
              ErrorCode.READ_ONLY,
              word
                  + " is refused: SQL is read-only here. Data comes in through ./cuvee import, the"
                  + " controller's POST /v2/segments, /ingestFromFile and /tables/{table}/rows, or"
                  + " a stream.");
      case "CREATE", "DROP", "ALTER", "RENAME", "COMMENT", "GRANT", "REVOKE" ->
          throw new CuveeException(
              ErrorCode.READ_ONLY,
              word
                  + " is refused: SQL is read-only here. Tables are created, changed and dropped"
                  + " through the controller's /schemas and /tables, or by CREATE, ALTER and DROP"
                  + " TABLE where broker.ddl-enabled is true.");
      case "SET", "RESET" ->
          throw new CuveeException(
              ErrorCode.FEATURE_NOT_SUPPORTED,
              word
                  + " is not a statement by itself. Options stand before the query that they are for,"
                  + " as SET timeoutMs = 1000; SELECT 1, in the connection's URL, or over HTTP in"
                  + " queryOptions.");
      case "SHOW", "DESCRIBE", "DESC", "USE", "KILL" ->
          throw new CuveeException(
              ErrorCode.FEATURE_NOT_SUPPORTED,
              word + " cannot be explained. Supported are queries (SELECT, VALUES, WITH).");
      case "BEGIN", "START", "COMMIT", "ROLLBACK", "CALL", "ANALYZE", "PREPARE", "EXECUTE" ->
          throw new CuveeException(
              ErrorCode.FEATURE_NOT_SUPPORTED,
              word
                  + " is not supported. Supported are queries (SELECT, VALUES, WITH), EXPLAIN,"
                  + " SHOW, DESCRIBE, USE and KILL QUERY.");
      default -> {}
    }
  }

  private static CuveeException syntaxError(ScannedStatement statement, SqlParseException failure) {
    String message = String.valueOf(failure.getMessage());
    String place = place(failure).map(found -> " " + found).orElse("");
    Matcher encountered = ENCOUNTERED.matcher(message);
    Matcher keyword = KEYWORD.matcher(message);
    Matcher lexical = LEXICAL.matcher(message);
    String problem;
    if (encountered.find()) {
      String token = unescaped(encountered.group(1));
      problem =
          token.isEmpty() || token.equals("<EOF>")
              ? "the statement ends too early"
              : "'" + token.split("\\s+", 2)[0] + "' is not expected here";
    } else if (keyword.find()) {
      boolean last =
          statement.text().substring(0, statement.bodyEnd()).strip().endsWith(keyword.group(1));
      problem =
          last
              ? "the statement ends too early, after '" + keyword.group(1) + "'"
              : "'" + keyword.group(1) + "' is not expected here" + countHint(keyword.group(1));
    } else if (lexical.find()) {
      problem = "the character " + lexical.group(1) + " is not expected here";
    } else {
      problem = message.replaceAll("\\s+", " ").replaceAll("Was expecting.*", "").strip();
    }
    return new CuveeException(
        ErrorCode.SQL_PARSE,
        "Syntax error"
            + place
            + ": "
            + Names.restored(problem)
            + (problem.endsWith(".") ? "" : ".")
            + hint(statement, place),
        failure);
  }

  /// The parser's messages have letters beyond ASCII as codes.
  private static String unescaped(String token) {
    return ESCAPED
        .matcher(token)
        .replaceAll(code ->
            Matcher.quoteReplacement(Character.toString(Integer.parseInt(code.group(1), 16))));
  }

  private static String countHint(String keyword) {
    return switch (keyword.toUpperCase(Locale.ROOT)) {
      case "LIMIT", "OFFSET" -> ", or is not followed by a whole number";
      default -> "";
    };
  }

  /// What those may want who come from the older query language.
  private static String hint(ScannedStatement statement, String place) {
    return !place.isEmpty()
            && Pattern.compile("(?i)\\bTOP\\s+\\d+\\b").matcher(statement.text()).find()
        ? " TOP belongs to PQL: set dialect=pql, or write LIMIT."
        : "";
  }
}
