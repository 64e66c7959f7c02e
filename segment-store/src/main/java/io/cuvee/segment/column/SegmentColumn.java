package io.cuvee.segment.column;

import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.packing.FramedLongs;
import io.cuvee.segment.packing.NarrowInts;
import java.util.Optional;

/// One column of an open segment. Callers hold the segment
/// ([io.cuvee.segment.store.Segment#acquire()]) while they use it. Thread-safe; no method but the
/// ones that return [Values] allocates.
public interface SegmentColumn {
  String name();

  ColumnType type();

  int docCount();

  ColumnStatistics statistics();

  /// Present if the forward index holds dictIds; for arrays they are those of the elements.
  Optional<Dictionary> dictionary();

  /// Whether values ascend with docIds (NULLs, if any, come last), so that [Dictionary] and
  /// [#sortedRange] find rows.
  boolean isSorted();

  /// For a sorted dictionary column: the docIds with this dictId, as `from << 32 | to` (to
  /// exclusive).
  long sortedRange(int dictId);

  /// Sets bit `i` of `words` for each document `fromDoc + i` that has a value. `fromDoc` is a
  /// multiple of 64; all words that cover `count` are overwritten, bits beyond `count` are zero.
  void validity(int fromDoc, int count, long[] words);

  /// Sets bit `i` of `words` if the document `docIds[i]` has a value; all words that cover `count`
  /// are overwritten.
  void validity(int[] docIds, int count, long[] words);

  /// DictIds of consecutive documents of a scalar dictionary column. A document that is NULL has an
  /// arbitrary dictId in range.
  void dictIds(int fromDoc, int count, int[] out);

  /// DictIds of ascending `docIds[0..count)`.
  void dictIds(int[] docIds, int count, int[] out);

  /// The values of consecutive documents, with validity.
  Values values(int fromDoc, int count);

  /// The values of ascending `docIds[0..count)`, with validity.
  Values values(int[] docIds, int count);

  /// For scalar columns whose values are longs, without a dictionary detour: writes the values of
  /// consecutive documents; 0 where NULL.
  void longs(int fromDoc, int count, long[] out);

  /// As [#longs(int, int, long[])] for ascending docIds.
  void longs(int[] docIds, int count, long[] out);

  /// Whether [#ints] can be asked: of scalar columns of longs without NULLs, if all fit 32 bits.
  default boolean hasInts() {
    return false;
  }

  /// The values of the 2048 documents of which `fromDoc`, a multiple of 2048, is the first; beyond
  /// the last document they are arbitrary.
  default void ints(int fromDoc, int[] out) {
    throw new IllegalStateException("Column '" + name() + "' is not read as ints.");
  }

  /// The packed values, for kernels that work on their differences from a block's base; absent but
  /// for scalar columns of longs without dictionary.
  default Optional<FramedLongs> framedLongs() {
    return Optional.empty();
  }

  /// Whether [#blockSum] can be asked: of scalar columns of longs without dictionary and without
  /// NULLs.
  default boolean hasBlockSums() {
    return false;
  }

  /// The sum, modulo 2^64, of 2048 consecutive documents, of which `fromDoc`, a multiple of 2048,
  /// is the first.
  default long blockSum(int fromDoc) {
    throw new IllegalStateException("Column '" + name() + "' has no sums of blocks.");
  }

  /// For scalar FLOAT and DOUBLE columns.
  void doubles(int fromDoc, int count, double[] out);

  void doubles(int[] docIds, int count, double[] out);

  Optional<InvertedIndex> invertedIndex();

  default Optional<RangeIndex> rangeIndex() {
    return Optional.empty();
  }

  default Optional<BloomFilter> bloomFilter() {
    return Optional.empty();
  }

  default Optional<JsonIndex> jsonIndex() {
    return Optional.empty();
  }

  default Optional<TextIndex> textIndex() {
    return Optional.empty();
  }

  /// Minima and maxima by block; absent for raw columns of byte ranges and decimals.
  default Optional<ZoneMap> zoneMap() {
    return Optional.empty();
  }

  /// The dictIds, for kernels that work on narrow integers: one for each document, or for each
  /// element of an array column. Absent without a dictionary, and for sorted columns, which have
  /// runs instead; in consuming segments also where they are not narrow.
  default Optional<NarrowInts> packedDictIds() {
    return Optional.empty();
  }

  /// For array columns: the positions of the elements of consecutive documents, `count + 1` of
  /// them, ascending, so that document `fromDoc + i` has the elements `[out[i], out[i + 1])`; none
  /// where NULL.
  default void arrayOffsets(int fromDoc, int count, int[] out) {
    throw new IllegalStateException("Column '" + name() + "' is not an array.");
  }

  /// For array columns with a dictionary: dictIds of consecutive elements.
  default void elementDictIds(int fromElement, int count, int[] out) {
    throw new IllegalStateException("Column '" + name() + "' is not an array with a dictionary.");
  }
}
