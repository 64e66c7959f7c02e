package io.cuvee.segment.build;

import io.cuvee.segment.format.ColumnsWriter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Distinct byte ranges, numbered in order of first sight, found through a hash table with linear
/// probing. The bytes lie in large chunks, so that nothing is allocated for a range.
final class InternedRanges implements Ranges {
  private static final int FIRST_CHUNK_BYTES = 1 << 12;
  private static final int MAX_CHUNK_BYTES = 1 << 18;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle BIG_ENDIAN_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /// Differs from run to run, so that nobody can prepare rows that collide.
  private static final long SEED = System.nanoTime() * 0x9E3779B97F4A7C15L | 1;

  private final List<byte[]> chunks = new ArrayList<>();
  private byte[] chunk = new byte[0];
  private int chunkUsed;
  private long chunkBytes;

  /// Chunk in the upper 32 bits, offset in the lower.
  private long[] places = new long[256];

  private int[] lengths = new int[256];
  private int size;

  /// Hash in the upper 32 bits, number + 1 in the lower; 0 for a free slot.
  private long[] table = new long[1 << 10];

  private long totalLength;
  private int firstLength = -1;
  private boolean sameLength = true;

  @Override
  public int size() {
    return size;
  }

  long memoryBytes() {
    return chunkBytes + places.length * 12L + table.length * 8L;
  }

  @Override
  public long totalLength() {
    return totalLength;
  }

  @Override
  public int commonLength() {
    return sameLength && firstLength > 0 ? firstLength : 0;
  }

  @Override
  public int length(int number) {
    return lengths[number];
  }

  /// The number of a range, a new one if it was not seen before.
  int intern(byte[] bytes, int offset, int length) {
    int hash = hash(bytes, offset, length);
    int mask = table.length - 1;
    for (int slot = hash & mask; ; slot = slot + 1 & mask) {
      long entry = table[slot];
      if (entry == 0) {
        int number = add(bytes, offset, length);
        table[slot] = (long) hash << 32 | number + 1;
        if (size * 2L > table.length) {
          grow();
        }
        return number;
      }
      if ((int) (entry >>> 32) == hash && matches((int) entry - 1, bytes, offset, length)) {
        return (int) entry - 1;
      }
    }
  }

  private boolean matches(int number, byte[] bytes, int offset, int length) {
    if (lengths[number] != length) {
      return false;
    }
    long place = places[number];
    return isSame(chunks.get((int) (place >>> 32)), (int) place, bytes, offset, length);
  }

  /// Whether two ranges of one length are equal; for short ones faster than `Arrays.equals`.
  static boolean isSame(byte[] a, int offsetA, byte[] b, int offsetB, int length) {
    if (length < Long.BYTES) {
      for (int i = 0; i < length; i++) {
        if (a[offsetA + i] != b[offsetB + i]) {
          return false;
        }
      }
      return true;
    }
    int last = length - Long.BYTES;
    for (int i = 0; i < last; i += Long.BYTES) {
      if ((long) LONG.get(a, offsetA + i) != (long) LONG.get(b, offsetB + i)) {
        return false;
      }
    }
    return (long) LONG.get(a, offsetA + last) == (long) LONG.get(b, offsetB + last);
  }

  private void grow() {
    long[] larger = new long[table.length * 2];
    int mask = larger.length - 1;
    for (long entry : table) {
      if (entry != 0) {
        int slot = (int) (entry >>> 32) & mask;
        while (larger[slot] != 0) {
          slot = slot + 1 & mask;
        }
        larger[slot] = entry;
      }
    }
    table = larger;
  }

