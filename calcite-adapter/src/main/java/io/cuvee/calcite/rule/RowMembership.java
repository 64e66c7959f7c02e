package io.cuvee.calcite.rule;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.tools.RelBuilder;

/// `(a, b) IN (query)` where NULLs matter: true if some row is equal, else unknown if with some row
/// no value differs, else false. Calcite's rule says unknown wherever a value is NULL, and joins
/// several rows that have NULLs; so does `NULL IN (query)`, whatever rows there are.
final class RowMembership extends RelHomogeneousShuttle {
  private final RelBuilder builder;
  private final RexBuilder rex;

  RowMembership(RelBuilder builder) {
    this.builder = builder;
    this.rex = builder.getRexBuilder();
  }

  @Override
  public RelNode visit(LogicalFilter filter) {
    return visit((RelNode) filter);
  }

  @Override
  public RelNode visit(LogicalProject project) {
    return visit((RelNode) project);
  }

  @Override
  public RelNode visit(RelNode node) {
    RelNode visited = super.visit(node);
    return switch (visited) {
      case LogicalFilter filter -> filter(filter);
      case LogicalProject project -> project(project);
      default -> visited.accept(new Nested());
    };
  }

  /// Where only true counts, the rows that are equal do.
  private RelNode filter(Filter filter) {
    Rewrite rewrite = new Rewrite(filter.getInput(), filter.getVariablesSet());
    Nested nested = new Nested();
    List<RexNode> conditions = new ArrayList<>();
    for (RexNode condition : RelOptUtil.conjunctions(filter.getCondition())) {
      boolean plain = condition.getKind() == SqlKind.IN;
      conditions.add(condition.accept(plain ? nested : rewrite));
    }
    RexNode all = RexUtil.composeConjunction(rex, conditions);
    return all.equals(filter.getCondition())
        ? filter
        : LogicalFilter.create(filter.getInput(), all, ImmutableSet.copyOf(rewrite.variables()));
  }

  private RelNode project(Project project) {
    Rewrite rewrite = new Rewrite(project.getInput(), project.getVariablesSet());
    List<RexNode> fields = rewrite.visitList(project.getProjects());
    return fields.equals(project.getProjects())
        ? project
        : LogicalProject.create(
            project.getInput(),
            project.getHints(),
            fields,
            project.getRowType().getFieldNames(),
            rewrite.variables());
  }

  /// Goes into sub-queries.
  private class Nested extends RexShuttle {
    @Override
    public RexNode visitSubQuery(RexSubQuery query) {
      RexSubQuery visited = (RexSubQuery) super.visitSubQuery(query);
      RelNode rel = visited.rel.accept(RowMembership.this);
      return rel.equals(visited.rel) ? visited : visited.clone(rel);
    }
  }

  private final class Rewrite extends Nested {
    private final RelNode input;
    private Set<CorrelationId> variables;

    Rewrite(RelNode input, Set<CorrelationId> variables) {
      this.input = input;
      this.variables = variables;
    }

    Set<CorrelationId> variables() {
      return variables;
    }

    @Override
    public RexNode visitSubQuery(RexSubQuery query) {
      RexSubQuery visited = (RexSubQuery) super.visitSubQuery(query);
      return visited.getKind() == SqlKind.IN
              && (visited.getOperands().size() > 1
                  || RexUtil.isNullLiteral(visited.getOperands().getFirst(), true))
              && visited.getType().isNullable()
          ? membership(visited)
          : visited;
    }

    private RexNode membership(RexSubQuery query) {
      List<RexNode> values = query.getOperands().stream().map(this::ofRow).toList();
      RexNode equal = exists(query.rel, fields -> all(equal(values, fields, false)));
      // Apart, so that few rows are left of either side where there are few NULLs.
      RexNode unknown =
          builder.or(
              exists(query.rel, fields -> all(withNull(fields, equal(values, fields, true)))),
              exists(query.rel, fields -> all(withNull(values, equal(values, fields, true)))));
      // What is no equality stands first: see LateralOnly.
      RexNode isTrue = rex.makeLiteral(true);
      return rex.makeCall(
          query.getType(),
          SqlStdOperatorTable.CASE,
          ImmutableList.of(
              builder.and(unknown, builder.not(equal)),
              rex.makeNullLiteral(isTrue.getType()),
              equal,
              isTrue,
              rex.makeLiteral(false)));
    }

    private RexNode exists(RelNode rel, Function<List<RexNode>, RexNode> condition) {
      builder.push(rel);
      return RexSubQuery.exists(
          builder.filter(condition.apply(List.copyOf(builder.fields()))).build());
    }

    private RexNode all(List<RexNode> conditions) {
      return RexUtil.composeConjunction(rex, conditions);
    }

    private List<RexNode> equal(List<RexNode> values, List<RexNode> fields, boolean orNull) {
      List<RexNode> conditions = new ArrayList<>();
      for (int i = 0; i < values.size(); i++) {
        RexNode equal = builder.equals(values.get(i), fields.get(i));
        conditions.add(
            orNull
                ? builder.or(equal, builder.isNull(values.get(i)), builder.isNull(fields.get(i)))
                : equal);
      }
      return conditions;
    }

    private List<RexNode> withNull(List<RexNode> values, List<RexNode> conditions) {
      List<RexNode> both = new ArrayList<>(conditions);
      both.add(builder.or(values.stream().map(builder::isNull).toList()));
      return both;
    }

    /// An expression over the row's fields as one that a sub-query reads.
    private RexNode ofRow(RexNode value) {
      return value.accept(
          new RexShuttle() {
            @Override
            public RexNode visitInputRef(RexInputRef field) {
              if (variables.isEmpty()) {
                variables = Set.of(input.getCluster().createCorrel());
              }
              RexNode row = rex.makeCorrel(input.getRowType(), variables.iterator().next());
              return rex.makeFieldAccess(row, field.getIndex());
            }
          });
    }
  }
}
