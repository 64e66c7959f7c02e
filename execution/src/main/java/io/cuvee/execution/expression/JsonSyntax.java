package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.type.DataType;

/// Checks that a text is JSON (RFC 8259), without building anything of it.
final class JsonSyntax {
  private static final int MAX_DEPTH = 500;

  private final String text;
  private int at;

  private JsonSyntax(String text) {
    this.text = text;
  }

  /// @throws CuveeException `DATA_EXCEPTION` if it is not, or is nested deeper than 500
  static void check(String text) {
    JsonSyntax syntax = new JsonSyntax(text);
    syntax.blanks();
    syntax.value(0);
    syntax.blanks();
    if (syntax.at != text.length()) {
      throw syntax.fail();
    }
  }

  private void value(int depth) {
    if (depth > MAX_DEPTH || at == text.length()) {
      throw fail();
    }
    switch (text.charAt(at)) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      case 't' -> word("true");
      case 'f' -> word("false");
      case 'n' -> word("null");
      default -> number();
    }
  }

  private void object(int depth) {
    at++;
    blanks();
    if (next('}')) {
      return;
    }
    do {
      blanks();
      string();
      blanks();
      expect(':');
      blanks();
      value(depth + 1);
      blanks();
    } while (next(','));
    expect('}');
  }

  private void array(int depth) {
    at++;
    blanks();
    if (next(']')) {
      return;
    }
    do {
      blanks();
      value(depth + 1);
      blanks();
    } while (next(','));
    expect(']');
  }

  private void string() {
    expect('"');
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return;
      }
      if (c < ' ') {
        throw fail();
      }
      if (c == '\\') {
        escape();
      }
    }
    throw fail();
  }

  private void escape() {
    if (at == text.length()) {
      throw fail();
    }
    char c = text.charAt(at++);
    if (c == 'u') {
      for (int i = 0; i < 4; i++) {
        if (at == text.length() || Character.digit(text.charAt(at++), 16) < 0) {
          throw fail();
        }
      }
    } else if ("\"\\/bfnrt".indexOf(c) < 0) {
      throw fail();
    }
  }

  private void number() {
    next('-');
    if (!next('0')) {
      digits();
    }
    if (next('.')) {
      digits();
    }
    if (next('e') || next('E')) {
      if (!next('+')) {
        next('-');
      }
      digits();
    }
  }

  private void digits() {
    int start = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    if (at == start) {
      throw fail();
    }
  }

  private void word(String word) {
    if (!text.startsWith(word, at)) {
      throw fail();
    }
    at += word.length();
  }

  private void blanks() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private boolean next(char c) {
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char c) {
    if (!next(c)) {
      throw fail();
    }
  }

  private CuveeException fail() {
    return TextForms.malformed(text, DataType.JSON);
  }
}
