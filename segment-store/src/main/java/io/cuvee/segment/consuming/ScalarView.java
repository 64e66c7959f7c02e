package io.cuvee.segment.consuming;

import io.cuvee.execution.page.Values;
import io.cuvee.segment.column.ZoneMap;
import io.cuvee.segment.packing.NarrowInts;
import java.util.Optional;

/// A growing column with one value a document.
final class ScalarView extends ColumnView {
  private final boolean hasInts;
  private final Optional<NarrowInts> narrow;

  ScalarView(GrowingColumn column, int docCount) {
    super(column, docCount);
    this.hasInts =
        values instanceof GrowingLongs longs
            && !longs.isWide()
            && statistics().nullCount() == 0
            && statistics().min() instanceof Long min
            && statistics().max() instanceof Long max
            && max - min <= Integer.MAX_VALUE;
    this.narrow =
        values instanceof GrowingDictIds ids && docCount > 0
            ? ids.narrow(docCount)
            : Optional.empty();
  }

  @Override
  public Optional<NarrowInts> packedDictIds() {
    return narrow;
  }

  @Override
  public void dictIds(int fromDoc, int count, int[] out) {
    dictionaryValues().dictIds(fromDoc, count, out);
  }

  @Override
  public void dictIds(int[] docIds, int count, int[] out) {
    dictionaryValues().dictIds(docIds, count, out);
  }

  @Override
  public Values values(int fromDoc, int count) {
    return values.values(fromDoc, count, column.nulls().validity(fromDoc, count));
  }

  @Override
  public Values values(int[] docIds, int count) {
    return values.values(docIds, count, column.nulls().validity(docIds, count));
  }

  @Override
  public void longs(int fromDoc, int count, long[] out) {
    if (isEmptyDictionary(count, out)) {
      return;
    }
    values.longs(fromDoc, count, out);
    if (values instanceof GrowingDictIds && !column.nulls().isNone()) {
      for (int i = 0; i < count; i++) {
        out[i] = column.nulls().isNull(fromDoc + i) ? 0 : out[i];
      }
    }
  }

  @Override
  public void longs(int[] docIds, int count, long[] out) {
    if (isEmptyDictionary(count, out)) {
      return;
    }
    values.longs(docIds, count, out);
    if (values instanceof GrowingDictIds && !column.nulls().isNone()) {
      for (int i = 0; i < count; i++) {
        out[i] = column.nulls().isNull(docIds[i]) ? 0 : out[i];
      }
    }
  }

  /// Whether there is nothing that dictIds of NULLs could stand for.
  private boolean isEmptyDictionary(int count, long[] out) {
    if (values instanceof GrowingDictIds && statistics().cardinality() == 0) {
      java.util.Arrays.fill(out, 0, count, 0);
      return true;
    }
    return false;
  }

  @Override
  public void doubles(int fromDoc, int count, double[] out) {
    values.doubles(fromDoc, count, out);
  }

  @Override
  public void doubles(int[] docIds, int count, double[] out) {
    values.doubles(docIds, count, out);
  }

  @Override
  public boolean hasInts() {
    return hasInts;
  }

  @Override
  public void ints(int fromDoc, int[] out) {
    if (values instanceof GrowingLongs longs) {
      longs.ints(fromDoc, Math.min(ZoneMap.BLOCK_ROWS, docCount() - fromDoc), out);
    } else {
      super.ints(fromDoc, out);
    }
  }
}
