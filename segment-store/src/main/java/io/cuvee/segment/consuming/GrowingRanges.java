package io.cuvee.segment.consuming;

import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.dictionary.DictionaryFormat;
import io.cuvee.segment.memory.NativeMemory;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/// Raw byte ranges, and decimals in the form of dictionary entries.
final class GrowingRanges implements GrowingValues {
  private final Chunks addresses;
  private final GrowingBytes bytes;
  private final boolean isDecimal;

  GrowingRanges(GrowingMemory memory, boolean isDecimal) {
    this.addresses = new Chunks(memory, Long.BYTES);
    this.bytes = new GrowingBytes(memory);
    this.isDecimal = isDecimal;
  }

  @Override
  public void append(Values source, int from, int count, int position) {
    for (int i = 0; i < count; i++) {
      NativeMemory.putLong(addresses.place(position + i), add(source, from + i));
    }
  }

  private long add(Values source, int row) {
    if (source.isNull(row)) {
      return 0;
    }
    if (source instanceof BytesValues ranges) {
      return bytes.add(ranges.bytes(), ranges.offsets()[row], ranges.length(row));
    }
    byte[] encoded = DictionaryFormat.encode(((DecimalValues) source).values()[row]);
    return bytes.add(encoded, 0, encoded.length);
  }

  @Override
  public Values values(int from, int count, @Nullable Validity validity) {
    long[] found = new long[count];
    for (int at = 0; at < count; ) {
      int part = Chunks.within(from + at, count - at);
      NativeMemory.copy(addresses.address(from + at), found, at, part);
      at += part;
    }
    return typed(gather(found, count, validity));
  }

  @Override
  public Values values(int[] positions, int count, @Nullable Validity validity) {
    long[] found = new long[count];
    for (int i = 0; i < count; i++) {
      found[i] = NativeMemory.longAt(addresses.address(positions[i]));
    }
    return typed(gather(found, count, validity));
  }

  /// The ranges at these addresses.
  static BytesValues gather(long[] found, int count, @Nullable Validity validity) {
    int[] ends = new int[count + 1];
    int total = 0;
    for (int i = 0; i < count; i++) {
      total = Math.addExact(total, GrowingBytes.length(found[i]));
      ends[i + 1] = total;
    }
    byte[] bytes = new byte[total];
    for (int i = 0; i < count; i++) {
      GrowingBytes.copy(found[i], bytes, ends[i], ends[i + 1] - ends[i]);
    }
    return new BytesValues(bytes, ends, count, validity);
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
}
