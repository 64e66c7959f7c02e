package io.cuvee.common.wire;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;

/// How a request names the rows of a segment. In a stream's partition one routing names each
/// committed segment with the offset where it ends, and the newest one with all that follows it: so
/// each row is named once, whatever servers have heard of commits by then.
///
/// As text: `name`, `name@end`, `name+partition` or `name++partition`, the last two with `:offset`
/// if they must go at least that far; names have none of these characters.
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
  /// @param atLeast offset that was shown before: a replica that has not consumed up to it does not
  ///   serve the segment; 0 for none
  record Onward(String name, int partition, boolean hasNext, long atLeast) implements SegmentRef {
    public Onward(String name, int partition, boolean hasNext) {
      this(name, partition, hasNext, 0);
    }

    public Onward atLeast(long offset) {
      return new Onward(name, partition, hasNext, offset);
    }

    @Override
    public String toString() {
      return name + (hasNext ? "++" : "+") + partition + (atLeast > 0 ? ":" + atLeast : "");
    }
  }

  /// Whether this text names an [Onward].
  static boolean isOnward(String text) {
    return text.indexOf('+') >= 0;
  }

  /// @throws CuveeException `PROTOCOL` if it is none
  static SegmentRef parse(String text) {
    try {
      int plus = text.indexOf('+');
      if (plus >= 0) {
        boolean hasNext = text.startsWith("++", plus);
        int colon = text.indexOf(':', plus);
        int digits = plus + (hasNext ? 2 : 1);
        return new Onward(
            text.substring(0, plus),
            Integer.parseInt(text.substring(digits, colon < 0 ? text.length() : colon)),
            hasNext,
            colon < 0 ? 0 : Long.parseLong(text.substring(colon + 1)));
      }
      int at = text.indexOf('@');
      return at < 0
          ? new Whole(text)
          : new Until(text.substring(0, at), Long.parseLong(text.substring(at + 1)));
    } catch (NumberFormatException e) {
      throw new CuveeException(ErrorCode.PROTOCOL, "'" + text + "' names no segment.", e);
    }
  }
}
