package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.Kernel.Factory;
import io.cuvee.execution.expression.RowKernels.ToObject;
import io.cuvee.execution.page.BytesValues;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IllegalFormatException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/// How texts are put together, taken apart and compared, character by character.
final class WordKernels {
  /// The digits of Soundex for A to Z.
  private static final String SOUNDS = "01230120022455012623010202";

  /// Longest texts of which a distance is computed.
  private static final int MAX_LENGTH = 10_000;

  private WordKernels() {}

  static void register(Map<String, Factory> all) {
    all.put(
        "CONCAT_WS",
        (operands, type) ->
            RowKernels.toObject(operands, type, WordKernels::joined, false, ColumnType.STRING));
    all.put(
        "FORMAT",
        (operands, type) -> {
          ColumnType[] types =
              operands.stream().map(Kernel.Operand::type).toArray(ColumnType[]::new);
          return RowKernels.toObject(
              operands, type, arguments -> FormatText.of(arguments, types), false, types);
        });
    all.put(
        "PRINTF",
        (operands, type) -> {
          ColumnType[] types =
              operands.stream().map(Kernel.Operand::type).toArray(ColumnType[]::new);
          return RowKernels.toObject(operands, type, WordKernels::printed, types);
        });
    put(
        all,
        "TRANSLATE",
        arguments -> translated(text(arguments[0]), text(arguments[1]), text(arguments[2])));
    all.put(
        "TEXT_SLICE",
        (operands, type) ->
            RowKernels.toObject(
                operands,
                type,
                arguments -> sliced(text(arguments[0]), whole(arguments[1]), whole(arguments[2])),
                ColumnType.STRING,
                ColumnType.LONG));
    all.put(
        "TEXT_ITEM",
        (operands, type) ->
            RowKernels.toObject(
                operands,
                type,
                arguments -> sliced(text(arguments[0]), whole(arguments[1]), whole(arguments[1])),
                ColumnType.STRING,
                ColumnType.LONG));
    all.put(
        "CHR",
        (operands, type) ->
            RowKernels.toObject(
                operands,
                type,
                arguments -> character((Long) Objects.requireNonNull(arguments[0])),
                ColumnType.LONG));
    put(all, "CONTAINS", arguments -> text(arguments[0]).contains(text(arguments[1])) ? 1L : 0L);
    all.put("OCTET_LENGTH", (operands, type) -> octets(operands, 1));
    all.put("BIT_LENGTH", (operands, type) -> octets(operands, Byte.SIZE));
    put(
        all,
        "LEVENSHTEIN",
        arguments -> levenshtein(codePoints(arguments[0]), codePoints(arguments[1])));
    put(
        all,
        "DAMERAU_LEVENSHTEIN",
        arguments -> TextDistance.damerau(codePoints(arguments[0]), codePoints(arguments[1])));
    put(
        all,
        "JARO_SIMILARITY",
        arguments -> TextDistance.jaro(codePoints(arguments[0]), codePoints(arguments[1])));
    put(
        all,
        "JARO_WINKLER_SIMILARITY",
        arguments -> TextDistance.jaroWinkler(codePoints(arguments[0]), codePoints(arguments[1])));
    put(all, "HAMMING", arguments -> hamming(codePoints(arguments[0]), codePoints(arguments[1])));
    put(all, "JACCARD", arguments -> jaccard(codePoints(arguments[0]), codePoints(arguments[1])));
    put(all, "SOUNDEX", arguments -> soundex(text(arguments[0])));
    put(
        all,
        "STRIP_ACCENTS",
        arguments ->
            Normalizer.normalize(text(arguments[0]), Normalizer.Form.NFD)
                .replaceAll("\\p{M}+", ""));
    put(all, "QUOTE_LITERAL", arguments -> "'" + text(arguments[0]).replace("'", "''") + "'");
    put(all, "QUOTE_IDENT", arguments -> "\"" + text(arguments[0]).replace("\"", "\"\"") + "\"");
    put(all, "STRING_SPLIT", arguments -> split(text(arguments[0]), text(arguments[1])));
  }

  private static void put(Map<String, Factory> all, String name, ToObject function) {
    all.put(
        name, (operands, type) -> RowKernels.toObject(operands, type, function, ColumnType.STRING));
  }

  private static String text(@Nullable Object value) {
    return (String) Objects.requireNonNull(value);
  }

  private static int[] codePoints(@Nullable Object value) {
    return text(value).codePoints().toArray();
  }

  /// Times the number of bytes of a value of BYTES, or of a text.
  private static Kernel octets(List<Kernel.Operand> operands, int times) {
    boolean isBinary = operands.getFirst().type().equals(ColumnType.BYTES);
    return RowKernels.toLong(
        operands,
        (arguments, row) -> (long) times * ((BytesValues) arguments[0]).length(row),
        isBinary ? ColumnType.BYTES : ColumnType.STRING);
  }

