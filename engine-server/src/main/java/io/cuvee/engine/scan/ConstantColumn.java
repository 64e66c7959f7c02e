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

/// A column of texts that has the same value in all documents: a sorted dictionary with one entry,
/// so that conditions hold for the whole segment or for none of it.
final class ConstantColumn implements SegmentColumn {
  private final String name;
  private final ColumnType type;
  private final int docCount;
  private final byte[] value;

  ConstantColumn(String name, ColumnType type, int docCount, byte[] value) {
    this.name = name;
    this.type = type;
    this.docCount = docCount;
    this.value = value;
  }

  private Values repeated(int count) {
    ValuesBuilder builder = ValuesBuilder.of(type, count);
    for (int i = 0; i < count; i++) {
      builder.appendObject(value);
    }
    return builder.build();
  }

  private final class OneEntry implements Dictionary {
    @Override
    public int size() {
      return 1;
    }

    @Override
    public int indexOf(Object other) {
      int order = Arrays.compareUnsigned((byte[]) other, value);
      return order == 0 ? 0 : order < 0 ? -1 : -2;
    }

    @Override
    public Object value(int dictId) {
      return value;
    }

    @Override
    public Values values(int[] dictIds, int count) {
      return repeated(count);
    }

    @Override
    public Values all() {
      return repeated(1);
    }
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
    return new ColumnStatistics(1, 0, value, value, 0);
  }

  @Override
  public Optional<Dictionary> dictionary() {
    return Optional.of(new OneEntry());
  }

  @Override
  public boolean isSorted() {
    return true;
  }

  @Override
  public long sortedRange(int dictId) {
    return docCount;
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
  public void dictIds(int fromDoc, int count, int[] out) {
    Arrays.fill(out, 0, count, 0);
  }

  @Override
  public void dictIds(int[] docIds, int count, int[] out) {
    Arrays.fill(out, 0, count, 0);
  }

  @Override
  public Values values(int fromDoc, int count) {
    return repeated(count);
  }

  @Override
  public Values values(int[] docIds, int count) {
    return repeated(count);
  }

  private IllegalStateException notNumeric() {
    return new IllegalStateException("Column '" + name + "' has no numbers.");
  }

  @Override
  public void longs(int fromDoc, int count, long[] out) {
    throw notNumeric();
  }

  @Override
  public void longs(int[] docIds, int count, long[] out) {
    throw notNumeric();
  }

  @Override
  public void doubles(int fromDoc, int count, double[] out) {
    throw notNumeric();
  }

  @Override
  public void doubles(int[] docIds, int count, double[] out) {
    throw notNumeric();
  }

  @Override
  public Optional<InvertedIndex> invertedIndex() {
    return Optional.empty();
  }
}
