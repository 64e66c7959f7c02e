package io.cuvee.segment.build;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.column.ColumnStatistics;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnMetadata;
import io.cuvee.segment.format.ColumnsWriter;
import io.cuvee.segment.format.Encoding;
import io.cuvee.segment.packing.PackedFormat;
import io.cuvee.segment.packing.PackedWriter;
import java.util.List;

/// Writes columns that are made from those of a segment and stored beside them.
public final class DerivedColumns {
  private DerivedColumns() {}

  /// Writes values as a raw column.
  ///
  /// @param owner whom the index map names for the buffers, and the name of the column
  public static ColumnMetadata writeRaw(
      String owner, ColumnType type, Values values, ColumnsWriter out) {
    try (Scratch scratch = new Scratch(out.directory(), Long.MAX_VALUE);
        CollectedColumn column =
            new CollectedColumn(
                new FieldSpec(owner, type, FieldSpec.Role.METRIC, false, null, null, null),
                scratch)) {
      column.append(values, 0);
      return new ColumnEncoder(
              column,
              RowOrder.ofInput(values.count()),
              new IndexingOptions(List.of(), List.of(), List.of(owner)),
              false,
              true,
              out)
          .write();
    }
  }

  /// Writes dictIds of the dictionary of another column, which is not written again.
  ///
  /// @param source whose dictionary it is; all of its values occur among the ids
  /// @param ids below 0 for NULL
  /// @param count how many of them
  public static ColumnMetadata writeDictIds(
      String owner, SegmentColumn source, int[] ids, int count, ColumnsWriter out) {
    int cardinality = source.dictionary().orElseThrow().size();
    int width = PackedFormat.width(cardinality - 1);
    int[] stored = new int[count];
    long[] nullBits = new long[(count + 63) >>> 6];
    int nulls = 0;
    for (int i = 0; i < count; i++) {
      if (ids[i] < 0) {
        nullBits[i >>> 6] |= 1L << i;
        nulls++;
      }
      stored[i] = Math.max(ids[i], 0);
    }
    out.begin();
    PackedWriter.write(stored, count, width, out);
    out.end(owner, BufferKind.DICT_IDS);
    new ZoneWriter(new RowLayout(count, count, nulls, nullBits, null, null))
        .writeDictIds(stored, out, owner);
    if (nulls > 0) {
      writeValidity(owner, ids, count, out);
    }
    ColumnStatistics statistics = source.statistics();
    return new ColumnMetadata(
        source.name(),
        source.type(),
        Encoding.DICTIONARY,
        "the dictionary of the segment's column",
        new ColumnStatistics(cardinality, nulls, statistics.min(), statistics.max(), 0),
        count,
        width,
        0,
        0);
  }

  private static void writeValidity(String owner, int[] ids, int count, ColumnsWriter out) {
    out.begin();
    long word = 0;
    for (int i = 0; i < count; i++) {
      if (ids[i] >= 0) {
        word |= 1L << i;
      }
      if ((i & 63) == 63 || i == count - 1) {
        out.putLong(word);
        word = 0;
      }
    }
    out.end(owner, BufferKind.VALIDITY);
  }
}
