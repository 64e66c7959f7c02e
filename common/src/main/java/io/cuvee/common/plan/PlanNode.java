package io.cuvee.common.plan;

import io.cuvee.common.type.ColumnType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// An operator at the broker. The leaves are scans that servers run; everything above runs in the
/// broker's columnar operators (`execution.operator`). Rows flow as pages whose columns have
/// [#types()].
public sealed interface PlanNode {
  /// The types of the columns of the output.
  List<ColumnType> types();

  List<PlanNode> inputs();

  /// Rows or partial aggregate states of one table, gathered from servers.
  record Scan(SegmentQuery query) implements PlanNode {
    @Override
    public List<ColumnType> types() {
      return query.outputTypes();
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of();
    }
  }

  /// Constant rows; `rows.get(i).get(j)` is an expression without columns.
  record Values(List<List<Expression>> rows, List<ColumnType> types) implements PlanNode {
    @Override
    public List<PlanNode> inputs() {
      return List.of();
    }
  }

  record Filter(PlanNode input, Expression condition) implements PlanNode {
    @Override
    public List<ColumnType> types() {
      return input.types();
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }
  }

  record Project(PlanNode input, List<Expression> expressions) implements PlanNode {
    public Project {
      expressions = List.copyOf(expressions);
    }

    @Override
    public List<ColumnType> types() {
      return expressions.stream().map(Expression::type).toList();
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }
  }

  /// Merges the partial states that a [Scan] with an aggregation delivers into final values. Input
  /// columns: `keyCount` keys, then state columns; output: the keys, then one column for each
  /// aggregate.
  record MergeAggregate(PlanNode input, int keyCount, List<AggregateCall> aggregates)
      implements PlanNode {
    public MergeAggregate {
      aggregates = List.copyOf(aggregates);
    }

    @Override
    public List<ColumnType> types() {
      List<ColumnType> types = new ArrayList<>(input.types().subList(0, keyCount));
      aggregates.forEach(call -> types.add(call.type()));
      return List.copyOf(types);
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }
  }

  /// Groups rows at the broker. Output: the keys, then one column for each aggregate. For each
  /// grouping set the keys that are not in it are NULL; `groupingSets` holds positions in
  /// `groupKeys` and is one full set for a plain GROUP BY.
  record Aggregate(
      PlanNode input,
      List<Expression> groupKeys,
      List<List<Integer>> groupingSets,
      List<AggregateCall> aggregates)
      implements PlanNode {
    public Aggregate {
      groupKeys = List.copyOf(groupKeys);
      groupingSets = groupingSets.stream().map(List::copyOf).toList();
      aggregates = List.copyOf(aggregates);
    }

    @Override
    public List<ColumnType> types() {
      return Stream.concat(
              groupKeys.stream().map(Expression::type),
              aggregates.stream().map(AggregateCall::type))
          .toList();
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }
  }

  /// Orders by `order` (empty: keeps the order), skips `offset` rows and passes at most `limit`.
  /// Both are expressions without columns, so that they may be parameters; absent means none.
  record Sort(
      PlanNode input, List<SortKey> order, @Nullable Expression offset, @Nullable Expression limit)
      implements PlanNode {
    public Sort {
      order = List.copyOf(order);
    }

    @Override
    public List<ColumnType> types() {
      return input.types();
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }
  }

  enum JoinKind {
    INNER,
    LEFT,
    RIGHT,
    FULL,
    /// Left rows that have a match; output has the left columns only.
    SEMI,
    /// Left rows that have no match; output has the left columns only.
    ANTI
  }

