package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.Kernel.Factory;
import io.cuvee.execution.expression.RowKernels.ToObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Numbers as texts for people.
final class DisplayKernels {
  private static final List<String> BINARY = List.of("KiB", "MiB", "GiB", "TiB", "PiB");
  private static final List<String> DECIMAL = List.of("kB", "MB", "GB", "TB", "PB");

  /// Parts of a block, by how many eighths of it are filled.
  private static final String EIGHTHS = " \u258f\u258e\u258d\u258c\u258b\u258a\u2589";

  private static final String BLOCK = "\u2588";
  private static final double DEFAULT_WIDTH = 80;
  private static final int MAX_WIDTH = 1000;

  /// A long has 64 digits at most.
  private static final int MAX_DIGITS = 64;

  private DisplayKernels() {}

  static void register(Map<String, Factory> all) {
    put(all, "FORMAT_BYTES", ColumnType.LONG, arguments -> size(whole(arguments[0]), 1024, BINARY));
    put(
        all,
        "FORMATREADABLEDECIMALSIZE",
        ColumnType.LONG,
        arguments -> size(whole(arguments[0]), 1000, DECIMAL));
    put(
        all,
        "TO_BASE",
        ColumnType.LONG,
        arguments ->
            digits(
                whole(arguments[0]),
                whole(arguments[1]),
                arguments.length > 2 ? whole(arguments[2]) : 0));
    put(
        all,
        "BAR",
        ColumnType.DOUBLE,
        arguments ->
            bar(
                number(arguments[0]),
                number(arguments[1]),
                number(arguments[2]),
                arguments.length > 3 ? number(arguments[3]) : DEFAULT_WIDTH));
  }

  private static void put(
      Map<String, Factory> all, String name, ColumnType argument, ToObject function) {
    all.put(name, (operands, type) -> RowKernels.toObject(operands, type, function, argument));
  }

  private static long whole(@Nullable Object value) {
    return (Long) Objects.requireNonNull(value);
  }

  private static double number(@Nullable Object value) {
    return (Double) Objects.requireNonNull(value);
  }

  /// Cut to one decimal, so that 1,023.99 KiB is not a MiB yet.
  private static String size(long bytes, int base, List<String> units) {
    // Kept negative, as the least of all has no opposite.
    long size = bytes < 0 ? bytes : -bytes;
    String sign = bytes < 0 ? "-" : "";
    if (size > -base) {
      return sign + -size + (size == -1 ? " byte" : " bytes");
    }
    int unit = 0;
    long divisor = base;
    while (unit < units.size() - 1 && size / divisor <= -base) {
      divisor *= base;
      unit++;
    }
    long tenths = -(size % divisor) * 10 / divisor;
    return sign + -(size / divisor) + "." + tenths + " " + units.get(unit);
  }

  private static String digits(long number, long base, long least) {
    if (number < 0 || base < Character.MIN_RADIX || base > Character.MAX_RADIX) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION,
          "TO_BASE takes a number that is not negative and a base from 2 to 36, not "
              + number
              + " and "
              + base
              + ".");
    }
    if (least < 0 || least > MAX_DIGITS) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION, "TO_BASE writes 0 to 64 digits at least, not " + least + ".");
    }
    String digits = Long.toString(number, (int) base).toUpperCase(Locale.ROOT);
    return "0".repeat((int) Math.max(0, least - digits.length())) + digits;
  }

  private static String bar(double value, double min, double max, double width) {
    if (!(width >= 1 && width <= MAX_WIDTH)) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION, "BAR takes a width from 1 to 1000, not " + width + ".");
    }
    double share = (value - min) / (max - min);
    double filled = value <= min ? 0 : value >= max ? width : width * share;
    int eighths = Double.isNaN(filled) ? 0 : (int) (filled * EIGHTHS.length());
    int rest = eighths % EIGHTHS.length();
    int blocks = eighths / EIGHTHS.length();
    String part = rest == 0 ? "" : EIGHTHS.substring(rest, rest + 1);
    return BLOCK.repeat(blocks)
        + part
        + " ".repeat(Math.max(0, (int) width - blocks - part.length()));
  }
}
