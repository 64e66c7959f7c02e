package io.cuvee.calcite.rule;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.tools.RelBuilder;

/// Sub-queries within OVER, or within the arguments of a window function, move to a projection
/// below: the rules that turn sub-queries into joins would put the window below the join.
final class WindowSubQueries extends RelHomogeneousShuttle {
  private final RelBuilder builder;

  WindowSubQueries(RelBuilder builder) {
    this.builder = builder;
  }

  @Override
  public RelNode visit(RelNode node) {
    RelNode visited = super.visit(node);
    return visited instanceof LogicalProject project && project.containsOver()
        ? lifted(project)
        : visited;
  }

  @Override
  public RelNode visit(LogicalProject project) {
    return visit((RelNode) project);
  }

  private RelNode lifted(Project project) {
    RelNode input = project.getInput();
    int width = input.getRowType().getFieldCount();
    List<RexNode> moved = new ArrayList<>();
    RexShuttle withinOver =
        new RexShuttle() {
          @Override
          public RexNode visitSubQuery(RexSubQuery query) {
            int index = moved.indexOf(query);
            if (index < 0) {
              index = moved.size();
              moved.add(query);
            }
            return new RexInputRef(width + index, query.getType());
          }
        };
    RexShuttle search =
        new RexShuttle() {
          @Override
          public RexNode visitOver(RexOver over) {
            return withinOver.visitOver(over);
          }
        };
    List<RexNode> expressions = search.visitList(project.getProjects());
    if (moved.isEmpty()) {
      return project;
    }
    // The builder itself would merge the two projections.
    return project.copy(
        project.getTraitSet(),
        builder.push(input).projectPlus(moved).build(),
        expressions,
        project.getRowType());
  }
}
