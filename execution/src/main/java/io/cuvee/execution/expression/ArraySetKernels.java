package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.expression.Kernel.Factory;
import io.cuvee.execution.expression.Kernel.Operand;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Functions that make arrays of arrays and their elements, or look for elements.
final class ArraySetKernels {
  /// Elements of an array that is made of numbers.
  private static final int MAX_SERIES = 1_000_000;

  /// The order of elements: that of their values, texts and bytes by bytes.
  private static final Comparator<Object> ORDER = ArraySetKernels::compare;

  private ArraySetKernels() {}

  /// Makes a value of the arguments: lists of the elements' type, and elements.
  private interface ToElements {
    @Nullable Object apply(List<@Nullable Object> arguments);
  }

  static void register(Map<String, Factory> all) {
    put(all, "ARRAY_INDEX", arguments -> indexOf(list(arguments.get(0)), arguments.get(1)) + 1L);
    put(all, "ARRAY_SORT_KEY", arguments -> ArraySortKey.of(list(arguments.get(0))));
    put(all, "ARRAY_SORT", arguments -> sorted(list(arguments.get(0)), ORDER));
    put(all, "ARRAY_REVERSE_SORT", arguments -> sorted(list(arguments.get(0)), ORDER.reversed()));
    put(all, "ARRAY_DISTINCT", arguments -> distinct(list(arguments.get(0))));
    put(all, "ARRAY_REVERSE", arguments -> list(arguments.get(0)).reversed());
    all.put(
        "ARRAY_CONCAT",
        (operands, type) ->
            RowKernels.toObject(operands, type, ArraySetKernels::concatenated, false, type));
    all.put("ARRAY_APPEND", (operands, type) -> added(operands, type, 0));
    all.put("ARRAY_PREPEND", (operands, type) -> added(operands, type, 1));
    put(
        all,
        "ARRAY_REMOVE",
        arguments -> kept(list(arguments.get(0)), set(List.of(value(arguments.get(1)))), false));
    put(
        all,
        "ARRAY_INTERSECT",
        arguments -> distinct(kept(list(arguments.get(0)), set(list(arguments.get(1))), true)));
    put(
        all,
        "ARRAY_EXCEPT",
        arguments -> distinct(kept(list(arguments.get(0)), set(list(arguments.get(1))), false)));
    put(all, "ARRAY_UNION", arguments -> distinct(joined(arguments)));
    put(
        all,
        "ARRAYS_OVERLAP",
        arguments ->
            kept(list(arguments.get(0)), set(list(arguments.get(1))), true).isEmpty() ? 0L : 1L);
    put(
        all,
        "LIST_HAS_ALL",
        arguments ->
            kept(list(arguments.get(1)), set(list(arguments.get(0))), false).isEmpty() ? 1L : 0L);
    put(
        all,
        "VALUEIN",
        arguments -> {
          List<Object> wanted = new ArrayList<>();
          arguments.subList(1, arguments.size()).forEach(value -> wanted.add(value(value)));
          return kept(list(arguments.get(0)), set(wanted), true);
        });
    put(all, "ARRAY_MAX", arguments -> extreme(list(arguments.get(0)), ORDER));
    put(all, "ARRAY_MIN", arguments -> extreme(list(arguments.get(0)), ORDER.reversed()));
    put(all, "ARRAY_SUM", arguments -> sum(list(arguments.get(0)), false));
    put(all, "ARRAY_AVERAGE", arguments -> sum(list(arguments.get(0)), true));
    all.put("ARRAY_SLICE", ArraySetKernels::slice);
    all.put("LIST_WHERE", ArraySetKernels::where);
    all.put("LIST_SELECT", ArraySetKernels::selected);
    all.put("LIST_RESIZE", ArraySetKernels::resized);
    all.put("GENERATE_SERIES", (operands, type) -> series(operands, type, true));
    all.put("RANGE", (operands, type) -> series(operands, type, false));
  }

  private static void put(Map<String, Factory> all, String name, ToElements function) {
    all.put(
        name,
        (operands, type) -> {
          ColumnType[] types = types(operands);
          return RowKernels.toObject(
              operands,
              type,
              arguments -> {
                List<@Nullable Object> values = new ArrayList<>(arguments.length);
                for (Object argument : arguments) {
                  values.add(
                      argument instanceof String text
                          ? text.getBytes(java.nio.charset.StandardCharsets.UTF_8)
                          : argument);
                }
                return function.apply(values);
              },
              types);
        });
  }

