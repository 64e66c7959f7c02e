package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A compiled LIKE pattern over UTF-8 bytes: `%` matches any text, `_` one code point.
final class LikePattern {
  private static final int ANY_TEXT = -1;
  private static final int ANY_CHARACTER = -2;

  private enum Shape {
    EXACT,
    PREFIX,
    SUFFIX,
    CONTAINS,
    GENERAL
  }

  private final Shape shape;
  private final byte[] literal;

  /// Bytes 0–255 and wildcards; two `%` in a row are one.
  private final int[] steps;

  private LikePattern(int[] steps) {
    this.steps = steps;
    int wildcards = 0;
    boolean texts = true;
    byte[] bytes = new byte[steps.length];
    int length = 0;
    for (int step : steps) {
      if (step < 0) {
        wildcards++;
        texts &= step == ANY_TEXT;
      } else {
        bytes[length++] = (byte) step;
      }
    }
    this.literal = Arrays.copyOf(bytes, length);
    boolean first = steps.length > 0 && steps[0] == ANY_TEXT;
    boolean last = steps.length > 0 && steps[steps.length - 1] == ANY_TEXT;
    if (wildcards == 0) {
      shape = Shape.EXACT;
    } else if (texts && wildcards == 1 && last) {
      shape = Shape.PREFIX;
    } else if (texts && wildcards == 1 && first) {
      shape = Shape.SUFFIX;
    } else if (texts && wildcards == 2 && first && last) {
      shape = Shape.CONTAINS;
    } else {
      shape = Shape.GENERAL;
    }
  }

  /// @param escape the character that takes the meaning from the one after it, or an empty text
  /// @throws CuveeException `DATA_EXCEPTION` if `escape` is longer, or ends the pattern
  static LikePattern compile(String pattern, String escape) {
    if (escape.codePointCount(0, escape.length()) > 1) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION, "ESCAPE takes one character, not '" + escape + "'.");
    }
    int escapeChar = escape.isEmpty() ? -1 : escape.codePointAt(0);
    int[] steps = new int[pattern.length() * 4];
    int count = 0;
    for (int i = 0; i < pattern.length(); ) {
      int c = pattern.codePointAt(i);
      i += Character.charCount(c);
      if (c == escapeChar) {
        if (i == pattern.length()) {
          throw new CuveeException(
              ErrorCode.DATA_EXCEPTION,
              "The LIKE pattern '" + pattern + "' ends with its escape character.");
        }
        c = pattern.codePointAt(i);
        i += Character.charCount(c);
      } else if (c == '%') {
        if (count == 0 || steps[count - 1] != ANY_TEXT) {
          steps[count++] = ANY_TEXT;
        }
        continue;
      } else if (c == '_') {
        steps[count++] = ANY_CHARACTER;
        continue;
      }
      for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
        steps[count++] = b & 0xff;
      }
    }
    return new LikePattern(Arrays.copyOf(steps, count));
  }

  boolean matches(byte[] bytes, int from, int to) {
    int length = literal.length;
    return switch (shape) {
      case EXACT -> Arrays.equals(bytes, from, to, literal, 0, length);
      case PREFIX ->
          to - from >= length && Arrays.equals(bytes, from, from + length, literal, 0, length);
      case SUFFIX ->
          to - from >= length && Arrays.equals(bytes, to - length, to, literal, 0, length);
      case CONTAINS -> Utf8.indexOf(bytes, from, to, literal, 0, length) >= 0;
      case GENERAL -> matchesSteps(bytes, from, to);
    };
  }

  /// After a mismatch only the last `%` needs to take one more character: what earlier ones took
  /// can stay.
  private boolean matchesSteps(byte[] bytes, int from, int to) {
    int at = from;
    int step = 0;
    int lastAny = -1;
    int lastAt = from;
    while (at < to) {
      if (step < steps.length && steps[step] == ANY_TEXT) {
        lastAny = step++;
        lastAt = at;
      } else if (step < steps.length && steps[step] == ANY_CHARACTER) {
        at = Utf8.next(bytes, at, to);
        step++;
      } else if (step < steps.length && steps[step] == (bytes[at] & 0xff)) {
        at++;
        step++;
      } else if (lastAny >= 0) {
        lastAt = Utf8.next(bytes, lastAt, to);
        at = lastAt;
        step = lastAny + 1;
      } else {
        return false;
      }
    }
    while (step < steps.length && steps[step] == ANY_TEXT) {
      step++;
    }
    return step == steps.length;
  }
}
