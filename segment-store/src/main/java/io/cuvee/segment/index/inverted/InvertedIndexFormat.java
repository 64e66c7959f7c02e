package io.cuvee.segment.index.inverted;

import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnsWriter;
import java.util.Optional;

/// The layout of inverted indexes, and their writer.
///
/// For each dictId the documents that have it, as a Roaring bitmap in the portable format of
/// <https://github.com/RoaringBitmap/RoaringFormatSpec>, one after the other. Offsets of 64 bits
/// say where each begins and the last ends. A document of an array column is in the bitmap of each
/// of its elements; a document that is NULL is in none. Where dictIds have few documents each,
/// there are [DocumentRuns] instead.
public final class InvertedIndexFormat {
  private InvertedIndexFormat() {}

  /// Writes the index of a column that has a dictionary.
  public static void write(SegmentColumn column, ColumnsWriter out) {
    collect(column).finish(out, column.name());
  }

  /// Collects the documents of a column that has a dictionary.
  public static Writer collect(SegmentColumn column) {
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
      return writer;
    }
    int[] ids = new int[docCount];
    column.dictIds(0, docCount, ids);
    if (column.statistics().nullCount() == 0) {
      return new Writer(cardinality, ids);
    }
    long[] valid = new long[(docCount + 63) / 64];
    column.validity(0, docCount, valid);
    Writer writer = new Writer(cardinality, docCount);
    for (int doc = 0; doc < docCount; doc++) {
      if ((valid[doc >>> 6] >>> doc & 1) != 0) {
        writer.add(doc, ids[doc]);
      }
    }
    return writer;
  }

  /// Collects the dictIds of documents and writes the index.
  public static final class Writer {
    private final int cardinality;

    private final int[] docs;
    private final int[] dictIds;

    /// Whether each dictId is that of the document at its own position.
    private final boolean isOfAllDocuments;

    private int count;

    /// @param valueCount the most that will be added
    public Writer(int cardinality, int valueCount) {
      this.cardinality = cardinality;
      this.docs = new int[valueCount];
      this.dictIds = new int[valueCount];
      this.isOfAllDocuments = false;
    }

    /// Has the dictIds of documents from 0 on, one for each.
    public Writer(int cardinality, int[] dictIds) {
      this.cardinality = cardinality;
      this.docs = new int[0];
      this.isOfAllDocuments = true;
      this.dictIds = dictIds;
      this.count = dictIds.length;
    }

    /// Adds that a document has a dictId; documents ascend.
    public void add(int doc, int dictId) {
      docs[count] = doc;
      dictIds[count++] = dictId;
    }

    /// As [DocumentRuns] if that is smaller, else as bitmaps.
    public void finish(ColumnsWriter out, String column) {
      Lists lists = lists();
      Optional<DocumentRuns> runs = lists.runs();
      if (runs.isPresent()) {
        runs.get().write(out, column);
      } else {
        lists.write(out, column, BufferKind.INVERTED_BITMAPS, BufferKind.INVERTED_OFFSETS);
      }
    }

    /// As bitmaps in other kinds of buffers, for indexes that list documents under something else.
    public void finish(
        ColumnsWriter out, String column, BufferKind bitmapsKind, BufferKind offsetsKind) {
      lists().write(out, column, bitmapsKind, offsetsKind);
    }

    /// The documents by dictId.
    public Lists lists() {
      int[] ends = new int[cardinality + 1];
      for (int i = 0; i < count; i++) {
        ends[dictIds[i] + 1]++;
      }
      for (int i = 0; i < cardinality; i++) {
        ends[i + 1] += ends[i];
      }
      // A stable counting sort; ends[i] moves from the start of dictId i to its end.
      int[] sorted = new int[count];
      if (isOfAllDocuments) {
        for (int i = 0; i < count; i++) {
          sorted[ends[dictIds[i]]++] = i;
        }
      } else {
        for (int i = 0; i < count; i++) {
          sorted[ends[dictIds[i]]++] = docs[i];
        }
      }
      return new Lists(cardinality, sorted, ends);
    }
  }

  /// The documents of all dictIds.
  ///
  /// @param docs those of dictId `i` ascend in `[ends[i - 1], ends[i])`; some may be there twice
  public record Lists(int cardinality, int[] docs, int[] ends) {
    /// Their runs, if the index is stored as such.
    public Optional<DocumentRuns> runs() {
      return DocumentRuns.ifSmaller(docs, ends, cardinality);
    }

    private void write(
        ColumnsWriter out, String column, BufferKind bitmapsKind, BufferKind offsetsKind) {
      long[] offsets = new long[cardinality + 1];
      out.begin();
      RoaringWriter bitmaps = new RoaringWriter(out);
      for (int dictId = 0; dictId < cardinality; dictId++) {
        bitmaps.write(docs, dictId == 0 ? 0 : ends[dictId - 1], ends[dictId]);
        offsets[dictId + 1] = bitmaps.written();
      }
      out.end(column, bitmapsKind);
      out.begin();
      out.putLongs(offsets, offsets.length);
      out.end(column, offsetsKind);
    }
  }
}
