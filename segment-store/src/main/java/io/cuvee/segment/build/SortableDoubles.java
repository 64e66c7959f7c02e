package io.cuvee.segment.build;

/// Doubles as longs of the same order: -0.0 becomes 0.0, NaN has one pattern and is the largest.
public final class SortableDoubles {
  private SortableDoubles() {}

  public static long toLong(double value) {
    long bits = Double.doubleToLongBits(value + 0.0);
    return bits ^ (bits >> 63 & Long.MAX_VALUE);
  }

  public static double toDouble(long sortable) {
    return Double.longBitsToDouble(sortable ^ (sortable >> 63 & Long.MAX_VALUE));
  }
}
