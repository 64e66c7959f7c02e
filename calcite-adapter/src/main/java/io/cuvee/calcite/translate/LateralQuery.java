package io.cuvee.calcite.translate;

import com.google.common.collect.ImmutableList;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.calcite.plan.RelOptTable;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.prepare.RelOptTableImpl;
import org.apache.calcite.rel.RelCollations;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.AsofJoin;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Intersect;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Minus;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.RelFactories;
import org.apache.calcite.rel.core.RepeatUnion;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.core.Spool;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.core.Uncollect;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rel.logical.LogicalCorrelate;
import org.apache.calcite.rel.logical.LogicalRepeatUnion;
import org.apache.calcite.rel.logical.LogicalTableScan;
import org.apache.calcite.rel.rules.JoinCommuteRule;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.rex.RexWindow;
import org.apache.calcite.schema.impl.ListTransientTable;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.tools.RelBuilder;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;

/// A sub-query that reads the row beside it, as one that is computed for many such rows at once:
/// the rows are given with a number each, every operator of the sub-query passes them on before its
/// own fields, aggregates group by the number, and limits count within it.
///
/// @param rel its fields are the number, then those of the sub-query
/// @param givenName of the table that stands for the rows
record LateralQuery(RelNode rel, String givenName) {

  /// @throws CuveeException `FEATURE_NOT_SUPPORTED` if the sub-query cannot be computed so
  static LateralQuery of(Correlate correlate, int number) {
    String name = "rows " + number;
    Lift lift = new Lift(correlate, name);
    RelNode lifted = lift.lift(correlate.getRight());
    RelBuilder builder = lift.builder.push(lifted);
    List<RexNode> fields = new ArrayList<>(builder.fields());
    return new LateralQuery(
        builder.project(fields.subList(lift.number, fields.size()), List.of(), true).build(), name);
  }

  private static final class Lift {
    private final RelBuilder builder;
    private final RexBuilder rex;
    private final CorrelationId id;
    private final RelNode given;

    /// What stands for the rows of recursive queries, by their names.
    private final Map<String, RelNode> recursions = new HashMap<>();

    /// Where the number of the row is among the fields of every operator.
    private final int number;

    /// How many fields stand before an operator's own.
    private final int width;

    Lift(Correlate correlate, String name) {
      RelDataType left = correlate.getLeft().getRowType();
      this.number = left.getFieldCount();
      this.width = number + 1;
      this.id = correlate.getCorrelationId();
      this.rex = correlate.getCluster().getRexBuilder();
      this.builder = RelFactories.LOGICAL_BUILDER.create(correlate.getCluster(), null);
      RelDataTypeFactory types = rex.getTypeFactory();
      RelDataType rows =
          types
              .builder()
              .addAll(left.getFieldList())
              .add(name, types.createSqlType(SqlTypeName.BIGINT))
              .build();
      RelOptTable table =
          RelOptTableImpl.create(
              null, rows, new ListTransientTable(name, rows), ImmutableList.of(name));
      this.given = LogicalTableScan.create(correlate.getCluster(), table, List.of());
    }

    RelNode lift(RelNode rel) {
      RelNode widened = rel instanceof TableScan scan ? recursions.get(nameOf(scan)) : null;
      if (widened != null) {
        return widened;
      }
      if (!readsRow(rel)) {
        return builder.push(given).push(rel).join(JoinRelType.INNER, rex.makeLiteral(true)).build();
      }
      return switch (rel) {
        case Filter filter ->
            builder.push(lift(filter.getInput())).filter(moved(filter.getCondition())).build();
        case Project project -> project(project);
        case Uncollect uncollect ->
            LogicalCorrelate.create(
                given, uncollect, List.of(), id, ImmutableBitSet.of(), JoinRelType.INNER);
        case Aggregate aggregate -> aggregate(aggregate);
        case Sort sort -> sort(sort);
        case SetOp operation -> setOperation(operation);
        case RepeatUnion union -> recursion(union);
        case Spool spool -> lift(spool.getInput());
        case Join join -> join(join);
        case Correlate inner -> correlate(inner);
        default ->
            throw new CuveeException(
                ErrorCode.FEATURE_NOT_SUPPORTED,
                "A sub-query that refers to the outer query in this way is not supported ("
                    + rel.getRelTypeName().replace("Logical", "")
                    + ").");
      };
    }

