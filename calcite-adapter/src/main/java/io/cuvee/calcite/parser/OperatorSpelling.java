package io.cuvee.calcite.parser;

import io.cuvee.calcite.parser.Spelling.Kind;
import io.cuvee.calcite.parser.Spelling.Token;
import java.util.Locale;

/// Operators that bind as tightly as calls do, or that are none: they become calls.
final class OperatorSpelling {
  private final Spelling spelling;

  private OperatorSpelling(Spelling spelling) {
    this.spelling = spelling;
  }

  static void apply(Spelling spelling, int operator) {
    new OperatorSpelling(spelling).apply(operator);
  }

  private void apply(int i) {
    String operator = spelling.get(i).text();
    if (i == 0 || spelling.get(i).kind() != Kind.SYMBOL && !spelling.is(i, "AT")) {
      return;
    }
    switch (operator.toUpperCase(Locale.ROOT)) {
      case "^", "**" -> power(i);
      case "^@" -> call(i, 1, "STARTS_WITH");
      case "::" -> cast(i);
      case "->", "->>" -> {
        if (path(i + 1)) {
          call(i, 1, "JSON_EXTRACT_SCALAR");
        }
      }
      case "AT" -> {
        if (spelling.is(i + 1, "TIME") && spelling.is(i + 2, "ZONE")) {
          int start = spelling.operandStart(i - 1);
          boolean instant =
              spelling.is(start, "TO_UTC_TIMESTAMP")
                  || spelling.is(start, "NOW")
                  || spelling.is(start, "CURRENT_TIMESTAMP");
          call(i, 3, instant ? "FROM_UTC_TIMESTAMP" : "TO_UTC_TIMESTAMP");
        }
      }
      default -> {}
    }
  }

  /// `x::type`, whose operand the parser would take to be all that is before it.
  private void cast(int operator) {
    int type = operator + 1;
    int end = type + 1;
    if (spelling.is(type, "INTERVAL") && spelling.get(operator - 1).kind() == Kind.STRING) {
      spelling.remove(operator, end);
      spelling.insert(operator - 1, "INTERVAL");
      IntervalSpelling.apply(spelling, operator - 1);
      return;
    }
    if (spelling.is(end, "PRECISION") || spelling.is(end, "VARYING")) {
      end++;
    }
    if (spelling.is(end, "(")) {
      end = spelling.close(end) + 1;
    }
    boolean zone = spelling.is(end, "WITH") || spelling.is(end, "WITHOUT");
    if (zone && spelling.is(end + 1, "TIME") && spelling.is(end + 2, "ZONE")) {
      spelling.remove(end, end + 3);
    }
    int length = spelling.get(end + 1).kind() == Kind.NUMBER ? 1 : 0;
    if (spelling.is(end, "[") && spelling.is(end + 1 + length, "]")) {
      // A length binds nothing.
      spelling.replace(end, end + 2 + length, "ARRAY");
      end++;
    }
    spelling.insert(end, ")");
    spelling.replace(operator, operator + 1, "AS");
    spelling.insert(spelling.operandStart(operator - 1), "CAST", "(");
  }

  /// A sign binds closer than `^`, as in PostgreSQL.
  private void power(int operator) {
    int sign = spelling.operandStart(operator - 1) - 1;
    boolean signed = spelling.is(sign, "-") && spelling.beginsOperand(sign);
    int end = spelling.operandEnd(operator + 1);
    spelling.insert(end, ")");
    spelling.replace(operator, operator + 1, ",");
    spelling.insert(signed ? sign : sign + 1, "POWER", "(");
  }

  /// Makes a call of the operands on both sides of `width` tokens.
  private void call(int operator, int width, String function) {
    int end = spelling.operandEnd(operator + width);
    spelling.insert(end, ")");
    spelling.replace(operator, operator + width, ",");
    spelling.insert(spelling.operandStart(operator - 1), function, "(");
  }

  /// Makes a path of the key at `->`; false if it is none.
  private boolean path(int i) {
    Token key = spelling.get(i);
    if (key.kind() == Kind.NUMBER) {
      spelling.replace(i, i + 1, "'$[" + key.text() + "]'");
      return true;
    }
    if (key.kind() != Kind.STRING || !key.text().startsWith("'")) {
      return false;
    }
    if (!key.text().startsWith("'$")) {
      spelling.replace(i, i + 1, "'$." + key.text().substring(1));
    }
    return true;
  }
}
