package io.cuvee.launcher.shell;

import java.util.Locale;
import org.jline.reader.Highlighter;
import org.jline.reader.LineReader;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/// Colours for SQL as it is typed.
final class SqlHighlighter implements Highlighter {
  private static final AttributedStyle PLAIN = AttributedStyle.DEFAULT;
  private static final AttributedStyle KEYWORD = PLAIN.bold().foreground(AttributedStyle.BLUE);
  private static final AttributedStyle FUNCTION = PLAIN.foreground(AttributedStyle.CYAN);
  private static final AttributedStyle TEXT = PLAIN.foreground(AttributedStyle.GREEN);
  private static final AttributedStyle NUMBER = PLAIN.foreground(AttributedStyle.MAGENTA);
  private static final AttributedStyle COMMENT =
      PLAIN.foreground(AttributedStyle.BLACK + AttributedStyle.BRIGHT);
  private static final AttributedStyle COMMAND = PLAIN.foreground(AttributedStyle.YELLOW);

  @Override
  public AttributedString highlight(LineReader reader, String buffer) {
    if (SqlScript.isCommand(buffer.stripLeading())) {
      return new AttributedString(buffer, COMMAND);
    }
    AttributedStringBuilder styled = new AttributedStringBuilder(buffer.length());
    for (SqlToken token : SqlToken.of(buffer)) {
      String text = token.text(buffer);
      styled.styled(style(token, text), text);
    }
    return styled.toAttributedString();
  }

  private static AttributedStyle style(SqlToken token, String text) {
    return switch (token.kind()) {
      case COMMENT -> COMMENT;
      case TEXT, OPEN -> TEXT;
      case NUMBER -> NUMBER;
      case WORD -> {
        String word = text.toUpperCase(Locale.ROOT);
        yield SqlWords.KEYWORDS.contains(word)
            ? KEYWORD
            : SqlWords.FUNCTIONS.contains(word) ? FUNCTION : PLAIN;
      }
      case BLANK, QUOTED, SEMICOLON, OTHER -> PLAIN;
    };
  }
}