    private boolean readsRow(RelNode rel) {
      return RelOptUtil.getVariablesUsed(rel).contains(id)
          || !recursions.isEmpty() && readsRecursion(rel);
    }

    private boolean readsRecursion(RelNode rel) {
      return rel instanceof TableScan scan && recursions.containsKey(nameOf(scan))
          || rel.getInputs().stream().anyMatch(this::readsRecursion);
    }

    private static String nameOf(TableScan scan) {
      return scan.getTable().getQualifiedName().getLast();
    }

    /// A recursive query whose rows have the row that they are computed for before them.
    private RelNode recursion(RepeatUnion union) {
      String name = Objects.requireNonNull(union.getTransientTable()).getQualifiedName().getLast();
      RelNode seed = lift(union.getSeedRel());
      String widenedName = name + " of " + given.getTable().getQualifiedName().getLast();
      RelOptTable table =
          RelOptTableImpl.create(
              null,
              seed.getRowType(),
              new ListTransientTable(widenedName, seed.getRowType()),
              ImmutableList.of(widenedName));
      recursions.put(name, LogicalTableScan.create(seed.getCluster(), table, List.of()));
      RelNode next = lift(union.getIterativeRel());
      recursions.remove(name);
      return LogicalRepeatUnion.create(seed, next, union.all, union.iterationLimit, table);
    }

    /// An expression over an operator's own fields as one over all.
    private RexNode moved(RexNode node) {
      return node.accept(
          new RexShuttle() {
            @Override
            public RexNode visitInputRef(RexInputRef field) {
              return new RexInputRef(width + field.getIndex(), field.getType());
            }

            @Override
            public RexNode visitFieldAccess(RexFieldAccess access) {
              return isOfRow(access)
                  ? new RexInputRef(access.getField().getIndex(), access.getType())
                  : super.visitFieldAccess(access);
            }

            @Override
            public RexWindow visitWindow(RexWindow window) {
              RexWindow moved = super.visitWindow(window);
              List<RexNode> keys = new ArrayList<>(moved.partitionKeys);
              keys.add(new RexInputRef(number, rowNumberType()));
              return rex.makeWindow(
                  keys,
                  moved.orderKeys,
                  moved.getLowerBound(),
                  moved.getUpperBound(),
                  moved.isRows(),
                  moved.getExclude());
            }
          });
    }

    private RelDataType rowNumberType() {
      return given.getRowType().getFieldList().get(number).getType();
    }

    private boolean isOfRow(RexFieldAccess access) {
      return access.getReferenceExpr() instanceof RexCorrelVariable variable
          && variable.id.equals(id);
    }

    private List<RexNode> rowFields() {
      return builder.fields().subList(0, width);
    }

    private RelNode project(Project project) {
      builder.push(lift(project.getInput()));
      List<RexNode> fields = new ArrayList<>(rowFields());
      project.getProjects().forEach(field -> fields.add(moved(field)));
      return builder.project(fields, List.of(), true).build();
    }

