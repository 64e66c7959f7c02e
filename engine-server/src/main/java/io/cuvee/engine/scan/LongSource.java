package io.cuvee.engine.scan;

import io.cuvee.common.plan.Expression;
import io.cuvee.common.type.DataType;
import io.cuvee.common.type.DataType.Representation;
import io.cuvee.segment.column.SegmentColumn;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Longs of the selected rows on bare arrays: a column, or arithmetic over columns of which a
/// segment's smallest and largest values say that nothing can overflow. Not thread-safe.
public sealed interface LongSource {
  /// The most that one source computes, so that a deep expression does not take a block for each of
  /// its operators.
  int MOST_OPERATORS = 16;

  /// No value is below this.
  long min();

  /// No value is above this.
  long max();

  /// One value for each selected row, valid until the next call.
  long[] values(Selection rows);

  /// Whether [#ints] can be asked: all values and all that they are computed from fit 32 bits.
  boolean hasInts();

  /// As [#values], in half the space; only if the rows are dense ([Selection#isDense()]).
  int[] ints(Selection rows);

  /// The only column whose NULLs make the values NULL; absent if no value is.
  default OptionalInt nullableSlot() {
    return OptionalInt.empty();
  }

  /// A column, or arithmetic over columns without NULLs; empty for all else.
  static Optional<LongSource> of(Expression expression, List<SegmentColumn> columns) {
    if (expression instanceof Expression.Column column) {
      return column(column, columns, true);
    }
    return operators(expression) > MOST_OPERATORS ? Optional.empty() : compile(expression, columns);
  }

  private static int operators(Expression expression) {
    return expression instanceof Expression.Call call
        ? 1 + call.arguments().stream().mapToInt(LongSource::operators).sum()
        : 0;
  }

  private static Optional<LongSource> compile(Expression expression, List<SegmentColumn> columns) {
    return switch (expression) {
      case Expression.Column column -> column(column, columns, false);
      case Expression.Literal literal ->
          literal.value() instanceof Long value
              ? Optional.of(new Constant(value))
              : Optional.empty();
      case Expression.Parameter _ -> Optional.empty();
      case Expression.Call call -> call(call, columns);
    };
  }

  private static Optional<LongSource> column(
      Expression.Column column, List<SegmentColumn> columns, boolean nullable) {
    SegmentColumn stored = columns.get(column.index());
    boolean nulls = stored.statistics().nullCount() > 0;
    if (column.type().isArray()
        || column.type().dataType().representation() != Representation.LONG
        || nulls && !nullable) {
      return Optional.empty();
    }
    if (stored.statistics().min() instanceof Long min
        && stored.statistics().max() instanceof Long max) {
      // A NULL reads as 0.
      return Optional.of(
          new Stored(
              column.index(),
              nulls ? Math.min(min, 0) : min,
              nulls ? Math.max(max, 0) : max,
              nulls,
              stored.hasInts()));
    }
    return nulls && stored.statistics().nullCount() == stored.docCount()
        ? Optional.of(new Stored(column.index(), 0, 0, true, false))
        : Optional.empty();
  }

  private static Optional<LongSource> call(Expression.Call call, List<SegmentColumn> columns) {
    if (call.type().isArray() || !isInteger(call.type().dataType())) {
      return Optional.empty();
    }
    if (call.function().equals("CAST")) {
      return compile(call.arguments().getFirst(), columns)
          .filter(source -> isInteger(call.arguments().getFirst().type().dataType()))
          .filter(source -> fits(source.min(), source.max(), call.type().dataType()));
    }
    if (call.arguments().size() != 2) {
      return Optional.empty();
    }
    Optional<Operator> operator = Operator.of(call.function());
    if (operator.isEmpty()) {
      return Optional.empty();
    }
    for (Expression argument : call.arguments()) {
      if (argument.type().isArray() || !isInteger(argument.type().dataType())) {
        return Optional.empty();
      }
    }
    return compile(call.arguments().get(0), columns)
        .flatMap(left ->
            compile(call.arguments().get(1), columns)
                .flatMap(right -> computed(operator.get(), left, right, call)));
  }

  private static Optional<LongSource> computed(
      Operator operator, LongSource left, LongSource right, Expression.Call call) {
    try {
      Computed computed = Computed.of(operator, left, right);
      return fits(computed.min(), computed.max(), call.type().dataType())
          ? Optional.of(computed)
          : Optional.empty();
    } catch (ArithmeticException overflow) {
      return Optional.empty();
    }
  }

