package io.cuvee.segment.packing;

/// Non-negative ints of which blocks of 2048 are read in the narrowest integers that all fit.
/// Thread-safe; allocates nothing.
public interface NarrowInts {
  /// 8, 16 or 32: the narrowest integer that a value fits, as read unsigned, and that whole blocks
  /// are decoded to.
  int laneBits();

  /// All 2048 values of a block as unsigned bytes; only if [#laneBits()] is 8. Values beyond the
  /// last are 0.
  void bytes(int block, byte[] out);

  /// All 2048 values of a block as unsigned shorts; only if [#laneBits()] is 16. Values beyond the
  /// last are 0.
  void shorts(int block, short[] out);
}
