package io.cuvee.execution.operator;

import io.cuvee.common.plan.PlanNode;
import io.cuvee.execution.page.PageSource;

/// Where the rows of scans come from.
public interface ScanSource {
  /// Pages with the columns of `scan.types()`, in any order of rows. The caller closes it.
  PageSource scan(PlanNode.Scan scan);
}
