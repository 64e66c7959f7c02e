package io.cuvee.engine.scan;

import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import io.cuvee.segment.column.ColumnStatistics;
import io.cuvee.segment.column.Dictionary;
import io.cuvee.segment.column.InvertedIndex;
import io.cuvee.segment.column.SegmentColumn;
import java.util.Arrays;
import java.util.Optional;

/// A column that the table has and an older segment does not: all NULL.
public final class MissingColumn implements SegmentColumn {
  private final String name;
  private final ColumnType type;
  private final int docCount;

  public MissingColumn(String name, ColumnType type, int docCount) {
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
    return new ColumnStatistics(-1, docCount, null, null, 0);
  }

  @Override
  public Optional<Dictionary> dictionary() {
    return Optional.empty();
  }

  @Override
  public boolean isSorted() {
    return false;
  }

  @Override
  public long sortedRange(int dictId) {
    throw new IllegalStateException("Column '" + name + "' has no dictionary.");
  }

  @Override
  public void validity(int fromDoc, int count, long[] words) {
    Arrays.fill(words, 0, count + 63 >>> 6, 0);
  }

  @Override
  public void validity(int[] docIds, int count, long[] words) {
    Arrays.fill(words, 0, count + 63 >>> 6, 0);
  }

  @Override
  public void dictIds(int fromDoc, int count, int[] out) {
    throw new IllegalStateException("Column '" + name + "' has no dictionary.");
  }

  @Override
  public void dictIds(int[] docIds, int count, int[] out) {
    throw new IllegalStateException("Column '" + name + "' has no dictionary.");
  }

  @Override
  public Values values(int fromDoc, int count) {
    ValuesBuilder builder = ValuesBuilder.of(type, count);
    for (int i = 0; i < count; i++) {
      builder.appendNull();
    }
    return builder.build();
  }

  @Override
  public Values values(int[] docIds, int count) {
    return values(0, count);
  }

  @Override
  public void longs(int fromDoc, int count, long[] out) {
    Arrays.fill(out, 0, count, 0);
  }

  @Override
  public void longs(int[] docIds, int count, long[] out) {
    Arrays.fill(out, 0, count, 0);
  }

  @Override
  public void doubles(int fromDoc, int count, double[] out) {
    Arrays.fill(out, 0, count, 0);
  }

  @Override
  public void doubles(int[] docIds, int count, double[] out) {
    Arrays.fill(out, 0, count, 0);
  }

  @Override
  public Optional<InvertedIndex> invertedIndex() {
    return Optional.empty();
  }
}
