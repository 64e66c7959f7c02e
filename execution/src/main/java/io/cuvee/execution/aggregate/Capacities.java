package io.cuvee.execution.aggregate;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;

/// How arrays grow, and where they end.
final class Capacities {
  private static final int LARGEST = Integer.MAX_VALUE - 16;
  private static final int MOST_SLOTS = 1 << 30;

  private Capacities() {}

  /// A capacity of at least `needed`: half as much again, and exactly 1 for a single group.
  ///
  /// @throws CuveeException `MEMORY_LIMIT` if `needed` is negative, which is what adding beyond the
  ///   largest int gives
  static int grow(int current, int needed) {
    if (needed < 0 || needed > LARGEST) {
      throw tooLarge();
    }
    if (needed <= 1) {
      return 1;
    }
    return (int) Math.min(LARGEST, Math.max(Math.max(needed, 16L), current + (current >> 1)));
  }

  /// @throws CuveeException `MEMORY_LIMIT` if a hash table may not have so many slots
  static void checkSlots(int slotCount) {
    if (slotCount < 0 || slotCount > MOST_SLOTS) {
      throw tooLarge();
    }
  }

  static CuveeException tooLarge() {
    return new CuveeException(
        ErrorCode.MEMORY_LIMIT,
        "Too many groups or distinct values: one table holds at most 2^29 keys and 2 GiB of text. Group by fewer"
            + " columns, or filter more.");
  }
}
