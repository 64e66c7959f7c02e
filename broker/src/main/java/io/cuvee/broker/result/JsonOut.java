package io.cuvee.broker.result;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A growing buffer of JSON text in UTF-8. The caller puts the commas. Not thread-safe.
public final class JsonOut {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LONG_MIN = "-9223372036854775808".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] BASE64 =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
          .getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NULL = {'n', 'u', 'l', 'l'};

  /// What stands after the backslash for each ASCII character: 0 for itself, `u` for the long form.
  private static final byte[] ESCAPES = new byte[128];

  static {
    Arrays.fill(ESCAPES, 0, 32, (byte) 'u');
    ESCAPES['"'] = '"';
    ESCAPES['\\'] = '\\';
    ESCAPES['\n'] = 'n';
    ESCAPES['\r'] = 'r';
    ESCAPES['\t'] = 't';
    ESCAPES['\b'] = 'b';
    ESCAPES['\f'] = 'f';
  }

  private byte[] bytes;
  private int size;

  public JsonOut(int capacity) {
    bytes = new byte[Math.max(64, capacity)];
  }

  public int size() {
    return size;
  }

  /// Forgets everything from `newSize` on.
  public void truncate(int newSize) {
    size = newSize;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  /// The text without a copy; this buffer must not be used afterwards.
  public ByteBuffer toByteBuffer() {
    return ByteBuffer.wrap(bytes, 0, size);
  }

  /// The buffer behind; its first [#size()] bytes are valid until the next write.
  public byte[] array() {
    return bytes;
  }

  /// ASCII text as it is: punctuation, names.
  public JsonOut raw(String ascii) {
    int length = ascii.length();
    reserve(length);
    for (int i = 0; i < length; i++) {
      bytes[size + i] = (byte) ascii.charAt(i);
    }
    size += length;
    return this;
  }

  public JsonOut raw(byte[] text) {
    reserve(text.length);
    System.arraycopy(text, 0, bytes, size, text.length);
    size += text.length;
    return this;
  }

  public JsonOut raw(byte[] text, int length) {
    reserve(length);
    System.arraycopy(text, 0, bytes, size, length);
    size += length;
    return this;
  }

  public JsonOut raw(char ascii) {
    reserve(1);
    bytes[size++] = (byte) ascii;
    return this;
  }

  public JsonOut writeNull() {
    return raw(NULL);
  }

  public JsonOut number(long value) {
    if (value == Long.MIN_VALUE) {
      return raw(LONG_MIN);
    }
    reserve(20);
    long rest = value;
    if (rest < 0) {
      bytes[size++] = '-';
      rest = -rest;
    }
    int digits = 1;
    for (long bound = 10; digits < 19 && rest >= bound; bound *= 10) {
      digits++;
    }
    for (int i = size + digits - 1; i >= size; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    size += digits;
    return this;
  }

  /// A number; NaN and the infinities, which JSON has not, as strings.
  public JsonOut number(double value) {
    return Double.isFinite(value)
        ? raw(Double.toString(value))
        : raw('"').raw(Double.toString(value)).raw('"');
  }

  /// The number that the float is written as: 0.1 and not 0.10000000149011612.
  public JsonOut number(float value) {
    return Float.isFinite(value)
        ? raw(Float.toString(value))
        : raw('"').raw(Float.toString(value)).raw('"');
  }

  public JsonOut bool(boolean value) {
    return raw(value ? "true" : "false");
  }

  public JsonOut string(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return string(utf8, 0, utf8.length);
  }

  /// Text in UTF-8. Bytes that are no UTF-8 become U+FFFD.
  public JsonOut string(byte[] utf8, int from, int length) {
    reserve(length + 2);
    bytes[size++] = '"';
    int begin = size;
    int end = from + length;
    int start = from;
    boolean ascii = true;
    for (int i = from; i < end; i++) {
      byte b = utf8[i];
      if (b < 0) {
        ascii = false;
      } else if (ESCAPES[b] != 0) {
        copy(utf8, start, i - start);
        escape(b, end - i);
        start = i + 1;
      }
    }
    copy(utf8, start, end - start);
    if (!ascii && !Utf8.isValid(bytes, begin, size - begin)) {
      byte[] repaired =
          new String(bytes, begin, size - begin, StandardCharsets.UTF_8)
              .getBytes(StandardCharsets.UTF_8);
      size = begin;
      raw(repaired);
    }
    reserve(1);
    bytes[size++] = '"';
    return this;
  }

  private void copy(byte[] source, int from, int length) {
    System.arraycopy(source, from, bytes, size, length);
    size += length;
  }

  private void escape(byte b, int rest) {
    reserve(6 + rest);
    bytes[size++] = '\\';
    bytes[size++] = ESCAPES[b];
    if (ESCAPES[b] == 'u') {
      bytes[size++] = '0';
      bytes[size++] = '0';
      bytes[size++] = HEX[b >> 4];
      bytes[size++] = HEX[b & 15];
    }
  }

  /// A string of hexadecimal digits.
  public JsonOut hex(byte[] source, int from, int length) {
    reserve(2 * length + 2);
    bytes[size++] = '"';
    for (int i = from; i < from + length; i++) {
      bytes[size++] = HEX[source[i] >> 4 & 15];
      bytes[size++] = HEX[source[i] & 15];
    }
    bytes[size++] = '"';
    return this;
  }

  /// A string in Base64.
  public JsonOut base64(byte[] source, int from, int length) {
    reserve((length + 2) / 3 * 4 + 2);
    bytes[size++] = '"';
    int end = from + length;
    int i = from;
    for (; i + 2 < end; i += 3) {
      int group = (source[i] & 255) << 16 | (source[i + 1] & 255) << 8 | source[i + 2] & 255;
      bytes[size++] = BASE64[group >> 18];
      bytes[size++] = BASE64[group >> 12 & 63];
      bytes[size++] = BASE64[group >> 6 & 63];
      bytes[size++] = BASE64[group & 63];
    }
    if (i < end) {
      int group = (source[i] & 255) << 16 | (i + 1 < end ? (source[i + 1] & 255) << 8 : 0);
      bytes[size++] = BASE64[group >> 18];
      bytes[size++] = BASE64[group >> 12 & 63];
      bytes[size++] = (byte) (i + 1 < end ? BASE64[group >> 6 & 63] : '=');
      bytes[size++] = '=';
    }
    bytes[size++] = '"';
    return this;
  }

  /// The string form of a UUID of 16 bytes.
  public JsonOut uuid(byte[] source, int from) {
    reserve(38);
    bytes[size++] = '"';
    for (int i = 0; i < 16; i++) {
      if (i == 4 || i == 6 || i == 8 || i == 10) {
        bytes[size++] = '-';
      }
      bytes[size++] = HEX[source[from + i] >> 4 & 15];
      bytes[size++] = HEX[source[from + i] & 15];
    }
    bytes[size++] = '"';
    return this;
  }

  private void reserve(int more) {
    int needed = Math.addExact(size, more);
    if (needed > bytes.length) {
      bytes =
          Arrays.copyOf(
              bytes, (int) Math.max(needed, Math.min(bytes.length * 2L, Integer.MAX_VALUE - 16)));
    }
  }
}
