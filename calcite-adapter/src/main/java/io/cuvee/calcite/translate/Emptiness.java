package io.cuvee.calcite.translate;

import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import java.util.ArrayList;
import java.util.List;

/// Cuts off what is known to have no rows, as under `WHERE 1 = 0` or `LIMIT 0`, so that no server
/// is asked for it.
final class Emptiness {
  private Emptiness() {}

  static PlanNode apply(PlanNode node) {
    List<PlanNode> inputs = node.inputs().stream().map(Emptiness::apply).toList();
    return reduce(node.withInputs(inputs));
  }

  static boolean isEmpty(PlanNode node) {
    return node instanceof PlanNode.Values values && values.rows().isEmpty();
  }

  /// No rows of the types of `node`.
  static PlanNode emptied(PlanNode node) {
    return new PlanNode.Values(List.of(), node.types());
  }

  private static PlanNode reduce(PlanNode node) {
    boolean empty =
        switch (node) {
          case PlanNode.Scan scan ->
              scan.query().filter() != null
                  && isNever(scan.query().filter())
                  && scan.query().output() instanceof io.cuvee.common.plan.SegmentQuery.Selection;
          case PlanNode.Values values -> false;
          case PlanNode.Filter filter -> isNever(filter.condition()) || isEmpty(filter.input());
          case PlanNode.Project project -> isEmpty(project.input());
          // Without keys there is one row for no input.
          case PlanNode.MergeAggregate merge -> false;
          case PlanNode.Aggregate aggregate ->
              isEmpty(aggregate.input())
                  && aggregate.groupingSets().stream().noneMatch(List::isEmpty);
          case PlanNode.Sort sort -> isEmpty(sort.input()) || isZero(sort);
          case PlanNode.Join join ->
              switch (join.kind()) {
                case INNER, SEMI -> isEmpty(join.left()) || isEmpty(join.right());
                case LEFT, ANTI -> isEmpty(join.left());
                case RIGHT -> isEmpty(join.right());
                case FULL -> isEmpty(join.left()) && isEmpty(join.right());
              };
          case PlanNode.SetOperation set ->
              switch (set.kind()) {
                case UNION -> set.inputs().stream().allMatch(Emptiness::isEmpty);
                case INTERSECT -> set.inputs().stream().anyMatch(Emptiness::isEmpty);
                case EXCEPT -> isEmpty(set.inputs().getFirst());
              };
          case PlanNode.Window window -> isEmpty(window.input());
          case PlanNode.LookupJoin join -> isEmpty(join.otherwise());
          case PlanNode.Unnest unnest -> isEmpty(unnest.input());
          case PlanNode.Given given -> false;
          case PlanNode.Shared shared -> isEmpty(shared.input());
          case PlanNode.Recursion recursion -> isEmpty(recursion.first());
          case PlanNode.Lateral lateral ->
              isEmpty(lateral.left()) || isEmpty(lateral.right()) && !lateral.keepsUnmatched();
        };
    if (empty) {
      return emptied(node);
    }
    if (node instanceof PlanNode.SetOperation set
        && set.kind() != PlanNode.SetKind.INTERSECT
        && set.inputs().stream().anyMatch(Emptiness::isEmpty)) {
      return smaller(set);
    }
    return node;
  }

  /// A union or difference without its empty inputs.
  private static PlanNode smaller(PlanNode.SetOperation set) {
    List<PlanNode> inputs = new ArrayList<>();
    for (PlanNode input : set.inputs()) {
      boolean first = set.kind() == PlanNode.SetKind.EXCEPT && inputs.isEmpty();
      if (first || !isEmpty(input)) {
        inputs.add(input);
      }
    }
    return inputs.size() == 1 && set.all()
        ? inputs.getFirst()
        : new PlanNode.SetOperation(set.kind(), set.all(), inputs);
  }

  private static boolean isZero(PlanNode.Sort sort) {
    return sort.limit() instanceof Expression.Literal limit
        && limit.value() instanceof Long count
        && count == 0;
  }

  /// Whether the condition is FALSE or NULL for every row, as far as can be seen.
  private static boolean isNever(Expression condition) {
    return switch (condition) {
      case Expression.Literal literal -> literal.value() == null || literal.value().equals(0L);
      case Expression.Call call when call.function().equals("AND") ->
          call.arguments().stream().anyMatch(Emptiness::isNever);
      case Expression.Call call -> false;
      case Expression.Column column -> false;
      case Expression.Parameter parameter -> false;
    };
  }
}
