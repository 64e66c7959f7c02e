package io.cuvee.execution.aggregate;

/// How arrays grow.
final class Capacities {
  private static final int LARGEST = Integer.MAX_VALUE - 16;

  private Capacities() {}

  /// A capacity of at least `needed`: half as much again, exactly `needed` at first if that is small.
  static int grow(int current, int needed) {
    if (needed <= 1) {
      return 1;
    }
    return (int) Math.min(LARGEST, Math.max(Math.max(needed, 16L), current + (current >> 1)));
  }
}
