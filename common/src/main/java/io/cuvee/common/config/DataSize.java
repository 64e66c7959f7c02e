package io.cuvee.common.config;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A number of bytes, written as `512`, `64K`, `200MB`, `1.5G` or `2GiB`; units are powers of 1024.
public record DataSize(long bytes) {
  private static final Pattern FORM = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)\\s*([KMGTP]?)I?B?");

  public static DataSize parse(String text) {
    Matcher form = FORM.matcher(text.trim().toUpperCase(Locale.ROOT));
    if (!form.matches()) {
      throw new CuveeException(
          ErrorCode.INVALID_SETTING,
          "'" + text + "' is not a size. Write it as 512, 64K, 200MB or 2GiB.");
    }
    int power = form.group(2).isEmpty() ? 0 : "KMGTP".indexOf(form.group(2)) + 1;
    return new DataSize((long) (Double.parseDouble(form.group(1)) * Math.pow(1024, power)));
  }

  @Override
  public String toString() {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
  }
}
