package io.cuvee.segment.format;

import static io.cuvee.segment.packing.PackedFormat.blockCount;

import io.cuvee.common.type.DataType.Representation;
import io.cuvee.segment.alp.AlpFormat;
import io.cuvee.segment.fsst.FsstFormat;
import io.cuvee.segment.packing.PackedFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a buffer of `columns.bin` holds. All numbers are little-endian; *values* are documents for
/// scalar columns and elements for arrays, *blocks* are runs of 2048.
public enum BufferKind {
  /// One bit a document in 64-bit words, set if the document is not NULL; bits beyond the last
  /// document are 0. Only where there are NULLs.
  VALIDITY(1),
  /// Entries of the sorted dictionary; see [io.cuvee.segment.dictionary.DictionaryFormat].
  DICTIONARY_VALUES(2),
  /// Where entries of different length begin: 32-bit offsets into the above, one more than entries.
  DICTIONARY_OFFSETS(3),
  /// A dictId for each value, bit-packed; see [PackedFormat].
  DICT_IDS(4),
  /// The first document of each dictId, 32 bits, and the end of the last; NULLs follow there.
  RUNS(5),
  /// Frames of packed longs, of scaled integers, or of where codes begin; see
  /// [io.cuvee.segment.packing.FrameFormat].
  FRAMES(6),
  /// The packed differences from the frames.
  PACKED_VALUES(7),
  /// Raw doubles of 64 bits or floats of 32.
  DOUBLES(8),
  /// Raw byte ranges, one after the other, or their codes; decimals as in a dictionary.
  BYTES(9),
  /// Where they begin, 32 or 64 bits, one more than values; absent if all have the same length.
  BYTE_OFFSETS(10),
  /// The first element of each document, 32 bits, one more than documents.
  ARRAY_OFFSETS(11),
  /// Zone maps by block of documents: all minima, all maxima, then counts of NULLs. DictIds and
  /// counts have 32 bits, longs and doubles 64. See [io.cuvee.segment.column.ZoneMap].
  ZONES(12),
  /// How many runs come before each block of values, 32 bits, and how many there are; see
  /// [io.cuvee.segment.packing.RunFormat]. DictIds or packed values are then those of the runs.
  RUN_COUNTS(13),
  /// Where in its block each run ends, bit-packed.
  RUN_ENDS(14),
  /// How the scaled integers of each block become doubles; see [io.cuvee.segment.alp.AlpFormat].
  ALP_BLOCKS(15),
  /// Doubles that are no scaled integers, and their positions in their blocks.
  ALP_EXCEPTIONS(16),
  /// What the codes of byte ranges stand for; see [io.cuvee.segment.fsst.FsstFormat].
  FSST_SYMBOLS(17),
  /// Where the bitmap of each dictId begins, 64 bits, one more than dictIds; see
  /// [io.cuvee.segment.index.inverted.InvertedIndexFormat].
  INVERTED_OFFSETS(32),
  /// Roaring bitmaps of documents in the portable format, one for each dictId.
  INVERTED_BITMAPS(33),
  /// The documents of each dictId as runs, instead of both above; see
  /// [io.cuvee.segment.index.inverted.DocumentRuns].
  INVERTED_RUNS(34),
  /// Blocks of a Bloom filter; see [io.cuvee.segment.index.bloom.BloomFilterFormat].
  BLOOM_FILTER(40),
  /// What lies in each bucket of a range index; see
  /// [io.cuvee.segment.index.range.RangeIndexFormat].
  RANGE_BUCKETS(41),
  /// Where the bitmap of each bucket begins, 64 bits, one more than buckets.
  RANGE_OFFSETS(42),
  /// Roaring bitmaps of documents in the portable format, one for each bucket.
  RANGE_BITMAPS(43),
  /// The keys of a JSON index; see [io.cuvee.segment.index.json.JsonIndexFormat].
  JSON_KEYS(44),
  /// Where each key begins, 64 bits, one more than keys.
  JSON_KEY_OFFSETS(45),
  /// Where the bitmap of each key begins, 64 bits, one more than keys.
  JSON_OFFSETS(46),
  /// Roaring bitmaps of documents in the portable format, one for each key.
  JSON_BITMAPS(47),
  /// The files of a text index; see [io.cuvee.segment.index.text.TextIndexFormat].
  TEXT_INDEX(48),
  /// What a star-tree aggregates and how its columns are stored; see [StarTreeMetadataFormat].
  STAR_TREE_METADATA(96),
  /// The nodes of a star-tree; see [io.cuvee.segment.index.startree.StarTreeNodes].
  STAR_TREE_NODES(97);

