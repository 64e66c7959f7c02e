package io.cuvee.calcite.parser;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.Locale;
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
  private static final Pattern KEYWORD =
      Pattern.compile("Incorrect syntax near the keyword '(.*?)'");
  private static final Pattern LEXICAL =
      Pattern.compile(
          "Lexical error at line \\d+, column \\d+\\.\\s+Encountered: (.*?) after", Pattern.DOTALL);
  private static final Pattern PLACE = Pattern.compile("line (\\d+), column (\\d+)");

  private StatementParser() {}

  /// The syntax tree of the statement's query.
  ///
  /// @throws CuveeException `SQL_PARSE` if it is none, `READ_ONLY` for a statement that writes,
  ///   `FEATURE_NOT_SUPPORTED` for other statements
  public static SqlNode parse(ScannedStatement statement) {
    refuseCommands(statement);
    SqlNode node;
    try {
      node = SqlParser.create(statement.body(), CONFIG).parseQuery();
    } catch (SqlParseException e) {
      throw syntaxError(statement, e);
    }
    if (!node.isA(SqlKind.QUERY)) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "Only queries are supported (SELECT, VALUES, WITH), not " + node.getKind() + ".");
    }
    return node;
  }

  private static void refuseCommands(ScannedStatement statement) {
    String text = statement.text();
    int start = StatementScan.skipBlank(text, statement.bodyStart());
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
                  + " is not supported here. Options belong to the connection's URL, or over HTTP"
                  + " into queryOptions or before the query, as SET timeoutMs = 1000; SELECT 1.");
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
    String place = "";
    if (failure.getPos() != null && failure.getPos().getLineNum() > 0) {
      place =
          " " + new TextPosition(failure.getPos().getLineNum(), failure.getPos().getColumnNum());
    } else {
      Matcher matcher = PLACE.matcher(message);
      if (matcher.find()) {
        place = " " + matcher.group();
      }
    }
    Matcher encountered = ENCOUNTERED.matcher(message);
    Matcher keyword = KEYWORD.matcher(message);
    Matcher lexical = LEXICAL.matcher(message);
    String problem;
    if (encountered.find()) {
      String token = encountered.group(1);
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
