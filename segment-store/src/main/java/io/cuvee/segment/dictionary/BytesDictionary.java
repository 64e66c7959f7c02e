package io.cuvee.segment.dictionary;

import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.column.Dictionary;
import io.cuvee.segment.memory.NativeMemory;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A mapped dictionary of byte ranges. Layout: [DictionaryFormat].
public final class BytesDictionary implements Dictionary {
  private final long address;
  private final long length;
  private final int size;
  private final int entryBytes;
  private final long offsets;
  private final CachedValues cached = new CachedValues();

  BytesDictionary(long address, long length, int size, int entryBytes, long offsets) {
    this.address = address;
    this.length = length;
    this.size = size;
    this.entryBytes = entryBytes;
    this.offsets = offsets;
  }

  @Override
  public int size() {
    return size;
  }

  /// Where an entry begins; with `size()` where the last ends.
  public int start(int dictId) {
    return offsets == 0 ? dictId * entryBytes : NativeMemory.intAt(offsets + dictId * 4L);
  }

  @Override
  public int indexOf(Object value) {
    byte[] wanted = (byte[]) value;
    int low = 0;
    int high = size - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = compare(middle, wanted);
      if (order < 0) {
        low = middle + 1;
      } else if (order > 0) {
        high = middle - 1;
      } else {
        return middle;
      }
    }
    return -low - 1;
  }

  private int compare(int dictId, byte[] other) {
    int start = start(dictId);
    int entry = start(dictId + 1) - start;
    int common = Math.min(entry, other.length);
    for (int i = 0; i < common; i++) {
      int order = NativeMemory.unsignedByte(address + start + i) - (other[i] & 0xff);
      if (order != 0) {
        return order;
      }
    }
    return entry - other.length;
  }

  @Override
  public byte[] value(int dictId) {
    int start = start(dictId);
    byte[] bytes = new byte[start(dictId + 1) - start];
    NativeMemory.copy(address + start, bytes, 0, bytes.length);
    return bytes;
  }

  @Override
  public BytesValues values(int[] dictIds, int count) {
    return values(dictIds, count, null);
  }

  /// The entries of `dictIds[0..count)`, an empty range where `validity` has none.
  public BytesValues values(int[] dictIds, int count, @Nullable Validity validity) {
    int[] ends = new int[count + 1];
    int total = 0;
    for (int i = 0; i < count; i++) {
      if (validity == null || validity.isSet(i)) {
        total = Math.addExact(total, start(dictIds[i] + 1) - start(dictIds[i]));
      }
      ends[i + 1] = total;
    }
    byte[] bytes = new byte[total];
    for (int i = 0; i < count; i++) {
      NativeMemory.copyShort(address + start(dictIds[i]), bytes, ends[i], ends[i + 1] - ends[i]);
    }
    return new BytesValues(bytes, ends, count, validity);
  }

  @Override
  public boolean isSame(Dictionary other) {
    return this == other
        || other instanceof BytesDictionary that
            && size == that.size
            && length == that.length
            && (offsets == 0
                ? that.offsets == 0 && entryBytes == that.entryBytes
                : that.offsets != 0
                    && NativeMemory.isSame(offsets, that.offsets, (size + 1L) * Integer.BYTES))
            && NativeMemory.isSame(address, that.address, length);
  }

  @Override
  public Values all() {
    return cached.get(() -> {
      byte[] bytes = new byte[Math.toIntExact(length)];
      NativeMemory.copy(address, bytes, 0, bytes.length);
      int[] starts = new int[size + 1];
      if (offsets == 0) {
        Arrays.setAll(starts, this::start);
      } else {
        NativeMemory.copy(offsets, starts, 0, size + 1);
      }
      return new BytesValues(bytes, starts, size, null);
    });
  }
}
