package io.cuvee.segment.build;

import io.cuvee.common.type.DataType;
import io.cuvee.common.type.DataType.Representation;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnsWriter;
import io.cuvee.segment.packing.FrameFormat;
import io.cuvee.segment.packing.PackedFormat;
import java.util.Arrays;

/// Values that are longs, and doubles in the form of [SortableDoubles].
final class LongStore implements ValueStore {
  /// Values within such a range are counted in a bitmap instead of being sorted.
  private static final long MAX_BITMAP_RANGE = 1L << 26;

  private final DataType type;
  private final boolean isDouble;
  private final LongChunks values = new LongChunks();

  LongStore(DataType type) {
    this.type = type;
    this.isDouble = type.representation() == Representation.DOUBLE;
  }

  @Override
  public void append(Values source, int index) {
    if (isDouble) {
      double value = ((DoubleValues) source).values()[index];
      double stored = type == DataType.FLOAT ? (float) value : value;
      if (Double.isInfinite(stored) && !Double.isInfinite(value)) {
        throw new IllegalArgumentException(value + " is out of the range of " + type);
      }
      values.add(SortableDoubles.toLong(stored));
      return;
    }
    long value = ((LongValues) source).values()[index];
    boolean allowed =
        switch (type) {
          case INT, DATE -> value == (int) value;
          case BOOLEAN -> value == 0 || value == 1;
          default -> true;
        };
    if (!allowed) {
      throw new IllegalArgumentException(value + " is out of the range of " + type);
    }
    values.add(value);
  }

  @Override
  public void appendNull() {
    values.add(0);
  }

  @Override
  public int size() {
    return values.size();
  }

  @Override
  public long memoryBytes() {
    return values.memoryBytes();
  }

  long get(int position) {
    return values.get(position);
  }

  /// The smallest and the largest value of a layout; `[0, 0]` if there are none.
  private long[] range(RowLayout layout) {
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    for (int position : layout.positions()) {
      if (position >= 0) {
        min = Math.min(min, values.get(position));
        max = Math.max(max, values.get(position));
      }
    }
    return min > max ? new long[2] : new long[] {min, max};
  }

  @Override
  public DistinctValues distinct(RowLayout layout) {
    long[] range = range(layout);
    long width = range[1] - range[0];
    int count = layout.valueCount();
    return width >= 0 && width < MAX_BITMAP_RANGE && width < 64L * Math.max(1024, count)
        ? new Distinct(distinctByBitmap(layout, range[0], (int) width))
        : new Distinct(distinctBySort(layout, count));
  }

  private long[] distinctByBitmap(RowLayout layout, long min, int width) {
    long[] seen = new long[(width >>> 6) + 1];
    for (int position : layout.positions()) {
      if (position >= 0) {
        int bit = (int) (values.get(position) - min);
        seen[bit >>> 6] |= 1L << bit;
      }
    }
    int count = 0;
    for (long word : seen) {
      count += Long.bitCount(word);
    }
    long[] distinct = new long[count];
    int next = 0;
    for (int word = 0; word < seen.length; word++) {
      for (long bits = seen[word]; bits != 0; bits &= bits - 1) {
        distinct[next++] = min + word * 64L + Long.numberOfTrailingZeros(bits);
      }
    }
    return distinct;
  }

  private long[] distinctBySort(RowLayout layout, int count) {
    long[] sorted = new long[count];
    int next = 0;
    for (int position : layout.positions()) {
      if (position >= 0) {
        sorted[next++] = values.get(position);
      }
    }
    Arrays.sort(sorted);
    int distinct = 0;
    for (int i = 0; i < count; i++) {
      if (i == 0 || sorted[i] != sorted[i - 1]) {
        sorted[distinct++] = sorted[i];
      }
    }
    return Arrays.copyOf(sorted, distinct);
  }

  @Override
  public long rawBytes(RowLayout layout) {
    if (isDouble) {
      return (long) layout.positions().length * (type == DataType.FLOAT ? 4 : 8);
    }
    long[] range = range(layout);
    return (long) layout.positions().length * PackedFormat.width(range[1] - range[0]) / 8;
  }

  @Override
  public RawForm writeRaw(ColumnsWriter out, String column, RowLayout layout) {
    return isDouble ? writeDoubles(out, column, layout) : writeLongs(out, column, layout);
  }

  private RawForm writeLongs(ColumnsWriter out, String column, RowLayout layout) {
    FrameFormat.Writer writer = new FrameFormat.Writer(out, layout.positions().length);
    for (int position : layout.positions()) {
      if (position >= 0) {
        writer.add(values.get(position));
      } else {
        writer.addNull();
      }
    }
    writer.finish(column);
    return new RawForm(0, 0);
  }

  private RawForm writeDoubles(ColumnsWriter out, String column, RowLayout layout) {
    boolean isFloat = type == DataType.FLOAT;
    out.begin();
    for (int position : layout.positions()) {
      double value = position < 0 ? 0 : SortableDoubles.toDouble(values.get(position));
      if (isFloat) {
        out.putInt(Float.floatToIntBits((float) value));
      } else {
        out.putLong(Double.doubleToLongBits(value));
      }
    }
    out.end(column, BufferKind.DOUBLES);
    return new RawForm(isFloat ? 4 : 8, 0);
  }

  private final class Distinct implements DistinctValues {
    private final long[] sorted;

    Distinct(long[] sorted) {
      this.sorted = sorted;
    }

    @Override
    public int cardinality() {
      return sorted.length;
    }

    @Override
    public int dictId(int position) {
      return Arrays.binarySearch(sorted, values.get(position));
    }

    @Override
    public Object value(int dictId) {
      return isDouble ? (Object) SortableDoubles.toDouble(sorted[dictId]) : (Object) sorted[dictId];
    }

    @Override
    public int entryBytes() {
      if (isDouble) {
        return type == DataType.FLOAT ? 4 : 8;
      }
      boolean narrow =
          sorted.length == 0
              || sorted[0] == (int) sorted[0]
                  && sorted[sorted.length - 1] == (int) sorted[sorted.length - 1];
      return narrow ? 4 : 8;
    }

    @Override
    public long sizeBytes() {
      return (long) sorted.length * entryBytes();
    }

    @Override
    public void write(ColumnsWriter out, String column) {
      out.begin();
      boolean narrow = entryBytes() == 4;
      for (long entry : sorted) {
        if (isDouble) {
          double value = SortableDoubles.toDouble(entry);
          if (narrow) {
            out.putInt(Float.floatToIntBits((float) value));
          } else {
            out.putLong(Double.doubleToLongBits(value));
          }
        } else if (narrow) {
          out.putInt((int) entry);
        } else {
          out.putLong(entry);
        }
      }
      out.end(column, BufferKind.DICTIONARY_VALUES);
    }
  }
}
