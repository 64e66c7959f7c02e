package io.cuvee.launcher.shell;

import java.util.List;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.EOFError;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;

/// Tells JLine when what was typed is complete, and which word is at the cursor.
final class InputParser implements Parser {
  /// The line up to the cursor, and the word that ends there: names with dots and quotes count as
  /// one.
  record Line(String line, int cursor, String word) implements CompletingParsedLine {
    @Override
    public int wordCursor() {
      return word.length();
    }

    @Override
    public int wordIndex() {
      return 0;
    }

    @Override
    public List<String> words() {
      return List.of(word);
    }

    @Override
    public CharSequence escape(CharSequence candidate, boolean complete) {
      return candidate;
    }

    @Override
    public int rawWordCursor() {
      return word.length();
    }

    @Override
    public int rawWordLength() {
      return word.length();
    }

    /// What stands before the word.
    String before() {
      return line.substring(0, cursor - word.length());
    }
  }

  @Override
  public ParsedLine parse(String line, int cursor, ParseContext context) {
    if (context == ParseContext.ACCEPT_LINE && !SqlScript.isComplete(line)) {
      throw new EOFError(-1, -1, "The statement ends with a semicolon.");
    }
    return new Line(line, cursor, line.substring(wordStart(line, cursor), cursor));
  }

  private static int wordStart(String line, int cursor) {
    int start = cursor;
    while (start > 0 && isNamePart(line.charAt(start - 1))) {
      start--;
    }
    return start;
  }

  private static boolean isNamePart(char c) {
    return SqlToken.isWordPart(c) || c == '.' || c == '"' || c == '\\' || c == '?';
  }

  @Override
  public boolean isEscapeChar(char character) {
    return false;
  }
}