  /// Joins on equality of key columns and on a residual condition over the left columns followed by
  /// the right columns. NULL keys match nothing. Without keys every pair is tested.
  ///
  /// @param nearest leaves each left row one match at most; not of kind SEMI or ANTI, without a
  ///   residual condition
  record Join(
      PlanNode left,
      PlanNode right,
      JoinKind kind,
      List<Integer> leftKeys,
      List<Integer> rightKeys,
      @Nullable Expression residual,
      @Nullable Nearest nearest)
      implements PlanNode {
    public Join {
      leftKeys = List.copyOf(leftKeys);
      rightKeys = List.copyOf(rightKeys);
    }

    public Join(
        PlanNode left,
        PlanNode right,
        JoinKind kind,
        List<Integer> leftKeys,
        List<Integer> rightKeys,
        @Nullable Expression residual) {
      this(left, right, kind, leftKeys, rightKeys, residual, null);
    }

    /// Of the right rows with the same keys the one whose value is nearest to the left row's, on
    /// one side of it. NULL is near nothing.
    ///
    /// @param leftValue a column of the left input
    /// @param rightValue a column of the right input, of the same type
    /// @param before whether it is the largest that is not above, else the smallest that is not
    ///   below
    /// @param orEqual whether it may be equal
    public record Nearest(int leftValue, int rightValue, boolean before, boolean orEqual) {}

    @Override
    public List<ColumnType> types() {
      return switch (kind) {
        case SEMI, ANTI -> left.types();
        case INNER, LEFT, RIGHT, FULL ->
            Stream.concat(left.types().stream(), right.types().stream()).toList();
      };
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of(left, right);
    }
  }

  enum SetKind {
    UNION,
    INTERSECT,
    EXCEPT
  }

  /// A set operation; NULLs are equal to each other.
  record SetOperation(SetKind kind, boolean all, List<PlanNode> inputs) implements PlanNode {
    public SetOperation {
      inputs = List.copyOf(inputs);
    }

    @Override
    public List<ColumnType> types() {
      return inputs.getFirst().types();
    }
  }

  /// Window functions with one partitioning, order and frame. Output: the input's columns, then one
  /// for each call.
  record Window(
      PlanNode input,
      List<Integer> partitionKeys,
      List<SortKey> order,
      Frame frame,
      List<AggregateCall> calls)
      implements PlanNode {
    public Window {
      partitionKeys = List.copyOf(partitionKeys);
      order = List.copyOf(order);
      calls = List.copyOf(calls);
    }

    /// What the bounds of a frame count.
    public enum Unit {
      ROWS,
      /// Rows that are equal in the order, of which only the current ones and all are counted, or
      /// distances of values.
      RANGE,
      /// Rows that are equal in the order count as one.
      GROUPS
    }

    /// Bounds as offsets from the current row: negative is preceding, 0 the current row, positive
    /// following; `Long.MIN_VALUE` and `Long.MAX_VALUE` are unbounded. With RANGE only 0 and the
    /// unbounded ones occur, unless a column of the input says for each row how far the values of
    /// the only sort key may go.
    ///
    /// @param startColumn holds the first value of the frame, in the sort key's order; [#NONE] if
    ///   `start` says where it begins
    /// @param endColumn the same of the last value
    /// @param excluded what is left out of each frame
    public record Frame(
        Unit unit, long start, long end, int startColumn, int endColumn, Excluded excluded) {
      public static final int NONE = -1;

      /// A frame that does not depend on values and leaves nothing out.
      public Frame(boolean rows, long start, long end) {
        this(rows ? Unit.ROWS : Unit.RANGE, start, end, NONE, NONE, Excluded.NOTHING);
      }

      public boolean rows() {
        return unit == Unit.ROWS;
      }
    }

    /// What of its neighbourhood a row does not see, though it is within the frame.
    public enum Excluded {
      NOTHING,
      CURRENT_ROW,
      /// The current row and its peers.
      GROUP,
      /// The peers of the current row, but not itself.
      TIES
    }

    @Override
    public List<ColumnType> types() {
      return Stream.concat(input.types().stream(), calls.stream().map(AggregateCall::type))
          .toList();
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }
  }

