package io.cuvee.segment.column;

import io.cuvee.segment.memory.NativeMemory;
import io.cuvee.segment.packing.PackedFormat;
import org.jspecify.annotations.Nullable;

/// A mapped zone map, copied to the heap when first asked for. Layout:
/// [io.cuvee.segment.format.BufferKind#ZONES]. Thread-safe.
final class CachedZoneMap {
  enum Form {
    DICT_IDS,
    LONGS,
    DOUBLES
  }

  private final long address;
  private final int blocks;
  private final Form form;
  private volatile @Nullable ZoneMap cached;

  CachedZoneMap(long address, int docCount, Form form) {
    this.address = address;
    this.blocks = PackedFormat.blockCount(docCount);
    this.form = form;
  }

  ZoneMap get() {
    ZoneMap map = cached;
    if (map == null) {
      map = read();
      cached = map;
    }
    return map;
  }

  private ZoneMap read() {
    int valueBytes = form == Form.DICT_IDS ? 4 : 8;
    long maxima = address + (long) blocks * valueBytes;
    long counts = maxima + (long) blocks * valueBytes;
    int[] nullCounts = new int[blocks];
    NativeMemory.copy(counts, nullCounts, 0, blocks);
    return switch (form) {
      case DICT_IDS -> {
        int[] min = new int[blocks];
        int[] max = new int[blocks];
        NativeMemory.copy(address, min, 0, blocks);
        NativeMemory.copy(maxima, max, 0, blocks);
        yield new ZoneMap.DictIds(min, max, nullCounts);
      }
      case LONGS -> {
        long[] min = new long[blocks];
        long[] max = new long[blocks];
        NativeMemory.copy(address, min, 0, blocks);
        NativeMemory.copy(maxima, max, 0, blocks);
        yield new ZoneMap.Longs(min, max, nullCounts);
      }
      case DOUBLES -> {
        double[] min = new double[blocks];
        double[] max = new double[blocks];
        NativeMemory.copy(address, min, 0, blocks);
        NativeMemory.copy(maxima, max, 0, blocks);
        yield new ZoneMap.Doubles(min, max, nullCounts);
      }
    };
  }
}
