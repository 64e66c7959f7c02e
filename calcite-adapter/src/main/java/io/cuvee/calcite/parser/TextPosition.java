package io.cuvee.calcite.parser;

/// A place in a statement's text, both counted from 1 as the parser does: CR, LF and CR LF each end
/// a line.
public record TextPosition(int line, int column) {
  /// The place of the character at `offset`.
  public static TextPosition of(String text, int offset) {
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < offset; i++) {
      char c = text.charAt(i);
      if (c == '\n' || (c == '\r' && (i + 1 >= text.length() || text.charAt(i + 1) != '\n'))) {
        line++;
        lineStart = i + 1;
      }
    }
    return new TextPosition(line, offset - lineStart + 1);
  }

  /// The offset of this place in the text; the text's length if it lies beyond.
  public int offset(String text) {
    int atLine = 1;
    int i = 0;
    while (atLine < line && i < text.length()) {
      char c = text.charAt(i);
      if (c == '\n' || (c == '\r' && (i + 1 >= text.length() || text.charAt(i + 1) != '\n'))) {
        atLine++;
      }
      i++;
    }
    return Math.min(text.length(), i + column - 1);
  }

  /// `at line 3, column 7`.
  @Override
  public String toString() {
    return "at line " + line + ", column " + column;
  }
}