    /// Groups have the number of their row only, so they are joined to the rows again. Without keys
    /// (in one of the grouping sets) there is a group even if there are no rows. Types are found
    /// anew: what is NULL only in a group of no rows is never NULL below the join.
    private RelNode aggregate(Aggregate aggregate) {
      RelNode input = lift(aggregate.getInput());
      ImmutableBitSet keys = aggregate.getGroupSet().shift(width).set(number);
      List<AggregateCall> calls = new ArrayList<>();
      for (AggregateCall call : aggregate.getAggCallList()) {
        List<Integer> arguments = call.getArgList().stream().map(field -> field + width).toList();
        calls.add(
            AggregateCall.create(
                call.getParserPosition(),
                call.getAggregation(),
                call.isDistinct(),
                call.isApproximate(),
                call.ignoreNulls(),
                call.rexList,
                arguments,
                call.filterArg < 0 ? -1 : call.filterArg + width,
                call.distinctKeys == null ? null : call.distinctKeys.shift(width),
                RelCollations.shift(call.getCollation(), width),
                false,
                input,
                null,
                null));
      }
      boolean always = aggregate.getGroupSets().stream().anyMatch(ImmutableBitSet::isEmpty);
      List<ImmutableBitSet> sets =
          aggregate.getGroupSets().stream().map(set -> set.shift(width).set(number)).toList();
      RelNode grouped = LogicalAggregate.create(input, List.of(), keys, sets, calls);
      builder.push(given).push(grouped);
      RexNode sameRow =
          rex.makeCall(
              SqlStdOperatorTable.EQUALS, builder.field(2, 0, number), builder.field(2, 1, 0));
      builder.join(always ? JoinRelType.LEFT : JoinRelType.INNER, sameRow);
      List<RexNode> fields = new ArrayList<>(rowFields());
      for (int i = 0; i < aggregate.getRowType().getFieldCount(); i++) {
        RexNode value = builder.field(width + 1 + i);
        int call = i - aggregate.getGroupCount();
        fields.add(
            always && call >= 0 ? ofNoRows(aggregate.getAggCallList().get(call), value) : value);
      }
      return builder.project(fields, List.of(), true).build();
    }

    /// The value of an aggregate, NULL having come from there being no rows. Aggregates that are
    /// never NULL count.
    private RexNode ofNoRows(AggregateCall call, RexNode value) {
      if (call.getAggregation().getKind() == SqlKind.LITERAL_AGG) {
        return call.rexList.getFirst();
      }
      if (call.getType().isNullable()) {
        return value;
      }
      if (!SqlTypeName.NUMERIC_TYPES.contains(value.getType().getSqlTypeName())) {
        throw new CuveeException(
            ErrorCode.FEATURE_NOT_SUPPORTED,
            call.getAggregation().getName()
                + " is not supported in a sub-query that refers to the outer query in this way.");
      }
      RelDataType type = rex.getTypeFactory().createTypeWithNullability(value.getType(), false);
      boolean grouping = call.getAggregation().getKind() == SqlKind.GROUPING;
      long none = grouping ? (1L << call.getArgList().size()) - 1 : 0;
      return rex.makeCall(
          SqlStdOperatorTable.CASE,
          rex.makeCall(SqlStdOperatorTable.IS_NULL, value),
          rex.makeExactLiteral(BigDecimal.valueOf(none), type),
          rex.makeAbstractCast(type, value, false));
    }

    /// Rows of the same number are of the same row, so whole rows may be compared.
    private RelNode setOperation(SetOp operation) {
      operation.getInputs().forEach(input -> builder.push(lift(input)));
      int inputs = operation.getInputs().size();
      return switch (operation) {
        case Intersect intersect -> builder.intersect(intersect.all, inputs).build();
        case Minus minus -> builder.minus(minus.all, inputs).build();
        default -> builder.union(operation.all, inputs).build();
      };
    }

    private RelNode sort(Sort sort) {
      RelNode input = lift(sort.getInput());
      if (sort.fetch == null && sort.offset == null) {
        return input;
      }
      builder.push(input);
      List<RexNode> order = new ArrayList<>();
      for (RelFieldCollation key : sort.getCollation().getFieldCollations()) {
        RexNode field = builder.field(width + key.getFieldIndex());
        boolean descending = key.getDirection().isDescending();
        RexNode directed = descending ? builder.desc(field) : field;
        order.add(
            switch (key.nullDirection) {
              case FIRST -> builder.nullsFirst(directed);
              case LAST -> builder.nullsLast(directed);
              case UNSPECIFIED ->
                  descending ? builder.nullsFirst(directed) : builder.nullsLast(directed);
            });
      }
      List<RexNode> fields = new ArrayList<>(builder.fields());
      fields.add(
          builder
              .aggregateCall(SqlStdOperatorTable.ROW_NUMBER)
              .over()
              .partitionBy(builder.field(number))
              .orderBy(order)
              .rowsUnbounded()
              .toRex());
      builder.project(fields, List.of(), true);
      RexNode position = builder.field(fields.size() - 1);
      RexNode offset = sort.offset == null ? rex.makeExactLiteral(BigDecimal.ZERO) : sort.offset;
      builder.filter(rex.makeCall(SqlStdOperatorTable.GREATER_THAN, position, offset));
      if (sort.fetch != null) {
        RexNode last = rex.makeCall(SqlStdOperatorTable.PLUS, sort.fetch, offset);
        builder.filter(rex.makeCall(SqlStdOperatorTable.LESS_THAN_OR_EQUAL, position, last));
      }
      List<RexNode> all = builder.fields();
      return builder.project(all.subList(0, all.size() - 1), List.of(), true).build();
    }

