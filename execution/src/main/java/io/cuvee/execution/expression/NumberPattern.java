package io.cuvee.execution.expression;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/// How TO_CHAR writes numbers, by PostgreSQL's patterns: `9` and `0` for digits, `.` or `D`, `,` or
/// `G`, `S` or `MI` for the sign, `FM` for no blanks; what else there is stands for itself.
///
/// @param before what stands before the digits
/// @param whole places before the point, with their separators
/// @param fraction places behind the point
/// @param after what stands behind the digits
/// @param fill whether blanks fill up the width
/// @param signed whether a plus is written too
/// @param signLast whether the sign stands behind the number
record NumberPattern(
    String before,
    String whole,
    String fraction,
    String after,
    boolean fill,
    boolean signed,
    boolean signLast) {

  static NumberPattern of(String text) {
    String rest = text;
    boolean fill = !rest.toUpperCase(Locale.ROOT).startsWith("FM");
    rest = fill ? rest : rest.substring(2);
    String upper = rest.toUpperCase(Locale.ROOT).replace('D', '.').replace('G', ',');
    boolean signLast = upper.endsWith("S") || upper.endsWith("MI");
    boolean signed = upper.startsWith("S") || upper.endsWith("S");
    int first = 0;
    while (first < upper.length() && "90.,".indexOf(upper.charAt(first)) < 0) {
      first++;
    }
    int end = first;
    while (end < upper.length() && "90.,".indexOf(upper.charAt(end)) >= 0) {
      end++;
    }
    String digits = upper.substring(first, end);
    int point = digits.indexOf('.');
    return new NumberPattern(
        rest.substring(0, first).replaceFirst("(?i)^(S|MI)", ""),
        point < 0 ? digits : digits.substring(0, point),
        point < 0 ? "" : digits.substring(point + 1).replaceAll("[.,]", ""),
        rest.substring(end).replaceFirst("(?i)(S|MI)$", ""),
        fill,
        signed,
        signLast);
  }

  String format(BigDecimal value) {
    BigDecimal rounded = value.setScale(fraction.length(), RoundingMode.HALF_UP);
    String plain = rounded.abs().toPlainString();
    int point = plain.indexOf('.');
    String digits = point < 0 ? plain : plain.substring(0, point);
    digits = digits.equals("0") && !whole.endsWith("0") && !fraction.isEmpty() ? "" : digits;
    String behind = point < 0 ? "" : plain.substring(point + 1);
    StringBuilder text = new StringBuilder();
    int places = whole.replace(",", "").length();
    int next = digits.length() - places;
    boolean begun = false;
    boolean tooLong = next > 0;
    for (int i = 0; i < whole.length(); i++) {
      char place = whole.charAt(i);
      if (place == ',') {
        text.append(begun ? "," : fill ? " " : "");
        continue;
      }
      begun |= next >= 0 || place == '0';
      text.append(
          tooLong ? "#" : next >= 0 ? digits.substring(next, next + 1) : begun ? "0" : blank());
      next++;
    }
    if (!fraction.isEmpty()) {
      text.append('.').append(tooLong ? "#".repeat(fraction.length()) : trimmed(behind));
    }
    return signed(rounded.signum() < 0, text.toString());
  }

  private String blank() {
    return fill ? " " : "";
  }

  /// Without the zeros at the end that FM leaves out.
  private String trimmed(String behind) {
    int end = behind.length();
    while (!fill && end > 0 && behind.charAt(end - 1) == '0' && fraction.charAt(end - 1) == '9') {
      end--;
    }
    return behind.substring(0, end);
  }

  private String signed(boolean negative, String number) {
    String sign = negative ? "-" : signed ? "+" : blank();
    if (signLast) {
      return before + number + sign + after;
    }
    int digits = 0;
    while (digits < number.length() && number.charAt(digits) == ' ') {
      digits++;
    }
    return number.substring(0, digits) + sign + before + number.substring(digits) + after;
  }
}
