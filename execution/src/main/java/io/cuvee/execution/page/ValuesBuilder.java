package io.cuvee.execution.page;

import io.cuvee.common.type.ColumnType;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Collects values row by row. Not thread-safe; [#build()] ends it.
public abstract sealed class ValuesBuilder
    permits ValuesBuilder.Longs,
        ValuesBuilder.Doubles,
        ValuesBuilder.Decimals,
        BytesValuesBuilder,
        ValuesBuilder.Arrays1 {
  private long @Nullable [] validity;
  int count;

  /// @param capacity expected rows; more are fine
  public static ValuesBuilder of(ColumnType type, int capacity) {
    if (type.isArray()) {
      return new Arrays1(type, capacity);
    }
    return switch (type.dataType().representation()) {
      case LONG -> new Longs(capacity);
      case DOUBLE -> new Doubles(capacity);
      case DECIMAL -> new Decimals(capacity);
      case BYTES -> new BytesValuesBuilder(capacity);
    };
  }

  public final int count() {
    return count;
  }

  /// Appends SQL NULL.
  public final void appendNull() {
    appendZero();
    if (validity == null) {
      validity = new long[Math.max(1, Validity.wordCount(count))];
      for (int i = 0; i < count - 1; i++) {
        validity[i >>> 6] |= 1L << i;
      }
    } else {
      growValidity();
    }
  }

  /// Appends zero, or what is empty.
  public final void appendDefault() {
    appendZero();
    valid();
  }

  /// Appends row `row` of `source`, which has the same form.
  public final void append(Values source, int row) {
    if (source.isNull(row)) {
      appendNull();
    } else {
      appendValue(source, row);
    }
  }

  /// Appends a value in the Java form of [io.cuvee.common.plan.Expression.Literal], `null` for SQL
  /// NULL.
  public final void appendObject(@Nullable Object value) {
    if (value == null) {
      appendNull();
    } else {
      appendNonNull(value);
    }
  }

  /// Drops all rows from `rows` on, and the elements of an array that was not ended.
  public final void truncate(int rows) {
    truncateValues(rows);
    count = rows;
    long[] words = validity;
    if (words != null) {
      for (int i = rows >>> 6; i < words.length; i++) {
        words[i] &= i == rows >>> 6 ? (1L << rows) - 1 : 0;
      }
    }
  }

  public abstract Values build();

  /// Drops what is kept beside the rows.
  void truncateValues(int rows) {}

  abstract void appendZero();

  abstract void appendValue(Values source, int row);

  abstract void appendNonNull(Object value);

  /// Marks the row that was just appended as having a value.
  final void valid() {
    if (validity != null) {
      growValidity();
      validity[count - 1 >>> 6] |= 1L << count - 1;
    }
  }

  private void growValidity() {
    long[] words = validity;
    int needed = Validity.wordCount(count);
    if (words != null && needed > words.length) {
      validity = Arrays.copyOf(words, Math.max(needed, words.length * 2));
    }
  }

  final @Nullable Validity builtValidity() {
    long[] words = validity;
    return words == null ? null : new Validity(Arrays.copyOf(words, Validity.wordCount(count)));
  }

  /// Builds [LongValues].
  public static final class Longs extends ValuesBuilder {
    private long[] values;

    public Longs(int capacity) {
      values = new long[Math.max(8, capacity)];
    }

    public void append(long value) {
      if (count == values.length) {
        values = Arrays.copyOf(values, count * 2);
      }
      values[count++] = value;
      valid();
    }

    @Override
    void appendZero() {
      if (count == values.length) {
        values = Arrays.copyOf(values, count * 2);
      }
      values[count++] = 0;
    }

    @Override
    void appendValue(Values source, int row) {
      append(((LongValues) source).values()[row]);
    }

    @Override
    void appendNonNull(Object value) {
      append((Long) value);
    }

    @Override
    public LongValues build() {
      return new LongValues(values, count, builtValidity());
    }
  }

  /// Builds [DoubleValues].
  public static final class Doubles extends ValuesBuilder {
    private double[] values;

    public Doubles(int capacity) {
      values = new double[Math.max(8, capacity)];
    }

    public void append(double value) {
      if (count == values.length) {
        values = Arrays.copyOf(values, count * 2);
      }
      values[count++] = value;
      valid();
    }

    @Override
    void appendZero() {
      if (count == values.length) {
        values = Arrays.copyOf(values, count * 2);
      }
      values[count++] = 0;
    }

    @Override
    void appendValue(Values source, int row) {
      append(((DoubleValues) source).values()[row]);
    }

    @Override
    void appendNonNull(Object value) {
      append((Double) value);
    }

    @Override
    public DoubleValues build() {
      return new DoubleValues(values, count, builtValidity());
    }
  }

  /// Builds [DecimalValues].
  public static final class Decimals extends ValuesBuilder {
    private BigDecimal[] values;

    public Decimals(int capacity) {
      values = new BigDecimal[Math.max(8, capacity)];
    }

    public void append(BigDecimal value) {
      if (count == values.length) {
        values = Arrays.copyOf(values, count * 2);
      }
      values[count++] = value;
      valid();
    }

    @Override
    void appendZero() {
      if (count == values.length) {
        values = Arrays.copyOf(values, count * 2);
      }
      values[count++] = BigDecimal.ZERO;
    }

    @Override
    void appendValue(Values source, int row) {
      append(((DecimalValues) source).values()[row]);
    }

    @Override
    void appendNonNull(Object value) {
      append((BigDecimal) value);
    }

    @Override
    public DecimalValues build() {
      return new DecimalValues(values, count, builtValidity());
    }
  }

  /// Builds [ArrayValues]: append the elements to [#elements()], then end the row.
  public static final class Arrays1 extends ValuesBuilder {
    private final ValuesBuilder elements;
    private int[] offsets;

    Arrays1(ColumnType type, int capacity) {
      elements = of(type.elementType(), capacity * 2);
      offsets = new int[Math.max(9, capacity + 1)];
    }

    public ValuesBuilder elements() {
      return elements;
    }

    /// Ends the row: its elements are those appended since the last row ended.
    public void endRow() {
      appendZero();
      valid();
    }

    @Override
    void appendZero() {
      if (count + 1 == offsets.length) {
        offsets = Arrays.copyOf(offsets, offsets.length * 2);
      }
      offsets[++count] = elements.count();
    }

    @Override
    void truncateValues(int rows) {
      elements.truncate(offsets[rows]);
    }

    @Override
    void appendValue(Values source, int row) {
      ArrayValues arrays = (ArrayValues) source;
      for (int i = arrays.offsets()[row]; i < arrays.offsets()[row + 1]; i++) {
        elements.append(arrays.elements(), i);
      }
      endRow();
    }

    @Override
    void appendNonNull(Object value) {
      ((List<?>) value).forEach(elements::appendObject);
      endRow();
    }

    @Override
    public ArrayValues build() {
      return new ArrayValues(
          elements.build(), Arrays.copyOf(offsets, count + 1), count, builtValidity());
    }
  }
}
