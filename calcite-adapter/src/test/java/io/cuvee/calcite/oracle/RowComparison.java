package io.cuvee.calcite.oracle;

import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Rows as text that is equal when the rows are: numbers by value, DOUBLEs to 12 digits.
final class RowComparison {
  private RowComparison() {}

  /// One line a row, sorted unless the order counts.
  static List<String> lines(List<List<@Nullable Object>> rows, boolean ordered) {
    List<String> lines = new ArrayList<>();
    rows.forEach(
        row ->
            lines.add(
                row.stream().map(RowComparison::text).collect(Collectors.joining(" | "))));
    if (!ordered) {
      lines.sort(null);
    }
    return lines;
  }

  private static String text(@Nullable Object value) {
    return switch (value) {
      case null -> "NULL";
      case byte[] bytes -> "'" + new String(bytes, StandardCharsets.UTF_8) + "'";
      case Double real when real.isNaN() || real.isInfinite() -> real.toString();
      case Double real -> number(BigDecimal.valueOf(real).round(new MathContext(11)));
      case BigDecimal decimal -> number(decimal.round(new MathContext(11)));
      case List<?> list ->
          list.stream().map(RowComparison::text).collect(Collectors.joining(",", "[", "]"));
      default -> value.toString();
    };
  }

  private static String number(BigDecimal number) {
    String text = number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    return text.toLowerCase(Locale.ROOT);
  }
}
