package io.cuvee.segment.store;

import io.cuvee.common.error.CuveeException;
import io.cuvee.segment.column.ColumnBuffers;
import io.cuvee.segment.column.RangeIndex;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.index.json.JsonIndexFormat;
import io.cuvee.segment.index.range.RangeIndexFormat;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.BiFunction;
import org.roaringbitmap.RoaringBitmap;

/// Compares an inverted, a range or a JSON index with the documents. The offsets of its bitmaps
/// must be sound already.
final class BitmapsVerifier {
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final SegmentColumn column;
  private final ColumnBuffers buffers;
  private final BiFunction<BufferKind, String, CuveeException> damaged;

  BitmapsVerifier(
      SegmentColumn column,
      ColumnBuffers buffers,
      BiFunction<BufferKind, String, CuveeException> damaged) {
    this.column = column;
    this.buffers = buffers;
    this.damaged = damaged;
  }

  void verify() {
    RoaringBitmap[] expected = empty(column.dictionary().orElseThrow().size());
    if (column.type().isArray()) {
      collectArrays(expected);
    } else {
      collectScalars(expected);
    }
    verify(expected, BufferKind.INVERTED_OFFSETS, BufferKind.INVERTED_BITMAPS, "dictId");
  }

  /// The documents of a range index; the lengths of its buffers must be sound.
  void verifyRange(RangeIndex range) {
    RangeIndexFormat.Keys keys = RangeIndexFormat.Keys.of(column);
    int buckets = range.bucketCount();
    long[] mins = new long[buckets];
    for (int i = 0; i < buckets; i++) {
      mins[i] = range.min(i);
      if (range.max(i) < range.min(i) || i > 0 && range.min(i) <= range.max(i - 1)) {
        throw damaged.apply(BufferKind.RANGE_BUCKETS, "bucket " + i + " does not ascend");
      }
    }
    RoaringBitmap[] expected = empty(buckets);
    for (int i = 0; i < keys.keys().length; i++) {
      long key = keys.keys()[i];
      int found = Arrays.binarySearch(mins, key);
      int bucket = found >= 0 ? found : -found - 2;
      if (bucket < 0 || key > range.max(bucket)) {
        throw damaged.apply(
            BufferKind.RANGE_BUCKETS, "document " + keys.docs()[i] + " is in no bucket");
      }
      expected[bucket].add(keys.docs()[i]);
    }
    for (int i = 0; i < buckets; i++) {
      if (range.docCount(i) != expected[i].getCardinality()) {
        throw damaged.apply(BufferKind.RANGE_BUCKETS, "bucket " + i + " has a wrong count");
      }
    }
    verify(expected, BufferKind.RANGE_OFFSETS, BufferKind.RANGE_BITMAPS, "bucket");
  }

  /// The keys and documents of a JSON index; the offsets of its keys must be sound.
  void verifyJson() {
    JsonIndexFormat.Entries entries = JsonIndexFormat.Entries.of(column);
    MemorySegment offsets = buffers.buffer(BufferKind.JSON_KEY_OFFSETS).orElseThrow();
    MemorySegment keys = buffers.buffer(BufferKind.JSON_KEYS).orElseThrow();
    if (offsets.byteSize() != 8L * (entries.keys().size() + 1)) {
      throw damaged.apply(BufferKind.JSON_KEY_OFFSETS, "it has another number of keys");
    }
    for (int id = 0; id < entries.keys().size(); id++) {
      long start = offsets.get(LONG, id * 8L);
      long end = offsets.get(LONG, id * 8L + 8);
      byte[] key = keys.asSlice(start, end - start).toArray(ValueLayout.JAVA_BYTE);
      if (!Arrays.equals(key, entries.keys().get(id))) {
        throw damaged.apply(BufferKind.JSON_KEYS, "key " + id + " does not fit the documents");
      }
    }
    RoaringBitmap[] expected = empty(entries.keys().size());
    for (int i = 0; i < entries.docs().length; i++) {
      expected[entries.keyIds()[i]].add(entries.docs()[i]);
    }
    verify(expected, BufferKind.JSON_OFFSETS, BufferKind.JSON_BITMAPS, "key");
  }

  private static RoaringBitmap[] empty(int count) {
    RoaringBitmap[] bitmaps = new RoaringBitmap[count];
    Arrays.setAll(bitmaps, id -> new RoaringBitmap());
    return bitmaps;
  }

  private void verify(
      RoaringBitmap[] expected, BufferKind offsetsKind, BufferKind bitmapsKind, String what) {
    MemorySegment offsets = buffers.buffer(offsetsKind).orElseThrow();
    MemorySegment bitmaps = buffers.buffer(bitmapsKind).orElseThrow();
    for (int id = 0; id < expected.length; id++) {
      long start = offsets.get(LONG, id * 8L);
      long end = offsets.get(LONG, id * 8L + 8);
      byte[] bytes = bitmaps.asSlice(start, end - start).toArray(ValueLayout.JAVA_BYTE);
      if (!isSound(bytes, expected[id])) {
        throw damaged.apply(
            bitmapsKind,
            "the bitmap of " + what + " " + id + " does not fit the documents that have it");
      }
    }
  }

  private void collectScalars(RoaringBitmap[] expected) {
    int[] ids = new int[column.docCount()];
    column.dictIds(0, ids.length, ids);
    long[] valid = new long[(ids.length + 63) / 64];
    column.validity(0, ids.length, valid);
    for (int doc = 0; doc < ids.length; doc++) {
      if ((valid[doc >>> 6] >>> doc & 1) != 0) {
        expected[ids[doc]].add(doc);
      }
    }
  }

  private void collectArrays(RoaringBitmap[] expected) {
    int[] ends = new int[column.docCount() + 1];
    column.arrayOffsets(0, column.docCount(), ends);
    int[] ids = new int[ends[column.docCount()]];
    column.elementDictIds(0, ids.length, ids);
    for (int doc = 0; doc < column.docCount(); doc++) {
      for (int i = ends[doc]; i < ends[doc + 1]; i++) {
        expected[ids[i]].add(doc);
      }
    }
  }

  /// Whether the bytes are the portable form, to the byte, of a bitmap with these documents.
  /// Queries read containers where the header says they are, so the header must be what the
  /// containers make it.
  private static boolean isSound(byte[] bytes, RoaringBitmap expected) {
    RoaringBitmap found = new RoaringBitmap();
    try {
      found.deserialize(ByteBuffer.wrap(bytes));
    } catch (IOException | RuntimeException e) {
      return false;
    }
    if (!found.equals(expected) || found.serializedSizeInBytes() != bytes.length) {
      return false;
    }
    byte[] again = new byte[bytes.length];
    found.serialize(ByteBuffer.wrap(again));
    return Arrays.equals(again, bytes);
  }
}
