package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.Kernel.Factory;
import io.cuvee.execution.expression.RowKernels.ToLong;
import io.cuvee.execution.expression.RowKernels.ToText;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.BytesValuesBuilder;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;

/// Functions of text. They work on UTF-8; positions and lengths count code points.
final class TextKernels {
  /// Longest text that a function may make of one row.
  private static final int MAX_BYTES = 1 << 26;

  private static final byte[] BLANK = {' '};

  private TextKernels() {}

  static void register(Map<String, Factory> all) {
    text(all, "UPPER", TextKernels::upper, ColumnType.STRING);
    text(all, "LOWER", TextKernels::lower, ColumnType.STRING);
    text(all, "INITCAP", TextKernels::initCap, ColumnType.STRING);
    text(all, "REVERSE", TextKernels::reverse, ColumnType.STRING);
    text(all, "CONCAT", TextKernels::concat, ColumnType.STRING);
    text(all, "REPLACE", TextKernels::replace, ColumnType.STRING);
    text(all, "TRIM", (texts, row, out) -> trim(texts, row, out, true, true), ColumnType.STRING);
    text(all, "LTRIM", (texts, row, out) -> trim(texts, row, out, true, false), ColumnType.STRING);
    text(all, "RTRIM", (texts, row, out) -> trim(texts, row, out, false, true), ColumnType.STRING);
    text(all, "SUBSTRING", TextKernels::substring, ColumnType.STRING, ColumnType.LONG);
    text(all, "LEFT", TextKernels::left, ColumnType.STRING, ColumnType.LONG);
    text(all, "RIGHT", TextKernels::right, ColumnType.STRING, ColumnType.LONG);
    text(all, "REPEAT", TextKernels::repeat, ColumnType.STRING, ColumnType.LONG);
    text(
        all,
        "OVERLAY",
        TextKernels::overlay,
        ColumnType.STRING,
        ColumnType.STRING,
        ColumnType.LONG);
    text(
        all,
        "LPAD",
        (arguments, row, out) -> pad(arguments, row, out, true),
        ColumnType.STRING,
        ColumnType.LONG,
        ColumnType.STRING);
    text(
        all,
        "RPAD",
        (arguments, row, out) -> pad(arguments, row, out, false),
        ColumnType.STRING,
        ColumnType.LONG,
        ColumnType.STRING);
    text(
        all,
        "SPLIT_PART",
        TextKernels::splitPart,
        ColumnType.STRING,
        ColumnType.STRING,
        ColumnType.LONG);
    text(all, "MD5", (texts, row, out) -> hash("MD5", texts, row, out), ColumnType.STRING);
    text(all, "SHA256", (texts, row, out) -> hash("SHA-256", texts, row, out), ColumnType.STRING);
    number(all, "CHAR_LENGTH", (texts, row) -> length((BytesValues) texts[0], row));
    number(all, "ASCII", TextKernels::ascii);
    number(
        all,
        "POSITION",
        (texts, row) -> position((BytesValues) texts[1], (BytesValues) texts[0], row));
    number(
        all,
        "STRPOS",
        (texts, row) -> position((BytesValues) texts[0], (BytesValues) texts[1], row));
    number(
        all,
        "STARTS_WITH",
        (texts, row) -> begins((BytesValues) texts[0], (BytesValues) texts[1], row));
    number(
        all,
        "ENDS_WITH",
        (texts, row) -> ends((BytesValues) texts[0], (BytesValues) texts[1], row));
  }

  private static void text(
      Map<String, Factory> all, String name, ToText function, ColumnType... types) {
    all.put(name, (arguments, _) -> RowKernels.toText(arguments, function, types));
  }

  private static void number(Map<String, Factory> all, String name, ToLong function) {
    all.put(name, (arguments, _) -> RowKernels.toLong(arguments, function, ColumnType.STRING));
  }

  private static long length(BytesValues texts, int row) {
    return Utf8.count(texts.bytes(), texts.offsets()[row], texts.offsets()[row + 1]);
  }

  private static long number(Values[] arguments, int index, int row) {
    return ((LongValues) arguments[index]).values()[row];
  }

  private static void upper(Values[] texts, int row, BytesValuesBuilder out) {
    BytesValues values = (BytesValues) texts[0];
    byte[] bytes = values.bytes(row);
    if (Utf8.isAscii(bytes, 0, bytes.length)) {
      for (int i = 0; i < bytes.length; i++) {
        if (bytes[i] >= 'a' && bytes[i] <= 'z') {
          bytes[i] = (byte) (bytes[i] - 32);
        }
      }
      out.append(bytes);
    } else {
      append(out, values.text(row).toUpperCase(Locale.ROOT));
    }
  }

