package io.cuvee.benchmarks.engine;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What is compared of answers: all rows in their order, numbers to twelve digits, since an engine
/// may sum integers in doubles.
final class Digest {
  private Digest() {}

  static String of(List<@Nullable Object[]> rows) {
    long hash = rows.size();
    for (@Nullable Object[] row : rows) {
      for (Object cell : row) {
        hash = hash * 1_000_003 + text(cell).hashCode();
      }
    }
    // A single row is shown as it is, so that a difference explains itself.
    return rows.size() == 1 && rows.getFirst().length == 1
        ? text(rows.getFirst()[0])
        : Long.toHexString(hash);
  }

  private static String text(@Nullable Object cell) {
    if (cell instanceof Number number) {
      double value = number.doubleValue();
      return value == Math.rint(value) && Math.abs(value) < 1e15
          ? Long.toString((long) value)
          : String.format(Locale.ROOT, "%.12g", value);
    }
    return String.valueOf(cell);
  }
}
