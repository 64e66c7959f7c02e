package io.cuvee.execution.json;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Reads the condition of JSON_MATCH:
///
/// ```
/// or        := and { OR and }
/// and       := primary { AND primary }
/// primary   := '(' or ')' | REGEXP_LIKE '(' path ',' text ')' | path test
/// test      := ( = | <> | != | < | <= | > | >= ) literal
///            | [NOT] IN '(' literal { ',' literal } ')' | BETWEEN literal AND literal
///            | LIKE text | IS [NOT] NULL
/// ```
///
/// A path stands in double quotes, or bare if it is simple.
final class JsonFilterParser {
  private static final int MAX_DEPTH = 100;

  private final String text;
  private int at;
  private int depth;

  /// A condition, and whether its opposite is meant.
  private record Signed(JsonFilter.Node node, boolean negate) {}

  /// @param isNumber whether it was written as a number
  private record Value(String text, boolean isNumber) {}

  JsonFilterParser(String text) {
    this.text = text;
  }

  JsonFilter parse() {
    Signed all = or();
    blanks();
    if (at < text.length()) {
      throw wrong("AND, OR or the end");
    }
    return new JsonFilter(all.node, all.negate);
  }

  private Signed or() {
    List<Signed> parts = new ArrayList<>();
    do {
      parts.add(and());
    } while (word("OR"));
    return parts.size() == 1
        ? parts.getFirst()
        : new Signed(new JsonFilter.Or(inclusive(parts)), false);
  }

  private Signed and() {
    List<Signed> parts = new ArrayList<>();
    do {
      parts.add(primary());
    } while (word("AND"));
    return parts.size() == 1
        ? parts.getFirst()
        : new Signed(new JsonFilter.And(inclusive(parts)), false);
  }

