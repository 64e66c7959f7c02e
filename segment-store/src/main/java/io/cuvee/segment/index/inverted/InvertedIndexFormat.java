package io.cuvee.segment.index.inverted;

import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnsWriter;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.roaringbitmap.RoaringBitmap;
import org.roaringbitmap.RoaringBitmapWriter;

/// The layout of inverted indexes, and their writer.
///
/// For each dictId the documents that have it, as a Roaring bitmap in the portable format of
/// <https://github.com/RoaringBitmap/RoaringFormatSpec>, one after the other. Offsets of 64 bits
/// say where each begins and the last ends. A document of an array column is in the bitmap of each
/// of its elements; a document that is NULL is in none.
public final class InvertedIndexFormat {
  private InvertedIndexFormat() {}

  /// Collects the dictIds of documents and writes [BufferKind#INVERTED_BITMAPS] and
  /// [BufferKind#INVERTED_OFFSETS].
  public static final class Writer {
    private final int cardinality;
    private final int[] docs;
    private final int[] dictIds;
    private int count;

    /// @param valueCount the most that will be added
    public Writer(int cardinality, int valueCount) {
      this.cardinality = cardinality;
      this.docs = new int[valueCount];
      this.dictIds = new int[valueCount];
    }

    /// Adds that a document has a dictId; documents ascend.
    public void add(int doc, int dictId) {
      docs[count] = doc;
      dictIds[count++] = dictId;
    }

    public void finish(ColumnsWriter out, String column) {
      int[] ends = new int[cardinality + 1];
      for (int i = 0; i < count; i++) {
        ends[dictIds[i] + 1]++;
      }
      for (int i = 0; i < cardinality; i++) {
        ends[i + 1] += ends[i];
      }
      // A stable counting sort; ends[i] moves from the start of dictId i to its end.
      int[] sorted = new int[count];
      for (int i = 0; i < count; i++) {
        sorted[ends[dictIds[i]]++] = docs[i];
      }
      long[] offsets = new long[cardinality + 1];
      out.begin();
      CountingStream stream = new CountingStream(out);
      for (int dictId = 0; dictId < cardinality; dictId++) {
        writeBitmap(sorted, dictId == 0 ? 0 : ends[dictId - 1], ends[dictId], stream);
        offsets[dictId + 1] = stream.written;
      }
      out.end(column, BufferKind.INVERTED_BITMAPS);
      out.begin();
      out.putLongs(offsets, offsets.length);
      out.end(column, BufferKind.INVERTED_OFFSETS);
    }

    private static void writeBitmap(int[] docs, int from, int to, OutputStream stream) {
      RoaringBitmapWriter<RoaringBitmap> writer = RoaringBitmapWriter.writer().get();
      for (int i = from; i < to; i++) {
        writer.add(docs[i]);
      }
      RoaringBitmap bitmap = writer.get();
      bitmap.runOptimize();
      try {
        bitmap.serialize(new DataOutputStream(stream));
      } catch (IOException e) {
        throw new IllegalStateException("This stream does not fail.", e);
      }
    }
  }

  private static final class CountingStream extends OutputStream {
    private final ColumnsWriter out;
    private long written;

    CountingStream(ColumnsWriter out) {
      this.out = out;
    }

    @Override
    public void write(int value) {
      out.putByte(value);
      written++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      out.put(bytes, offset, length);
      written += length;
    }
  }
}