  /// Adds a range without looking whether it is there.
  int add(byte[] bytes, int offset, int length) {
    if (length > chunk.length - chunkUsed || chunks.isEmpty()) {
      int growing = FIRST_CHUNK_BYTES << Math.min(chunks.size(), 6);
      chunk = new byte[Math.max(Math.min(growing, MAX_CHUNK_BYTES), length)];
      chunks.add(chunk);
      chunkBytes += chunk.length;
      chunkUsed = 0;
    }
    System.arraycopy(bytes, offset, chunk, chunkUsed, length);
    if (size == places.length) {
      places = Arrays.copyOf(places, size * 2);
      lengths = Arrays.copyOf(lengths, size * 2);
    }
    places[size] = (long) (chunks.size() - 1) << 32 | chunkUsed;
    lengths[size++] = length;
    chunkUsed += length;
    totalLength += length;
    if (firstLength < 0) {
      firstLength = length;
    }
    sameLength &= firstLength == length;
    return size - 1;
  }

  @Override
  public byte[] get(int number) {
    long place = places[number];
    int start = (int) place;
    return Arrays.copyOfRange(chunks.get((int) (place >>> 32)), start, start + lengths[number]);
  }

  @Override
  public void copy(int number, byte[] target) {
    long place = places[number];
    System.arraycopy(chunks.get((int) (place >>> 32)), (int) place, target, 0, lengths[number]);
  }

  @Override
  public void write(int number, ColumnsWriter out) {
    long place = places[number];
    out.put(chunks.get((int) (place >>> 32)), (int) place, lengths[number]);
  }

  /// Order by unsigned bytes, a prefix first. Most pairs differ in their first eight bytes, which
  /// are kept at hand.
  @Override
  public IndexSort.Order comparator() {
    long[] prefixes = new long[size()];
    for (int i = 0; i < prefixes.length; i++) {
      prefixes[i] = prefix(i);
    }
    return (a, b) -> {
      int order = Long.compareUnsigned(prefixes[a], prefixes[b]);
      return order != 0 ? order : compare(a, b);
    };
  }

  private long prefix(int number) {
    long place = places[number];
    byte[] bytes = chunks.get((int) (place >>> 32));
    int start = (int) place;
    int length = lengths[number];
    if (length >= 8) {
      return (long) BIG_ENDIAN_LONG.get(bytes, start);
    }
    long prefix = 0;
    for (int i = 0; i < length; i++) {
      prefix |= (bytes[start + i] & 0xffL) << 56 - 8 * i;
    }
    return prefix;
  }

  private int compare(int a, int b) {
    long placeA = places[a];
    long placeB = places[b];
    int startA = (int) placeA;
    int startB = (int) placeB;
    return Arrays.compareUnsigned(
        chunks.get((int) (placeA >>> 32)),
        startA,
        startA + lengths[a],
        chunks.get((int) (placeB >>> 32)),
        startB,
        startB + lengths[b]);
  }

  private static int hash(byte[] bytes, int offset, int length) {
    long hash = SEED ^ length;
    int end = offset + length;
    if (length >= 8) {
      for (int at = offset; at < end - 8; at += 8) {
        hash = mix(hash ^ (long) LONG.get(bytes, at));
      }
      // The last eight, of which some may have been mixed in already.
      hash = mix(hash ^ (long) LONG.get(bytes, end - 8));
    } else {
      hash = mix(hash ^ few(bytes, offset, length));
    }
    return (int) (hash ^ hash >>> 32);
  }

  /// Up to seven bytes as a number.
  private static long few(byte[] bytes, int offset, int length) {
    if (length >= Integer.BYTES) {
      // Some bytes may be in both halves.
      return (int) INT.get(bytes, offset) & 0xffff_ffffL
          | (long) (int) INT.get(bytes, offset + length - Integer.BYTES) << 32;
    }
    long number = 0;
    for (int at = offset; at < offset + length; at++) {
      number = number << 8 | bytes[at] & 0xff;
    }
    return number;
  }

  private static long mix(long value) {
    long high = Math.unsignedMultiplyHigh(value, 0x9E3779B97F4A7C15L);
    return value * 0x9E3779B97F4A7C15L ^ high;
  }
}
