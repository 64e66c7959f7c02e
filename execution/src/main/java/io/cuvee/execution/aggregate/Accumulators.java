package io.cuvee.execution.aggregate;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;

/// Makes the accumulators of aggregate calls.
public final class Accumulators {
  private Accumulators() {}

  /// An accumulator without groups. The call's filter is the caller's to apply, see [#filterGroups].
  ///
  /// @throws CuveeException `FUNCTION_NOT_FOUND` for an unknown function, `TYPE_MISMATCH` for arguments that it does
  ///     not take
  public static Accumulator create(AggregateCall call, MemoryBudget budget) {
    throw new CuveeException(
        ErrorCode.FUNCTION_NOT_FOUND, "Unknown aggregate function " + call.function() + ".");
  }

  /// Leaves out the rows for which a FILTER condition is not true.
  ///
  /// @param condition BOOLEAN column
  /// @param out receives `groups[i]`, or −1; may be `groups`
  public static void filterGroups(int[] groups, int count, Values condition, int[] out) {
    LongValues truths = (LongValues) condition;
    for (int i = 0; i < count; i++) {
      out[i] = truths.values()[i] != 0 && !truths.isNull(i) ? groups[i] : -1;
    }
  }
}
