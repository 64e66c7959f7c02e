package io.cuvee.engine.scan;

import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.column.ColumnStatistics;
import io.cuvee.segment.column.Dictionary;
import io.cuvee.segment.column.InvertedIndex;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.column.ZoneMap;
import java.util.Optional;

/// A column that holds the number of each document.
final class DocIdColumn implements SegmentColumn {
  private final String name;
  private final ColumnType type;
  private final int docCount;

  DocIdColumn(String name, ColumnType type, int docCount) {
    this.name = name;
    this.type = type;
    this.docCount = docCount;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public ColumnType type() {
    return type;
  }

  @Override
  public int docCount() {
    return docCount;
  }

  @Override
  public ColumnStatistics statistics() {
    return docCount == 0
        ? new ColumnStatistics(0, 0, null, null, 0)
        : new ColumnStatistics(docCount, 0, 0L, docCount - 1L, 0);
  }

  @Override
  public Optional<ZoneMap> zoneMap() {
    int blocks = (docCount + ZoneMap.BLOCK_ROWS - 1) / ZoneMap.BLOCK_ROWS;
    long[] minima = new long[blocks];
    long[] maxima = new long[blocks];
    for (int i = 0; i < blocks; i++) {
      minima[i] = (long) i * ZoneMap.BLOCK_ROWS;
      maxima[i] = Math.min(minima[i] + ZoneMap.BLOCK_ROWS, docCount) - 1;
    }
    return Optional.of(new ZoneMap.Longs(minima, maxima, new int[blocks]));
  }

  @Override
  public void validity(int fromDoc, int count, long[] words) {
    Kernels.fill(words, count);
  }

  @Override
  public void validity(int[] docIds, int count, long[] words) {
    Kernels.fill(words, count);
  }

  @Override
  public Values values(int fromDoc, int count) {
    long[] values = new long[count];
    longs(fromDoc, count, values);
    return new LongValues(values, count, null);
  }

  @Override
  public Values values(int[] docIds, int count) {
    long[] values = new long[count];
    longs(docIds, count, values);
    return new LongValues(values, count, null);
  }

  @Override
  public void longs(int fromDoc, int count, long[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = (long) fromDoc + i;
    }
  }

  @Override
  public void longs(int[] docIds, int count, long[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = docIds[i];
    }
  }

  @Override
  public Optional<Dictionary> dictionary() {
    return Optional.empty();
  }

  @Override
  public boolean isSorted() {
    return false;
  }

  private IllegalStateException rawLongs() {
    return new IllegalStateException("Column '" + name + "' has whole numbers, no dictionary.");
  }

  @Override
  public long sortedRange(int dictId) {
    throw rawLongs();
  }

  @Override
  public void dictIds(int fromDoc, int count, int[] out) {
    throw rawLongs();
  }

  @Override
  public void dictIds(int[] docIds, int count, int[] out) {
    throw rawLongs();
  }

  @Override
  public void doubles(int fromDoc, int count, double[] out) {
    throw rawLongs();
  }

  @Override
  public void doubles(int[] docIds, int count, double[] out) {
    throw rawLongs();
  }

  @Override
  public Optional<InvertedIndex> invertedIndex() {
    return Optional.empty();
  }
}