  private static List<JsonFilter.Node> inclusive(List<Signed> parts) {
    if (parts.stream().anyMatch(Signed::negate)) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION,
          "JSON_MATCH: <>, NOT IN and IS NULL speak of the whole document and cannot be combined"
              + " within one JSON_MATCH. Combine several: JSON_MATCH(…) AND JSON_MATCH(…).");
    }
    return parts.stream().map(Signed::node).toList();
  }

  private Signed primary() {
    if (symbol("(")) {
      if (++depth > MAX_DEPTH) {
        throw wrong("fewer parentheses");
      }
      Signed inner = or();
      expect(")");
      depth--;
      return inner;
    }
    if (word("REGEXP_LIKE")) {
      expect("(");
      JsonPath path = path();
      expect(",");
      Pattern pattern = regex(value().text);
      expect(")");
      return test(path, null, value -> pattern.matcher(value).find(), false);
    }
    return comparison(path());
  }

  private Signed comparison(JsonPath path) {
    if (word("IS")) {
      boolean not = word("NOT");
      if (!word("NULL")) {
        throw wrong("NULL");
      }
      return test(path, null, null, !not);
    }
    boolean not = word("NOT");
    if (word("IN")) {
      Set<String> values = new LinkedHashSet<>();
      expect("(");
      do {
        values.add(value().text);
      } while (symbol(","));
      expect(")");
      return test(path, values, null, not);
    }
    if (not) {
      throw wrong("IN");
    }
    if (word("BETWEEN")) {
      Predicate<String> from = atLeast(value(), false);
      if (!word("AND")) {
        throw wrong("AND");
      }
      return test(path, null, from.and(atMost(value(), false)), false);
    }
    if (word("LIKE")) {
      Pattern pattern = like(value().text);
      return test(path, null, value -> pattern.matcher(value).matches(), false);
    }
    if (symbol("<>") || symbol("!=")) {
      return test(path, Set.of(value().text), null, true);
    }
    if (symbol("<=")) {
      return test(path, null, atMost(value(), false), false);
    }
    if (symbol(">=")) {
      return test(path, null, atLeast(value(), false), false);
    }
    if (symbol("<")) {
      return test(path, null, atMost(value(), true), false);
    }
    if (symbol(">")) {
      return test(path, null, atLeast(value(), true), false);
    }
    if (symbol("=")) {
      return test(path, Set.of(value().text), null, false);
    }
    throw wrong("a comparison, IN, BETWEEN, LIKE or IS");
  }

  private static Signed test(
      JsonPath path,
      @Nullable Set<String> values,
      @Nullable Predicate<String> test,
      boolean negate) {
    return new Signed(new JsonFilter.Test(path, path.pattern(), values, test), negate);
  }

  private static Predicate<String> atLeast(Value bound, boolean above) {
    return text -> {
      Integer order = order(text, bound);
      return order != null && (above ? order > 0 : order >= 0);
    };
  }

  private static Predicate<String> atMost(Value bound, boolean below) {
    return text -> {
      Integer order = order(text, bound);
      return order != null && (below ? order < 0 : order <= 0);
    };
  }

  /// How a value compares with a bound; absent if it is no number and the bound is one.
  private static @Nullable Integer order(String text, Value bound) {
    if (!bound.isNumber) {
      return text.compareTo(bound.text);
    }
    BigDecimal number = number(text);
    return number == null ? null : number.compareTo(new BigDecimal(bound.text));
  }

  private static @Nullable BigDecimal number(String text) {
    try {
      return new BigDecimal(text);
    } catch (NumberFormatException notNumber) {
      return null;
    }
  }

  private static Pattern regex(String pattern) {
    try {
      return Pattern.compile(pattern);
    } catch (PatternSyntaxException wrong) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION,
          "JSON_MATCH: '" + pattern + "' is not a regular expression: " + wrong.getDescription(),
          wrong);
    }
  }

  private static Pattern like(String pattern) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      switch (c) {
        case '%' -> regex.append(".*");
        case '_' -> regex.append('.');
        default -> regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }

  private JsonPath path() {
    blanks();
    int start = at;
    if (at < text.length() && text.charAt(at) == '"') {
      return JsonPath.parse(quoted('"'));
    }
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || "$._[]*".indexOf(text.charAt(at)) >= 0)) {
      at++;
    }
    if (at == start) {
      throw wrong("a path in double quotes");
    }
    return JsonPath.parse(text.substring(start, at));
  }

  private Value value() {
    blanks();
    if (at < text.length() && text.charAt(at) == '\'') {
      return new Value(quoted('\''), false);
    }
    if (word("TRUE")) {
      return new Value("true", false);
    }
    if (word("FALSE")) {
      return new Value("false", false);
    }
    int start = at;
    while (at < text.length()
        && (Character.isDigit(text.charAt(at)) || "+-.eE".indexOf(text.charAt(at)) >= 0)) {
      at++;
    }
    BigDecimal number = number(text.substring(start, at));
    if (number == null) {
      at = start;
      throw wrong("a text in single quotes, a number, true or false");
    }
    return new Value(JsonDocuments.text(number), true);
  }

  private String quoted(char quote) {
    StringBuilder inner = new StringBuilder();
    for (int i = at + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != quote) {
        inner.append(c);
      } else if (i + 1 < text.length() && text.charAt(i + 1) == quote) {
        inner.append(quote);
        i++;
      } else {
        at = i + 1;
        return inner.toString();
      }
    }
    throw wrong("the end of what a " + quote + " begins");
  }

  private boolean word(String word) {
    blanks();
    int end = at + word.length();
    boolean found =
        text.regionMatches(true, at, word, 0, word.length())
            && (end == text.length()
                || !Character.isLetterOrDigit(text.charAt(end)) && text.charAt(end) != '_');
    at = found ? end : at;
    return found;
  }

  private boolean symbol(String symbol) {
    blanks();
    boolean found = text.startsWith(symbol, at);
    at = found ? at + symbol.length() : at;
    return found;
  }

  private void expect(String symbol) {
    if (!symbol(symbol)) {
      throw wrong("'" + symbol + "'");
    }
  }

  private void blanks() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private CuveeException wrong(String expected) {
    return new CuveeException(
        ErrorCode.DATA_EXCEPTION,
        String.format(
            Locale.ROOT, "JSON_MATCH: expected %s at character %d of: %s", expected, at + 1, text));
  }
}
