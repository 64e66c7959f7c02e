package io.cuvee.calcite.rule;

import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.tools.RelBuilder;
import org.apache.calcite.util.ImmutableBitSet;

/// `EXISTS` and `NOT EXISTS` that compare with the outer row by an equality and by something else
/// become semi-joins and anti-joins. Decorrelation would compute the outer rows once more for each.
final class SemiJoins extends RelHomogeneousShuttle {
  private final RelBuilder builder;
  private final RexBuilder rex;

  SemiJoins(RelBuilder builder) {
    this.builder = builder;
    this.rex = builder.getRexBuilder();
  }

  @Override
  public RelNode visit(LogicalFilter filter) {
    return visit((RelNode) filter);
  }

  @Override
  public RelNode visit(RelNode node) {
    RelNode visited = super.visit(node);
    if (!(visited instanceof LogicalFilter filter)) {
      return visited;
    }
    List<RexNode> remaining = new ArrayList<>();
    List<Test> tests = new ArrayList<>();
    for (RexNode condition : RelOptUtil.conjunctions(filter.getCondition())) {
      Optional<Test> test = test(condition, filter);
      test.ifPresentOrElse(tests::add, () -> remaining.add(condition));
    }
    if (tests.isEmpty()) {
      return filter;
    }
    RelNode result = filter.getInput();
    if (!remaining.isEmpty()) {
      result =
          LogicalFilter.create(
              result,
              RexUtil.composeConjunction(rex, remaining),
              ImmutableSet.copyOf(filter.getVariablesSet()));
    }
    for (Test test : tests) {
      result =
          LogicalJoin.create(
              result,
              test.rows,
              List.of(),
              test.condition,
              Set.of(),
              test.negated ? JoinRelType.ANTI : JoinRelType.SEMI);
    }
    return result;
  }

  /// @param rows in which a match is sought
  /// @param condition over the outer row's fields followed by those of `rows`
  private record Test(RelNode rows, RexNode condition, boolean negated) {}

  private Optional<Test> test(RexNode node, Filter outer) {
    boolean negated = node.getKind() == SqlKind.NOT;
    RexNode bare = negated ? ((RexCall) node).getOperands().getFirst() : node;
    if (!(bare instanceof RexSubQuery query) || query.getKind() != SqlKind.EXISTS) {
      return Optional.empty();
    }
    RelNode rel = query.rel;
    while (rel instanceof Project project && !project.containsOver()) {
      rel = project.getInput();
    }
    if (!(rel instanceof Filter inner)
        || hasSubQuery(inner.getInput())
        || !RelOptUtil.getVariablesUsed(inner.getInput()).isEmpty()) {
      return Optional.empty();
    }
    int width = outer.getInput().getRowType().getFieldCount();
    Joining joining = new Joining(outer.getVariablesSet(), width);
    RexNode condition = inner.getCondition().accept(joining);
    if (joining.fails) {
      return Optional.empty();
    }
    List<RexNode> local = new ArrayList<>();
    List<RexNode> between = new ArrayList<>();
    int equalities = 0;
    for (RexNode part : RelOptUtil.conjunctions(condition)) {
      ImmutableBitSet fields = RelOptUtil.InputFinder.bits(part);
      boolean left = !fields.isEmpty() && fields.nth(0) < width;
      boolean right = !fields.isEmpty() && fields.length() > width;
      if (left && right) {
        between.add(part);
        equalities += part.getKind() == SqlKind.EQUALS ? 1 : 0;
      } else if (left) {
        return Optional.empty();
      } else {
        local.add(RexUtil.shift(part, -width));
      }
    }
    if (equalities == 0 || equalities == between.size()) {
      return Optional.empty();
    }
    RelNode rows = builder.push(inner.getInput()).filter(local).build();
    return Optional.of(new Test(rows, RexUtil.composeConjunction(rex, between), negated));
  }

  private static boolean hasSubQuery(RelNode rel) {
    boolean[] found = new boolean[1];
    RexShuttle search =
        new RexShuttle() {
          @Override
          public RexNode visitSubQuery(RexSubQuery query) {
            found[0] = true;
            return query;
          }
        };
    rel.accept(
        new RelHomogeneousShuttle() {
          @Override
          public RelNode visit(RelNode node) {
            node.accept(search);
            return super.visit(node);
          }
        });
    return found[0];
  }

  /// Fields of the outer row, which a sub-query refers to by a variable, and those of its own,
  /// become fields of a join.
  private static final class Joining extends RexShuttle {
    private final Set<CorrelationId> outer;
    private final int width;
    private boolean fails;

    Joining(Set<CorrelationId> outer, int width) {
      this.outer = outer;
      this.width = width;
    }

    @Override
    public RexNode visitInputRef(RexInputRef ref) {
      return new RexInputRef(ref.getIndex() + width, ref.getType());
    }

    @Override
    public RexNode visitFieldAccess(RexFieldAccess access) {
      if (access.getReferenceExpr() instanceof RexCorrelVariable variable
          && outer.contains(variable.id)) {
        return new RexInputRef(access.getField().getIndex(), access.getType());
      }
      fails = true;
      return access;
    }

    @Override
    public RexNode visitSubQuery(RexSubQuery query) {
      fails = true;
      return query;
    }
  }
}
