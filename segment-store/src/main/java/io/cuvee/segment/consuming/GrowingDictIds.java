package io.cuvee.segment.consuming;

import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.memory.NativeMemory;
import io.cuvee.segment.packing.NarrowInts;
import io.cuvee.segment.packing.PackedFormat;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// DictIds, numbered as the values came, and the dictionary that grows with them. Where a row is
/// NULL the dictId is 0. They lie in bytes until there are more than 256 values, and in shorts
/// until there are more than 65,536; then all are copied, while readers go on with those that they
/// have.
final class GrowingDictIds implements GrowingValues {
  private final GrowingMemory memory;
  private final GrowingDictionary dictionary;
  private final @Nullable GrowingPostings postings;
  private final int[] scratch = new int[SCRATCH];

  /// Replaced by wider ones when the dictionary needs it.
  private volatile Lanes lanes;

  GrowingDictIds(
      GrowingMemory memory, GrowingDictionary dictionary, @Nullable GrowingPostings postings) {
    this.memory = memory;
    this.dictionary = dictionary;
    this.postings = postings;
    this.lanes = new Lanes(memory, Byte.BYTES);
  }

  GrowingDictionary dictionary() {
    return dictionary;
  }

  @Nullable GrowingPostings postings() {
    return postings;
  }

  @Override
  public void append(Values source, int from, int count, int position) {
    for (int at = 0; at < count; at += SCRATCH) {
      int part = Math.min(SCRATCH, count - at);
      dictionary.add(source, from + at, part, scratch);
      if (!lanes.fit(dictionary.size())) {
        widen(position + at);
      }
      lanes.put(position + at, scratch, part);
    }
  }

  private void widen(int count) {
    Lanes before = lanes;
    int width = before.width * 2;
    while (!Lanes.fit(width, dictionary.size())) {
      width *= 2;
    }
    Lanes wider = new Lanes(memory, width);
    int[] ids = new int[SCRATCH];
    for (int at = 0; at < count; at += SCRATCH) {
      int part = Math.min(SCRATCH, count - at);
      before.get(at, part, ids, 0);
      wider.put(at, ids, part);
    }
    lanes = wider;
  }

  void dictIds(int from, int count, int[] out) {
    lanes.get(from, count, out, 0);
  }

  void dictIds(int[] positions, int count, int[] out) {
    lanes.get(positions, count, out);
  }

  int dictId(int position) {
    return lanes.get(position);
  }

  /// The first `count` in bytes or shorts, if they fit.
  Optional<NarrowInts> narrow(int count) {
    Lanes now = lanes;
    return now.width < Integer.BYTES ? Optional.of(new Narrow(now, count)) : Optional.empty();
  }

  @Override
  public Values values(int from, int count, @Nullable Validity validity) {
    int[] ids = new int[count];
    dictIds(from, count, ids);
    return dictionary.values(ids, count, validity);
  }

  @Override
  public Values values(int[] positions, int count, @Nullable Validity validity) {
    int[] ids = new int[count];
    dictIds(positions, count, ids);
    return dictionary.values(ids, count, validity);
  }

  @Override
  public void longs(int from, int count, long[] out) {
    int[] ids = new int[Math.min(count, SCRATCH)];
    for (int at = 0; at < count; at += SCRATCH) {
      int part = Math.min(SCRATCH, count - at);
      dictIds(from + at, part, ids);
      dictionary.longs(ids, part, out, at);
    }
  }

  @Override
  public void longs(int[] positions, int count, long[] out) {
    int[] ids = new int[count];
    dictIds(positions, count, ids);
    dictionary.longs(ids, count, out, 0);
  }

  /// DictIds of one, two or four bytes.
  private static final class Lanes {
    private static final ThreadLocal<byte[]> BYTES =
        ThreadLocal.withInitial(() -> new byte[SCRATCH]);
    private static final ThreadLocal<short[]> SHORTS =
        ThreadLocal.withInitial(() -> new short[SCRATCH]);

