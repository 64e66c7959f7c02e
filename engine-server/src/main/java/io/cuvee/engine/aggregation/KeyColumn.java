package io.cuvee.engine.aggregation;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.type.DataType.Representation;
import io.cuvee.engine.scan.Kernels;
import io.cuvee.engine.scan.RowExpression;
import io.cuvee.engine.scan.Selection;
import io.cuvee.execution.aggregate.GroupTable;
import io.cuvee.execution.expression.Evaluator;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import io.cuvee.segment.column.ColumnStatistics;
import io.cuvee.segment.column.Dictionary;
import io.cuvee.segment.column.SegmentColumn;
import java.util.List;
import java.util.Optional;

/// A group key that one segment can number from 0 without looking at values: a dictionary column,
/// an expression over one, or integers from a narrow range. Immutable and thread-safe.
sealed interface KeyColumn {
  /// Codes are below this; the last stands for NULL if the column has any.
  long codeCount();

  /// Writes the code of each selected row, or adds it times `factor`.
  void codes(Selection rows, int[] out, int factor, boolean add);

  /// As [#codes] for products beyond 32 bits.
  void codes(Selection rows, int[] scratch, long[] out, long factor, boolean add);

  /// Whether the column has NULLs.
  boolean nulls();

  /// Whether each code is that of some row of the segment.
  default boolean allOccur() {
    return true;
  }

  /// Whether codes are known to mean the same as those of this key in another segment.
  default boolean isSame(KeyColumn other) {
    return false;
  }

  /// The keys of codes.
  Values values(int[] codes, int count);

  /// The widest range of integers that is numbered directly.
  int MAX_RANGE = 1 << 16;

  /// Dictionaries up to this size are worth computing a key expression on even if rows are few.
  int SMALL_DICTIONARY = 1024;

  /// How `key` is numbered in a segment, if it can be.
  static Optional<KeyColumn> of(RowExpression key, List<SegmentColumn> columns, int docCount) {
    if (key.slots().size() != 1 || key.type().isArray()) {
      return Optional.empty();
    }
    int slot = key.slots().getFirst();
    SegmentColumn column = columns.get(slot);
    if (column.type().isArray()) {
      return Optional.empty();
    }
    boolean plain = key.expression() instanceof Expression.Column;
    boolean nulls = column.statistics().nullCount() > 0;
    Optional<Dictionary> dictionary = column.dictionary();
    if (dictionary.isPresent()) {
      Dictionary values = dictionary.get();
      if (values.size() == 0) {
        return Optional.empty();
      }
      if (plain) {
        return Optional.of(new Ids(slot, values, nulls));
      }
      return values.size() <= SMALL_DICTIONARY || values.size() <= docCount / 2
          ? Mapped.of(slot, key, values, nulls)
          : Optional.empty();
    }
    return plain ? range(slot, column, MAX_RANGE) : Optional.empty();
  }

  /// How the values of a plain scalar column are numbered.
  ///
  /// @param maxRange how far integers without a dictionary may lie apart
  static Optional<KeyColumn> ofColumn(int slot, SegmentColumn column, int maxRange) {
    Optional<Dictionary> dictionary = column.dictionary();
    return dictionary.isEmpty()
        ? range(slot, column, maxRange)
        : dictionary.map(values -> new Ids(slot, values, column.statistics().nullCount() > 0));
  }

  private static Optional<KeyColumn> range(int slot, SegmentColumn column, int maxRange) {
    ColumnStatistics statistics = column.statistics();
    return column.type().dataType().representation() == Representation.LONG
            && statistics.min() instanceof Long min
            && statistics.max() instanceof Long max
            && max - min >= 0
            && max - min < maxRange
        ? Optional.of(
            new Range(
                slot, min, (int) (max - min + 1), statistics.nullCount() > 0, column.hasInts()))
        : Optional.empty();
  }

  /// The values of dictIds; a negative one gives NULL.
  static Values dictionaryValues(Dictionary dictionary, int[] ids, int count) {
    int[] known = new int[count];
    int[] rows = new int[count];
    boolean missing = false;
    for (int i = 0; i < count; i++) {
      missing |= ids[i] < 0;
      known[i] = Math.max(0, ids[i]);
      rows[i] = ids[i] < 0 ? -1 : i;
    }
    if (missing && dictionary.size() == 0) {
      return dictionary.values(known, 0).select(rows, count);
    }
    Values values = dictionary.values(known, count);
    return missing ? values.select(rows, count) : values;
  }

  /// Writes `values[i] - base`, or adds that times `factor`.
  private static void write(int[] values, int base, int count, int[] out, int factor, boolean add) {
    if (add) {
      for (int i = 0; i < count; i++) {
        out[i] += (values[i] - base) * factor;
      }
    } else if (base != 0) {
      for (int i = 0; i < count; i++) {
        out[i] = values[i] - base;
      }
    } else {
      System.arraycopy(values, 0, out, 0, count);
    }
  }

  private static void write(int[] codes, int count, long[] out, long factor, boolean add) {
    if (add) {
      for (int i = 0; i < count; i++) {
        out[i] += codes[i] * factor;
      }
    } else {
      for (int i = 0; i < count; i++) {
        out[i] = codes[i];
      }
    }
  }

  private static void replaceNulls(Selection rows, int slot, int[] codes, int nullCode) {
    long[] validity = rows.validity(slot);
    if (validity != null) {
      Kernels.replaceNulls(codes, rows.count(), validity, nullCode);
    }
  }

