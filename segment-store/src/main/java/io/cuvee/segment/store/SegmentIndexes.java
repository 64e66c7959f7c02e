package io.cuvee.segment.store;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.format.ColumnsWriter;
import io.cuvee.segment.format.IndexMap;
import io.cuvee.segment.format.SegmentFiles;
import io.cuvee.segment.index.inverted.InvertedIndexFormat;
import java.nio.file.Path;

/// Adds indexes to segments that are already there: buffers are appended, then the map is replaced,
/// so that whoever opens the segment finds the index whole or not at all. Open segments keep what
/// they have until they are opened again. One caller at a time a directory.
public final class SegmentIndexes {
  private SegmentIndexes() {}

  /// Adds an inverted index; nothing happens if the column has one.
  ///
  /// @throws CuveeException `NOT_FOUND` if there is no such column, `FEATURE_NOT_SUPPORTED` if it
  ///   has no dictionary
  public static void addInverted(Path directory, String column) {
    SegmentFiles files = SegmentFiles.read(directory);
    try (Segment segment = Segment.open(directory, Verify.STRUCTURE)) {
      SegmentColumn source =
          segment
              .column(column)
              .orElseThrow(() ->
                  new CuveeException(
                      ErrorCode.NOT_FOUND,
                      "Segment " + directory + " has no column '" + column + "'."));
      if (source.invertedIndex().isPresent()) {
        return;
      }
      if (source.dictionary().isEmpty()) {
        throw new CuveeException(
            ErrorCode.FEATURE_NOT_SUPPORTED,
            "Column '"
                + column
                + "' of segment "
                + directory
                + " is stored without a dictionary, which an inverted index needs. Build the segment"
                + " anew.");
      }
      try (ColumnsWriter out = ColumnsWriter.append(directory, files.map())) {
        collect(source).finish(out, column);
        out.force();
        SegmentFiles.replaceMap(
            directory, new IndexMap(files.map().segmentCrc(), out.length(), out.buffers()));
      }
    }
  }

  private static InvertedIndexFormat.Writer collect(SegmentColumn column) {
    int cardinality = column.dictionary().orElseThrow().size();
    int docCount = column.docCount();
    if (column.type().isArray()) {
      int[] ends = new int[docCount + 1];
      column.arrayOffsets(0, docCount, ends);
      int[] ids = new int[ends[docCount]];
      column.elementDictIds(0, ids.length, ids);
      InvertedIndexFormat.Writer writer = new InvertedIndexFormat.Writer(cardinality, ids.length);
      for (int doc = 0; doc < docCount; doc++) {
        for (int i = ends[doc]; i < ends[doc + 1]; i++) {
          writer.add(doc, ids[i]);
        }
      }
      return writer;
    }
    int[] ids = new int[docCount];
    column.dictIds(0, docCount, ids);
    long[] valid = new long[(docCount + 63) / 64];
    column.validity(0, docCount, valid);
    InvertedIndexFormat.Writer writer = new InvertedIndexFormat.Writer(cardinality, docCount);
    for (int doc = 0; doc < docCount; doc++) {
      if ((valid[doc >>> 6] >>> doc & 1) != 0) {
        writer.add(doc, ids[doc]);
      }
    }
    return writer;
  }
}
