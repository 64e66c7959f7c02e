package io.cuvee.calcite.parser;

import io.cuvee.calcite.parser.Spelling.Kind;
import java.math.BigDecimal;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What LIMIT, OFFSET and FETCH take beside a number: arithmetic of numbers, casts of these or of a
/// `?`, and `(SELECT 2)`. The parser gets the number.
final class ConstantCount {
  private static final Set<String> FOLLOWING =
      Set.of(
          "LIMIT",
          "OFFSET",
          "FETCH",
          "ROW",
          "ROWS",
          "UNION",
          "EXCEPT",
          "INTERSECT",
          "MINUS",
          "ORDER",
          "PERCENT");

  private final Spelling spelling;
  private int at;
  private boolean known = true;

  private ConstantCount(Spelling spelling, int start) {
    this.spelling = spelling;
    this.at = start;
  }

  /// Puts the value of the expression that begins at `start` in its place, if it is such a one.
  static void apply(Spelling spelling, int start) {
    int end = spelling.clauseEnd(start, FOLLOWING);
    for (int i = start; i < end; i++) {
      if (spelling.is(i, "(")) {
        i = spelling.close(i);
      } else if (spelling.is(i, ",")) {
        end = i;
      }
    }
    if (end <= start + 1) {
      return;
    }
    ConstantCount count = new ConstantCount(spelling, start);
    Object value = count.sum();
    if (count.known && count.at == end) {
      spelling.replace(start, end, text(value));
    }
  }

  private static String text(@Nullable Object value) {
    return switch (value) {
      case null -> "ALL";
      case BigDecimal number -> number.toPlainString();
      default -> value.toString();
    };
  }

  /// A number, null for NULL, or the text of a parameter.
  private @Nullable Object sum() {
    Object value = product();
    while (spelling.is(at, "+") || spelling.is(at, "-")) {
      boolean plus = spelling.is(at++, "+");
      Object other = product();
      value = combined(value, other, plus ? '+' : '-');
    }
    return value;
  }

  private @Nullable Object product() {
    Object value = operand();
    while (spelling.is(at, "*") || spelling.is(at, "/") || spelling.is(at, "//")) {
      boolean times = spelling.is(at++, "*");
      Object other = operand();
      value = combined(value, other, times ? '*' : '/');
    }
    return value;
  }

  private @Nullable Object combined(@Nullable Object left, @Nullable Object right, char operator) {
    if (left == null || right == null) {
      return null;
    }
    if (!(left instanceof BigDecimal a)
        || !(right instanceof BigDecimal b)
        || operator == '/' && b.signum() == 0) {
      known = false;
      return left;
    }
    return switch (operator) {
      case '+' -> a.add(b);
      case '-' -> a.subtract(b);
      case '*' -> a.multiply(b);
      default -> a.divideToIntegralValue(b);
    };
  }

  private @Nullable Object operand() {
    Object value = single();
    while (known && spelling.is(at, "::")) {
      at++;
      type();
    }
    return value;
  }

  private @Nullable Object single() {
    Spelling.Token token = spelling.get(at++);
    if (token.kind() == Kind.NUMBER || token.kind() == Kind.STRING) {
      return number(token.text().replace("'", "").strip());
    }
    if (token.is("?")) {
      return "?";
    }
    if (token.is("NULL")) {
      return null;
    }
    if (token.is("CAST") && spelling.is(at, "(")) {
      at++;
      Object value = sum();
      expect("AS");
      type();
      expect(")");
      return value;
    }
    if (token.is("(")) {
      if (spelling.is(at, "SELECT")) {
        at++;
      }
      Object value = sum();
      expect(")");
      return value;
    }
    known = false;
    return null;
  }

  private Object number(String text) {
    try {
      BigDecimal number = new BigDecimal(text);
      known &= number.stripTrailingZeros().scale() <= 0 && number.precision() < 20;
      return number;
    } catch (NumberFormatException none) {
      known = false;
      return text;
    }
  }

  private void type() {
    known &=
        Set.of("INT", "INTEGER", "BIGINT", "SMALLINT", "TINYINT", "LONG", "HUGEINT", "INT4", "INT8")
            .contains(spelling.get(at++).upper());
  }

  private void expect(String token) {
    known &= spelling.is(at++, token);
  }
}
