package io.cuvee.calcite.translate;

import io.cuvee.calcite.catalog.Types;
import io.cuvee.calcite.operator.AggregateOperators;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.ColumnType;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Values;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;

/// Grouping and aggregates. Over rows of a table the servers compute partial states; over anything
/// else, and for calls whose states cannot travel, the broker groups.
final class AggregateTranslator {
  private final ExpressionTranslator expressions;
  private final Typing typing;

  AggregateTranslator(ExpressionTranslator expressions) {
    this.expressions = expressions;
    this.typing = expressions.typing();
  }

  Relation translate(Aggregate aggregate, Relation original) {
    Relation input = unnested(aggregate, original);
    if (aggregate.getGroupType() != Aggregate.Group.SIMPLE) {
      return new Relation.Planned(new GroupingSets(this, typing).translate(aggregate, input));
    }
    List<Outcome> outcomes = outcomes(aggregate, input.fields());
    List<Expression> keys = keys(aggregate, input.fields());
    List<AggregateCall> calls = new ArrayList<>();
    outcomes.forEach(outcome -> outcome.addTo(calls));
    PlanNode grouped =
        input instanceof Relation.TableRows rows
                && calls.stream().allMatch(AggregateTranslator::isPushable)
            ? pushed(rows, keys, calls)
            : atBroker(input, aggregate, keys.size());
    return new Relation.Planned(Plans.project(grouped, results(grouped, keys.size(), outcomes)));
  }

