package io.cuvee.segment.column;

/// A column of arrays: its elements have dictIds or numbers, its rows do not.
public interface ArrayValuedColumn extends SegmentColumn {
  @Override
  default void dictIds(int fromDoc, int count, int[] out) {
    throw notScalar();
  }

  @Override
  default void dictIds(int[] docIds, int count, int[] out) {
    throw notScalar();
  }

  @Override
  default void longs(int fromDoc, int count, long[] out) {
    throw notScalar();
  }

  @Override
  default void longs(int[] docIds, int count, long[] out) {
    throw notScalar();
  }

  @Override
  default void doubles(int fromDoc, int count, double[] out) {
    throw notScalar();
  }

  @Override
  default void doubles(int[] docIds, int count, double[] out) {
    throw notScalar();
  }

  private IllegalStateException notScalar() {
    return new IllegalStateException("Column '" + name() + "' is an array.");
  }
}