  private static void lower(Values[] texts, int row, BytesValuesBuilder out) {
    out.append(lower((BytesValues) texts[0], row));
  }

  static byte[] lower(BytesValues values, int row) {
    byte[] bytes = values.bytes(row);
    if (!Utf8.isAscii(bytes, 0, bytes.length)) {
      return values.text(row).toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8);
    }
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] >= 'A' && bytes[i] <= 'Z') {
        bytes[i] = (byte) (bytes[i] + 32);
      }
    }
    return bytes;
  }

  private static void append(BytesValuesBuilder out, String text) {
    out.append(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void initCap(Values[] texts, int row, BytesValuesBuilder out) {
    String text = ((BytesValues) texts[0]).text(row);
    StringBuilder result = new StringBuilder(text.length());
    boolean inWord = false;
    for (int i = 0; i < text.length(); ) {
      int codePoint = text.codePointAt(i);
      result.appendCodePoint(
          inWord ? Character.toLowerCase(codePoint) : Character.toUpperCase(codePoint));
      inWord = Character.isLetterOrDigit(codePoint);
      i += Character.charCount(codePoint);
    }
    append(out, result.toString());
  }

  private static void reverse(Values[] texts, int row, BytesValuesBuilder out) {
    BytesValues values = (BytesValues) texts[0];
    byte[] bytes = values.bytes();
    int from = values.offsets()[row];
    int to = values.offsets()[row + 1];
    byte[] reversed = new byte[to - from];
    int end = reversed.length;
    for (int at = from; at < to; ) {
      int next = Utf8.next(bytes, at, to);
      end -= next - at;
      System.arraycopy(bytes, at, reversed, end, next - at);
      at = next;
    }
    out.append(reversed);
  }

  private static void concat(Values[] texts, int row, BytesValuesBuilder out) {
    long total = 0;
    for (Values text : texts) {
      total += ((BytesValues) text).length(row);
    }
    byte[] joined = new byte[checkedLength(total)];
    int at = 0;
    for (Values text : texts) {
      BytesValues values = (BytesValues) text;
      System.arraycopy(values.bytes(), values.offsets()[row], joined, at, values.length(row));
      at += values.length(row);
    }
    out.append(joined);
  }

  private static int checkedLength(long bytes) {
    if (bytes > MAX_BYTES) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION,
          "A text of " + bytes + " bytes is too long; functions make at most " + MAX_BYTES + ".");
    }
    return (int) bytes;
  }

  private static void replace(Values[] texts, int row, BytesValuesBuilder out) {
    BytesValues values = (BytesValues) texts[0];
    BytesValues wanted = (BytesValues) texts[1];
    BytesValues replacement = (BytesValues) texts[2];
    byte[] bytes = values.bytes();
    int at = values.offsets()[row];
    int to = values.offsets()[row + 1];
    int length = wanted.length(row);
    int found = length == 0 ? -1 : indexOf(values, at, to, wanted, row);
    if (found < 0) {
      out.append(bytes, at, to - at);
      return;
    }
    java.io.ByteArrayOutputStream result = new java.io.ByteArrayOutputStream(to - at);
    while (found >= 0) {
      result.write(bytes, at, found - at);
      result.write(replacement.bytes(), replacement.offsets()[row], replacement.length(row));
      checkedLength(result.size());
      at = found + length;
      found = indexOf(values, at, to, wanted, row);
    }
    result.write(bytes, at, to - at);
    out.append(result.toByteArray());
  }

  private static int indexOf(BytesValues values, int from, int to, BytesValues wanted, int row) {
    return Utf8.indexOf(
        values.bytes(), from, to, wanted.bytes(), wanted.offsets()[row], wanted.offsets()[row + 1]);
  }

  private static void trim(
      Values[] texts, int row, BytesValuesBuilder out, boolean start, boolean end) {
    BytesValues values = (BytesValues) texts[0];
    byte[] set = texts.length > 1 ? ((BytesValues) texts[1]).bytes(row) : BLANK;
    byte[] bytes = values.bytes();
    int from = values.offsets()[row];
    int to = values.offsets()[row + 1];
    while (start && from < to) {
      int next = Utf8.next(bytes, from, to);
      if (!contains(set, bytes, from, next)) {
        break;
      }
      from = next;
    }
    while (end && from < to) {
      int last = to - 1;
      while (last > from && (bytes[last] & 0xc0) == 0x80) {
        last--;
      }
      if (!contains(set, bytes, last, to)) {
        break;
      }
      to = last;
    }
    out.append(bytes, from, to - from);
  }

  /// Whether the code point `bytes[from..to)` is one of those in `set`.
  private static boolean contains(byte[] set, byte[] bytes, int from, int to) {
    for (int at = 0; at < set.length; ) {
      int next = Utf8.next(set, at, set.length);
      if (Arrays.equals(set, at, next, bytes, from, to)) {
        return true;
      }
      at = next;
    }
    return false;
  }

  private static void substring(Values[] arguments, int row, BytesValuesBuilder out) {
    long start = number(arguments, 1, row);
    long length = Long.MAX_VALUE;
    if (arguments.length > 2) {
      length = number(arguments, 2, row);
      if (length < 0) {
        throw new CuveeException(
            ErrorCode.DATA_EXCEPTION,
            "SUBSTRING takes no negative length, but it is " + length + ".");
      }
    }
    long end = start > 0 && length > Long.MAX_VALUE - start ? Long.MAX_VALUE : start + length;
    long first = Math.max(1, start);
    appendPart(out, (BytesValues) arguments[0], row, first - 1, Math.max(0, end - first));
  }

  /// Appends `count` code points after `skipped`.
  private static void appendPart(
      BytesValuesBuilder out, BytesValues values, int row, long skipped, long count) {
    byte[] bytes = values.bytes();
    int from = values.offsets()[row];
    int to = values.offsets()[row + 1];
    int start;
    int end;
    if (Utf8.isAscii(bytes, from, to)) {
      start = from + (int) Math.min(skipped, to - from);
      end = start + (int) Math.min(count, to - start);
    } else {
      start = Utf8.skip(bytes, from, to, skipped);
      end = Utf8.skip(bytes, start, to, count);
    }
    out.append(bytes, start, end - start);
  }

  private static void left(Values[] arguments, int row, BytesValuesBuilder out) {
    BytesValues values = (BytesValues) arguments[0];
    long count = number(arguments, 1, row);
    appendPart(out, values, row, 0, count < 0 ? Math.max(0, length(values, row) + count) : count);
  }

  private static void right(Values[] arguments, int row, BytesValuesBuilder out) {
    BytesValues values = (BytesValues) arguments[0];
    long count = number(arguments, 1, row);
    long skipped =
        count < 0
            ? (count == Long.MIN_VALUE ? Long.MAX_VALUE : -count)
            : Math.max(0, length(values, row) - count);
    appendPart(out, values, row, skipped, Long.MAX_VALUE);
  }

  private static void repeat(Values[] arguments, int row, BytesValuesBuilder out) {
    byte[] part = ((BytesValues) arguments[0]).bytes(row);
    long times = Math.max(0, number(arguments, 1, row));
    if (times > MAX_BYTES && part.length > 0) {
      times = MAX_BYTES + 1L;
    }
    byte[] result = new byte[part.length == 0 ? 0 : checkedLength(part.length * times)];
    for (int at = 0; at < result.length; at += part.length) {
      System.arraycopy(part, 0, result, at, part.length);
    }
    out.append(result);
  }

  private static void overlay(Values[] arguments, int row, BytesValuesBuilder out) {
    BytesValues values = (BytesValues) arguments[0];
    BytesValues replacement = (BytesValues) arguments[1];
    long start = number(arguments, 2, row);
    long length = arguments.length > 3 ? number(arguments, 3, row) : length(replacement, row);
    if (start < 1) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION, "OVERLAY counts positions from 1, but it is " + start + ".");
    }
    byte[] bytes = values.bytes();
    int from = values.offsets()[row];
    int to = values.offsets()[row + 1];
    int cut = Utf8.skip(bytes, from, to, start - 1);
    long rest =
        length > 0 && start - 1 > Long.MAX_VALUE - length ? Long.MAX_VALUE : start - 1 + length;
    int resume = Utf8.skip(bytes, from, to, Math.max(0, rest));
    java.io.ByteArrayOutputStream result = new java.io.ByteArrayOutputStream();
    result.write(bytes, from, cut - from);
    result.write(replacement.bytes(), replacement.offsets()[row], replacement.length(row));
    result.write(bytes, resume, to - resume);
    out.append(result.toByteArray());
  }

  private static void pad(Values[] arguments, int row, BytesValuesBuilder out, boolean start) {
    BytesValues values = (BytesValues) arguments[0];
    long wanted = Math.max(0, number(arguments, 1, row));
    byte[] fill = arguments.length > 2 ? ((BytesValues) arguments[2]).bytes(row) : BLANK;
    long missing = wanted - length(values, row);
    if (missing <= 0 || fill.length == 0) {
      appendPart(out, values, row, 0, wanted);
      return;
    }
    checkedLength(Math.multiplyHigh(missing, fill.length) == 0 ? missing : Long.MAX_VALUE);
    java.io.ByteArrayOutputStream filling = new java.io.ByteArrayOutputStream();
    int at = 0;
    for (long i = 0; i < missing; i++) {
      int next = Utf8.next(fill, at, fill.length);
      filling.write(fill, at, next - at);
      at = next == fill.length ? 0 : next;
    }
    byte[] text = values.bytes(row);
    java.io.ByteArrayOutputStream result = new java.io.ByteArrayOutputStream();
    if (start) {
      result.writeBytes(filling.toByteArray());
    }
    result.writeBytes(text);
    if (!start) {
      result.writeBytes(filling.toByteArray());
    }
    checkedLength(result.size());
    out.append(result.toByteArray());
  }

  private static void splitPart(Values[] arguments, int row, BytesValuesBuilder out) {
    BytesValues values = (BytesValues) arguments[0];
    BytesValues separator = (BytesValues) arguments[1];
    long wanted = number(arguments, 2, row);
    if (wanted == 0) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION,
          "SPLIT_PART counts parts from 1, or from -1 at the end, but it is 0.");
    }
    int to = values.offsets()[row + 1];
    int length = separator.length(row);
    if (wanted < 0) {
      long parts = 1;
      if (length > 0) {
        int found = indexOf(values, values.offsets()[row], to, separator, row);
        while (found >= 0) {
          parts++;
          found = indexOf(values, found + length, to, separator, row);
        }
      }
      wanted = wanted < -parts ? 0 : parts + 1 + wanted;
    }
    int from = values.offsets()[row];
    for (long part = 1; part <= wanted; part++) {
      int found = length == 0 ? -1 : indexOf(values, from, to, separator, row);
      if (part == wanted) {
        out.append(values.bytes(), from, (found < 0 ? to : found) - from);
        return;
      }
      if (found < 0) {
        break;
      }
      from = found + length;
    }
    out.append(values.bytes(), 0, 0);
  }

  private static void hash(String algorithm, Values[] texts, int row, BytesValuesBuilder out) {
    BytesValues values = (BytesValues) texts[0];
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      digest.update(values.bytes(), values.offsets()[row], values.length(row));
      append(out, HexFormat.of().formatHex(digest.digest()));
    } catch (NoSuchAlgorithmException missing) {
      throw new CuveeException(ErrorCode.INTERNAL, "This Java has no " + algorithm + ".", missing);
    }
  }

  private static long ascii(Values[] texts, int row) {
    BytesValues values = (BytesValues) texts[0];
    int from = values.offsets()[row];
    int to = values.offsets()[row + 1];
    if (from == to) {
      return 0;
    }
    int next = Utf8.next(values.bytes(), from, to);
    return new String(values.bytes(), from, next - from, StandardCharsets.UTF_8).codePointAt(0);
  }

  /// 1-based position in code points, 0 if it does not occur.
  private static long position(BytesValues values, BytesValues wanted, int row) {
    int from = values.offsets()[row];
    int found = indexOf(values, from, values.offsets()[row + 1], wanted, row);
    return found < 0 ? 0 : Utf8.count(values.bytes(), from, found) + 1L;
  }

  private static long begins(BytesValues values, BytesValues prefix, int row) {
    int from = values.offsets()[row];
    int length = prefix.length(row);
    return values.length(row) >= length
            && Arrays.equals(
                values.bytes(),
                from,
                from + length,
                prefix.bytes(),
                prefix.offsets()[row],
                prefix.offsets()[row + 1])
        ? 1
        : 0;
  }

  private static long ends(BytesValues values, BytesValues suffix, int row) {
    int to = values.offsets()[row + 1];
    int length = suffix.length(row);
    return values.length(row) >= length
            && Arrays.equals(
                values.bytes(),
                to - length,
                to,
                suffix.bytes(),
                suffix.offsets()[row],
                suffix.offsets()[row + 1])
        ? 1
        : 0;
  }
}
