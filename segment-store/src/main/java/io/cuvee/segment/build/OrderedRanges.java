package io.cuvee.segment.build;

import io.cuvee.segment.dictionary.DictionaryFormat;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnsWriter;
import io.cuvee.segment.format.Encoding;
import io.cuvee.segment.fsst.FsstWriter;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Byte ranges, and decimals in the form of dictionary entries.
final class OrderedRanges implements OrderedValues {
  private final Ranges ranges;
  private final Supplier<IndexSort.Order> order;
  private final boolean areDecimals;
  private final int[] numbers;
  private final RowLayout layout;
  private int @Nullable [] sorted;

  /// @param ranges the distinct ones
  /// @param order of their numbers
  /// @param areDecimals in the form of dictionary entries
  /// @param numbers by the layout, of the distinct ones; arbitrary in the places of NULLs
  OrderedRanges(
      Ranges ranges,
      Supplier<IndexSort.Order> order,
      boolean areDecimals,
      int[] numbers,
      RowLayout layout) {
    this.ranges = ranges;
    this.order = order;
    this.areDecimals = areDecimals;
    this.numbers = numbers;
    this.layout = layout;
    if (layout.nullCount() > 0) {
      fillNulls();
    }
  }

  private void fillNulls() {
    int first = 0;
    while (first < numbers.length - 1 && layout.isNull(first)) {
      first++;
    }
    int previous = numbers[first];
    for (int i = 0; i < numbers.length; i++) {
      if (layout.isNull(i)) {
        numbers[i] = previous;
      } else {
        previous = numbers[i];
      }
    }
  }

  private int[] sorted() {
    int[] known = sorted;
    if (known == null) {
      known = IndexSort.sorted(ranges.size(), order.get());
      sorted = known;
    }
    return known;
  }

  @Override
  public int cardinality() {
    return ranges.size();
  }

  @Override
  public @Nullable Object min() {
    return ranges.size() == 0 ? null : value(extreme(1));
  }

  @Override
  public @Nullable Object max() {
    return ranges.size() == 0 ? null : value(extreme(-1));
  }

  /// The number of the smallest value, or, with -1, of the largest.
  private int extreme(int sign) {
    int[] known = sorted;
    if (known != null) {
      return sign > 0 ? known[0] : known[known.length - 1];
    }
    IndexSort.Order comparison = order.get();
    int best = 0;
    for (int number = 1; number < ranges.size(); number++) {
      if (comparison.compare(number, best) * sign < 0) {
        best = number;
      }
    }
    return best;
  }

  private Object value(int number) {
    byte[] bytes = ranges.get(number);
    return areDecimals ? DictionaryFormat.decode(bytes, 0, bytes.length) : bytes;
  }

  @Override
  public int[] dictIds() {
    int[] byRank = sorted();
    int[] rank = new int[byRank.length];
    for (int i = 0; i < byRank.length; i++) {
      rank[byRank[i]] = i;
    }
    int[] ids = new int[numbers.length];
    for (int i = 0; i < ids.length && rank.length > 0; i++) {
      ids[i] = rank[numbers[i]];
    }
    return ids;
  }

  @Override
  public int entryBytes() {
    return ranges.commonLength();
  }

  @Override
  public long dictionaryBytes() {
    return ranges.totalLength();
  }

  @Override
  public void writeDictionary(ColumnsWriter out, String column) {
    int[] byRank = sorted();
    out.begin();
    for (int number : byRank) {
      ranges.write(number, out);
    }
    out.end(column, BufferKind.DICTIONARY_VALUES);
    if (entryBytes() > 0) {
      return;
    }
    int offset = 0;
    out.begin();
    out.putInt(0);
    for (int number : byRank) {
      offset += ranges.length(number);
      out.putInt(offset);
    }
    out.end(column, BufferKind.DICTIONARY_OFFSETS);
  }

  @Override
  public long rawBytes() {
    return totalBytes() + 4L * numbers.length;
  }

  private long totalBytes() {
    long bytes = 0;
    for (int i = 0; i < numbers.length; i++) {
      bytes += layout.isNull(i) ? 0 : ranges.length(numbers[i]);
    }
    return bytes;
  }

  @Override
  public RawForm writeRaw(
      ColumnsWriter out,
      String column,
      ZoneWriter zones,
      boolean mayHaveRuns,
      Compression compression) {
    long plainBytes = totalBytes() + (ranges.commonLength() > 0 ? 0 : 4L * numbers.length);
    if (compression != Compression.NONE && !areDecimals && plainBytes > 0) {
      FsstWriter fsst = new FsstWriter(new FsstValues());
      if (compression.takes(fsst.expectedBytes(totalBytes()), plainBytes, Compression.MOST)) {
        long sizeBytes = fsst.write(out, column);
        return new RawForm(
            Encoding.RAW_FSST, compression.note("FSST", sizeBytes, plainBytes), 0, 0);
      }
    }
    return writePlain(out, column);
  }

  /// The values as they are compressed.
  private final class FsstValues implements FsstWriter.Source {
    @Override
    public int count() {
      return numbers.length;
    }

    @Override
    public int length(int index) {
      return layout.isNull(index) ? 0 : ranges.length(numbers[index]);
    }

    @Override
    public void copy(int index, byte[] target) {
      if (!layout.isNull(index)) {
        ranges.copy(numbers[index], target);
      }
    }
  }

  private RawForm writePlain(ColumnsWriter out, String column) {
    int entryBytes = ranges.commonLength();
    byte[] zeros = new byte[entryBytes];
    out.begin();
    for (int i = 0; i < numbers.length; i++) {
      if (!layout.isNull(i)) {
        ranges.write(numbers[i], out);
      } else if (entryBytes > 0) {
        out.put(zeros, 0, entryBytes);
      }
    }
    out.end(column, BufferKind.BYTES);
    if (entryBytes > 0) {
      return new RawForm(Encoding.RAW, "", entryBytes, 0);
    }
    boolean wide = totalBytes() > 0xffff_ffffL;
    long offset = 0;
    out.begin();
    putOffset(out, offset, wide);
    for (int i = 0; i < numbers.length; i++) {
      offset += layout.isNull(i) ? 0 : ranges.length(numbers[i]);
      putOffset(out, offset, wide);
    }
    out.end(column, BufferKind.BYTE_OFFSETS);
    return new RawForm(Encoding.RAW, "", 0, wide ? 8 : 4);
  }

  private static void putOffset(ColumnsWriter out, long offset, boolean wide) {
    if (wide) {
      out.putLong(offset);
    } else {
      out.putInt((int) offset);
    }
  }
}
