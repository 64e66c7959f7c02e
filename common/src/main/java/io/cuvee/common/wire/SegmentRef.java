package io.cuvee.common.wire;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;

/// How a request names the rows of a segment. In a stream's partition one routing names each
/// committed segment with the offset where it ends, and the newest one with all that follows it: so
/// each row is named once, whatever servers have heard of commits by then.
///
/// As text: `name`, `name@end`, `name+` or `name++`; names have neither character.
public sealed interface SegmentRef {
  String name();

  /// The sealed segment of this name.
  record Whole(String name) implements SegmentRef {
    @Override
    public String toString() {
      return name;
    }
  }

  /// The rows of this segment, which ends before the offset; sealed or not.
  record Until(String name, long end) implements SegmentRef {
    @Override
    public String toString() {
      return name + "@" + end;
    }
  }

  /// The rows of this segment, and of those after it in its partition.
  ///
  /// @param hasNext whether there must be one after it
  record Onward(String name, boolean hasNext) implements SegmentRef {
    @Override
    public String toString() {
      return name + (hasNext ? "++" : "+");
    }
  }

  /// @throws CuveeException `PROTOCOL` if it is none
  static SegmentRef parse(String text) {
    if (text.endsWith("++")) {
      return new Onward(text.substring(0, text.length() - 2), true);
    }
    if (text.endsWith("+")) {
      return new Onward(text.substring(0, text.length() - 1), false);
    }
    int at = text.indexOf('@');
    if (at < 0) {
      return new Whole(text);
    }
    try {
      return new Until(text.substring(0, at), Long.parseLong(text.substring(at + 1)));
    } catch (NumberFormatException e) {
      throw new CuveeException(ErrorCode.PROTOCOL, "'" + text + "' names no segment.", e);
    }
  }
}
