package io.cuvee.execution.operator;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.PageSource;

/// Runs plans at the broker.
public final class PlanExecution {
  private PlanExecution() {}

  /// Starts `root`, which delivers its rows as they are pulled. All scans are opened before this returns.
  ///
  /// @param root without parameters
  /// @param memory what the operators hold is charged to it; the caller closes it after the source
  /// @return closes the scans when it is closed
  /// @throws CuveeException from here and from [PageSource#next()], whatever goes wrong
  public static PageSource execute(
      PlanNode root, ScanSource scans, QueryContext context, MemoryBudget memory) {
    throw new CuveeException(ErrorCode.FEATURE_NOT_SUPPORTED, "Not supported: " + root);
  }
}