  private static @Nullable Object joined(@Nullable Object[] arguments) {
    if (!(arguments[0] instanceof String separator)) {
      return null;
    }
    StringJoiner joined = new StringJoiner(separator);
    for (int i = 1; i < arguments.length; i++) {
      if (arguments[i] instanceof String text) {
        joined.add(text);
      }
    }
    return joined.toString();
  }

  private static long whole(@Nullable Object value) {
    return (Long) Objects.requireNonNull(value);
  }

  private static String sliced(String text, long from, long to) {
    int length = text.codePointCount(0, text.length());
    long first = Math.max(from < 0 ? from + length + 1 : from, 1);
    long last = Math.min(to < 0 ? to + length + 1 : to, length);
    return first > last
        ? ""
        : text.substring(
            text.offsetByCodePoints(0, (int) first - 1), text.offsetByCodePoints(0, (int) last));
  }

  private static Object printed(@Nullable Object[] arguments) {
    Object[] values = new Object[arguments.length - 1];
    for (int i = 0; i < values.length; i++) {
      values[i] = arguments[i + 1];
    }
    try {
      return String.format(Locale.ROOT, text(arguments[0]), values);
    } catch (IllegalFormatException wrong) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION,
          "PRINTF: '" + arguments[0] + "' does not fit its values: " + wrong.getMessage() + ".",
          wrong);
    }
  }

  private static String translated(String text, String from, String to) {
    int[] targets = to.codePoints().toArray();
    Map<Integer, Integer> places = new HashMap<>();
    int[] sources = from.codePoints().toArray();
    for (int i = 0; i < sources.length; i++) {
      places.putIfAbsent(sources[i], i);
    }
    StringBuilder result = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> {
          Integer place = places.get(c);
          if (place == null) {
            result.appendCodePoint(c);
          } else if (place < targets.length) {
            result.appendCodePoint(targets[place]);
          }
        });
    return result.toString();
  }

  private static String character(long codePoint) {
    if (codePoint < 0 || codePoint > Character.MAX_CODE_POINT) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION, "CHR: there is no character " + codePoint + ".");
    }
    return Character.toString((int) codePoint);
  }

  private static List<Object> split(String text, String separator) {
    List<String> parts = new ArrayList<>();
    if (separator.isEmpty()) {
      text.codePoints().forEach(c -> parts.add(Character.toString(c)));
      return RegexKernels.bytes(parts);
    }
    int start = 0;
    for (int at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, start)) {
      parts.add(text.substring(start, at));
      start = at + separator.length();
    }
    parts.add(text.substring(start));
    return RegexKernels.bytes(parts);
  }

  private static long levenshtein(int[] a, int[] b) {
    if ((long) a.length * b.length > (long) MAX_LENGTH * MAX_LENGTH) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION,
          "LEVENSHTEIN takes texts of at most " + MAX_LENGTH + " characters.");
    }
    int[] row = new int[b.length + 1];
    for (int j = 0; j <= b.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length; i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length; j++) {
        int change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length];
  }

  private static long hamming(int[] a, int[] b) {
    if (a.length != b.length) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION,
          "HAMMING takes texts of one length, not of " + a.length + " and " + b.length + ".");
    }
    long count = 0;
    for (int i = 0; i < a.length; i++) {
      count += a[i] == b[i] ? 0 : 1;
    }
    return count;
  }

  private static double jaccard(int[] a, int[] b) {
    Set<Integer> both = new HashSet<>();
    Set<Integer> any = new HashSet<>();
    Set<Integer> first = new HashSet<>();
    for (int c : a) {
      first.add(c);
      any.add(c);
    }
    for (int c : b) {
      any.add(c);
      if (first.contains(c)) {
        both.add(c);
      }
    }
    return any.isEmpty() ? 0 : (double) both.size() / any.size();
  }

  private static String soundex(String text) {
    StringBuilder code = new StringBuilder();
    char last = '0';
    for (int i = 0; i < text.length() && code.length() < 4; i++) {
      char letter = Character.toUpperCase(text.charAt(i));
      if (letter < 'A' || letter > 'Z') {
        continue;
      }
      char sound = SOUNDS.charAt(letter - 'A');
      if (code.isEmpty()) {
        code.append(letter);
      } else if (sound != '0' && sound != last) {
        code.append(sound);
      }
      if (letter != 'H' && letter != 'W') {
        last = sound;
      }
    }
    return code.isEmpty() ? "" : code + "0".repeat(4 - code.length());
  }
}
