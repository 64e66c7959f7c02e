package io.cuvee.sqltests.logic;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Whether rows are what a query of the suite expects, by the suite's own rules for text.
final class LogicAnswer {
  private LogicAnswer() {}

  /// What is wrong with the rows, or the empty string.
  static String difference(LogicFile.Query query, List<@Nullable Object[]> rows) {
    int width = query.types().length();
    List<String[]> texts = new ArrayList<>(rows.size());
    for (@Nullable Object[] row : rows) {
      if (row.length != width) {
        return row.length + " columns instead of " + width;
      }
      String[] text = new String[width];
      for (int i = 0; i < width; i++) {
        text[i] = text(row[i], query.types().charAt(i));
      }
      texts.add(text);
    }
    if (query.sort() == LogicFile.Sort.ROWSORT) {
      texts.sort(Arrays::compare);
    }
    List<String> values = new ArrayList<>(texts.size() * width);
    texts.forEach(row -> values.addAll(Arrays.asList(row)));
    if (query.sort() == LogicFile.Sort.VALUESORT) {
      values.sort(Comparator.naturalOrder());
    }
    if (values.size() != query.count()) {
      return "%d values instead of %d: %s".formatted(values.size(), query.count(), few(values));
    }
    boolean same =
        query.hash() == null ? values.equals(query.values()) : query.hash().equals(md5(values));
    return same
        ? ""
        : "expected %s, actual %s"
            .formatted(query.values() == null ? query.hash() : few(query.values()), few(values));
  }

  private static List<String> few(List<String> values) {
    return values.size() <= 20 ? values : values.subList(0, 20);
  }

  private static String text(@Nullable Object cell, char type) {
    if (cell == null) {
      return "NULL";
    }
    return switch (type) {
      case 'I' ->
          cell instanceof Number number
              ? Long.toString(number.longValue())
              : integer(cell.toString());
      case 'R' -> String.format(Locale.ROOT, "%.3f", real(cell));
      default -> printable(cell.toString());
    };
  }

  /// A text where an integer is expected counts as what it begins with, or 0.
  private static String integer(String text) {
    int end = text.startsWith("-") ? 1 : 0;
    while (end < text.length() && Character.isDigit(text.charAt(end))) {
      end++;
    }
    try {
      return Long.toString(Long.parseLong(text.substring(0, end)));
    } catch (NumberFormatException e) {
      return text.equals("true") ? "1" : "0";
    }
  }

  private static double real(Object cell) {
    return cell instanceof Number number
        ? number.doubleValue()
        : Double.parseDouble(cell.toString());
  }

  private static String printable(String text) {
    StringBuilder result = new StringBuilder(text.length());
    text.chars().forEach(c -> result.append(c < ' ' || c > '~' ? '@' : (char) c));
    return text.isEmpty() ? "(empty)" : result.toString();
  }

  private static String md5(List<String> values) {
    try {
      MessageDigest digest = MessageDigest.getInstance("MD5");
      for (String value : values) {
        digest.update((value + "\n").getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
