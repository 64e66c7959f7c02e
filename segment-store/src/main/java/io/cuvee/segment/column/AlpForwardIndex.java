package io.cuvee.segment.column;

import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.segment.alp.AlpDoubles;
import org.jspecify.annotations.Nullable;

/// Floats or doubles as scaled integers.
record AlpForwardIndex(AlpDoubles decimals) implements ForwardIndex {
  @Override
  public DoubleValues values(int from, int count, @Nullable Validity validity) {
    double[] values = new double[count];
    decimals.doubles(from, count, values);
    return DoubleForwardIndex.masked(values, validity);
  }

  @Override
  public DoubleValues values(int[] positions, int count, @Nullable Validity validity) {
    double[] values = new double[count];
    decimals.doubles(positions, count, values);
    return DoubleForwardIndex.masked(values, validity);
  }

  @Override
  public void doubles(int from, int count, double[] out) {
    decimals.doubles(from, count, out);
  }

  @Override
  public void doubles(int[] positions, int count, double[] out) {
    decimals.doubles(positions, count, out);
  }

  @Override
  public void longs(int from, int count, long[] out) {
    throw new IllegalStateException("The values of this column are doubles.");
  }

  @Override
  public void longs(int[] positions, int count, long[] out) {
    throw new IllegalStateException("The values of this column are doubles.");
  }
}
