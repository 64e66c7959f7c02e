package io.cuvee.execution.expression;

/// Positions in UTF-8.
final class Utf8 {
  private Utf8() {}

  static boolean isAscii(byte[] bytes, int from, int to) {
    int all = 0;
    for (int i = from; i < to; i++) {
      all |= bytes[i];
    }
    return all >= 0;
  }

  /// How many code points there are.
  static int count(byte[] bytes, int from, int to) {
    int count = 0;
    for (int i = from; i < to; i++) {
      count += isStart(bytes[i]) ? 1 : 0;
    }
    return count;
  }

  /// Where the code point begins that `skipped` others precede; `to` if there are not so many.
  static int skip(byte[] bytes, int from, int to, long skipped) {
    int at = from;
    for (long left = skipped; left > 0 && at < to; left--) {
      at = next(bytes, at, to);
    }
    return at;
  }

  /// Where the next code point begins.
  static int next(byte[] bytes, int at, int to) {
    int next = at + 1;
    while (next < to && !isStart(bytes[next])) {
      next++;
    }
    return next;
  }

  private static boolean isStart(byte b) {
    return (b & 0xc0) != 0x80;
  }

  /// Where `wanted[wantedFrom..wantedTo)` first occurs at or after `from`; −1 if nowhere.
  static int indexOf(byte[] bytes, int from, int to, byte[] wanted, int wantedFrom, int wantedTo) {
    int length = wantedTo - wantedFrom;
    if (length == 0) {
      return from;
    }
    byte first = wanted[wantedFrom];
    for (int i = from; i <= to - length; i++) {
      if (bytes[i] == first
          && java.util.Arrays.equals(bytes, i, i + length, wanted, wantedFrom, wantedTo)) {
        return i;
      }
    }
    return -1;
  }
}
