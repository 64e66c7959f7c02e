package io.cuvee.broker.routing;

import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.DataType;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a filter says of single columns: for a row to pass, each of these columns must have a value
/// within its bounds. What is not understood bounds nothing.
final class FilterScope {
  private static final FilterScope ANYTHING = new FilterScope(Map.of());

  private final Map<String, Bounds> bounds;

  /// The values that a column may have.
  ///
  /// @param min smallest, of columns of longs
  /// @param max largest; below `min` if there is none
  /// @param values if it must be one of a few, each a `Long` or a `String`
  record Bounds(long min, long max, @Nullable Set<Object> values) {
    static Bounds range(long min, long max) {
      return new Bounds(min, max, null);
    }

    static Bounds oneOf(Set<Object> values) {
      long min = Long.MAX_VALUE;
      long max = Long.MIN_VALUE;
      for (Object each : values) {
        if (!(each instanceof Long value)) {
          return new Bounds(Long.MIN_VALUE, Long.MAX_VALUE, values);
        }
        min = Math.min(min, value);
        max = Math.max(max, value);
      }
      return new Bounds(min, max, values);
    }

    Bounds and(Bounds other) {
      Set<Object> both = values == null ? other.values : values;
      if (values != null && other.values != null) {
        both = new HashSet<>(values);
        both.retainAll(other.values);
      }
      long from = Math.max(min, other.min);
      long to = Math.min(max, other.max);
      return new Bounds(from, to, both);
    }

    Bounds or(Bounds other) {
      Set<Object> either = null;
      if (values != null && other.values != null) {
        either = new HashSet<>(values);
        either.addAll(other.values);
      }
      return new Bounds(Math.min(min, other.min), Math.max(max, other.max), either);
    }
  }

  private FilterScope(Map<String, Bounds> bounds) {
    this.bounds = bounds;
  }

  static FilterScope of(SegmentQuery query) {
    return query.filter() == null ? ANYTHING : of(query.filter(), query.columns());
  }

  @Nullable Bounds of(String column) {
    return bounds.get(column);
  }

  boolean isAnything() {
    return bounds.isEmpty();
  }

  private static FilterScope of(Expression filter, List<String> columns) {
    if (!(filter instanceof Expression.Call call)) {
      return ANYTHING;
    }
    List<Expression> arguments = call.arguments();
    return switch (call.function()) {
      case "AND" -> {
        FilterScope all = ANYTHING;
        for (Expression argument : arguments) {
          all = all.and(of(argument, columns));
        }
        yield all;
      }
      case "OR" -> {
        FilterScope any = of(arguments.getFirst(), columns);
        for (Expression argument : arguments.subList(1, arguments.size())) {
          any = any.or(of(argument, columns));
        }
        yield any;
      }
      case "IS_TRUE" -> of(arguments.getFirst(), columns);
      case "EQ", "LT", "LE", "GT", "GE" ->
          comparison(call.function(), arguments.getFirst(), arguments.getLast(), columns);
      case "BETWEEN" ->
          comparison("GE", arguments.getFirst(), arguments.get(1), columns)
              .and(comparison("LE", arguments.getFirst(), arguments.get(2), columns));
      case "IN" -> in(arguments, columns);
      default -> ANYTHING;
    };
  }

  private static FilterScope comparison(
      String function, Expression left, Expression right, List<String> columns) {
    if (left instanceof Expression.Literal && right instanceof Expression.Column) {
      String turned =
          switch (function) {
            case "LT" -> "GT";
            case "LE" -> "GE";
            case "GT" -> "LT";
            case "GE" -> "LE";
            default -> function;
          };
      return comparison(turned, right, left, columns);
    }
    if (!(left instanceof Expression.Column column)) {
      return ANYTHING;
    }
    Object known = value(column, right);
    String name = columns.get(column.index());
    if (known != null && function.equals("EQ")) {
      return new FilterScope(Map.of(name, Bounds.oneOf(Set.of(known))));
    }
    if (!(known instanceof Long value)) {
      return ANYTHING;
    }
    Bounds range =
        switch (function) {
          case "LT" ->
              value == Long.MIN_VALUE
                  ? Bounds.range(Long.MAX_VALUE, Long.MIN_VALUE)
                  : Bounds.range(Long.MIN_VALUE, value - 1);
          case "LE" -> Bounds.range(Long.MIN_VALUE, value);
          case "GT" ->
              value == Long.MAX_VALUE
                  ? Bounds.range(Long.MAX_VALUE, Long.MIN_VALUE)
                  : Bounds.range(value + 1, Long.MAX_VALUE);
          default -> Bounds.range(value, Long.MAX_VALUE);
        };
    return new FilterScope(Map.of(name, range));
  }

  private static FilterScope in(List<Expression> arguments, List<String> columns) {
    if (!(arguments.getFirst() instanceof Expression.Column column)) {
      return ANYTHING;
    }
    Set<Object> values = new HashSet<>();
    for (Expression argument : arguments.subList(1, arguments.size())) {
      Object value = value(column, argument);
      if (value != null) {
        values.add(value);
      } else if (!(argument instanceof Expression.Literal literal) || literal.value() != null) {
        return ANYTHING;
      }
      // Nothing equals NULL.
    }
    return new FilterScope(Map.of(columns.get(column.index()), Bounds.oneOf(values)));
  }

  /// What a column is compared with, a `Long` or a `String`, if its own values are of the same
  /// kind; else null.
  private static @Nullable Object value(Expression.Column column, Expression other) {
    if (!(other instanceof Expression.Literal literal)
        || column.type().isArray()
        || literal.type().isArray()
        || !areAlike(column.type().dataType(), literal.type().dataType())) {
      return null;
    }
    return switch (literal.value()) {
      case Long number -> number;
      case byte[] text when literal.type().dataType().isText() ->
          new String(text, StandardCharsets.UTF_8);
      case null, default -> null;
    };
  }

  private static boolean areAlike(DataType column, DataType literal) {
    return column == literal || column.isInteger() && literal.isInteger();
  }

  private FilterScope and(FilterScope other) {
    Map<String, Bounds> both = new HashMap<>(bounds);
    other.bounds.forEach((column, bound) -> both.merge(column, bound, Bounds::and));
    return new FilterScope(both);
  }

  private FilterScope or(FilterScope other) {
    Map<String, Bounds> either = new HashMap<>();
    bounds.forEach((column, bound) -> {
      Bounds others = other.bounds.get(column);
      if (others != null) {
        either.put(column, bound.or(others));
      }
    });
    return new FilterScope(either);
  }
}
