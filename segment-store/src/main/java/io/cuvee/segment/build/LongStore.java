package io.cuvee.segment.build;

import io.cuvee.common.type.DataType;
import io.cuvee.common.type.DataType.Representation;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;

/// Values that are longs, and doubles in the form of [SortableDoubles].
final class LongStore implements ValueStore {
  private final DataType type;
  private final boolean isDouble;
  private final CompactLongs values;

  LongStore(DataType type, Scratch scratch) {
    this.type = type;
    this.values = new CompactLongs(scratch);
    this.isDouble = type.representation() == Representation.DOUBLE;
  }

  @Override
  public boolean appendAll(Values source) {
    int count = source.count();
    if (!isDouble) {
      long[] longs = ((LongValues) source).values();
      if (!areAllowed(longs, count)) {
        return false;
      }
      values.addAll(longs, count);
      return true;
    }
    double[] doubles = ((DoubleValues) source).values();
    long[] sortable = new long[count];
    for (int i = 0; i < count; i++) {
      if (type == DataType.FLOAT && isTooLarge(doubles[i])) {
        return false;
      }
      sortable[i] =
          SortableDoubles.toLong(type == DataType.FLOAT ? (float) doubles[i] : doubles[i]);
    }
    values.addAll(sortable, count);
    return true;
  }

  private boolean areAllowed(long[] longs, int count) {
    long min = 0;
    long max = 0;
    for (int i = 0; i < count; i++) {
      min = Math.min(min, longs[i]);
      max = Math.max(max, longs[i]);
    }
    return isAllowed(min) && isAllowed(max);
  }

  private boolean isAllowed(long value) {
    return switch (type) {
      case INT, DATE -> value == (int) value;
      case BOOLEAN -> value == 0 || value == 1;
      default -> true;
    };
  }

  private static boolean isTooLarge(double value) {
    return Float.isInfinite((float) value) && !Double.isInfinite(value);
  }

  @Override
  public void append(Values source, int index) {
    if (isDouble) {
      double value = ((DoubleValues) source).values()[index];
      if (type == DataType.FLOAT && isTooLarge(value)) {
        throw new IllegalArgumentException(value + " is out of the range of " + type);
      }
      values.add(SortableDoubles.toLong(type == DataType.FLOAT ? (float) value : value));
      return;
    }
    long value = ((LongValues) source).values()[index];
    if (!isAllowed(value)) {
      throw new IllegalArgumentException(value + " is out of the range of " + type);
    }
    values.add(value);
  }

  @Override
  public void appendNull() {
    values.addAgain();
  }

  @Override
  public int size() {
    return values.size();
  }

  @Override
  public long memoryBytes() {
    return values.memoryBytes();
  }

  @Override
  public long spillableBytes() {
    return 0;
  }

  @Override
  public void spill() {}

  @Override
  public OrderedValues ordered(RowLayout layout) {
    return new OrderedLongs(type, values.ordered(layout), layout);
  }

  @Override
  public void close() {}
}
