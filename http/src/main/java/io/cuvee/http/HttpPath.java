package io.cuvee.http;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Takes request paths apart. Refuses every form that two programs might read differently: empty,
/// `.` and `..` segments, parameters after `;`, and encoded separators.
final class HttpPath {
  private HttpPath() {}

  /// The decoded segments of a raw path; one slash at the end makes no difference.
  ///
  /// @throws CuveeException `INVALID_INPUT` if the path is refused
  static List<String> segments(String path) {
    if (path.isEmpty() || path.charAt(0) != '/') {
      throw refused(path, "it must begin with '/'");
    }
    List<String> segments = new ArrayList<>(6);
    int length = path.length() > 1 && path.endsWith("/") ? path.length() - 1 : path.length();
    int start = 1;
    while (start < length) {
      int slash = path.indexOf('/', start);
      int end = slash < 0 || slash > length ? length : slash;
      segments.add(decode(path, path.substring(start, end)));
      start = end + 1;
      if (start == length && slash >= 0 && slash < length) {
        throw refused(path, "it has an empty segment");
      }
    }
    return segments;
  }

  private static String decode(String path, String raw) {
    String segment = raw.indexOf('%') < 0 ? raw : percentDecode(path, raw);
    if (segment.isEmpty()) {
      throw refused(path, "it has an empty segment");
    }
    if (segment.equals(".") || segment.equals("..")) {
      throw refused(path, "'" + segment + "' is not allowed in it");
    }
    for (int i = 0; i < segment.length(); i++) {
      char c = segment.charAt(i);
      if (c < ' ' || c == '/' || c == '\\' || c == ';' || c == 0x7f) {
        throw refused(path, "a segment has a character that is not allowed");
      }
    }
    return segment;
  }

  private static String percentDecode(String path, String raw) {
    byte[] bytes = raw.getBytes(StandardCharsets.UTF_8);
    byte[] decoded = new byte[bytes.length];
    int count = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '%') {
        int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
        int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
        if (high < 0 || low < 0) {
          throw refused(path, "'%' must be followed by two hexadecimal digits");
        }
        decoded[count++] = (byte) (high << 4 | low);
        i += 2;
      } else {
        decoded[count++] = bytes[i];
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(decoded, 0, count))
          .toString();
    } catch (CharacterCodingException e) {
      throw refused(path, "it is not UTF-8");
    }
  }

  private static CuveeException refused(String path, String why) {
    return new CuveeException(
        ErrorCode.INVALID_INPUT, "The path '" + path + "' is refused: " + why + ".");
  }
}