  /// Gives each row once for each element of the array in `column`. Output: the input's columns,
  /// then the element, and with `withOrdinality` its INT position from 1. A row whose array is NULL
  /// or empty is dropped, or with `keepsEmpty` given once, with NULL as the element and its
  /// position. Without `keepsArray` there is NULL in the place of the array, which nobody reads:
  /// for each element it would be there as a whole.
  record Unnest(
      PlanNode input, int column, boolean keepsEmpty, boolean withOrdinality, boolean keepsArray)
      implements PlanNode {
    public Unnest(PlanNode input, int column, boolean keepsEmpty) {
      this(input, column, keepsEmpty, false);
    }

    public Unnest(PlanNode input, int column, boolean keepsEmpty, boolean withOrdinality) {
      this(input, column, keepsEmpty, withOrdinality, true);
    }

    @Override
    public List<ColumnType> types() {
      List<ColumnType> types = new ArrayList<>(input.types());
      types.add(types.get(column).elementType());
      if (withOrdinality) {
        types.add(ColumnType.INT);
      }
      return List.copyOf(types);
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }
  }

  /// Rows that an operator above hands down: those of the last round of a [Recursion], or some of
  /// the left input of a [Lateral].
  ///
  /// @param number of that operator, which no other of the plan has
  record Given(int number, List<ColumnType> types) implements PlanNode {
    public Given {
      types = List.copyOf(types);
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of();
    }
  }

  /// Rows that are computed once for all readers in the plan, as those of a query of WITH that has
  /// random values. Each reader has the same input, of which one is run; the rows are held.
  ///
  /// @param number which no other rows of the plan that are shared have
  record Shared(PlanNode input, int number) implements PlanNode {
    @Override
    public List<ColumnType> types() {
      return input.types();
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }
  }

  /// The rows of `first`, then those of `next` over and over, which reads as [Given] rows what the
  /// round before gave, until a round gives none. Both inputs have the same types.
  ///
  /// @param all keeps equal rows; else each row comes once and counts as given in its first round
  ///   only
  record Recursion(PlanNode first, PlanNode next, boolean all, int number) implements PlanNode {
    @Override
    public List<ColumnType> types() {
      return first.types();
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of(first, next);
    }
  }

  /// Each row of `left` with the rows that `right` has for it. `right` is computed for many rows at
  /// once: it reads as [Given] rows the columns of `left` and a LONG that numbers the rows, and has
  /// that number as its first column. Output: the left columns, then the right ones but the first.
  ///
  /// @param keepsUnmatched gives left rows for which there is none once, with NULLs
  record Lateral(PlanNode left, PlanNode right, boolean keepsUnmatched, int number)
      implements PlanNode {
    @Override
    public List<ColumnType> types() {
      return Stream.concat(left.types().stream(), right.types().stream().skip(1)).toList();
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of(left, right);
    }
  }

  /// Groups of a join of one large input with small ones, computed on the servers: the small inputs
  /// are read first and become tables in the expressions of the scan, see [Lookup]. Where one has
  /// too many rows, or several of one key, the plan that joins at the broker runs instead.
  ///
  /// @param pushed with [Lookup]s among its expressions
  /// @param otherwise gives the same rows
  record LookupJoin(PlanNode pushed, PlanNode otherwise, List<PlanNode> sides, List<Integer> keys)
      implements PlanNode {
    public LookupJoin {
      sides = List.copyOf(sides);
      keys = List.copyOf(keys);
    }

    @Override
    public List<ColumnType> types() {
      return otherwise.types();
    }

    @Override
    public List<PlanNode> inputs() {
      return Stream.concat(Stream.of(pushed, otherwise), sides.stream()).toList();
    }
  }

