package io.cuvee.broker.result;

/// Checks that bytes are UTF-8.
final class Utf8 {
  private Utf8() {}

  static boolean isValid(byte[] bytes, int from, int length) {
    int end = from + length;
    int i = from;
    while (i < end) {
      int first = bytes[i];
      if (first >= 0) {
        i++;
        continue;
      }
      int more;
      int min;
      int code;
      if ((first & 0xe0) == 0xc0) {
        more = 1;
        min = 0x80;
        code = first & 0x1f;
      } else if ((first & 0xf0) == 0xe0) {
        more = 2;
        min = 0x800;
        code = first & 0x0f;
      } else if ((first & 0xf8) == 0xf0) {
        more = 3;
        min = 0x10000;
        code = first & 0x07;
      } else {
        return false;
      }
      if (i + more >= end) {
        return false;
      }
      for (int j = 1; j <= more; j++) {
        if ((bytes[i + j] & 0xc0) != 0x80) {
          return false;
        }
        code = code << 6 | bytes[i + j] & 0x3f;
      }
      if (code < min || code > 0x10ffff || code >= 0xd800 && code <= 0xdfff) {
        return false;
      }
      i += more + 1;
    }
    return true;
  }
}
