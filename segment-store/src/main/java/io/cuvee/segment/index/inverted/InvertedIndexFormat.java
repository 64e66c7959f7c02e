package io.cuvee.segment.index.inverted;

import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnsWriter;

/// The layout of inverted indexes, and their writer.
///
/// For each dictId the documents that have it, as a Roaring bitmap in the portable format of
/// <https://github.com/RoaringBitmap/RoaringFormatSpec>, one after the other. Offsets of 64 bits
/// say where each begins and the last ends. A document of an array column is in the bitmap of each
/// of its elements; a document that is NULL is in none.
public final class InvertedIndexFormat {
  private InvertedIndexFormat() {}

  /// Writes the index of a column that has a dictionary.
  public static void write(SegmentColumn column, ColumnsWriter out) {
    int cardinality = column.dictionary().orElseThrow().size();
    int docCount = column.docCount();
    if (column.type().isArray()) {
      int[] ends = new int[docCount + 1];
      column.arrayOffsets(0, docCount, ends);
      int[] ids = new int[ends[docCount]];
      column.elementDictIds(0, ids.length, ids);
      Writer writer = new Writer(cardinality, ids.length);
      for (int doc = 0; doc < docCount; doc++) {
        for (int i = ends[doc]; i < ends[doc + 1]; i++) {
          writer.add(doc, ids[i]);
        }
      }
      writer.finish(out, column.name());
      return;
    }
    int[] ids = new int[docCount];
    column.dictIds(0, docCount, ids);
    long[] valid = new long[(docCount + 63) / 64];
    column.validity(0, docCount, valid);
    Writer writer = new Writer(cardinality, docCount);
    for (int doc = 0; doc < docCount; doc++) {
      if ((valid[doc >>> 6] >>> doc & 1) != 0) {
        writer.add(doc, ids[doc]);
      }
    }
    writer.finish(out, column.name());
  }

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
      finish(out, column, BufferKind.INVERTED_BITMAPS, BufferKind.INVERTED_OFFSETS);
    }

    /// As other kinds of buffers, for indexes that list documents under something else.
    public void finish(
        ColumnsWriter out, String column, BufferKind bitmapsKind, BufferKind offsetsKind) {
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
      RoaringWriter bitmaps = new RoaringWriter(out);
      for (int dictId = 0; dictId < cardinality; dictId++) {
        bitmaps.write(sorted, dictId == 0 ? 0 : ends[dictId - 1], ends[dictId]);
        offsets[dictId + 1] = bitmaps.written();
      }
      out.end(column, bitmapsKind);
      out.begin();
      out.putLongs(offsets, offsets.length);
      out.end(column, offsetsKind);
    }
  }
}
