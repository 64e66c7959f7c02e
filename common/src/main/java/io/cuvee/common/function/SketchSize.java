package io.cuvee.common.function;

/// How large the sketches of approximate aggregates may be, in the measure of each kind.
///
/// @see AggregateFunctions
public enum SketchSize {
  /// The logarithm of the number of buckets. The usual one has a relative error of 1.6 % in two of
  /// three cases.
  HLL(4, 21, 12),

  /// The nominal number of entries.
  THETA(16, 1 << 20, 4096),

  /// The k of KLL. The usual one has a rank error of 1.3 %.
  KLL(8, 65_535, 200);

  private final int least;
  private final int largest;
  private final int usual;

  SketchSize(int least, int largest, int usual) {
    this.least = least;
    this.largest = largest;
    this.usual = usual;
  }

  public int least() {
    return least;
  }

  public int largest() {
    return largest;
  }

  /// The size where none is stated.
  public int usual() {
    return usual;
  }
}