    private final Chunks chunks;
    private final int width;

    Lanes(GrowingMemory memory, int width) {
      this.chunks = new Chunks(memory, width);
      this.width = width;
    }

    /// Whether so many values have dictIds that fit.
    boolean fit(int size) {
      return fit(width, size);
    }

    static boolean fit(int width, int size) {
      return width == Integer.BYTES || size <= 1 << width * Byte.SIZE;
    }

    /// For the writer.
    void put(int position, int[] ids, int count) {
      for (int at = 0; at < count; ) {
        int part = Chunks.within(position + at, count - at);
        long address = chunks.place(position + at);
        switch (width) {
          case Byte.BYTES -> {
            for (int i = 0; i < part; i++) {
              NativeMemory.putByte(address + i, ids[at + i]);
            }
          }
          case Short.BYTES -> {
            for (int i = 0; i < part; i++) {
              NativeMemory.putShort(address + i * 2L, ids[at + i]);
            }
          }
          default -> {
            for (int i = 0; i < part; i++) {
              NativeMemory.putInt(address + i * 4L, ids[at + i]);
            }
          }
        }
        at += part;
      }
    }

    int get(int position) {
      long address = chunks.address(position);
      return switch (width) {
        case Byte.BYTES -> NativeMemory.unsignedByte(address);
        case Short.BYTES -> NativeMemory.unsignedShort(address);
        default -> NativeMemory.intAt(address);
      };
    }

    void get(int[] positions, int count, int[] out) {
      switch (width) {
        case Byte.BYTES -> {
          for (int i = 0; i < count; i++) {
            out[i] = NativeMemory.unsignedByte(chunks.address(positions[i]));
          }
        }
        case Short.BYTES -> {
          for (int i = 0; i < count; i++) {
            out[i] = NativeMemory.unsignedShort(chunks.address(positions[i]));
          }
        }
        default -> {
          for (int i = 0; i < count; i++) {
            out[i] = NativeMemory.intAt(chunks.address(positions[i]));
          }
        }
      }
    }

    void get(int from, int count, int[] out, int offset) {
      for (int at = 0; at < count; ) {
        int part = Chunks.within(from + at, count - at);
        long address = chunks.address(from + at);
        switch (width) {
          case Byte.BYTES -> {
            part = Math.min(part, SCRATCH);
            byte[] bytes = BYTES.get();
            NativeMemory.copy(address, bytes, 0, part);
            for (int i = 0; i < part; i++) {
              out[offset + at + i] = bytes[i] & 0xFF;
            }
          }
          case Short.BYTES -> {
            part = Math.min(part, SCRATCH);
            short[] shorts = SHORTS.get();
            NativeMemory.copy(address, shorts, 0, part);
            for (int i = 0; i < part; i++) {
              out[offset + at + i] = shorts[i] & 0xFFFF;
            }
          }
          default -> NativeMemory.copy(address, out, offset + at, part);
        }
        at += part;
      }
    }
  }

  /// The first of them, of one or two bytes.
  private record Narrow(Lanes lanes, int count) implements NarrowInts {
    @Override
    public int laneBits() {
      return lanes.width * Byte.SIZE;
    }

    @Override
    public void bytes(int block, byte[] out) {
      int from = block * PackedFormat.BLOCK;
      int present = Math.min(PackedFormat.BLOCK, count - from);
      NativeMemory.copy(lanes.chunks.address(from), out, 0, present);
      Arrays.fill(out, present, PackedFormat.BLOCK, (byte) 0);
    }

    @Override
    public void shorts(int block, short[] out) {
      int from = block * PackedFormat.BLOCK;
      int present = Math.min(PackedFormat.BLOCK, count - from);
      NativeMemory.copy(lanes.chunks.address(from), out, 0, present);
      Arrays.fill(out, present, PackedFormat.BLOCK, (short) 0);
    }
  }
}
