package io.cuvee.segment.column;

import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.format.ColumnMetadata;
import io.cuvee.segment.memory.NativeMemory;
import io.cuvee.segment.packing.NarrowInts;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A column with an array of values a document: the elements of all documents one after the other,
/// and where those of each begin.
final class ArrayColumn implements ArrayValuedColumn {
  private final ColumnMetadata metadata;
  private final int docCount;
  private final Nulls nulls;
  private final long offsets;
  private final ForwardIndex elements;
  private final ColumnIndexes indexes;
  private final @Nullable CachedZoneMap zones;

  ArrayColumn(
      ColumnMetadata metadata,
      int docCount,
      Nulls nulls,
      long offsets,
      ForwardIndex elements,
      ColumnIndexes indexes,
      @Nullable CachedZoneMap zones) {
    this.metadata = metadata;
    this.docCount = docCount;
    this.nulls = nulls;
    this.offsets = offsets;
    this.elements = elements;
    this.indexes = indexes;
    this.zones = zones;
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
    return elements instanceof DictionaryForwardIndex ids
        ? Optional.of(ids.dictionary())
        : Optional.empty();
  }

  @Override
  public boolean isSorted() {
    return false;
  }

  @Override
  public long sortedRange(int dictId) {
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
  public void arrayOffsets(int fromDoc, int count, int[] out) {
    NativeMemory.copy(offsets + fromDoc * 4L, out, 0, count + 1);
  }

  @Override
  public void elementDictIds(int fromElement, int count, int[] out) {
    if (elements instanceof DictionaryForwardIndex ids) {
      ids.dictIds(fromElement, count, out);
    } else {
      throw new IllegalStateException("Column '" + name() + "' has no dictionary.");
    }
  }

  @Override
  public Values values(int fromDoc, int count) {
    int[] ends = new int[count + 1];
    arrayOffsets(fromDoc, count, ends);
    int start = ends[0];
    for (int i = 0; i <= count; i++) {
      ends[i] -= start;
    }
    return new ArrayValues(
        elements.values(start, ends[count], null), ends, count, nulls.validity(fromDoc, count));
  }

  @Override
  public Values values(int[] docIds, int count) {
    int[] ends = new int[count + 1];
    for (int i = 0; i < count; i++) {
      ends[i + 1] = Math.addExact(ends[i], start(docIds[i] + 1) - start(docIds[i]));
    }
    int[] positions = new int[ends[count]];
    for (int i = 0; i < count; i++) {
      int start = start(docIds[i]) - ends[i];
      for (int j = ends[i]; j < ends[i + 1]; j++) {
        positions[j] = start + j;
      }
    }
    return new ArrayValues(
        elements.values(positions, positions.length, null),
        ends,
        count,
        nulls.validity(docIds, count));
  }

  private int start(int docId) {
    return NativeMemory.intAt(offsets + docId * 4L);
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
  public Optional<TextIndex> textIndex() {
    return indexes.text();
  }

  @Override
  public Optional<ZoneMap> zoneMap() {
    return zones == null ? Optional.empty() : Optional.of(zones.get());
  }

  @Override
  public Optional<NarrowInts> packedDictIds() {
    return elements instanceof DictionaryForwardIndex index
            && index.ids() instanceof DictIds.Packed packed
        ? Optional.of(packed.ids())
        : Optional.empty();
  }
}