  private final int code;

  BufferKind(int code) {
    this.code = code;
  }

  /// Stable number in the index map.
  public int code() {
    return code;
  }

  /// Whether the buffer is data; indexes can be made from data again and are no part of the
  /// segment's CRC.
  public boolean isData() {
    return code < INVERTED_OFFSETS.code;
  }

  public static Optional<BufferKind> ofCode(int code) {
    for (BufferKind kind : values()) {
      if (kind.code == code) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  /// The data buffers that a column has, in the order in which they are written.
  public static List<BufferKind> dataOf(ColumnMetadata column) {
    List<BufferKind> kinds = new ArrayList<>();
    if (column.hasNulls()) {
      kinds.add(VALIDITY);
    }
    if (column.type().isArray()) {
      kinds.add(ARRAY_OFFSETS);
    }
    Representation form = column.type().dataType().representation();
    switch (column.encoding()) {
      case DICTIONARY, SORTED, DICTIONARY_RUNS -> {
        kinds.add(DICTIONARY_VALUES);
        if (column.offsetBytes() > 0) {
          kinds.add(DICTIONARY_OFFSETS);
        }
        kinds.add(column.encoding() == Encoding.SORTED ? RUNS : DICT_IDS);
        kinds.add(ZONES);
      }
      case RAW_ALP ->
          kinds.addAll(List.of(PACKED_VALUES, FRAMES, ALP_BLOCKS, ALP_EXCEPTIONS, ZONES));
      case RAW_FSST -> kinds.addAll(List.of(BYTES, PACKED_VALUES, FRAMES, FSST_SYMBOLS));
      case RAW, RAW_RUNS -> {
        switch (form) {
          case LONG -> kinds.addAll(List.of(PACKED_VALUES, FRAMES, ZONES));
          case DOUBLE -> kinds.addAll(List.of(DOUBLES, ZONES));
          case DECIMAL, BYTES -> {
            kinds.add(BYTES);
            if (column.offsetBytes() > 0) {
              kinds.add(BYTE_OFFSETS);
            }
          }
        }
      }
    }
    if (column.encoding().hasRuns()) {
      kinds.add(RUN_COUNTS);
      kinds.add(RUN_ENDS);
    }
    return kinds;
  }

  /// The exact length of such a buffer, or -1 if it depends on the data.
  public long expectedLength(ColumnMetadata column, int docCount) {
    long entries = column.statistics().cardinality();
    long values = column.valueCount();
    return switch (this) {
      case VALIDITY -> (docCount + 63L) / 64 * 8;
      case DICTIONARY_VALUES -> column.entryBytes() > 0 ? entries * column.entryBytes() : -1;
      case DICTIONARY_OFFSETS, RUNS -> 4 * (entries + 1);
      case DICT_IDS ->
          column.encoding().hasRuns()
              ? -1
              : PackedFormat.sizeBytes(column.valueCount(), column.idBits());
      case FRAMES ->
          switch (column.encoding()) {
            case RAW_RUNS -> -1;
            // One more offset than values.
            case RAW_FSST -> 12L * blockCount(column.valueCount() + 1) + 4;
            default -> 12L * blockCount(column.valueCount()) + 4;
          };
      case ALP_BLOCKS -> AlpFormat.BLOCK_BYTES * (blockCount(column.valueCount()) + 1L);
      case FSST_SYMBOLS -> FsstFormat.SYMBOLS_BYTES;
      case RUN_COUNTS -> 4 * (blockCount(column.valueCount()) + 1L);
      case DOUBLES -> values * column.entryBytes();
      case BYTES -> column.entryBytes() > 0 ? values * column.entryBytes() : -1;
      case BYTE_OFFSETS -> column.offsetBytes() * (values + 1);
      case ARRAY_OFFSETS -> 4 * (docCount + 1L);
      case ZONES -> (column.hasDictionary() ? 12L : 20L) * blockCount(docCount);
      case INVERTED_OFFSETS -> 8 * (entries + 1);
      case PACKED_VALUES,
          ALP_EXCEPTIONS,
          RUN_ENDS,
          INVERTED_BITMAPS,
          INVERTED_RUNS,
          BLOOM_FILTER,
          RANGE_BUCKETS,
          RANGE_OFFSETS,
          RANGE_BITMAPS,
          JSON_KEYS,
          JSON_KEY_OFFSETS,
          JSON_OFFSETS,
          JSON_BITMAPS,
          TEXT_INDEX,
          STAR_TREE_METADATA,
          STAR_TREE_NODES ->
          -1;
    };
  }
}
