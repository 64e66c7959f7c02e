package io.cuvee.calcite.rule;

import java.util.List;
import org.apache.calcite.plan.RelOptRule;
import org.apache.calcite.plan.hep.HepMatchOrder;
import org.apache.calcite.plan.hep.HepProgram;
import org.apache.calcite.plan.hep.HepProgramBuilder;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.rules.CoreRules;
import org.apache.calcite.rel.rules.FilterAggregateTransposeRule;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.util.ImmutableBitSet;

/// The rules, in the order in which they run. Averages stay whole and distinct aggregates are not
/// expanded: the servers compute both as partial states.
final class Rules {
  /// Sub-queries become joins, some of them correlated.
  static final HepProgram SUB_QUERIES =
      program(
          List.of(
              CoreRules.FILTER_SUB_QUERY_TO_CORRELATE,
              CoreRules.PROJECT_SUB_QUERY_TO_CORRELATE,
              CoreRules.JOIN_SUB_QUERY_TO_CORRELATE));

  /// Conditions go down to the tables that they are about.
  static final HepProgram PUSH_DOWN =
      program(
          List.of(
              CoreRules.FILTER_MERGE,
              CoreRules.FILTER_PROJECT_TRANSPOSE,
              filterAggregateTranspose(),
              CoreRules.FILTER_SET_OP_TRANSPOSE,
              CoreRules.FILTER_INTO_JOIN,
              CoreRules.FILTER_CORRELATE,
              CoreRules.JOIN_CONDITION_PUSH,
              CoreRules.JOIN_PUSH_TRANSITIVE_PREDICATES,
              CoreRules.PROJECT_MERGE,
              CoreRules.PROJECT_REMOVE,
              CoreRules.UNION_MERGE));

  private Rules() {}

  /// A condition on an array that was grouped by is about its elements, and not about the rows
  /// below. Where all rows are one group, that group is there without rows too.
  private static RelOptRule filterAggregateTranspose() {
    return FilterAggregateTransposeRule.Config.DEFAULT
        .withOperandSupplier(filter ->
            filter
                .operand(Filter.class)
                .predicate(condition -> RexUtil.isDeterministic(condition.getCondition()))
                .oneInput(aggregate ->
                    aggregate.operand(Aggregate.class).predicate(Rules::takesFilters).anyInputs()))
        .as(FilterAggregateTransposeRule.Config.class)
        .toRule();
  }

  private static boolean takesFilters(Aggregate aggregate) {
    List<RelDataTypeField> fields = aggregate.getInput().getRowType().getFieldList();
    return aggregate.getGroupSets().stream().noneMatch(ImmutableBitSet::isEmpty)
        && aggregate.getGroupSet().asList().stream()
            .allMatch(key -> fields.get(key).getType().getComponentType() == null);
  }

  private static HepProgram program(List<RelOptRule> rules) {
    return new HepProgramBuilder()
        .addMatchOrder(HepMatchOrder.TOP_DOWN)
        .addRuleCollection(rules)
        .build();
  }
}
