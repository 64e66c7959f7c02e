package io.cuvee.segment.build;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.type.DataType.Representation;
import io.cuvee.segment.column.ColumnStatistics;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnMetadata;
import io.cuvee.segment.format.ColumnsWriter;
import io.cuvee.segment.format.Encoding;
import io.cuvee.segment.format.MetadataFormat;
import io.cuvee.segment.index.inverted.InvertedIndexFormat;
import io.cuvee.segment.packing.PackedFormat;
import io.cuvee.segment.packing.PackedWriter;
import org.jspecify.annotations.Nullable;

/// Writes the buffers of one column.
final class ColumnEncoder {
  private final CollectedColumn column;
  private final RowOrder order;
  private final IndexingOptions options;
  private final boolean isDimension;
  private final ColumnsWriter out;
  private final FieldSpec field;
  private final RowLayout layout;
  private final DistinctValues distinct;

  /// @param isDimension whether a star-tree splits by the column
  ColumnEncoder(
      CollectedColumn column,
      RowOrder order,
      IndexingOptions options,
      boolean isDimension,
      ColumnsWriter out) {
    this.column = column;
    this.order = order;
    this.options = options;
    this.isDimension = isDimension;
    this.out = out;
    this.field = column.field();
    this.layout = column.layout(order);
    this.distinct = column.store().distinct(layout);
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
            field,
            options,
            isDimension,
            distinct,
            layout.valueCount(),
            column.store().rawBytes(layout));
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
    return column.nulls().isNull(order.row(doc));
  }

  private ColumnMetadata writeRaw(EncodingChoice choice) {
    ValueStore.RawForm form = column.store().writeRaw(out, field.name(), layout);
    if (column.store() instanceof LongStore longs) {
      boolean isDouble = field.type().dataType().representation() == Representation.DOUBLE;
      ZoneWriter zones =
          new ZoneWriter(
              isDouble ? ZoneWriter.Form.DOUBLES : ZoneWriter.Form.LONGS, layout.docCount());
      for (int doc = 0; doc < layout.docCount(); doc++) {
        if (isNull(doc)) {
          zones.addNull(doc);
        }
        for (int i = layout.start(doc); i < layout.start(doc + 1); i++) {
          if (layout.positions()[i] >= 0) {
            zones.add(doc, longs.get(layout.positions()[i]));
          }
        }
      }
      zones.write(out, field.name());
    }
    return metadata(Encoding.RAW, choice.reason(), 0, form.entryBytes(), form.offsetBytes());
  }

  private ColumnMetadata writeDictionary(EncodingChoice choice) {
    int cardinality = distinct.cardinality();
    distinct.write(out, field.name());
    int[] ids = new int[layout.positions().length];
    for (int i = 0; i < ids.length; i++) {
      int position = layout.positions()[i];
      ids[i] = position < 0 ? -1 : distinct.dictId(position);
    }
    int width = PackedFormat.width(cardinality - 1);
    boolean configured =
        !options.sortedColumns().isEmpty()
            && options.sortedColumns().getFirst().equals(field.name());
    boolean sorted =
        layout.offsets() == null
            && ascends(ids)
            && (configured || 4L * (cardinality + 1) <= PackedFormat.sizeBytes(ids.length, width));
    if (sorted) {
      writeRuns(ids, cardinality);
    } else {
      writePacked(ids, width);
    }
    writeZonesAndIndex(ids, cardinality);
    String reason =
        choice.reason() + (sorted && !configured ? "; the rows happen to be sorted by it" : "");
    int entryBytes = distinct.entryBytes();
    return metadata(
        sorted ? Encoding.SORTED : Encoding.DICTIONARY,
        reason,
        sorted ? 0 : width,
        entryBytes,
        entryBytes > 0 ? 0 : Integer.BYTES);
  }

  /// Whether ids never descend and NULLs come last.
  private static boolean ascends(int[] ids) {
    for (int i = 1; i < ids.length; i++) {
      if (ids[i] >= 0 && ids[i] < ids[i - 1] || ids[i - 1] < 0 && ids[i] >= 0) {
        return false;
      }
    }
    return true;
  }

  private void writeRuns(int[] ids, int cardinality) {
    out.begin();
    int doc = 0;
    for (int id = 0; id < cardinality; id++) {
      out.putInt(doc);
      while (doc < ids.length && ids[doc] == id) {
        doc++;
      }
    }
    out.putInt(doc);
    out.end(field.name(), BufferKind.RUNS);
  }

  private void writePacked(int[] ids, int width) {
    out.begin();
    PackedWriter writer = new PackedWriter(out, width);
    for (int id : ids) {
      writer.add(Math.max(id, 0));
    }
    writer.finish();
    out.end(field.name(), BufferKind.DICT_IDS);
  }

  private void writeZonesAndIndex(int[] ids, int cardinality) {
    ZoneWriter zones = new ZoneWriter(ZoneWriter.Form.DICT_IDS, layout.docCount());
    InvertedIndexFormat.@Nullable Writer inverted =
        options.invertedIndexColumns().contains(field.name())
            ? new InvertedIndexFormat.Writer(cardinality, ids.length)
            : null;
    for (int doc = 0; doc < layout.docCount(); doc++) {
      if (isNull(doc)) {
        zones.addNull(doc);
      }
      for (int i = layout.start(doc); i < layout.start(doc + 1); i++) {
        if (ids[i] >= 0) {
          zones.add(doc, ids[i]);
          if (inverted != null) {
            inverted.add(doc, ids[i]);
          }
        }
      }
    }
    zones.write(out, field.name());
    if (inverted != null) {
      inverted.finish(out, field.name());
    }
  }

  private ColumnMetadata metadata(
      Encoding encoding, String reason, int idBits, int entryBytes, int offsetBytes) {
    int cardinality = distinct.cardinality();
    ColumnStatistics statistics =
        new ColumnStatistics(
            cardinality,
            column.nulls().count(),
            cardinality == 0 ? null : kept(distinct.value(0)),
            cardinality == 0 ? null : kept(distinct.value(cardinality - 1)),
            column.maxArrayLength());
    return new ColumnMetadata(
        field.name(),
        field.type(),
        encoding,
        reason,
        statistics,
        layout.positions().length,
        idBits,
        entryBytes,
        offsetBytes);
  }

  private static @Nullable Object kept(Object value) {
    return value instanceof byte[] bytes && bytes.length > MetadataFormat.MAX_STATISTIC_BYTES
        ? null
        : value;
  }
}