  /// This operator over other inputs, which have the same types as the ones it has.
  default PlanNode withInputs(List<PlanNode> inputs) {
    return switch (this) {
      case Scan scan -> scan;
      case Values values -> values;
      case Given given -> given;
      case Shared shared -> new Shared(inputs.getFirst(), shared.number());
      case Recursion recursion ->
          new Recursion(inputs.get(0), inputs.get(1), recursion.all(), recursion.number());
      case Lateral lateral ->
          new Lateral(inputs.get(0), inputs.get(1), lateral.keepsUnmatched(), lateral.number());
      case Filter filter -> new Filter(inputs.getFirst(), filter.condition());
      case Project project -> new Project(inputs.getFirst(), project.expressions());
      case MergeAggregate merge ->
          new MergeAggregate(inputs.getFirst(), merge.keyCount(), merge.aggregates());
      case Aggregate aggregate ->
          new Aggregate(
              inputs.getFirst(),
              aggregate.groupKeys(),
              aggregate.groupingSets(),
              aggregate.aggregates());
      case Sort sort -> new Sort(inputs.getFirst(), sort.order(), sort.offset(), sort.limit());
      case Join join ->
          new Join(
              inputs.get(0),
              inputs.get(1),
              join.kind(),
              join.leftKeys(),
              join.rightKeys(),
              join.residual(),
              join.nearest());
      case SetOperation set -> new SetOperation(set.kind(), set.all(), inputs);
      case Window window ->
          new Window(
              inputs.getFirst(),
              window.partitionKeys(),
              window.order(),
              window.frame(),
              window.calls());
      case LookupJoin join ->
          new LookupJoin(
              inputs.get(0), inputs.get(1), inputs.subList(2, inputs.size()), join.keys());
      case Unnest unnest ->
          new Unnest(
              inputs.getFirst(),
              unnest.column(),
              unnest.keepsEmpty(),
              unnest.withOrdinality(),
              unnest.keepsArray());
    };
  }

  /// This plan with every expression replaced by `change`, at every depth.
  default PlanNode mapExpressions(UnaryOperator<Expression> change) {
    return switch (this) {
      case Scan scan -> new Scan(PlanExpressions.map(scan.query(), change));
      case Values values ->
          new Values(
              values.rows().stream()
                  .map(row -> row.stream().map(cell -> cell.rewrite(change)).toList())
                  .toList(),
              values.types());
      case Filter filter ->
          new Filter(filter.input().mapExpressions(change), filter.condition().rewrite(change));
      case Project project ->
          new Project(
              project.input().mapExpressions(change),
              PlanExpressions.map(project.expressions(), change));
      case MergeAggregate merge ->
          new MergeAggregate(
              merge.input().mapExpressions(change),
              merge.keyCount(),
              PlanExpressions.mapCalls(merge.aggregates(), change));
      case Aggregate aggregate ->
          new Aggregate(
              aggregate.input().mapExpressions(change),
              PlanExpressions.map(aggregate.groupKeys(), change),
              aggregate.groupingSets(),
              PlanExpressions.mapCalls(aggregate.aggregates(), change));
      case Sort sort ->
          new Sort(
              sort.input().mapExpressions(change),
              sort.order(),
              PlanExpressions.mapNullable(sort.offset(), change),
              PlanExpressions.mapNullable(sort.limit(), change));
      case Join join ->
          new Join(
              join.left().mapExpressions(change),
              join.right().mapExpressions(change),
              join.kind(),
              join.leftKeys(),
              join.rightKeys(),
              PlanExpressions.mapNullable(join.residual(), change),
              join.nearest());
      case SetOperation set ->
          new SetOperation(
              set.kind(),
              set.all(),
              set.inputs().stream().map(input -> input.mapExpressions(change)).toList());
      case Window window ->
          new Window(
              window.input().mapExpressions(change),
              window.partitionKeys(),
              window.order(),
              window.frame(),
              PlanExpressions.mapCalls(window.calls(), change));
      case Given given -> given;
      case LookupJoin join -> mapInputs(change);
      case Shared shared -> mapInputs(change);
      case Recursion recursion -> mapInputs(change);
      case Lateral lateral -> mapInputs(change);
      case Unnest unnest ->
          new Unnest(
              unnest.input().mapExpressions(change),
              unnest.column(),
              unnest.keepsEmpty(),
              unnest.withOrdinality(),
              unnest.keepsArray());
    };
  }

  /// The same operator, which has no expressions of its own, over changed inputs.
  private PlanNode mapInputs(UnaryOperator<Expression> change) {
    return withInputs(inputs().stream().map(input -> input.mapExpressions(change)).toList());
  }
}
