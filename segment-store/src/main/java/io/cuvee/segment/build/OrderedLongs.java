package io.cuvee.segment.build;

import io.cuvee.common.type.DataType;
import io.cuvee.common.type.DataType.Representation;
import io.cuvee.segment.alp.AlpWriter;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnsWriter;
import io.cuvee.segment.format.Encoding;
import io.cuvee.segment.packing.FrameFormat;
import io.cuvee.segment.packing.PackedFormat;
import io.cuvee.segment.packing.RunFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Longs, and doubles in the form of [SortableDoubles].
final class OrderedLongs implements OrderedValues {
  private final DataType type;
  private final boolean isDouble;
  private final long[] values;
  private final int count;
  private final boolean isNarrow;
  private final DistinctLongs distinct;

  /// @param values by the layout; arbitrary in the places of NULLs
  OrderedLongs(DataType type, long[] values, RowLayout layout) {
    this.type = type;
    this.isDouble = type.representation() == Representation.DOUBLE;
    this.values = values;
    this.count = layout.valueCount();
    boolean hasValues = count > layout.nullCount();
    if (layout.nullCount() > 0 && hasValues) {
      fillNulls(layout);
    }
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    for (int i = 0; i < count; i++) {
      min = Math.min(min, values[i]);
      max = Math.max(max, values[i]);
    }
    this.distinct = DistinctLongs.of(values, hasValues ? count : 0, min, max);
    this.isNarrow = !hasValues || min == (int) min && max == (int) max;
  }

  /// Gives NULLs the value before, or of the first document that has one, so that they widen
  /// nothing.
  private void fillNulls(RowLayout layout) {
    int first = 0;
    while (layout.isNull(first)) {
      first++;
    }
    long previous = values[first];
    for (int i = 0; i < count; i++) {
      if (layout.isNull(i)) {
        values[i] = previous;
      } else {
        previous = values[i];
      }
    }
  }

  @Override
  public int cardinality() {
    return distinct.cardinality();
  }

  @Override
  public @Nullable Object min() {
    return cardinality() == 0 ? null : literal(distinct.min());
  }

  @Override
  public @Nullable Object max() {
    return cardinality() == 0 ? null : literal(distinct.max());
  }

  private Object literal(long value) {
    return isDouble ? (Object) SortableDoubles.toDouble(value) : (Object) value;
  }

  @Override
  public int[] dictIds() {
    return distinct.ranks(values, count);
  }

  @Override
  public int entryBytes() {
    if (isDouble) {
      return type == DataType.FLOAT ? 4 : 8;
    }
    return isNarrow ? 4 : 8;
  }

  @Override
  public long dictionaryBytes() {
    return (long) cardinality() * entryBytes();
  }

  @Override
  public void writeDictionary(ColumnsWriter out, String column) {
    out.begin();
    put(distinct.sorted(), cardinality(), entryBytes() == 4, out);
    out.end(column, BufferKind.DICTIONARY_VALUES);
  }

  private void put(long[] entries, int entryCount, boolean narrow, ColumnsWriter out) {
    for (int i = 0; i < entryCount; i++) {
      if (isDouble && narrow) {
        out.putInt(Float.floatToIntBits((float) SortableDoubles.toDouble(entries[i])));
      } else if (isDouble) {
        out.putLong(Double.doubleToLongBits(SortableDoubles.toDouble(entries[i])));
      } else if (narrow) {
        out.putInt((int) entries[i]);
      } else {
        out.putLong(entries[i]);
      }
    }
  }

  @Override
  public long rawBytes() {
    if (isDouble) {
      return (long) count * entryBytes();
    }
    return cardinality() == 0
        ? 0
        : (long) count * PackedFormat.width(distinct.max() - distinct.min()) / 8;
  }

  @Override
  public RawForm writeRaw(
      ColumnsWriter out,
      String column,
      ZoneWriter zones,
      boolean mayHaveRuns,
      Compression compression) {
    if (isDouble) {
      return writeDoubles(out, column, zones, compression);
    }
    int runCount = mayHaveRuns ? writeRuns(out, column, zones) : 0;
    if (runCount > 0) {
      return new RawForm(Encoding.RAW_RUNS, "; in " + runCount + " runs", 0, 0);
    }
    FrameFormat.write(values, count, out, column);
    zones.writeLongs(values, out, column);
    return new RawForm(Encoding.RAW, "", 0, 0);
  }

  private RawForm writeDoubles(
      ColumnsWriter out, String column, ZoneWriter zones, Compression compression) {
    boolean isFloat = type == DataType.FLOAT;
    Optional<AlpWriter> alp =
        compression == Compression.NONE
            ? Optional.empty()
            : AlpWriter.of(i -> SortableDoubles.toDouble(values[i]), count, isFloat)
                .filter(writer ->
                    compression.takes(
                        writer.sizeBytes(),
                        writer.plainBytes(),
                        isFloat ? Compression.MOST : Compression.MOST_OF_DOUBLES));
    String note = "";
    if (alp.isPresent()) {
      alp.get().write(out, column);
      note =
          compression.note("ALP", alp.get().sizeBytes(), alp.get().plainBytes())
              + ", "
              + alp.get().exceptionCount()
              + " exceptions";
    } else {
      out.begin();
      put(values, count, isFloat, out);
      out.end(column, BufferKind.DOUBLES);
    }
    zones.writeDoubles(values, out, column);
    return new RawForm(alp.isPresent() ? Encoding.RAW_ALP : Encoding.RAW, note, entryBytes(), 0);
  }

  /// Writes the column as runs if that is worthwhile.
  ///
  /// @return how many runs; 0 if nothing was written
  private int writeRuns(ColumnsWriter out, String column, ZoneWriter zones) {
    int runCount = RunFormat.count(values, count);
    long plainBytes = FrameFormat.sizeBytes(values, count);
    if (count == 0 || !RunFormat.isWorthwhile(count, runCount, 0, plainBytes)) {
      return 0;
    }
    long[] ofRuns = new long[runCount];
    int[] lasts = new int[runCount];
    int run = -1;
    for (int i = 0; i < count; i++) {
      run += i % PackedFormat.BLOCK == 0 || values[i] != values[i - 1] ? 1 : 0;
      ofRuns[run] = values[i];
      lasts[run] = i;
    }
    long runBytes = FrameFormat.sizeBytes(ofRuns, runCount);
    if (!RunFormat.isWorthwhile(count, runCount, runBytes, plainBytes)) {
      return 0;
    }
    FrameFormat.write(ofRuns, runCount, out, column);
    zones.writeLongs(values, out, column);
    RunFormat.write(lasts, runCount, count, out, column);
    return runCount;
  }
}
