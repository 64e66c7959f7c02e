package io.cuvee.segment.build;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.segment.column.ColumnStatistics;
import io.cuvee.segment.column.ZoneMap;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnMetadata;
import io.cuvee.segment.format.ColumnsWriter;
import io.cuvee.segment.format.Encoding;
import io.cuvee.segment.format.MetadataFormat;
import io.cuvee.segment.index.inverted.InvertedIndexFormat;
import io.cuvee.segment.packing.PackedFormat;
import io.cuvee.segment.packing.PackedWriter;
import io.cuvee.segment.packing.RunFormat;
import org.jspecify.annotations.Nullable;

/// Writes the buffers of one column.
final class ColumnEncoder {
  private final CollectedColumn column;
  private final IndexingOptions options;
  private final boolean isDimension;
  private final boolean isDerived;
  private final ColumnsWriter out;
  private final FieldSpec field;
  private final RowLayout layout;
  private final OrderedValues values;
  private final ZoneWriter zones;

  /// @param isDimension whether a star-tree splits by the column
  /// @param isDerived whether the column is one of a star-tree, which is stored plainly
  ColumnEncoder(
      CollectedColumn column,
      RowOrder order,
      IndexingOptions options,
      boolean isDimension,
      boolean isDerived,
      ColumnsWriter out) {
    this.column = column;
    this.options = options;
    this.isDimension = isDimension;
    this.isDerived = isDerived;
    this.out = out;
    this.field = column.field();
    this.layout = column.layout(order);
    this.values = column.store().ordered(layout);
    this.zones = new ZoneWriter(layout, nullCounts());
  }

  ColumnMetadata write() {
    if (column.nulls().count() > 0) {
      writeValidity();
    }
    if (layout.offsets() != null) {
      out.begin();
      out.putInts(layout.offsets(), layout.offsets().length);
      out.end(field.name(), BufferKind.ARRAY_OFFSETS);
    }
    EncodingChoice choice =
        EncodingChoice.of(
            field, options, isDimension, values, layout.valueCount() - layout.nullCount());
    return choice.hasDictionary() ? writeDictionary(choice) : writeRaw(choice);
  }

  private void writeValidity() {
    out.begin();
    long word = 0;
    for (int doc = 0; doc < layout.docCount(); doc++) {
      if (!isNull(doc)) {
        word |= 1L << doc;
      }
      if ((doc & 63) == 63 || doc == layout.docCount() - 1) {
        out.putLong(word);
        word = 0;
      }
    }
    out.end(field.name(), BufferKind.VALIDITY);
  }

  private boolean isNull(int doc) {
    return layout.isNullDoc(doc);
  }

  private int[] nullCounts() {
    int[] counts = new int[PackedFormat.blockCount(layout.docCount())];
    for (int doc = 0; column.nulls().count() > 0 && doc < layout.docCount(); doc++) {
      counts[doc / ZoneMap.BLOCK_ROWS] += isNull(doc) ? 1 : 0;
    }
    return counts;
  }

  private ColumnMetadata writeRaw(EncodingChoice choice) {
    OrderedValues.RawForm form =
        values.writeRaw(
            out,
            field.name(),
            zones,
            !isDerived && layout.offsets() == null,
            isDerived ? Compression.NONE : Compression.of(options.codecs().get(field.name())));
    return metadata(
        form.encoding(), choice.reason() + form.note(), 0, form.entryBytes(), form.offsetBytes());
  }

  private ColumnMetadata writeDictionary(EncodingChoice choice) {
    int cardinality = values.cardinality();
    values.writeDictionary(out, field.name());
    int[] ids = values.dictIds();
    int width = PackedFormat.width(cardinality - 1);
    boolean configured =
        !options.sortedColumns().isEmpty()
            && options.sortedColumns().getFirst().equals(field.name());
    boolean sorted =
        layout.offsets() == null
            && ascends(ids)
            && (configured || 4L * (cardinality + 1) <= PackedFormat.sizeBytes(ids.length, width));
    int runCount = sorted ? 0 : runCount(ids, width);
    if (sorted) {
      writeRuns(ids, cardinality);
    } else if (runCount > 0) {
      writeRunLists(ids, runCount, width);
    } else {
      writePacked(ids, ids.length, width);
    }
    zones.writeDictIds(ids, out, field.name());
    if (options.invertedIndexColumns().contains(field.name())) {
      writeInvertedIndex(ids, cardinality);
    }
    String reason =
        choice.reason()
            + (sorted && !configured ? "; the rows happen to be sorted by it" : "")
            + inRuns(runCount);
    int entryBytes = values.entryBytes();
    return metadata(
        sorted ? Encoding.SORTED : runCount > 0 ? Encoding.DICTIONARY_RUNS : Encoding.DICTIONARY,
        reason,
        sorted ? 0 : width,
        entryBytes,
        entryBytes > 0 ? 0 : Integer.BYTES);
  }

