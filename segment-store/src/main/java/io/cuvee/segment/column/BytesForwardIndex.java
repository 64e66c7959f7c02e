package io.cuvee.segment.column;

import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.dictionary.DictionaryFormat;
import io.cuvee.segment.memory.NativeMemory;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/// Raw byte ranges, and raw decimals in the form of dictionary entries.
///
/// @param entryBytes length of all ranges, or 0 if offsets say where they are
/// @param offsets their address
/// @param offsetBytes 4 or 8
record BytesForwardIndex(
    long address, int entryBytes, long offsets, int offsetBytes, boolean isDecimal)
    implements ForwardIndex {
  /// Where a range begins, from [#address].
  long start(int position) {
    if (entryBytes > 0) {
      return (long) position * entryBytes;
    }
    return offsetBytes == 4
        ? Integer.toUnsignedLong(NativeMemory.intAt(offsets + position * 4L))
        : NativeMemory.longAt(offsets + position * 8L);
  }

  @Override
  public Values values(int from, int count, @Nullable Validity validity) {
    // NULLs are stored as empty ranges, or as zeros where all ranges have one length.
    if (entryBytes > 0 && validity != null) {
      int[] positions = new int[count];
      for (int i = 0; i < count; i++) {
        positions[i] = from + i;
      }
      return values(positions, count, validity);
    }
    long start = start(from);
    int[] ends = new int[count + 1];
    for (int i = 1; i <= count; i++) {
      ends[i] = Math.toIntExact(start(from + i) - start);
    }
    byte[] bytes = new byte[ends[count]];
    NativeMemory.copy(address + start, bytes, 0, bytes.length);
    return typed(new BytesValues(bytes, ends, count, validity));
  }

  @Override
  public Values values(int[] positions, int count, @Nullable Validity validity) {
    int[] ends = new int[count + 1];
    int total = 0;
    for (int i = 0; i < count; i++) {
      if (validity == null || validity.isSet(i)) {
        total = Math.addExact(total, (int) (start(positions[i] + 1) - start(positions[i])));
      }
      ends[i + 1] = total;
    }
    byte[] bytes = new byte[total];
    for (int i = 0; i < count; i++) {
      NativeMemory.copyShort(address + start(positions[i]), bytes, ends[i], ends[i + 1] - ends[i]);
    }
    return typed(new BytesValues(bytes, ends, count, validity));
  }

  private Values typed(BytesValues ranges) {
    if (!isDecimal) {
      return ranges;
    }
    BigDecimal[] decimals = new BigDecimal[ranges.count()];
    for (int i = 0; i < decimals.length; i++) {
      decimals[i] =
          ranges.isNull(i)
              ? BigDecimal.ZERO
              : DictionaryFormat.decode(ranges.bytes(), ranges.offsets()[i], ranges.length(i));
    }
    return new DecimalValues(decimals, decimals.length, ranges.validity());
  }

  @Override
  public void longs(int from, int count, long[] out) {
    throw notNumbers();
  }

  @Override
  public void longs(int[] positions, int count, long[] out) {
    throw notNumbers();
  }

  @Override
  public void doubles(int from, int count, double[] out) {
    throw notNumbers();
  }

  @Override
  public void doubles(int[] positions, int count, double[] out) {
    throw notNumbers();
  }

  static IllegalStateException notNumbers() {
    return new IllegalStateException("The values of this column are neither longs nor doubles.");
  }
}
