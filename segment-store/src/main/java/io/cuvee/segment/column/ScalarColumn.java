package io.cuvee.segment.column;

import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.dictionary.LongDictionary;
import io.cuvee.segment.format.ColumnMetadata;
import io.cuvee.segment.format.Encoding;
import io.cuvee.segment.packing.FramedLongs;
import io.cuvee.segment.packing.NarrowInts;
import io.cuvee.segment.packing.PackedFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A column with one value a document.
final class ScalarColumn implements SegmentColumn {
  private final ColumnMetadata metadata;
  private final int docCount;
  private final Nulls nulls;
  private final ForwardIndex forward;
  private final ColumnIndexes indexes;
  private final @Nullable CachedZoneMap zones;
  private final boolean hasInts;

  ScalarColumn(
      ColumnMetadata metadata,
      int docCount,
      Nulls nulls,
      ForwardIndex forward,
      ColumnIndexes indexes,
      @Nullable CachedZoneMap zones) {
    this.metadata = metadata;
    this.docCount = docCount;
    this.nulls = nulls;
    this.forward = forward;
    this.indexes = indexes;
    this.zones = zones;
    this.hasInts = metadata.statistics().nullCount() == 0 && hasInts(forward, metadata);
  }

  private static boolean hasInts(ForwardIndex forward, ColumnMetadata metadata) {
    return switch (forward) {
      case LongForwardIndex _ ->
          metadata.statistics().min() instanceof Long min
              && metadata.statistics().max() instanceof Long max
              && min == (int) (long) min
              && max == (int) (long) max
              && max - min <= Integer.MAX_VALUE;
      case DictionaryForwardIndex ids ->
          ids.dictionary() instanceof LongDictionary longs && longs.hasInts();
      default -> false;
    };
  }

  @Override
  public String name() {
    return metadata.name();
  }

  @Override
  public ColumnType type() {
    return metadata.type();
  }

  @Override
  public int docCount() {
    return docCount;
  }

  @Override
  public ColumnStatistics statistics() {
    return metadata.statistics();
  }

  @Override
  public Optional<Dictionary> dictionary() {
    return forward instanceof DictionaryForwardIndex ids
        ? Optional.of(ids.dictionary())
        : Optional.empty();
  }

  @Override
  public boolean isSorted() {
    return metadata.encoding() == Encoding.SORTED;
  }

  @Override
  public long sortedRange(int dictId) {
    if (forward instanceof DictionaryForwardIndex index
        && index.ids() instanceof DictIds.Sorted sorted) {
      return (long) sorted.runs().start(dictId) << 32 | sorted.runs().start(dictId + 1);
    }
    throw new IllegalStateException("Column '" + name() + "' is not sorted.");
  }

  @Override
  public void validity(int fromDoc, int count, long[] words) {
    nulls.words(fromDoc, count, words);
  }

  @Override
  public void validity(int[] docIds, int count, long[] words) {
    nulls.words(docIds, count, words);
  }

  @Override
  public void dictIds(int fromDoc, int count, int[] out) {
    dictionaryIndex().dictIds(fromDoc, count, out);
  }

  @Override
  public void dictIds(int[] docIds, int count, int[] out) {
    dictionaryIndex().dictIds(docIds, count, out);
  }

  private DictionaryForwardIndex dictionaryIndex() {
    if (forward instanceof DictionaryForwardIndex ids) {
      return ids;
    }
    throw new IllegalStateException("Column '" + name() + "' has no dictionary.");
  }

  @Override
  public Values values(int fromDoc, int count) {
    return forward.values(fromDoc, count, nulls.validity(fromDoc, count));
  }

  @Override
  public Values values(int[] docIds, int count) {
    return forward.values(docIds, count, nulls.validity(docIds, count));
  }

  @Override
  public void longs(int fromDoc, int count, long[] out) {
    forward.longs(fromDoc, count, out);
    nulls.zero(fromDoc, count, out);
  }

  @Override
  public void longs(int[] docIds, int count, long[] out) {
    forward.longs(docIds, count, out);
    nulls.zero(docIds, count, out);
  }

  @Override
  public void doubles(int fromDoc, int count, double[] out) {
    forward.doubles(fromDoc, count, out);
    nulls.zero(fromDoc, count, out);
  }

  @Override
  public void doubles(int[] docIds, int count, double[] out) {
    forward.doubles(docIds, count, out);
    nulls.zero(docIds, count, out);
  }

  @Override
  public Optional<InvertedIndex> invertedIndex() {
    return indexes.inverted();
  }

  @Override
  public Optional<RangeIndex> rangeIndex() {
    return indexes.range();
  }

  @Override
  public Optional<BloomFilter> bloomFilter() {
    return indexes.bloom();
  }

  @Override
  public Optional<JsonIndex> jsonIndex() {
    return indexes.json();
  }

  @Override
  public Optional<TextIndex> textIndex() {
    return indexes.text();
  }

  @Override
  public Optional<ZoneMap> zoneMap() {
    return zones == null ? Optional.empty() : Optional.of(zones.get());
  }

  @Override
  public Optional<FramedLongs> framedLongs() {
    return forward instanceof LongForwardIndex longs
        ? Optional.of(longs.frames())
        : Optional.empty();
  }

  @Override
  public boolean hasInts() {
    return hasInts;
  }

  @Override
  public void ints(int fromDoc, int[] out) {
    switch (forward) {
      case LongForwardIndex longs -> longs.frames().ints(fromDoc / PackedFormat.BLOCK, out);
      case DictionaryForwardIndex ids ->
          ids.ints(fromDoc, Math.min(PackedFormat.BLOCK, docCount - fromDoc), out);
      default -> SegmentColumn.super.ints(fromDoc, out);
    }
  }

  @Override
  public boolean hasBlockSums() {
    return forward instanceof LongForwardIndex && statistics().nullCount() == 0;
  }

  @Override
  public long blockSum(int fromDoc) {
    if (forward instanceof LongForwardIndex longs) {
      return longs.frames().sum(fromDoc / PackedFormat.BLOCK);
    }
    return SegmentColumn.super.blockSum(fromDoc);
  }

  @Override
  public Optional<NarrowInts> packedDictIds() {
    return forward instanceof DictionaryForwardIndex index
            && index.ids() instanceof DictIds.Packed packed
        ? Optional.of(packed.ids())
        : Optional.empty();
  }
}