    private RelNode join(Join join) {
      JoinRelType type = join.getJoinType();
      if (type == JoinRelType.RIGHT) {
        return lift(swapped(join));
      }
      if (type == JoinRelType.FULL) {
        return lift(full(join));
      }
      builder.push(lift(join.getLeft()));
      RexNode condition = moved(join.getCondition());
      RexNode nearest = join instanceof AsofJoin asOf ? moved(asOf.getMatchCondition()) : null;
      if (!readsRow(join.getRight())) {
        builder.push(join.getRight());
        return joined(type, condition, nearest).build();
      }
      int leftWidth = builder.fields().size();
      builder.push(lift(join.getRight()));
      RexNode sameRow =
          rex.makeCall(
              SqlStdOperatorTable.EQUALS, builder.field(2, 0, number), builder.field(2, 1, number));
      joined(
          type,
          builder.and(sameRow, RexUtil.shift(condition, leftWidth, width)),
          nearest == null ? null : RexUtil.shift(nearest, leftWidth, width));
      if (!type.projectsRight()) {
        return builder.build();
      }
      List<RexNode> fields = new ArrayList<>(builder.fields());
      fields.subList(leftWidth, leftWidth + width).clear();
      return builder.project(fields, List.of(), true).build();
    }

    private RelNode swapped(Join join) {
      return Objects.requireNonNull(JoinCommuteRule.swap(join, true, builder));
    }

    /// A full join as a left one, and the rows of the right that have no partner.
    private RelNode full(Join join) {
      builder
          .push(join.getLeft())
          .push(join.getRight())
          .join(JoinRelType.LEFT, join.getCondition());
      RexNode condition = ((Join) swapped(join).getInput(0)).getCondition();
      builder.push(join.getRight()).push(join.getLeft()).join(JoinRelType.ANTI, condition);
      List<RexNode> fields = new ArrayList<>();
      for (RelDataTypeField field : join.getRowType().getFieldList()) {
        int right = field.getIndex() - join.getLeft().getRowType().getFieldCount();
        fields.add(right < 0 ? rex.makeNullLiteral(field.getType()) : builder.field(right));
      }
      return builder.project(fields, List.of(), true).union(true, 2).build();
    }

    private RelBuilder joined(JoinRelType type, RexNode condition, @Nullable RexNode nearest) {
      return nearest == null
          ? builder.join(type, condition)
          : builder.asofJoin(type, condition, nearest);
    }

    /// A sub-query inside that reads its own row; both rows are one then.
    private RelNode correlate(Correlate inner) {
      RelNode left = lift(inner.getLeft());
      CorrelationId both = inner.getCluster().createCorrel();
      RexNode row = rex.makeCorrel(left.getRowType(), both);
      RexShuttle reading =
          new RexShuttle() {
            @Override
            public RexNode visitFieldAccess(RexFieldAccess access) {
              if (isOfRow(access)) {
                return rex.makeFieldAccess(row, access.getField().getIndex());
              }
              return access.getReferenceExpr() instanceof RexCorrelVariable variable
                      && variable.id.equals(inner.getCorrelationId())
                  ? rex.makeFieldAccess(row, width + access.getField().getIndex())
                  : super.visitFieldAccess(access);
            }
          };
      RelNode right =
          inner
              .getRight()
              .accept(
                  new RelHomogeneousShuttle() {
                    @Override
                    public RelNode visit(RelNode other) {
                      return super.visit(other).accept(reading);
                    }
                  });
      return LogicalCorrelate.create(
          left, right, List.of(), both, ImmutableBitSet.of(), inner.getJoinType());
    }
  }
}
