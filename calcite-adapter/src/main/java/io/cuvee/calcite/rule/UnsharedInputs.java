package io.cuvee.calcite.rule;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.logical.LogicalTableScan;

/// Copies what is the input of several operators, as the scan of a table that is read twice may be.
/// Calcite's decorrelation notes for each operator what its columns became; of a shared one it
/// would take the columns of the one place for those of the other.
final class UnsharedInputs extends RelHomogeneousShuttle {
  private final Set<RelNode> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  @Override
  public RelNode visit(RelNode node) {
    RelNode visited = super.visit(node);
    if (seen.add(visited)) {
      return visited;
    }
    // A scan's copy is the scan itself.
    return visited instanceof TableScan scan
        ? LogicalTableScan.create(scan.getCluster(), scan.getTable(), scan.getHints())
        : visited.copy(visited.getTraitSet(), visited.getInputs());
  }
}
