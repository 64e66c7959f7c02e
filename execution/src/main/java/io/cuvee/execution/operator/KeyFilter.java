package io.cuvee.execution.operator;

import io.cuvee.common.catalog.SystemTables;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.PlanNode.JoinKind;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.common.type.DataType.Representation;
import io.cuvee.execution.aggregate.GroupTable;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Once one input of a join has been read, its keys become a condition of the scans that the other
/// input's keys come from, so that servers leave out rows without a match: the keys themselves, or
/// if these are too many the least and the greatest.
final class KeyFilter {
  /// More rows are not looked through for their keys.
  static final long MAX_ROWS = 1 << 20;

  /// More keys are not sent.
  private static final int MAX_KEYS = 400_000;

  private static final long MAX_BYTES = 4 << 20;

  private KeyFilter() {}

  /// Whether one of `columns` comes straight from a scan.
  static boolean reaches(
      PlanNode input, List<Integer> columns, PlanNode other, List<Integer> otherColumns) {
    for (int k = 0; k < columns.size(); k++) {
      ColumnType type = input.types().get(columns.get(k));
      if (isSendable(type, other.types().get(otherColumns.get(k)))
          && restricted(input, columns.get(k), null) != null) {
        return true;
      }
    }
    return false;
  }

  /// The input with conditions that its keys be among those of the rows.
  ///
  /// @param columns keys of the input
  /// @param rows of the other input
  /// @param rowColumns the keys in them
  /// @param rowTypes the types of all their columns
  static PlanNode apply(
      PlanNode input,
      List<Integer> columns,
      List<Page> rows,
      List<Integer> rowColumns,
      List<ColumnType> rowTypes,
      MemoryBudget memory) {
    boolean few = rows.stream().mapToLong(Page::rowCount).sum() <= MAX_ROWS;
    PlanNode result = input;
    for (int k = 0; k < columns.size(); k++) {
      int column = columns.get(k);
      int rowColumn = rowColumns.get(k);
      ColumnType type = rowTypes.get(rowColumn);
      if (isSendable(input.types().get(column), type) && restricted(result, column, null) != null) {
        Optional<List<Expression>> keys =
            few ? keys(rows, rowColumn, type, memory) : Optional.empty();
        UnaryOperator<Expression> condition = null;
        if (keys.isPresent()) {
          condition = source -> among(source, keys.get());
        } else if (type.dataType().representation() == Representation.LONG
            && type.dataType() != DataType.BOOLEAN) {
          condition = range(rows, rowColumn);
        }
        PlanNode narrower = condition == null ? null : restricted(result, column, condition);
        result = narrower == null ? result : narrower;
      }
    }
    return result;
  }

  private static Expression among(Expression source, List<Expression> keys) {
    if (keys.isEmpty()) {
      return new Expression.Literal(0L, ColumnType.BOOLEAN);
    }
    List<Expression> arguments = new ArrayList<>(keys.size() + 1);
    arguments.add(source);
    arguments.addAll(keys);
    return new Expression.Call("IN", arguments, ColumnType.BOOLEAN);
  }

  private static UnaryOperator<Expression> range(List<Page> rows, int column) {
    long least = Long.MAX_VALUE;
    long greatest = Long.MIN_VALUE;
    for (Page page : rows) {
      LongValues values = (LongValues) page.column(column);
      for (int i = 0; i < page.rowCount(); i++) {
        if (!values.isNull(i)) {
          least = Math.min(least, values.values()[i]);
          greatest = Math.max(greatest, values.values()[i]);
        }
      }
    }
    long from = least;
    long to = greatest;
    return source ->
        from > to
            ? new Expression.Literal(0L, ColumnType.BOOLEAN)
            : Expression.call(
                "AND",
                ColumnType.BOOLEAN,
                Expression.call("GE", ColumnType.BOOLEAN, source, bound(source, from)),
                Expression.call("LE", ColumnType.BOOLEAN, source, bound(source, to)));
  }

  /// The nearest value that the column may have.
  private static Expression bound(Expression source, long value) {
    boolean isInt = source.type().equals(ColumnType.INT);
    return new Expression.Literal(
        isInt ? Math.clamp(value, Integer.MIN_VALUE, Integer.MAX_VALUE) : value, source.type());
  }

  /// Values of which equal ones are written alike.
  private static boolean isSendable(ColumnType a, ColumnType b) {
    DataType left = a.dataType();
    DataType right = b.dataType();
    boolean exact =
        left.representation() == Representation.LONG
            || left.representation() == Representation.BYTES;
    return exact && (left == right || left.isInteger() && right.isInteger());
  }