  /// The dictIds of a column.
  record Ids(int slot, Dictionary dictionary, boolean nulls) implements KeyColumn {
    @Override
    public boolean isSame(KeyColumn other) {
      return other instanceof Ids ids && nulls == ids.nulls && dictionary.isSame(ids.dictionary);
    }

    @Override
    public long codeCount() {
      return (long) dictionary.size() + (nulls ? 1 : 0);
    }

    @Override
    public void codes(Selection rows, int[] out, int factor, boolean add) {
      if (!nulls) {
        write(rows.dictIds(slot), 0, rows.count(), out, factor, add);
        return;
      }
      int[] codes = rows.scratch();
      System.arraycopy(rows.dictIds(slot), 0, codes, 0, rows.count());
      replaceNulls(rows, slot, codes, dictionary.size());
      write(codes, 0, rows.count(), out, factor, add);
    }

    @Override
    public void codes(Selection rows, int[] scratch, long[] out, long factor, boolean add) {
      codes(rows, scratch, 1, false);
      write(scratch, rows.count(), out, factor, add);
    }

    @Override
    public Values values(int[] codes, int count) {
      int[] ids = new int[count];
      for (int i = 0; i < count; i++) {
        ids[i] = codes[i] == dictionary.size() ? -1 : codes[i];
      }
      return dictionaryValues(dictionary, ids, count);
    }
  }

  /// An expression over a dictionary column, computed once for each distinct value.
  ///
  /// @param codeOf code by dictId, that of NULL last
  /// @param keys values by code
  record Mapped(int slot, int[] codeOf, Values keys, boolean nulls) implements KeyColumn {
    static Optional<KeyColumn> of(
        int slot, RowExpression key, Dictionary dictionary, boolean nulls) {
      try {
        int size = dictionary.size();
        Values computed = key.evaluate(dictionary.all());
        GroupTable table = new GroupTable(List.of(key.type()), MemoryBudget.unlimited());
        int[] codeOf = new int[size + 1];
        table.lookup(List.of(computed), size, codeOf);
        if (nulls) {
          ValuesBuilder ofNull = ValuesBuilder.of(key.type(), 1);
          ofNull.appendObject(
              Evaluator.constant(
                      key.expression()
                          .rewrite(node ->
                              node instanceof Expression.Column column
                                  ? new Expression.Literal(null, column.type())
                                  : node))
                  .value());
          int[] code = new int[1];
          table.lookup(List.of(ofNull.build()), 1, code);
          codeOf[size] = code[0];
        }
        return Optional.of(new Mapped(slot, codeOf, table.keys().getFirst(), nulls));
      } catch (CuveeException failure) {
        // It fails for some value of the dictionary, which the filter may exclude.
        return Optional.empty();
      }
    }

    @Override
    public long codeCount() {
      return keys.count();
    }

    @Override
    public void codes(Selection rows, int[] out, int factor, boolean add) {
      int count = rows.count();
      int[] codes = rows.scratch();
      System.arraycopy(rows.dictIds(slot), 0, codes, 0, count);
      replaceNulls(rows, slot, codes, codeOf.length - 1);
      for (int i = 0; i < count; i++) {
        codes[i] = codeOf[codes[i]];
      }
      write(codes, 0, count, out, factor, add);
    }

    @Override
    public void codes(Selection rows, int[] scratch, long[] out, long factor, boolean add) {
      codes(rows, scratch, 1, false);
      write(scratch, rows.count(), out, factor, add);
    }

    @Override
    public Values values(int[] codes, int count) {
      return keys.select(codes, count);
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }

    @Override
    public String toString() {
      return "$" + slot + " mapped to " + keys.count() + " keys";
    }
  }

  /// Integers `[min, min + width)`.
  record Range(int slot, long min, int width, boolean nulls, boolean hasInts) implements KeyColumn {
    @Override
    public boolean isSame(KeyColumn other) {
      return other instanceof Range range
          && min == range.min
          && width == range.width
          && nulls == range.nulls;
    }

    @Override
    public boolean allOccur() {
      return false;
    }

    @Override
    public long codeCount() {
      return (long) width + (nulls ? 1 : 0);
    }

    @Override
    public void codes(Selection rows, int[] out, int factor, boolean add) {
      int count = rows.count();
      if (hasInts && rows.isDense()) {
        write(rows.ints(slot), (int) min, count, out, factor, add);
        return;
      }
      int[] codes = rows.scratch();
      long[] values = rows.longs(slot);
      for (int i = 0; i < count; i++) {
        codes[i] = (int) (values[i] - min);
      }
      if (nulls) {
        replaceNulls(rows, slot, codes, width);
      }
      write(codes, 0, count, out, factor, add);
    }

    @Override
    public void codes(Selection rows, int[] scratch, long[] out, long factor, boolean add) {
      codes(rows, scratch, 1, false);
      write(scratch, rows.count(), out, factor, add);
    }

    @Override
    public Values values(int[] codes, int count) {
      ValuesBuilder.Longs builder = new ValuesBuilder.Longs(count);
      for (int i = 0; i < count; i++) {
        if (codes[i] == width) {
          builder.appendNull();
        } else {
          builder.append(min + codes[i]);
        }
      }
      return builder.build();
    }
  }
}
