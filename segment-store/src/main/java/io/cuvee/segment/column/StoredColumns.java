package io.cuvee.segment.column;

import io.cuvee.common.type.DataType;
import io.cuvee.common.type.DataType.Representation;
import io.cuvee.segment.alp.AlpDoubles;
import io.cuvee.segment.dictionary.DictionaryFormat;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnMetadata;
import io.cuvee.segment.format.Encoding;
import io.cuvee.segment.fsst.FsstRanges;
import io.cuvee.segment.index.sorted.Runs;
import io.cuvee.segment.packing.FramedLongs;
import io.cuvee.segment.packing.PackedFormat;
import io.cuvee.segment.packing.PackedInts;
import io.cuvee.segment.packing.RunEnds;

/// Opens columns over their mapped buffers.
public final class StoredColumns {
  private StoredColumns() {}

  /// @param buffers all that the column's form asks for, each as long as it asks for; they stay
  ///   mapped while the column is used
  public static SegmentColumn open(ColumnMetadata metadata, int docCount, ColumnBuffers buffers) {
    return open(metadata, docCount, buffers, forwardIndex(metadata, buffers));
  }

  /// As [#open(ColumnMetadata, int, ColumnBuffers)], for a scalar column of dictIds whose
  /// dictionary is that of another column.
  public static SegmentColumn open(
      ColumnMetadata metadata, int docCount, ColumnBuffers buffers, Dictionary dictionary) {
    PackedInts ids =
        new PackedInts(
            buffers.address(BufferKind.DICT_IDS), metadata.idBits(), metadata.valueCount());
    return open(
        metadata,
        docCount,
        buffers,
        new DictionaryForwardIndex(dictionary, new DictIds.Packed(ids)));
  }

  private static SegmentColumn open(
      ColumnMetadata metadata, int docCount, ColumnBuffers buffers, ForwardIndex forward) {
    Nulls nulls = new Nulls(buffers.address(BufferKind.VALIDITY), docCount);
    ColumnIndexes indexes = ColumnIndexes.open(metadata, buffers);
    CachedZoneMap zones =
        buffers.has(BufferKind.ZONES)
            ? new CachedZoneMap(
                buffers.address(BufferKind.ZONES),
                docCount,
                metadata.hasDictionary()
                    ? CachedZoneMap.Form.DICT_IDS
                    : metadata.type().dataType().representation() == Representation.LONG
                        ? CachedZoneMap.Form.LONGS
                        : CachedZoneMap.Form.DOUBLES)
            : null;
    return metadata.type().isArray()
        ? new ArrayColumn(
            metadata,
            docCount,
            nulls,
            buffers.address(BufferKind.ARRAY_OFFSETS),
            forward,
            indexes,
            zones)
        : new ScalarColumn(metadata, docCount, nulls, forward, indexes, zones);
  }

  private static ForwardIndex forwardIndex(ColumnMetadata metadata, ColumnBuffers buffers) {
    return switch (metadata.encoding()) {
      case DICTIONARY, SORTED, DICTIONARY_RUNS -> {
        int cardinality = metadata.statistics().cardinality();
        Dictionary dictionary =
            DictionaryFormat.open(
                metadata.type(),
                cardinality,
                buffers.address(BufferKind.DICTIONARY_VALUES),
                buffers.length(BufferKind.DICTIONARY_VALUES),
                metadata.entryBytes(),
                buffers.address(BufferKind.DICTIONARY_OFFSETS));
        yield new DictionaryForwardIndex(dictionary, dictIds(metadata, buffers));
      }
      case RAW -> rawIndex(metadata, buffers);
      case RAW_ALP -> new AlpForwardIndex(alpDoubles(metadata, buffers));
      case RAW_FSST ->
          new FsstForwardIndex(
              new FsstRanges(
                  buffers.address(BufferKind.FSST_SYMBOLS),
                  buffers.address(BufferKind.BYTES),
                  frames(buffers, metadata.valueCount() + 1)));
      case RAW_RUNS -> {
        RunEnds ends = runEnds(metadata, buffers);
        yield new LongRunsForwardIndex(ends, frames(buffers, ends.count()));
      }
    };
  }

  private static DictIds dictIds(ColumnMetadata metadata, ColumnBuffers buffers) {
    if (metadata.encoding() == Encoding.SORTED) {
      return new DictIds.Sorted(
          new Runs(buffers.address(BufferKind.RUNS), metadata.statistics().cardinality()));
    }
    long address = buffers.address(BufferKind.DICT_IDS);
    if (metadata.encoding().hasRuns()) {
      RunEnds ends = runEnds(metadata, buffers);
      return new DictIds.InRuns(ends, new PackedInts(address, metadata.idBits(), ends.count()));
    }
    return new DictIds.Packed(new PackedInts(address, metadata.idBits(), metadata.valueCount()));
  }

  private static RunEnds runEnds(ColumnMetadata metadata, ColumnBuffers buffers) {
    return new RunEnds(
        buffers.address(BufferKind.RUN_COUNTS),
        buffers.address(BufferKind.RUN_ENDS),
        metadata.valueCount());
  }

  private static FramedLongs frames(ColumnBuffers buffers, int count) {
    return new FramedLongs(
        buffers.address(BufferKind.FRAMES), buffers.address(BufferKind.PACKED_VALUES), count);
  }

  private static AlpDoubles alpDoubles(ColumnMetadata metadata, ColumnBuffers buffers) {
    return new AlpDoubles(
        frames(buffers, metadata.valueCount()),
        buffers.address(BufferKind.ALP_BLOCKS),
        PackedFormat.blockCount(metadata.valueCount()),
        buffers.address(BufferKind.ALP_EXCEPTIONS),
        metadata.entryBytes() == Float.BYTES);
  }

  private static ForwardIndex rawIndex(ColumnMetadata metadata, ColumnBuffers buffers) {
    DataType type = metadata.type().dataType();
    return switch (type.representation()) {
      case LONG -> new LongForwardIndex(frames(buffers, metadata.valueCount()));
      case DOUBLE ->
          new DoubleForwardIndex(
              buffers.address(BufferKind.DOUBLES), metadata.entryBytes() == Double.BYTES);
      case DECIMAL, BYTES ->
          new BytesForwardIndex(
              buffers.address(BufferKind.BYTES),
              metadata.entryBytes(),
              buffers.address(BufferKind.BYTE_OFFSETS),
              metadata.offsetBytes(),
              type.representation() == Representation.DECIMAL);
    };
  }
}