  private static boolean isInteger(DataType type) {
    return type == DataType.INT || type == DataType.LONG;
  }

  private static boolean fits(long min, long max, DataType type) {
    return type == DataType.LONG || min >= Integer.MIN_VALUE && max <= Integer.MAX_VALUE;
  }

  /// What can be computed.
  enum Operator {
    PLUS,
    MINUS,
    TIMES;

    static Optional<Operator> of(String function) {
      return switch (function) {
        case "PLUS" -> Optional.of(PLUS);
        case "MINUS" -> Optional.of(MINUS);
        case "TIMES" -> Optional.of(TIMES);
        default -> Optional.empty();
      };
    }
  }

  /// A column's values; 0 where NULL.
  record Stored(int slot, long min, long max, boolean nulls, boolean hasInts)
      implements LongSource {
    @Override
    public long[] values(Selection rows) {
      return rows.longs(slot);
    }

    @Override
    public int[] ints(Selection rows) {
      return rows.ints(slot);
    }

    @Override
    public OptionalInt nullableSlot() {
      return nulls ? OptionalInt.of(slot) : OptionalInt.empty();
    }
  }

  /// The same value for all rows.
  final class Constant implements LongSource {
    private final long value;
    private final long[] values = new long[Block.ROWS];
    private final int[] ints = new int[Block.ROWS];

    Constant(long value) {
      this.value = value;
      java.util.Arrays.fill(values, value);
      java.util.Arrays.fill(ints, (int) value);
    }

    @Override
    public boolean hasInts() {
      return value == (int) value;
    }

    @Override
    public int[] ints(Selection rows) {
      return ints;
    }

    @Override
    public long min() {
      return value;
    }

    @Override
    public long max() {
      return value;
    }

    @Override
    public long[] values(Selection rows) {
      return values;
    }
  }

  /// An operator over two sources.
  final class Computed implements LongSource {
    private final Operator operator;
    private final LongSource left;
    private final LongSource right;
    private final long min;
    private final long max;
    private final boolean hasInts;
    private long[] out = {};
    private int[] intsOut = {};

    private Computed(Operator operator, LongSource left, LongSource right, long min, long max) {
      this.operator = operator;
      this.left = left;
      this.right = right;
      this.min = min;
      this.max = max;
      this.hasInts =
          left.hasInts() && right.hasInts() && min >= Integer.MIN_VALUE && max <= Integer.MAX_VALUE;
    }

    @Override
    public boolean hasInts() {
      return hasInts;
    }

    @Override
    public int[] ints(Selection rows) {
      int[] a = left.ints(rows);
      int[] b = right.ints(rows);
      if (intsOut.length == 0) {
        intsOut = new int[Block.ROWS];
      }
      switch (operator) {
        case PLUS -> Kernels.plus(a, b, rows.count(), intsOut);
        case MINUS -> Kernels.minus(a, b, rows.count(), intsOut);
        case TIMES -> Kernels.times(a, b, rows.count(), intsOut);
      }
      return intsOut;
    }

    /// @throws ArithmeticException if some values of both would overflow 64 bits
    static Computed of(Operator operator, LongSource left, LongSource right) {
      return switch (operator) {
        case PLUS ->
            new Computed(
                operator,
                left,
                right,
                Math.addExact(left.min(), right.min()),
                Math.addExact(left.max(), right.max()));
        case MINUS ->
            new Computed(
                operator,
                left,
                right,
                Math.subtractExact(left.min(), right.max()),
                Math.subtractExact(left.max(), right.min()));
        case TIMES -> {
          long a = Math.multiplyExact(left.min(), right.min());
          long b = Math.multiplyExact(left.min(), right.max());
          long c = Math.multiplyExact(left.max(), right.min());
          long d = Math.multiplyExact(left.max(), right.max());
          yield new Computed(
              operator,
              left,
              right,
              Math.min(Math.min(a, b), Math.min(c, d)),
              Math.max(Math.max(a, b), Math.max(c, d)));
        }
      };
    }

    @Override
    public long min() {
      return min;
    }

    @Override
    public long max() {
      return max;
    }

    @Override
    public long[] values(Selection rows) {
      long[] a = left.values(rows);
      long[] b = right.values(rows);
      if (out.length == 0) {
        out = new long[Block.ROWS];
      }
      switch (operator) {
        case PLUS -> Kernels.plus(a, b, rows.count(), out);
        case MINUS -> Kernels.minus(a, b, rows.count(), out);
        case TIMES -> Kernels.times(a, b, rows.count(), out);
      }
      return out;
    }
  }
}
