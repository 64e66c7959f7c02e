package io.cuvee.sqltests.duckdb;

import io.cuvee.sqltests.cluster.Rows;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whether two databases gave the same rows. Numbers are compared by value, whatever their types
/// are, doubles to 1e-12 of their size; times by the text of their milliseconds.
public final class SameRows {
  private static final double TOLERANCE = 1e-12;
  private static final int SHOWN = 5;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS");

  private SameRows() {}

  /// What differs, or the empty string.
  ///
  /// @param ordered whether the rows must come in the same order
  public static String difference(Rows expected, Rows actual, boolean ordered) {
    return difference(expected, actual, ordered, TOLERANCE);
  }

  /// What differs, or the empty string.
  ///
  /// @param ordered whether the rows must come in the same order
  /// @param tolerance for doubles, of their size
  static String difference(Rows expected, Rows actual, boolean ordered, double tolerance) {
    List<List<@Nullable Object>> left = normal(expected, ordered);
    List<List<@Nullable Object>> right = normal(actual, ordered);
    if (left.size() != right.size()) {
      return right.size() + " rows instead of " + left.size() + "\n" + shown(left, right, 0);
    }
    for (int i = 0; i < left.size(); i++) {
      if (!sameRow(left.get(i), right.get(i), tolerance)) {
        return "row " + (i + 1) + " of " + left.size() + " differs\n" + shown(left, right, i);
      }
    }
    return "";
  }

  private static String shown(
      List<List<@Nullable Object>> expected, List<List<@Nullable Object>> actual, int from) {
    return "expected " + part(expected, from) + "\nactual   " + part(actual, from);
  }

  private static List<?> part(List<?> rows, int from) {
    return rows.subList(Math.min(from, rows.size()), Math.min(from + SHOWN, rows.size()));
  }

  private static List<List<@Nullable Object>> normal(Rows rows, boolean ordered) {
    List<List<@Nullable Object>> normal = new ArrayList<>();
    for (List<@Nullable Object> row : rows.cells()) {
      List<@Nullable Object> cells = new ArrayList<>();
      for (Object cell : row) {
        cells.add(normal(cell));
      }
      normal.add(cells);
    }
    if (!ordered) {
      normal.sort(SameRows::compareRows);
    }
    return normal;
  }

  /// Doubles by few digits, so that rows which are equal within the tolerance sort alike.
  private static int compareRows(List<@Nullable Object> left, List<@Nullable Object> right) {
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      int compared = compareCells(left.get(i), right.get(i));
      if (compared != 0) {
        return compared;
      }
    }
    return Integer.compare(left.size(), right.size());
  }

  private static int compareCells(@Nullable Object left, @Nullable Object right) {
    if (left == null || right == null) {
      return Boolean.compare(left != null, right != null);
    }
    if (left instanceof BigDecimal a && right instanceof BigDecimal b) {
      return a.compareTo(b);
    }
    if (left instanceof Number a && right instanceof Number b) {
      // Zero has one sign.
      return Float.compare(a.floatValue() + 0f, b.floatValue() + 0f);
    }
    return left.toString().compareTo(right.toString());
  }

  private static @Nullable Object normal(@Nullable Object cell) {
    return switch (cell) {
      case null -> null;
      case Float real -> (double) real;
      case Double real -> real;
      case BigDecimal decimal -> decimal;
      case BigInteger integer -> new BigDecimal(integer);
      case Number integer -> BigDecimal.valueOf(integer.longValue());
      case LocalDateTime time -> TIME.format(time);
      case byte[] bytes -> HexFormat.of().formatHex(bytes);
      default -> cell.toString();
    };
  }

  private static boolean sameRow(
      List<@Nullable Object> expected, List<@Nullable Object> actual, double tolerance) {
    if (expected.size() != actual.size()) {
      return false;
    }
    for (int i = 0; i < expected.size(); i++) {
      if (!sameCell(expected.get(i), actual.get(i), tolerance)) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameCell(
      @Nullable Object expected, @Nullable Object actual, double tolerance) {
    if (expected == null || actual == null) {
      return expected == null && actual == null;
    }
    if (expected instanceof BigDecimal left && actual instanceof BigDecimal right) {
      return left.compareTo(right) == 0;
    }
    if (expected instanceof Number left && actual instanceof Number right) {
      double a = left.doubleValue();
      double b = right.doubleValue();
      return a == b
          || (Double.isNaN(a) && Double.isNaN(b))
          || Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
    }
    return expected.equals(actual);
  }
}
