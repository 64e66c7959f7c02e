package io.cuvee.segment.consuming;

import io.cuvee.common.type.ColumnType;
import io.cuvee.segment.build.SortableDoubles;
import io.cuvee.segment.column.ColumnStatistics;
import io.cuvee.segment.column.Dictionary;
import io.cuvee.segment.column.InvertedIndex;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.column.ZoneMap;
import io.cuvee.segment.consuming.GrowingZones.Zone;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A growing column as of its first documents. What is known of all of them is put together when
/// the view is made: from the zones of full blocks, and by reading what follows them.
abstract sealed class ColumnView implements SegmentColumn permits ScalarView, ArrayView {
  final GrowingColumn column;
  final GrowingValues values;
  private final int docCount;
  private final Zone tail;
  private final ColumnStatistics statistics;
  private final @Nullable Dictionary dictionary;
  private final @Nullable InvertedIndex inverted;
  private volatile @Nullable ZoneMap zones;

  ColumnView(GrowingColumn column, int docCount) {
    this.column = column;
    this.values = column.values();
    this.docCount = docCount;
    int blocks = docCount / ZoneMap.BLOCK_ROWS;
    this.tail = column.tail(docCount);
    Zone all = column.zones().total(blocks).with(tail);
    // DictIds are given in the order of documents: the largest tells how many there are.
    this.dictionary =
        values instanceof GrowingDictIds ids
            ? ids.dictionary().view(all.hasValues() ? (int) all.max() + 1 : 0)
            : null;
    this.inverted =
        values instanceof GrowingDictIds ids && ids.postings() != null
            ? ids.postings().view(docCount)
            : null;
    this.statistics =
        new ColumnStatistics(
            dictionary == null ? -1 : dictionary.size(),
            all.nulls(),
            value(all, all.min()),
            value(all, all.max()),
            0);
  }

  private @Nullable Object value(Zone all, long sortable) {
    return switch (values) {
      case GrowingLongs _ when all.hasValues() -> sortable;
      case GrowingDoubles _ when all.hasValues() -> SortableDoubles.toDouble(sortable);
      default -> null;
    };
  }

  @Override
  public final String name() {
    return column.name();
  }

  @Override
  public final ColumnType type() {
    return column.type();
  }

  @Override
  public final int docCount() {
    return docCount;
  }

  @Override
  public final ColumnStatistics statistics() {
    return statistics;
  }

  @Override
  public final Optional<Dictionary> dictionary() {
    return Optional.ofNullable(dictionary);
  }

  @Override
  public final boolean isSorted() {
    return false;
  }

  @Override
  public final long sortedRange(int dictId) {
    throw new IllegalStateException("Column '" + name() + "' is not sorted.");
  }

  @Override
  public final void validity(int fromDoc, int count, long[] words) {
    column.nulls().validity(fromDoc, count, words);
  }

  @Override
  public final void validity(int[] docIds, int count, long[] words) {
    column.nulls().validity(docIds, count, words);
  }

  @Override
  public final Optional<InvertedIndex> invertedIndex() {
    return Optional.ofNullable(inverted);
  }

  @Override
  public final Optional<ZoneMap> zoneMap() {
    if (values instanceof GrowingRanges) {
      return Optional.empty();
    }
    ZoneMap map = zones;
    if (map == null) {
      map = column.zones().map(docCount, tail, form());
      zones = map;
    }
    return Optional.of(map);
  }

  private GrowingZones.Form form() {
    return switch (values) {
      case GrowingLongs _ -> GrowingZones.Form.LONGS;
      case GrowingDoubles _ -> GrowingZones.Form.DOUBLES;
      case GrowingDictIds _ -> GrowingZones.Form.DICT_IDS;
      case GrowingRanges _ -> throw new IllegalStateException("Byte ranges have no zones.");
    };
  }

  final GrowingDictIds dictionaryValues() {
    if (values instanceof GrowingDictIds ids) {
      return ids;
    }
    throw new IllegalStateException("Column '" + name() + "' has no dictionary.");
  }
}
