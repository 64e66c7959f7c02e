package io.cuvee.execution.operator;

import io.cuvee.common.plan.PlanNode;
import io.cuvee.execution.page.PageSource;

/// Where the rows of scans come from.
public interface ScanSource {
  /// Pages with the columns of `scan.types()`, in any order of rows. It is closed as soon as no
  /// more rows are needed, perhaps more than once.
  PageSource scan(PlanNode.Scan scan);
}
