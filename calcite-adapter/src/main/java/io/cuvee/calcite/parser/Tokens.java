package io.cuvee.calcite.parser;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;

/// The words, quoted names, literals and signs of a statement, one after the other.
class Tokens {
  final List<String> tokens = new ArrayList<>();
  int next;

  Tokens(String text) {
    int at = Lexemes.skipBlank(text, 0);
    while (at < text.length()) {
      char c = text.charAt(at);
      int end = at + 1;
      if (Lexemes.isWordStart(c) || Character.isDigit(c)) {
        end = Lexemes.wordEnd(text, at);
      } else if (c == '\'' || c == '"' || c == '`') {
        end = Lexemes.quoteEnd(text, at);
      }
      tokens.add(text.substring(at, end));
      at = Lexemes.skipBlank(text, end);
    }
    while (!tokens.isEmpty() && tokens.getLast().equals(";")) {
      tokens.removeLast();
    }
  }

  boolean take(String... words) {
    for (int i = 0; i < words.length; i++) {
      if (next + i >= tokens.size() || !tokens.get(next + i).equalsIgnoreCase(words[i])) {
        return false;
      }
    }
    next += words.length;
    return true;
  }

  boolean atEnd() {
    return next == tokens.size();
  }

  String token() {
    return atEnd() ? "" : tokens.get(next++);
  }

  CuveeException error(String usage) {
    int wrong = Math.min(next, tokens.size());
    return new CuveeException(
        ErrorCode.SQL_PARSE,
        (wrong == tokens.size()
                ? "The statement ends too early"
                : "'" + tokens.get(wrong) + "' is not expected here")
            + ". Write "
            + usage
            + ".");
  }

  void end(String usage) {
    if (!atEnd()) {
      throw error(usage);
    }
  }

  /// A name of one to three parts.
  List<String> name(String usage) {
    List<String> parts = new ArrayList<>();
    do {
      String token = tokens.size() > next ? tokens.get(next) : "";
      if (token.startsWith("\"")) {
        parts.add(token.substring(1, token.length() - 1).replace("\"\"", "\""));
      } else if (token.startsWith("`")) {
        parts.add(token.substring(1, token.length() - 1));
      } else if (!token.isEmpty() && Lexemes.isWordStart(token.charAt(0))) {
        parts.add(token);
      } else {
        throw error(usage);
      }
      next++;
    } while (take("."));
    return parts;
  }

  void expect(String word, String usage) {
    if (!take(word)) {
      throw error(usage);
    }
  }
}
