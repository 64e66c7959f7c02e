package io.cuvee.calcite.translate;

import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.catalog.SystemTables;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.Lookup;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.common.type.DataType.Representation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Groups over joins of one table with small ones go to the servers, which then join and compute
/// partial states in one scan.
final class LookupJoins {
  /// A table of fewer rows counts as small, whatever it is.
  private static final long SMALL_ROWS = 20_000;

  /// A dimension table of fewer rows does.
  private static final long DIMENSION_ROWS = 1_000_000;

  private static final int MAX_EXPRESSIONS = 5_000;

  private final Map<String, Catalog.Table> tables;

  /// @param tables those that the plan reads
  LookupJoins(Map<String, Catalog.Table> tables) {
    this.tables = tables;
  }

  PlanNode apply(PlanNode node) {
    PlanNode below = node.withInputs(node.inputs().stream().map(this::apply).toList());
    if (below instanceof PlanNode.Aggregate aggregate && isPushable(aggregate)) {
      Joined joined = new Joined();
      List<Expression> fields = joined.fields(aggregate.input());
      if (fields != null && !joined.sides.isEmpty()) {
        PlanNode pushed = joined.grouped(aggregate, fields);
        return pushed == null
            ? below
            : new PlanNode.LookupJoin(pushed, below, joined.sides, joined.keys);
      }
    }
    return below;
  }

  private static boolean isPushable(PlanNode.Aggregate aggregate) {
    return aggregate.groupingSets().size() == 1
        && aggregate.groupingSets().getFirst().size() == aggregate.groupKeys().size()
        && aggregate.groupKeys().stream().noneMatch(key -> key.type().isArray())
        && aggregate.aggregates().stream().allMatch(AggregateTranslator::isPushable);
  }

  /// Whether the rows may be sent to the servers, as far as the tables tell.
  private boolean isSmall(PlanNode plan) {
    if (plan instanceof PlanNode.Scan scan) {
      Catalog.Table table = tables.get(scan.query().table());
      return table != null
          && !SystemTables.owns(table.name())
          && table.rowCount() <= (table.isDimension() ? DIMENSION_ROWS : SMALL_ROWS);
    }
    return plan.types().stream().noneMatch(ColumnType::isArray)
        && plan.inputs().stream().allMatch(this::isSmall);
  }

  private static boolean isComparable(ColumnType a, ColumnType b) {
    if (a.isArray() || b.isArray()) {
      return false;
    }
    DataType left = a.dataType();
    DataType right = b.dataType();
    boolean exact =
        left.representation() == Representation.LONG
            || left.representation() == Representation.BYTES;
    return exact && (left == right || left.isInteger() && right.isInteger());
  }

  private static Expression over(Expression expression, List<Expression> fields) {
    return expression.rewrite(
        part -> part instanceof Expression.Column column ? fields.get(column.index()) : part);
  }

  /// A table with the small inputs that are joined to it.
  private final class Joined {
    private PlanNode.@Nullable Scan scan;
    private final List<Expression> conditions = new ArrayList<>();
    private final List<PlanNode> sides = new ArrayList<>();
    private final List<Integer> keys = new ArrayList<>();

    /// What the fields of a plan are in terms of the table's columns; null if that cannot be said.
    @Nullable List<Expression> fields(PlanNode plan) {
      return switch (plan) {
        case PlanNode.Scan table
            when table.query().output() instanceof SegmentQuery.Selection rows
                && rows.limit() == SegmentQuery.NO_LIMIT
                && !SystemTables.owns(table.query().table()) -> {
          scan = table;
          if (table.query().filter() != null) {
            conditions.add(table.query().filter());
          }
          yield rows.projections();
        }
        case PlanNode.Filter filter -> {
          List<Expression> fields = fields(filter.input());
          if (fields != null) {
            conditions.add(over(filter.condition(), fields));
          }
          yield fields;
        }
        case PlanNode.Project project -> {
          List<Expression> fields = fields(project.input());
          yield fields == null
              ? null
              : bounded(
                  project.expressions().stream()
                      .map(expression -> over(expression, fields))
                      .toList());
        }
        case PlanNode.Join join -> joined(join);
        default -> null;
      };
    }

    private @Nullable List<Expression> joined(PlanNode.Join join) {
      boolean inner = join.kind() == PlanNode.JoinKind.INNER;
      boolean lookedUp = inner || join.kind() == PlanNode.JoinKind.LEFT && join.residual() == null;
      if (!lookedUp
          || join.nearest() != null
          || join.leftKeys().size() != 1
          || !isSmall(join.right())) {
        return null;
      }
      List<Expression> left = fields(join.left());
      if (left == null) {
        return null;
      }
      Expression key = left.get(join.leftKeys().getFirst());
      List<ColumnType> types = join.right().types();
      int rightKey = join.rightKeys().getFirst();
      if (!isComparable(key.type(), types.get(rightKey))
          || types.stream().anyMatch(ColumnType::isArray)) {
        return null;
      }
      int side = sides.size();
      sides.add(join.right());
      keys.add(rightKey);
      List<Expression> fields = new ArrayList<>(left);
      for (int i = 0; i < types.size(); i++) {
        fields.add(new Lookup(key, side, Optional.of(i), types.get(i)).inPlan());
      }
      if (inner) {
        conditions.add(new Lookup(key, side, Optional.empty(), ColumnType.BOOLEAN).inPlan());
        if (join.residual() != null) {
          conditions.add(over(join.residual(), fields));
        }
      }
      return bounded(fields);
    }

    private @Nullable List<Expression> bounded(List<Expression> fields) {
      int[] size = new int[1];
      for (Expression field : fields) {
        field.rewrite(part -> {
          size[0]++;
          return part;
        });
      }
      return size[0] > MAX_EXPRESSIONS ? null : fields;
    }

    @Nullable PlanNode grouped(PlanNode.Aggregate aggregate, List<Expression> fields) {
      PlanNode.Scan table = scan;
      if (table == null) {
        return null;
      }
      List<Expression> groupKeys =
          aggregate.groupKeys().stream().map(key -> over(key, fields)).toList();
      List<AggregateCall> calls = new ArrayList<>();
      for (AggregateCall call : aggregate.aggregates()) {
        calls.add(
            new AggregateCall(
                call.function(),
                call.arguments().stream().map(argument -> over(argument, fields)).toList(),
                call.distinct(),
                call.filter() == null ? null : over(call.filter(), fields),
                call.type()));
      }
      SegmentQuery query = table.query();
      SegmentQuery grouped =
          ScanColumns.withoutUnused(
              new SegmentQuery(
                  query.table(),
                  query.columns(),
                  query.columnTypes(),
                  conditions.isEmpty() ? null : Typing.connect("AND", conditions),
                  new SegmentQuery.Aggregation(
                      groupKeys, calls, List.of(), SegmentQuery.NO_LIMIT)));
      SegmentQuery.Aggregation output = (SegmentQuery.Aggregation) grouped.output();
      return new PlanNode.MergeAggregate(
          new PlanNode.Scan(grouped), groupKeys.size(), output.aggregates());
    }
  }
}
