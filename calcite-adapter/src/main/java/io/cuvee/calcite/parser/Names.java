package io.cuvee.calcite.parser;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;

/// Makes names such that the parser takes them, each in its place: names in back-ticks get double
/// quotes, and words that are names where they stand, though the parser knows them as keywords or
/// takes no name that begins with a dollar sign after a dot, get another first letter until they
/// are parsed.
final class Names {
  private static final String PLAIN = "dDtTuUaA$";

  /// Letters that nobody writes; one for each of the above.
  private static final String MARKED = "\u0256\u0189\u0288\u01ae\u0289\u0244\u0250\u018f\u01a8";

  private Names() {}

  /// Changes `body`, a copy of the statement's text.
  static void adapt(ScannedStatement statement, StringBuilder body) {
    for (int start : statement.backticks()) {
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
    for (ScannedStatement.DistinctOn distinct : statement.distinctOns()) {
      // `DISTINCT ON (a, b) x` is parsed as the list `DISTINCT, a, b, x`.
      body.setCharAt(distinct.on(), ',');
      body.setCharAt(distinct.on() + 1, ' ');
      body.setCharAt(distinct.open(), ' ');
      body.setCharAt(distinct.close(), ',');
    }
    for (int start : statement.markedNames()) {
      body.setCharAt(start, MARKED.charAt(PLAIN.indexOf(body.charAt(start))));
    }
  }

  /// Whether a name is this word, marked.
  static boolean isMarked(String name, String word) {
    return MARKED.indexOf(name.charAt(0)) >= 0 && restored(name).equalsIgnoreCase(word);
  }

  /// Whether a word can be marked.
  static boolean isMarkable(char first) {
    return PLAIN.indexOf(first) >= 0;
  }

  /// A name, or a message with names, as it was before it was marked.
  static String restored(String text) {
    String restored = text;
    for (int i = 0; i < MARKED.length(); i++) {
      if (restored.indexOf(MARKED.charAt(i)) >= 0) {
        restored = restored.replace(MARKED.charAt(i), PLAIN.charAt(i));
      }
    }
    return restored;
  }
}
