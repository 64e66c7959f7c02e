package io.cuvee.execution.expression;

import io.cuvee.common.plan.Expression;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Short forms for tests of expressions.
final class Cases {
  private Cases() {}

  /// A value and its type.
  record Arg(@Nullable Object value, ColumnType type) {}

  static Arg integer(long value) {
    return new Arg(value, ColumnType.INT);
  }

  static Arg big(long value) {
    return new Arg(value, ColumnType.LONG);
  }

  static Arg real(double value) {
    return new Arg(value, ColumnType.DOUBLE);
  }

  static Arg decimal(String value) {
    return new Arg(new BigDecimal(value), ColumnType.BIG_DECIMAL);
  }

  static Arg text(String value) {
    return new Arg(value.getBytes(StandardCharsets.UTF_8), ColumnType.STRING);
  }

  static Arg bool(boolean value) {
    return new Arg(value ? 1L : 0L, ColumnType.BOOLEAN);
  }

  static Arg time(String value) {
    return new Arg(TextParsing.parseTimestamp(value), ColumnType.TIMESTAMP);
  }

  static Arg date(String value) {
    return new Arg(TextParsing.parseDate(value), ColumnType.DATE);
  }

  static Arg texts(String... values) {
    List<Object> list = new ArrayList<>();
    for (String value : values) {
      list.add(value.getBytes(StandardCharsets.UTF_8));
    }
    return new Arg(list, ColumnType.arrayOf(ColumnType.STRING.dataType()));
  }

  static Arg integers(long... values) {
    List<Object> list = new ArrayList<>();
    for (long value : values) {
      list.add(value);
    }
    return new Arg(list, ColumnType.arrayOf(ColumnType.INT.dataType()));
  }

  static Arg nothing(ColumnType type) {
    return new Arg(null, type);
  }

  /// Computes a call over three rows of columns, of which the middle one has these arguments and
  /// the others NULLs.
  static @Nullable Object overColumns(String function, ColumnType type, List<Arg> arguments) {
    List<Values> columns = new ArrayList<>();
    List<Expression> expressions = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      Arg argument = arguments.get(i);
      ValuesBuilder builder = ValuesBuilder.of(argument.type(), 3);
      builder.appendNull();
      builder.appendObject(argument.value());
      builder.appendNull();
      columns.add(builder.build());
      expressions.add(new Expression.Column(i, argument.type()));
    }
    Page page = new Page(3, columns);
    if (function.equals("ARRAY")) {
      page = page.slice(1, 1);
    }
    Values result =
        Evaluator.compile(new Expression.Call(function, expressions, type)).evaluate(page);
    return result.get(result.count() == 1 ? 0 : 1);
  }

  static @Nullable Object overLiterals(String function, ColumnType type, List<Arg> arguments) {
    List<Expression> expressions = new ArrayList<>();
    for (Arg argument : arguments) {
      expressions.add(new Expression.Literal(argument.value(), argument.type()));
    }
    return Evaluator.constant(new Expression.Call(function, expressions, type)).value();
  }

  /// Values in a form that `equals` and messages understand.
  static @Nullable Object shown(@Nullable Object value, ColumnType type) {
    return value == null ? null : TextForms.text(value, type);
  }
}