  /// All arguments as arrays of the first array's elements, or as its elements.
  private static ColumnType[] types(List<Operand> operands) {
    ColumnType array =
        operands.stream()
            .map(Operand::type)
            .filter(ColumnType::isArray)
            .findFirst()
            .orElse(operands.getFirst().type());
    return operands.stream()
        .map(operand -> operand.type().isArray() ? array : array.elementType())
        .toArray(ColumnType[]::new);
  }

  @SuppressWarnings("unchecked")
  private static List<Object> list(@Nullable Object value) {
    return (List<Object>) Objects.requireNonNull(value);
  }

  private static Object value(@Nullable Object value) {
    return Objects.requireNonNull(value);
  }

  private static int compare(Object a, Object b) {
    return switch (a) {
      case Long number -> Long.compare(number, (Long) b);
      case Double number -> Double.compare(number, (Double) b);
      case BigDecimal number -> number.compareTo((BigDecimal) b);
      case byte[] bytes -> Arrays.compareUnsigned(bytes, (byte[]) b);
      default -> throw new IllegalStateException("An element is a " + a.getClass());
    };
  }

  private static Set<Object> set(List<Object> values) {
    Set<Object> set = new TreeSet<>(ORDER);
    set.addAll(values);
    return set;
  }

  private static int indexOf(List<Object> values, @Nullable Object wanted) {
    for (int i = 0; i < values.size(); i++) {
      if (compare(values.get(i), value(wanted)) == 0) {
        return i;
      }
    }
    return -1;
  }

  private static List<Object> sorted(List<Object> values, Comparator<Object> order) {
    return values.stream().sorted(order).toList();
  }

  private static List<Object> distinct(List<Object> values) {
    Set<Object> seen = new TreeSet<>(ORDER);
    return values.stream().filter(seen::add).toList();
  }

  /// The arrays of what they are given; absent if all are.
  private static @Nullable Object concatenated(@Nullable Object[] arrays) {
    List<Object> all = null;
    for (Object array : arrays) {
      if (array != null) {
        all = all == null ? new ArrayList<>() : all;
        all.addAll(list(array));
      }
    }
    return all;
  }

  private static List<Object> joined(List<@Nullable Object> arguments) {
    List<Object> joined = new ArrayList<>();
    arguments.forEach(argument -> joined.addAll(list(argument)));
    return joined;
  }

  /// NULL is an array without elements, and no element, unless both are.
  private static Kernel added(List<Operand> operands, ColumnType type, int array) {
    return RowKernels.toObject(
        operands,
        type,
        arguments -> {
          Object element = arguments[1 - array];
          if (element == null) {
            return arguments[array];
          }
          List<Object> added = new ArrayList<>();
          if (arguments[array] != null) {
            added.addAll(list(arguments[array]));
          }
          added.add(
              array == 0 ? added.size() : 0,
              element instanceof String text
                  ? text.getBytes(java.nio.charset.StandardCharsets.UTF_8)
                  : element);
          return added;
        },
        false,
        types(operands));
  }

  private static List<Object> kept(List<Object> values, Set<Object> set, boolean inSet) {
    return values.stream().filter(value -> set.contains(value) == inSet).toList();
  }

  private static @Nullable Object extreme(List<Object> values, Comparator<Object> order) {
    return values.isEmpty() ? null : Collections.max(values, order);
  }

  private static @Nullable Object sum(List<Object> values, boolean mean) {
    double sum = 0;
    for (Object value : values) {
      if (!(value instanceof Number number)) {
        throw new CuveeException(
            ErrorCode.TYPE_MISMATCH, "Sums and means are of arrays of numbers.");
      }
      sum += number.doubleValue();
    }
    return values.isEmpty() ? null : (Object) (mean ? sum / values.size() : sum);
  }