  private static Optional<List<Expression>> keys(
      List<Page> rows, int column, ColumnType type, MemoryBudget memory) {
    try (MemoryBudget own = memory.child("the query", Long.MAX_VALUE, "its memory limit")) {
      GroupTable table = new GroupTable(List.of(type), own);
      int[] groups = new int[Page.TARGET_ROWS];
      for (Page page : rows) {
        if (groups.length < page.rowCount()) {
          groups = new int[page.rowCount()];
        }
        table.lookup(List.of(page.column(column)), page.rowCount(), groups);
        if (table.groupCount() > MAX_KEYS) {
          return Optional.empty();
        }
      }
      Values keys = table.keys().getFirst();
      if (keys.sizeBytes() > MAX_BYTES) {
        return Optional.empty();
      }
      List<Expression> literals = new ArrayList<>(table.groupCount());
      for (int i = 0; i < table.groupCount(); i++) {
        if (!keys.isNull(i)) {
          literals.add(new Expression.Literal(keys.get(i), type));
        }
      }
      return Optional.of(literals);
    }
  }

  /// `node` without rows whose `column` does not pass; null if they cannot be kept out of a scan.
  ///
  /// @param keys the condition of the column; null only asks
  private static @Nullable PlanNode restricted(
      PlanNode node, int column, @Nullable UnaryOperator<Expression> keys) {
    return switch (node) {
      case PlanNode.Scan scan -> restrictedScan(scan, column, keys);
      case PlanNode.Filter filter -> through(filter, 0, column, keys);
      case PlanNode.Project project ->
          project.expressions().get(column) instanceof Expression.Column source
              ? through(project, 0, source.index(), keys)
              : null;
      case PlanNode.MergeAggregate merge ->
          column < merge.keyCount() ? through(merge, 0, column, keys) : null;
      case PlanNode.Aggregate aggregate ->
          column < aggregate.groupKeys().size()
                  && aggregate.groupingSets().size() == 1
                  && aggregate.groupingSets().getFirst().contains(column)
                  && aggregate.groupKeys().get(column) instanceof Expression.Column source
              ? through(aggregate, 0, source.index(), keys)
              : null;
      case PlanNode.Sort sort ->
          sort.limit() == null && sort.offset() == null ? through(sort, 0, column, keys) : null;
      case PlanNode.Join join -> {
        int leftWidth = join.left().types().size();
        if (column < leftWidth) {
          yield join.kind() == JoinKind.RIGHT || join.kind() == JoinKind.FULL
              ? null
              : through(join, 0, column, keys);
        }
        // Which row is the nearest depends on all of them.
        yield join.nearest() == null
                && (join.kind() == JoinKind.INNER || join.kind() == JoinKind.RIGHT)
            ? through(join, 1, column - leftWidth, keys)
            : null;
      }
      case PlanNode.Unnest unnest ->
          column < unnest.input().types().size() ? through(unnest, 0, column, keys) : null;
      case PlanNode.LookupJoin join -> restrictedPlans(join, column, keys);
      case PlanNode.SetOperation set -> null;
      case PlanNode.Values values -> null;
      case PlanNode.Window window -> null;
      case PlanNode.Given given -> null;
      case PlanNode.Shared shared -> null;
      case PlanNode.Recursion recursion -> null;
      case PlanNode.Lateral lateral ->
          column < lateral.left().types().size() ? through(lateral, 0, column, keys) : null;
    };
  }

  /// Both ways to compute it.
  private static @Nullable PlanNode restrictedPlans(
      PlanNode.LookupJoin join, int column, @Nullable UnaryOperator<Expression> keys) {
    PlanNode pushed = restricted(join.pushed(), column, keys);
    PlanNode otherwise = restricted(join.otherwise(), column, keys);
    return pushed == null || otherwise == null
        ? null
        : new PlanNode.LookupJoin(pushed, otherwise, join.sides(), join.keys());
  }

  private static @Nullable PlanNode through(
      PlanNode node, int input, int column, @Nullable UnaryOperator<Expression> keys) {
    PlanNode below = restricted(node.inputs().get(input), column, keys);
    if (below == null || keys == null) {
      return below;
    }
    List<PlanNode> inputs = new ArrayList<>(node.inputs());
    inputs.set(input, below);
    return node.withInputs(inputs);
  }

  private static PlanNode.@Nullable Scan restrictedScan(
      PlanNode.Scan scan, int column, @Nullable UnaryOperator<Expression> keys) {
    SegmentQuery query = scan.query();
    Expression source =
        switch (query.output()) {
          case SegmentQuery.Selection rows ->
              rows.limit() == SegmentQuery.NO_LIMIT ? rows.projections().get(column) : null;
          case SegmentQuery.Aggregation groups ->
              groups.limit() == SegmentQuery.NO_LIMIT && column < groups.groupKeys().size()
                  ? groups.groupKeys().get(column)
                  : null;
        };
    if (!(source instanceof Expression.Column)
        || source.type().isArray()
        || SystemTables.owns(query.table())) {
      return null;
    }
    if (keys == null) {
      return scan;
    }
    Expression among = keys.apply(source);
    Expression filter =
        query.filter() == null
            ? among
            : Expression.call("AND", ColumnType.BOOLEAN, query.filter(), among);
    return new PlanNode.Scan(
        new SegmentQuery(
            query.table(), query.columns(), query.columnTypes(), filter, query.output()));
  }
}
