package io.cuvee.calcite.parser;

import io.cuvee.calcite.operator.TimeUnits;
import io.cuvee.calcite.parser.Spelling.Kind;
import io.cuvee.calcite.parser.Spelling.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Brings intervals into the form of the parser: one number as a text, and one unit in the
/// singular.
final class IntervalSpelling {
  static final Set<String> UNITS =
      Set.of("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "MILLISECOND");

  private final Spelling spelling;

  private IntervalSpelling(Spelling spelling) {
    this.spelling = spelling;
  }

  static void apply(Spelling spelling, int interval) {
    new IntervalSpelling(spelling).apply(interval);
  }

  /// `INTERVAL 1 DAY`, `INTERVAL (x) DAYS`, `INTERVAL '1 day 2 hours'`.
  private void apply(int i) {
    Token next = spelling.get(i + 1);
    if (next.kind() == Kind.STRING) {
      unit(i + 2, false);
      compound(i);
      return;
    }
    boolean negative = next.is("-") && spelling.get(i + 2).kind() == Kind.NUMBER;
    if (next.kind() == Kind.NUMBER || negative) {
      int number = negative ? i + 2 : i + 1;
      if (unit(number + 1, true)) {
        String text = (negative ? "-" : "") + spelling.get(number).text();
        spelling.replace(i + 1, number + 1, "'" + text + "'");
        compound(i);
      }
      return;
    }
    if (next.is("(") || next.kind() == Kind.WORD && !spelling.beginsOperand(i + 2)) {
      int end = spelling.operandEnd(i + 1);
      if (unit(end, true)) {
        String unit = spelling.get(end).text();
        spelling.replace(end, end + 1, "*", "INTERVAL", "'1'", unit, ")");
        spelling.replace(i, i + 1, "(");
      }
    }
  }

  /// Puts the singular of a unit in the place of its plural.
  private boolean unit(int i, boolean needed) {
    if (!spelling.isWord(i)) {
      return false;
    }
    String unit = TimeUnits.canonical(spelling.get(i).text());
    if (!UNITS.contains(unit)) {
      return false;
    }
    if (needed || !spelling.is(i, unit)) {
      spelling.replace(i, i + 1, unit);
    }
    return true;
  }

  /// The sum of the parts of an interval, of which the parser knows one alone.
  private void compound(int i) {
    String text = spelling.get(i + 1).text();
    boolean named = spelling.isWord(i + 2) && UNITS.contains(spelling.get(i + 2).upper());
    String whole =
        text.substring(1, text.length() - 1).strip()
            + (named ? " " + spelling.get(i + 2).text() : "");
    String[] parts = whole.split("\\s+");
    boolean millis = whole.toUpperCase(Locale.ROOT).contains("MILLI");
    if (parts.length % 2 != 0 || parts.length < 2 || parts.length == 2 && !millis) {
      return;
    }
    int end = i + (named ? 3 : 2);
    // The parser cannot add months to days, but both to a time.
    String sign = !spelling.beginsOperand(i - 1) && spelling.is(i - 1, "-") ? "-" : "+";
    boolean alone =
        !spelling.is(i - 1, sign)
            || spelling.beginsOperand(i - 1)
            || spelling.is(end, "*")
            || spelling.is(end, "/");
    List<Token> sum = new ArrayList<>();
    if (alone) {
      Spelling.add(sum, "(");
    }
    for (int p = 0; p < parts.length; p += 2) {
      String unit = TimeUnits.canonical(parts[p + 1]);
      if (!UNITS.contains(unit) || !parts[p].matches("-?\\d+(\\.\\d+)?")) {
        return;
      }
      if (p > 0) {
        Spelling.add(sum, alone ? "+" : sign);
      }
      if (unit.equals("MILLISECOND")) {
        Spelling.add(sum, parts[p], "*", "INTERVAL", "'0.001'", "SECOND");
      } else {
        Spelling.add(sum, "INTERVAL", "'" + parts[p] + "'", unit);
      }
    }
    if (alone) {
      Spelling.add(sum, ")");
    }
    spelling.remove(i, end);
    spelling.insertAll(i, sum);
  }
}