  private static Kernel slice(List<Operand> operands, ColumnType type) {
    return RowKernels.toObject(
        operands,
        type,
        arguments -> {
          List<Object> values = list(arguments[0]);
          long size = values.size();
          long from = (Long) value(arguments[1]);
          long to = (Long) value(arguments[2]);
          from = Math.max(1, from < 0 ? size + 1 + from : from);
          to = Math.min(size, to < 0 ? size + 1 + to : to);
          return from > to ? List.of() : values.subList((int) from - 1, (int) to);
        },
        operands.getFirst().type(),
        ColumnType.LONG);
  }

  private static Kernel where(List<Operand> operands, ColumnType type) {
    return RowKernels.toObject(
        operands,
        type,
        arguments -> {
          List<Object> values = list(arguments[0]);
          List<Object> truths = list(arguments[1]);
          List<Object> kept = new ArrayList<>();
          for (int i = 0; i < Math.min(values.size(), truths.size()); i++) {
            if ((Long) truths.get(i) != 0) {
              kept.add(values.get(i));
            }
          }
          return kept;
        },
        operands.getFirst().type(),
        ColumnType.arrayOf(DataType.BOOLEAN));
  }

  private static Kernel selected(List<Operand> operands, ColumnType type) {
    return RowKernels.toObject(
        operands,
        type,
        arguments -> {
          List<Object> values = list(arguments[0]);
          List<Object> selected = new ArrayList<>();
          for (Object place : list(arguments[1])) {
            long index = (Long) place;
            if (index >= 1 && index <= values.size()) {
              selected.add(values.get((int) index - 1));
            }
          }
          return selected;
        },
        operands.getFirst().type(),
        ColumnType.arrayOf(DataType.LONG));
  }

  private static Kernel resized(List<Operand> operands, ColumnType type) {
    ColumnType array = operands.getFirst().type();
    boolean text = array.elementType().equals(ColumnType.STRING);
    return RowKernels.toObject(
        operands,
        type,
        arguments -> {
          if (arguments[0] == null) {
            return null;
          }
          List<Object> values = list(arguments[0]);
          long size = arguments[1] == null ? 0 : (Long) arguments[1];
          if (size < 0 || size > MAX_SERIES) {
            throw new CuveeException(
                ErrorCode.DATA_EXCEPTION,
                "LIST_RESIZE takes a size from 0 to " + MAX_SERIES + ", not " + size + ".");
          }
          if (size <= values.size()) {
            return values.subList(0, (int) size);
          }
          Object element = arguments.length > 2 ? arguments[2] : null;
          if (element == null) {
            throw new CuveeException(
                ErrorCode.DATA_EXCEPTION,
                "LIST_RESIZE needs a third argument for the new elements: an array cannot hold"
                    + " NULL.");
          }
          List<Object> grown = new ArrayList<>(values);
          grown.addAll(
              Collections.nCopies(
                  (int) size - values.size(),
                  text
                      ? ((String) element).getBytes(java.nio.charset.StandardCharsets.UTF_8)
                      : element));
          return grown;
        },
        false,
        array,
        ColumnType.LONG,
        array.elementType());
  }

  private static Kernel series(List<Operand> operands, ColumnType type, boolean inclusive) {
    return RowKernels.toObject(
        operands,
        type,
        arguments -> {
          boolean one = arguments.length == 1;
          long from = one ? 0 : (Long) value(arguments[0]);
          long to = (Long) value(arguments[one ? 0 : 1]);
          long step = arguments.length > 2 ? (Long) value(arguments[2]) : 1;
          if (step == 0) {
            throw new CuveeException(
                ErrorCode.DATA_EXCEPTION, "A series needs a step that is not 0.");
          }
          List<Object> series = new ArrayList<>();
          for (long at = from; step > 0 ? at < to : at > to; at += step) {
            series.add(at);
            if (series.size() > MAX_SERIES) {
              throw new CuveeException(
                  ErrorCode.DATA_EXCEPTION,
                  "A series has at most "
                      + MAX_SERIES
                      + " numbers. Take a greater step, or several.");
            }
            if (step > 0 ? at > Long.MAX_VALUE - step : at < Long.MIN_VALUE - step) {
              return series;
            }
          }
          if (inclusive && (step > 0 ? from <= to : from >= to) && (to - from) % step == 0) {
            series.add(to);
          }
          return series;
        },
        ColumnType.LONG);
  }
}