  /// The broker computes over finished columns, so the calls are made anew over those.
  private PlanNode atBroker(Relation input, Aggregate aggregate, int keyCount) {
    PlanNode plan = input.plan();
    List<Expression> columns = Relation.columnsOf(plan.types());
    List<AggregateCall> calls = new ArrayList<>();
    outcomes(aggregate, columns).forEach(outcome -> outcome.addTo(calls));
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < keyCount; i++) {
      all.add(i);
    }
    return new PlanNode.Aggregate(plan, keys(aggregate, columns), List.of(all), calls);
  }

  PlanNode pushed(Relation.TableRows rows, List<Expression> keys, List<AggregateCall> calls) {
    PlanNode.Scan scan =
        rows.scan(new SegmentQuery.Aggregation(keys, calls, List.of(), SegmentQuery.NO_LIMIT));
    SegmentQuery.Aggregation renumbered = (SegmentQuery.Aggregation) scan.query().output();
    return new PlanNode.MergeAggregate(scan, keys.size(), renumbered.aggregates());
  }

  List<Expression> keys(Aggregate aggregate, List<Expression> fields) {
    List<Expression> keys = new ArrayList<>();
    int element = aggregate.getInput().getRowType().getFieldCount();
    for (int index : aggregate.getGroupSet()) {
      Expression key = fields.get(index);
      keys.add(key.type().isArray() ? fields.get(element++) : key);
    }
    return keys;
  }

  /// Rows are grouped by each element of an array: an input with a column of elements for each key
  /// that is an array, after the fields. Where there is no element the key is NULL.
  private static Relation unnested(Aggregate aggregate, Relation input) {
    PlanNode plan = null;
    for (int index : aggregate.getGroupSet()) {
      if (input.fields().get(index).type().isArray()) {
        plan = new PlanNode.Unnest(plan == null ? input.plan() : plan, index, true);
      }
    }
    return plan == null ? input : new Relation.Planned(plan);
  }

  /// Whether servers can compute partial states of the call.
  static boolean isPushable(AggregateCall call) {
    if (call.distinct() && call.arguments().size() != 1) {
      return false;
    }
    try {
      AggregateFunctions.stateTypes(call);
      return true;
    } catch (CuveeException noState) {
      return false;
    }
  }

  /// The keys, then the value of each call of the statement.
  List<Expression> results(PlanNode grouped, int keyCount, List<Outcome> outcomes) {
    List<Expression> columns = Relation.columnsOf(grouped.types());
    List<Expression> results = new ArrayList<>(columns.subList(0, keyCount));
    int next = keyCount;
    for (Outcome outcome : outcomes) {
      Expression value = outcome.constant();
      if (value == null) {
        value = columns.get(next++);
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

  /// How a call of the statement is computed.
  ///
  /// @param call of ours, or absent if the value is a constant
  /// @param zeroIfEmpty whether NULL becomes 0
  /// @param type of the value
  record Outcome(
      @Nullable AggregateCall call,
      @Nullable Expression constant,
      boolean zeroIfEmpty,
      ColumnType type) {
    void addTo(List<AggregateCall> calls) {
      if (call != null) {
        calls.add(call);
      }
    }
  }

  List<Outcome> outcomes(Aggregate aggregate, List<Expression> fields) {
    List<Outcome> outcomes = new ArrayList<>();
    for (org.apache.calcite.rel.core.AggregateCall call : aggregate.getAggCallList()) {
      outcomes.add(outcome(call, aggregate, fields));
    }
    return outcomes;
  }

  private Outcome outcome(
      org.apache.calcite.rel.core.AggregateCall call,
      Aggregate aggregate,
      List<Expression> fields) {
    ColumnType type = Types.columnType(call.getType());
    if (isGrouping(call.getAggregation())) {
      return grouping(call, aggregate, type);
    }
    if (call.getAggregation().getKind() == SqlKind.LITERAL_AGG) {
      // The rules' way to tell groups that are there from rows that an outer join made up.
      RexLiteral literal = (RexLiteral) call.rexList.getFirst();
      return new Outcome(null, typing.as(Literals.of(literal), type), false, type);
    }
    if (!call.getCollation().getFieldCollations().isEmpty()
        || (call.distinctKeys != null && !call.distinctKeys.isEmpty())) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          call.getAggregation().getName()
              + " with WITHIN GROUP or WITHIN DISTINCT is not supported.");
    }
    Expression filter = call.hasFilter() ? condition(fields.get(call.filterArg)) : null;
    boolean zero = call.getAggregation().getKind() == SqlKind.SUM0;
    String function = zero ? AggregateFunctions.SUM : function(call.getAggregation());
    List<Expression> arguments = new ArrayList<>();
    int columns = call.getArgList().size() - AggregateFunctions.constantCount(function);
    for (int i = 0; i < call.getArgList().size(); i++) {
      int field = call.getArgList().get(i);
      arguments.add(
          i < columns ? fields.get(field) : constant(aggregate, field, fields.get(field)));
    }
    boolean distinct = call.isDistinct() && !AggregateFunctions.ignoresDuplicates(function);
    return new Outcome(
        new AggregateCall(
            function, arguments, distinct, filter, resultType(function, arguments, type)),
        null,
        zero,
        type);
  }

  /// An argument that must be known before any row is.
  private Expression constant(Aggregate aggregate, int field, Expression value) {
    if (isConstant(value)) {
      return value;
    }
    // Over finished columns the value is one of them, but below stands what it was computed from.
    RexNode node =
        switch (aggregate.getInput()) {
          case Project project -> project.getProjects().get(field);
          case Values values when !values.getTuples().isEmpty() ->
              values.getTuples().getFirst().get(field);
          default -> null;
        };
    if (node == null || !RexUtil.isConstant(node)) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "The second and later arguments of an aggregate, as a fraction or a separator, must be constants.");
    }
    return expressions.translate(node, List.of());
  }

  private static boolean isConstant(Expression expression) {
    return switch (expression) {
      case Expression.Column column -> false;
      case Expression.Literal literal -> true;
      case Expression.Parameter parameter -> true;
      case Expression.Call call ->
          call.arguments().stream().allMatch(AggregateTranslator::isConstant);
    };
  }

  /// A condition whose NULL counts as false; null if it always holds.
  private static @Nullable Expression condition(Expression filter) {
    Expression bare =
        filter instanceof Expression.Call call && call.function().equals("IS_TRUE")
            ? call.arguments().getFirst()
            : filter;
    return bare.equals(Literals.TRUE) ? null : bare;
  }

  static boolean isGrouping(SqlAggFunction function) {
    return switch (function.getKind()) {
      case GROUPING, GROUPING_ID, GROUP_ID -> true;
      default -> false;
    };
  }

  private static Outcome grouping(
      org.apache.calcite.rel.core.AggregateCall call, Aggregate aggregate, ColumnType type) {
    if (aggregate.getGroupType() == Aggregate.Group.SIMPLE
        || call.getAggregation().getKind() == SqlKind.GROUP_ID) {
      return new Outcome(null, Literals.integer(0), false, type);
    }
    List<Integer> keys = ImmutableBitSet.of(aggregate.getGroupSet()).asList();
    List<Expression> positions = new ArrayList<>();
    for (int argument : call.getArgList()) {
      positions.add(new Expression.Literal((long) keys.indexOf(argument), ColumnType.INT));
    }
    return new Outcome(
        new AggregateCall(GroupingSets.GROUPING, positions, false, null, ColumnType.LONG),
        null,
        false,
        type);
  }

  static String function(SqlAggFunction function) {
    return AggregateOperators.canonical(function)
        .orElseThrow(() ->
            new CuveeException(
                ErrorCode.FEATURE_NOT_SUPPORTED,
                "The aggregate function " + function.getName() + " is not supported."));
  }

  /// The type in which the function gives its result, before any conversion to the statement's
  /// type.
  private static ColumnType resultType(
      String function, List<Expression> arguments, ColumnType type) {
    return switch (function) {
      case AggregateFunctions.COUNT,
          AggregateFunctions.APPROX_COUNT_DISTINCT,
          AggregateFunctions.DISTINCTCOUNTTHETASKETCH ->
          ColumnType.LONG;
      case AggregateFunctions.MIN,
          AggregateFunctions.MAX,
          AggregateFunctions.ANY_VALUE,
          AggregateFunctions.SINGLE_VALUE,
          AggregateFunctions.ARG_MIN,
          AggregateFunctions.ARG_MAX ->
          AggregateFunctions.takesElements(function, false)
              ? arguments.getFirst().type().elementType()
              : arguments.getFirst().type();
      case AggregateFunctions.VAR_POP,
          AggregateFunctions.VAR_SAMP,
          AggregateFunctions.STDDEV_POP,
          AggregateFunctions.STDDEV_SAMP ->
          ColumnType.DOUBLE;
      case AggregateFunctions.MODE, AggregateFunctions.QUANTILE_DISC ->
          arguments.getFirst().type().elementType();
      default -> type;
    };
  }
}
