package io.cuvee.calcite.rule;

import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.tools.RelBuilder;

/// Sub-queries within OVER, within the arguments of a window function, or within what is compared
/// with the rows of another sub-query, move to a projection below: the rules that turn sub-queries
/// into joins would put the window below the join, or leave the sub-query in the join's condition.
final class InnerSubQueries extends RelHomogeneousShuttle {
  private final RelBuilder builder;

  InnerSubQueries(RelBuilder builder) {
    this.builder = builder;
  }

  @Override
  public RelNode visit(RelNode node) {
    RelNode visited = super.visit(node);
    return switch (visited) {
      case LogicalProject project -> project(project);
      case LogicalFilter filter -> filter(filter);
      default -> visited;
    };
  }

  @Override
  public RelNode visit(LogicalProject project) {
    return visit((RelNode) project);
  }

  @Override
  public RelNode visit(LogicalFilter filter) {
    return visit((RelNode) filter);
  }

  private RelNode project(Project project) {
    Lift lift = new Lift(project.getInput());
    List<RexNode> expressions = lift.visitList(project.getProjects());
    // The builder itself would merge the two projections.
    return lift.moved.isEmpty()
        ? project
        : project.copy(project.getTraitSet(), lift.input(), expressions, project.getRowType());
  }

  private RelNode filter(Filter filter) {
    Lift lift = new Lift(filter.getInput());
    RexNode condition = filter.getCondition().accept(lift);
    if (lift.moved.isEmpty()) {
      return filter;
    }
    RelNode filtered =
        LogicalFilter.create(
            lift.input(), condition, ImmutableSet.copyOf(filter.getVariablesSet()));
    List<RexNode> fields = builder.push(filtered).fields().subList(0, lift.width);
    return builder.project(fields, filter.getRowType().getFieldNames()).build();
  }

  private final class Lift extends RexShuttle {
    private final RelNode input;
    private final int width;
    private final List<RexNode> moved = new ArrayList<>();

    Lift(RelNode input) {
      this.input = input;
      this.width = input.getRowType().getFieldCount();
    }

    RelNode input() {
      return builder.push(input).projectPlus(moved).build();
    }

    @Override
    public RexNode visitOver(RexOver over) {
      return new Within().visitOver(over);
    }

    @Override
    public RexNode visitSubQuery(RexSubQuery query) {
      return query.clone(query.getType(), new Within().visitList(query.getOperands()));
    }

    private final class Within extends RexShuttle {
      @Override
      public RexNode visitSubQuery(RexSubQuery query) {
        int index = moved.indexOf(query);
        if (index < 0) {
          index = moved.size();
          moved.add(query);
        }
        return new RexInputRef(width + index, query.getType());
      }
    }
  }
}
