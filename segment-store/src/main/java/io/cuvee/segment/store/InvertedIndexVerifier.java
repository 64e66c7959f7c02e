package io.cuvee.segment.store;

import io.cuvee.common.error.CuveeException;
import io.cuvee.segment.column.ColumnBuffers;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.format.BufferKind;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.BiFunction;
import org.roaringbitmap.RoaringBitmap;

/// Compares an inverted index with the dictIds of the documents. The offsets of its bitmaps must be
/// sound already.
final class InvertedIndexVerifier {
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final SegmentColumn column;
  private final ColumnBuffers buffers;
  private final BiFunction<BufferKind, String, CuveeException> damaged;

  InvertedIndexVerifier(
      SegmentColumn column,
      ColumnBuffers buffers,
      BiFunction<BufferKind, String, CuveeException> damaged) {
    this.column = column;
    this.buffers = buffers;
    this.damaged = damaged;
  }

  void verify() {
    RoaringBitmap[] expected = new RoaringBitmap[column.dictionary().orElseThrow().size()];
    Arrays.setAll(expected, id -> new RoaringBitmap());
    if (column.type().isArray()) {
      collectArrays(expected);
    } else {
      collectScalars(expected);
    }
    MemorySegment offsets = buffers.buffer(BufferKind.INVERTED_OFFSETS).orElseThrow();
    MemorySegment bitmaps = buffers.buffer(BufferKind.INVERTED_BITMAPS).orElseThrow();
    for (int id = 0; id < expected.length; id++) {
      long start = offsets.get(LONG, id * 8L);
      long end = offsets.get(LONG, id * 8L + 8);
      byte[] bytes = bitmaps.asSlice(start, end - start).toArray(ValueLayout.JAVA_BYTE);
      if (!isSound(bytes, expected[id])) {
        throw damaged.apply(
            BufferKind.INVERTED_BITMAPS,
            "the bitmap of dictId " + id + " does not fit the documents that have it");
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
