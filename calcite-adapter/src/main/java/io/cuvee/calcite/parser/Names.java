package io.cuvee.calcite.parser;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;

/// Makes names such that the parser takes them, each in its place.
final class Names {
  private Names() {}

  /// Names in back-ticks become names in double quotes, and `default.` a name that is no keyword.
  static void adapt(String text, StringBuilder body) {
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == '`') {
        int end = text.indexOf('`', i + 1);
        if (text.substring(i + 1, end).indexOf('"') >= 0) {
          throw new CuveeException(
              ErrorCode.SQL_PARSE,
              "A name in back-ticks must not contain a double quote ("
                  + TextPosition.of(text, i)
                  + "). Write the name in double quotes, with each inner one doubled.");
        }
        body.setCharAt(i, '"');
        body.setCharAt(end, '"');
        i = end + 1;
      } else if (StatementScan.isWordStart(c)) {
        int end = StatementScan.wordEnd(text, i);
        int next = StatementScan.skipBlank(text, end);
        if (StatementScan.wordAt(text, i) == Keyword.DEFAULT
            && next < text.length()
            && text.charAt(next) == '.') {
          body.replace(i, end, ScannedStatement.DEFAULT_SCHEMA_NAME);
        }
        i = end;
      } else {
        i = StatementScan.skip(text, i);
      }
    }
  }
}
