package io.cuvee.calcite.translate;

import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.type.ColumnType;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.util.ImmutableBitSet;

/// GROUPING SETS, ROLLUP and CUBE. Where every aggregate can be computed from those of smaller
/// groups, the servers group by all keys, once, and the broker rolls the groups up; else the broker
/// groups the rows.
final class GroupingSets {
  /// The aggregate of a [PlanNode.Aggregate] that tells which keys are not in the grouping set.
  static final String GROUPING = "GROUPING";

  private final AggregateTranslator aggregates;
  private final Typing typing;

  GroupingSets(AggregateTranslator aggregates, Typing typing) {
    this.aggregates = aggregates;
    this.typing = typing;
  }

  PlanNode translate(Aggregate aggregate, Relation input) {
    List<Integer> keyFields = aggregate.getGroupSet().asList();
    List<List<Integer>> sets = new ArrayList<>();
    for (ImmutableBitSet set : aggregate.getGroupSets()) {
      List<Integer> positions = new ArrayList<>();
      set.forEach(field -> positions.add(keyFields.indexOf(field)));
      sets.add(positions);
    }
    List<AggregateTranslator.Outcome> outcomes = aggregates.outcomes(aggregate, input.fields());
    List<AggregateCall> calls = new ArrayList<>();
    outcomes.forEach(outcome -> outcome.addTo(calls));
    List<Expression> keys = aggregates.keys(aggregate, input.fields());
    if (input instanceof Relation.TableRows rows
        && calls.stream()
            .allMatch(call ->
                canRollUp(call) && (isGrouping(call) || AggregateTranslator.isPushable(call)))) {
      return rolledUp(rows, keys, sets, calls, outcomes);
    }
    PlanNode plan = input.plan();
    List<Expression> columns = Relation.columnsOf(plan.types());
    List<AggregateCall> brokerCalls = new ArrayList<>();
    aggregates.outcomes(aggregate, columns).forEach(outcome -> outcome.addTo(brokerCalls));
    PlanNode grouped =
        new PlanNode.Aggregate(plan, aggregates.keys(aggregate, columns), sets, brokerCalls);
    return Plans.project(grouped, aggregates.results(grouped, keys.size(), outcomes));
  }

  private static boolean isGrouping(AggregateCall call) {
    return call.function().equals(GROUPING);
  }

  private static boolean canRollUp(AggregateCall call) {
    return !call.distinct()
        && switch (call.function()) {
          case AggregateFunctions.COUNT,
              AggregateFunctions.SUM,
              AggregateFunctions.MIN,
              AggregateFunctions.MAX,
              AggregateFunctions.AVG,
              AggregateFunctions.ANY_VALUE,
              AggregateFunctions.BOOL_AND,
              AggregateFunctions.BOOL_OR,
              AggregateFunctions.BIT_AND,
              AggregateFunctions.BIT_OR,
              AggregateFunctions.BIT_XOR,
              GROUPING ->
              true;
          default -> false;
        }
        && call.arguments().stream().noneMatch(argument -> argument.type().isArray());
  }

  private PlanNode rolledUp(
      Relation.TableRows rows,
      List<Expression> keys,
      List<List<Integer>> sets,
      List<AggregateCall> calls,
      List<AggregateTranslator.Outcome> outcomes) {
    // Below: the groups by all keys. An average needs its sum and count.
    List<AggregateCall> inner = new ArrayList<>();
    for (AggregateCall call : calls) {
      if (call.function().equals(AggregateFunctions.AVG)) {
        inner.add(sum(call));
        inner.add(
            new AggregateCall(
                AggregateFunctions.COUNT, call.arguments(), false, call.filter(), ColumnType.LONG));
      } else if (!isGrouping(call)) {
        inner.add(call);
      }
    }
    PlanNode groups = aggregates.pushed(rows, keys, inner);
    List<Expression> columns = Relation.columnsOf(groups.types());

    // Above: the same keys in sets, and the aggregates of the aggregates.
    List<AggregateCall> outer = new ArrayList<>();
    int next = keys.size();
    for (AggregateCall call : calls) {
      if (isGrouping(call)) {
        outer.add(call);
        continue;
      }
      int count = call.function().equals(AggregateFunctions.AVG) ? 2 : 1;
      for (int i = 0; i < count; i++) {
        Expression column = columns.get(next++);
        String function =
            switch (call.function()) {
              case AggregateFunctions.COUNT, AggregateFunctions.SUM, AggregateFunctions.AVG ->
                  AggregateFunctions.SUM;
              default -> call.function();
            };
        outer.add(new AggregateCall(function, List.of(column), false, null, column.type()));
      }
    }
    PlanNode rolled = new PlanNode.Aggregate(groups, columns.subList(0, keys.size()), sets, outer);
    return Plans.project(rolled, finished(rolled, keys.size(), calls, outcomes));
  }

  private List<Expression> finished(
      PlanNode rolled,
      int keyCount,
      List<AggregateCall> calls,
      List<AggregateTranslator.Outcome> outcomes) {
    List<Expression> columns = Relation.columnsOf(rolled.types());
    List<Expression> values = new ArrayList<>();
    int next = keyCount;
    for (AggregateCall call : calls) {
      Expression column = columns.get(next++);
      switch (call.function()) {
        case AggregateFunctions.COUNT ->
            values.add(Expression.call("COALESCE", ColumnType.LONG, column, Literals.integer(0)));
        case AggregateFunctions.AVG -> {
          ColumnType type = call.type();
          Expression count = columns.get(next++);
          values.add(
              Expression.call(
                  "DIVIDE",
                  type,
                  typing.as(column, type),
                  typing.as(
                      Expression.call("NULLIF", ColumnType.LONG, count, Literals.integer(0)),
                      type)));
        }
        default -> values.add(column);
      }
    }
    List<Expression> results = new ArrayList<>(columns.subList(0, keyCount));
    int nextValue = 0;
    for (AggregateTranslator.Outcome outcome : outcomes) {
      Expression value = outcome.constant();
      if (value == null) {
        value = values.get(nextValue++);
        if (outcome.zeroIfEmpty()) {
          value =
              Expression.call(
                  "COALESCE", value.type(), value, typing.as(Literals.integer(0), value.type()));
        }
      }
      results.add(typing.as(value, outcome.type()));
    }
    return results;
  }

  /// The sum behind an average. That of BIGINTs may exceed BIGINT where the average does not, so it
  /// is a decimal.
  private AggregateCall sum(AggregateCall average) {
    Expression argument = average.arguments().getFirst();
    ColumnType type =
        switch (argument.type().dataType()) {
          case INT -> ColumnType.LONG;
          case FLOAT, DOUBLE -> ColumnType.DOUBLE;
          default -> ColumnType.BIG_DECIMAL;
        };
    Expression wide = type.equals(ColumnType.BIG_DECIMAL) ? typing.as(argument, type) : argument;
    return new AggregateCall(AggregateFunctions.SUM, List.of(wide), false, average.filter(), type);
  }
}
