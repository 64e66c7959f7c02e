package io.cuvee.common.catalog;

import io.cuvee.common.error.Suggestions;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/// What a star-tree aggregates: a column, or `+`, `-`, `*`, parentheses and whole numbers over INT,
/// LONG and DOUBLE columns, typed as in SQL. A name that has other characters than letters, digits
/// and `_` stands in double quotes, unless it is all there is.
public final class MetricExpression {
  private static final int MOST_DEPTH = 100;

  private final String text;
  private final Schema schema;
  private int at;
  private int depth;

  private MetricExpression(String text, Schema schema) {
    this.text = text;
    this.schema = schema;
  }

  /// The expression over the schema's fields, which its columns number.
  ///
  /// @throws IllegalArgumentException that says what is wrong, without a final stop
  public static Expression parse(String text, Schema schema) {
    if (schema.field(text).isPresent()) {
      return column(schema, text);
    }
    MetricExpression parser = new MetricExpression(text, schema);
    Expression parsed = parser.sum();
    parser.skipSpace();
    if (parser.at < text.length()) {
      throw parser.unexpected();
    }
    return parsed;
  }

  private static Expression.Column column(Schema schema, String name) {
    List<String> names = schema.fields().stream().map(FieldSpec::name).toList();
    int index = names.indexOf(name);
    if (index < 0) {
      String hint = Suggestions.didYouMean(name, names).strip();
      throw new IllegalArgumentException(
          "'"
              + name
              + "' is not a column of schema '"
              + schema.name()
              + "'"
              + (hint.isEmpty() ? "" : " (" + hint + ")"));
    }
    return new Expression.Column(index, schema.fields().get(index).type());
  }

  private Expression sum() {
    Expression left = product();
    while (true) {
      if (takes('+')) {
        left = operator("PLUS", left, product());
      } else if (takes('-')) {
        left = operator("MINUS", left, product());
      } else {
        return left;
      }
    }
  }

  private Expression product() {
    Expression left = factor();
    while (takes('*')) {
      left = operator("TIMES", left, factor());
    }
    return left;
  }

  private Expression factor() {
    if (takes('(')) {
      if (++depth > MOST_DEPTH) {
        throw new IllegalArgumentException("it is nested too deeply");
      }
      Expression inner = sum();
      if (!takes(')')) {
        throw unexpected();
      }
      depth--;
      return inner;
    }
    if (at < text.length() && text.charAt(at) == '"') {
      int end = text.indexOf('"', at + 1);
      if (end < 0) {
        throw unexpected();
      }
      String name = text.substring(at + 1, end);
      at = end + 1;
      return column(schema, name);
    }
    int from = at;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
      at++;
    }
    String word = text.substring(from, at);
    if (word.isEmpty()) {
      throw unexpected();
    }
    return Character.isDigit(word.charAt(0)) ? number(word) : column(schema, word);
  }

  private static Expression number(String word) {
    try {
      long value = Long.parseLong(word);
      return new Expression.Literal(value, value == (int) value ? ColumnType.INT : ColumnType.LONG);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'" + word + "' is neither a column nor a whole number", e);
    }
  }

  private static Expression operator(String function, Expression left, Expression right) {
    ColumnType type = common(left.type(), right.type());
    return Expression.call(function, type, as(left, type), as(right, type));
  }

  private static ColumnType common(ColumnType left, ColumnType right) {
    int wider = Math.max(width(left), width(right));
    return wider == 0 ? ColumnType.INT : wider == 1 ? ColumnType.LONG : ColumnType.DOUBLE;
  }

  private static int width(ColumnType type) {
    if (!type.isArray()) {
      switch (type.dataType()) {
        case INT -> {
          return 0;
        }
        case LONG -> {
          return 1;
        }
        case DOUBLE -> {
          return 2;
        }
        default -> {}
      }
    }
    throw new IllegalArgumentException(
        "an expression takes INT, LONG and DOUBLE columns, not " + type);
  }

  private static Expression as(Expression value, ColumnType type) {
    if (value.type().equals(type)) {
      return value;
    }
    if (value instanceof Expression.Literal literal && literal.value() instanceof Long number) {
      return new Expression.Literal(
          type.equals(ColumnType.DOUBLE) ? (Object) (double) number : (Object) number, type);
    }
    return Expression.call("CAST", type, value);
  }

  private boolean takes(char sign) {
    skipSpace();
    if (at < text.length() && text.charAt(at) == sign) {
      at++;
      skipSpace();
      return true;
    }
    return false;
  }

  private void skipSpace() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private IllegalArgumentException unexpected() {
    return new IllegalArgumentException(
        "'"
            + text
            + "' is not a column, and not an expression with +, - and * over columns: "
            + (at < text.length() ? "'" + text.charAt(at) + "' at " + (at + 1) : "its end")
            + " does not belong there");
  }

  /// A text that is equal for expressions that mean the same: operands of `+` and `*` are put in
  /// order, casts that change no value are left out. Empty for expressions that a tree cannot
  /// aggregate.
  ///
  /// @param names of the columns
  public static Optional<String> canonical(Expression expression, IntFunction<String> names) {
    return switch (expression) {
      case Expression.Column column ->
          column.type().isArray()
              ? Optional.empty()
              : Optional.of('"' + names.apply(column.index()).replace("\"", "\"\"") + '"');
      case Expression.Literal literal ->
          literal.value() instanceof Long || literal.value() instanceof Double
              ? Optional.of(literal.value().toString())
              : Optional.empty();
      case Expression.Parameter _ -> Optional.empty();
      case Expression.Call call -> canonicalCall(call, names);
    };
  }

  private static Optional<String> canonicalCall(Expression.Call call, IntFunction<String> names) {
    List<Optional<String>> parts =
        call.arguments().stream().map(argument -> canonical(argument, names)).toList();
    if (call.type().isArray() || parts.stream().anyMatch(Optional::isEmpty)) {
      return Optional.empty();
    }
    List<String> operands = parts.stream().map(Optional::orElseThrow).toList();
    DataType type = call.type().dataType();
    return switch (call.function()) {
      case "CAST" ->
          call.arguments().getFirst().type().equals(ColumnType.INT) && type == DataType.LONG
              ? Optional.of(operands.getFirst())
              : Optional.of("CAST:" + type + "(" + operands.getFirst() + ")");
      case "PLUS", "TIMES" ->
          Optional.of(
              call.function()
                  + ":"
                  + type
                  + operands.stream().sorted(Comparator.naturalOrder()).toList());
      case "MINUS" -> Optional.of("MINUS:" + type + operands);
      default -> Optional.empty();
    };
  }
}