  /// Whether ids never descend and NULLs come last.
  private boolean ascends(int[] ids) {
    for (int i = 1; i < ids.length; i++) {
      if (ids[i] < ids[i - 1]) {
        return false;
      }
    }
    for (int doc = layout.docCount() - layout.nullCount(); doc < layout.docCount(); doc++) {
      if (!layout.isNull(doc)) {
        return false;
      }
    }
    return true;
  }

  private void writeRuns(int[] ids, int cardinality) {
    int[] starts = new int[cardinality + 1];
    int end = ids.length - layout.nullCount();
    for (int doc = 1; doc < end; doc++) {
      if (ids[doc] != ids[doc - 1]) {
        starts[ids[doc]] = doc;
      }
    }
    starts[cardinality] = end;
    out.begin();
    out.putInts(starts, starts.length);
    out.end(field.name(), BufferKind.RUNS);
  }

  /// How many runs the dictIds are; 0 if they are not worth storing as such.
  private int runCount(int[] ids, int width) {
    if (isDerived || layout.offsets() != null) {
      return 0;
    }
    int runCount = RunFormat.count(ids, ids.length);
    return RunFormat.isWorthwhile(
            ids.length,
            runCount,
            PackedFormat.sizeBytes(runCount, width),
            PackedFormat.sizeBytes(ids.length, width))
        ? runCount
        : 0;
  }

  private static String inRuns(int runCount) {
    return runCount == 0 ? "" : "; in " + runCount + " runs";
  }

  private void writeRunLists(int[] ids, int runCount, int width) {
    int[] ofRuns = new int[runCount];
    int[] lasts = new int[runCount];
    int run = -1;
    for (int i = 0; i < ids.length; i++) {
      run += i % PackedFormat.BLOCK == 0 || ids[i] != ids[i - 1] ? 1 : 0;
      ofRuns[run] = ids[i];
      lasts[run] = i;
    }
    writePacked(ofRuns, runCount, width);
    RunFormat.write(lasts, runCount, ids.length, out, field.name());
  }

  private void writePacked(int[] ids, int count, int width) {
    out.begin();
    PackedWriter.write(ids, count, width, out);
    out.end(field.name(), BufferKind.DICT_IDS);
  }

  private void writeInvertedIndex(int[] ids, int cardinality) {
    if (layout.offsets() == null && layout.nullCount() == 0) {
      new InvertedIndexFormat.Writer(cardinality, ids).finish(out, field.name());
      return;
    }
    InvertedIndexFormat.Writer inverted =
        new InvertedIndexFormat.Writer(cardinality, ids.length - layout.nullCount());
    for (int doc = 0; doc < layout.docCount(); doc++) {
      for (int i = layout.start(doc); i < layout.start(doc + 1); i++) {
        if (!layout.isNull(i)) {
          inverted.add(doc, ids[i]);
        }
      }
    }
    inverted.finish(out, field.name());
  }

  private ColumnMetadata metadata(
      Encoding encoding, String reason, int idBits, int entryBytes, int offsetBytes) {
    ColumnStatistics statistics =
        new ColumnStatistics(
            values.cardinality(),
            column.nulls().count(),
            kept(values.min()),
            kept(values.max()),
            column.maxArrayLength());
    return new ColumnMetadata(
        field.name(),
        field.type(),
        encoding,
        reason,
        statistics,
        layout.valueCount(),
        idBits,
        entryBytes,
        offsetBytes);
  }

  private static @Nullable Object kept(@Nullable Object value) {
    return value instanceof byte[] bytes && bytes.length > MetadataFormat.MAX_STATISTIC_BYTES
        ? null
        : value;
  }
}
