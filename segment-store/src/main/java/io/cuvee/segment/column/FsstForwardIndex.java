package io.cuvee.segment.column;

import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.segment.fsst.FsstRanges;
import org.jspecify.annotations.Nullable;

/// Byte ranges as codes.
record FsstForwardIndex(FsstRanges ranges) implements ForwardIndex {
  @Override
  public BytesValues values(int from, int count, @Nullable Validity validity) {
    int[] ends = new int[count + 1];
    return new BytesValues(ranges.decode(from, count, ends), ends, count, validity);
  }

  @Override
  public BytesValues values(int[] positions, int count, @Nullable Validity validity) {
    int[] ends = new int[count + 1];
    return new BytesValues(ranges.decode(positions, count, ends), ends, count, validity);
  }

  @Override
  public void longs(int from, int count, long[] out) {
    throw BytesForwardIndex.notNumbers();
  }

  @Override
  public void longs(int[] positions, int count, long[] out) {
    throw BytesForwardIndex.notNumbers();
  }

  @Override
  public void doubles(int from, int count, double[] out) {
    throw BytesForwardIndex.notNumbers();
  }

  @Override
  public void doubles(int[] positions, int count, double[] out) {
    throw BytesForwardIndex.notNumbers();
  }
}
