package io.cuvee.calcite.translate;

import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.plan.SortKey;
import io.cuvee.common.type.ColumnType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;

/// Cuts off the columns that nobody above needs, down to those that the servers read.
final class ColumnPruning {
  private ColumnPruning() {}

  /// `root` with the same output, from as little as possible.
  static PlanNode apply(PlanNode root) {
    BitSet all = new BitSet();
    all.set(0, root.types().size());
    Pruned pruned = prune(root, all);
    List<Expression> columns = Relation.columnsOf(pruned.node.types());
    List<Expression> output = new ArrayList<>();
    for (int position : pruned.positions) {
      output.add(columns.get(position));
    }
    return Plans.project(pruned.node, output);
  }

  /// A node and where it has the columns of the node it replaces; -1 for those cut off.
  private record Pruned(PlanNode node, int[] positions) {
    Expression moved(Expression expression) {
      return expression.rewrite(part ->
          part instanceof Expression.Column column && positions[column.index()] != column.index()
              ? new Expression.Column(positions[column.index()], column.type())
              : part);
    }

    List<Expression> moved(List<Expression> expressions) {
      return expressions.stream().map(this::moved).toList();
    }

    AggregateCall moved(AggregateCall call) {
      return new AggregateCall(
          call.function(),
          moved(call.arguments()),
          call.distinct(),
          call.filter() == null ? null : moved(call.filter()),
          call.type());
    }

    List<SortKey> movedKeys(List<SortKey> keys) {
      return keys.stream()
          .map(key -> new SortKey(positions[key.column()], key.descending(), key.nullsFirst()))
          .toList();
    }

    List<Integer> movedPositions(List<Integer> columns) {
      return columns.stream().map(column -> positions[column]).toList();
    }
  }

  private static Pruned prune(PlanNode node, BitSet required) {
    return switch (node) {
      case PlanNode.Scan scan -> scan(scan, required);
      case PlanNode.Values values -> values(values, required);
      case PlanNode.Filter filter -> {
        BitSet needed = copy(required);
        collect(filter.condition(), needed);
        Pruned input = prune(filter.input(), needed);
        yield new Pruned(
            new PlanNode.Filter(input.node, input.moved(filter.condition())), input.positions);
      }
      case PlanNode.Project project -> project(project, required);
      case PlanNode.MergeAggregate merge -> merge(merge, required);
      case PlanNode.Aggregate aggregate -> aggregate(aggregate, required);
      case PlanNode.Sort sort -> {
        BitSet needed = copy(required);
        sort.order().forEach(key -> needed.set(key.column()));
        Pruned input = prune(sort.input(), needed);
        yield new Pruned(
            new PlanNode.Sort(
                input.node, input.movedKeys(sort.order()), sort.offset(), sort.limit()),
            input.positions);
      }
      case PlanNode.Join join -> join(join, required);
      case PlanNode.SetOperation set -> set(set, required);
      case PlanNode.Window window -> window(window, required);
      case PlanNode.LookupJoin join -> new Pruned(join, identity(join.types().size()));
      case PlanNode.Unnest unnest -> unnest(unnest, required);
      case PlanNode.Given given -> new Pruned(given, identity(given.types().size()));
      // Each reader may need others, and all have the same input.
      case PlanNode.Shared shared -> whole(shared);
      case PlanNode.Recursion recursion -> whole(recursion);
      case PlanNode.Lateral lateral -> whole(lateral);
    };
  }

  /// A node all of whose inputs' columns are needed, since what is below reads them as given rows.
  private static Pruned whole(PlanNode node) {
    return new Pruned(
        node.withInputs(node.inputs().stream().map(ColumnPruning::apply).toList()),
        identity(node.types().size()));
  }

  private static Pruned scan(PlanNode.Scan scan, BitSet required) {
    if (!(scan.query().output() instanceof SegmentQuery.Selection selection)) {
      return new Pruned(scan, identity(scan.types().size()));
    }
    BitSet needed = copy(required);
    selection.order().forEach(key -> needed.set(key.column()));
    int[] positions = new int[selection.projections().size()];
    List<Expression> kept = kept(selection.projections(), needed, positions);
    Pruned moved = new Pruned(scan, positions);
    SegmentQuery query = scan.query();
    return new Pruned(
        new PlanNode.Scan(
            ScanColumns.withoutUnused(
                new SegmentQuery(
                    query.table(),
                    query.columns(),
                    query.columnTypes(),
                    query.filter(),
                    new SegmentQuery.Selection(
                        kept, moved.movedKeys(selection.order()), selection.limit())))),
        positions);
  }

  /// The required ones of `expressions`, or a constant if none is, since there must be a column for
  /// the rows to be counted.
  private static List<Expression> kept(
      List<Expression> expressions, BitSet required, int[] positions) {
    Arrays.fill(positions, -1);
    List<Expression> kept = new ArrayList<>();
    for (int i = 0; i < expressions.size(); i++) {
      if (required.get(i)) {
        positions[i] = kept.size();
        kept.add(expressions.get(i));
      }
    }
    return kept.isEmpty() ? List.of(Literals.TRUE) : kept;
  }

  private static Pruned values(PlanNode.Values values, BitSet required) {
    int width = values.types().size();
    int[] positions = new int[width];
    Arrays.fill(positions, -1);
    List<ColumnType> types = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      if (required.get(i)) {
        positions[i] = types.size();
        types.add(values.types().get(i));
      }
    }
    if (types.isEmpty() || types.size() == width) {
      return new Pruned(values, identity(width));
    }
    List<List<Expression>> rows = new ArrayList<>();
    for (List<Expression> row : values.rows()) {
      List<Expression> kept = new ArrayList<>();
      for (int i = 0; i < width; i++) {
        if (required.get(i)) {
          kept.add(row.get(i));
        }
      }
      rows.add(kept);
    }
    return new Pruned(new PlanNode.Values(rows, types), positions);
  }

  private static Pruned project(PlanNode.Project project, BitSet required) {
    int[] positions = new int[project.expressions().size()];
    List<Expression> kept = kept(project.expressions(), required, positions);
    BitSet needed = new BitSet();
    kept.forEach(expression -> collect(expression, needed));
    Pruned input = prune(project.input(), needed);
    return new Pruned(Plans.project(input.node, input.moved(kept)), positions);
  }

  private static Pruned merge(PlanNode.MergeAggregate merge, BitSet required) {
    int[] positions = identity(merge.types().size());
    boolean all = required.nextClearBit(merge.keyCount()) >= merge.types().size();
    if (all
        || !(merge.input() instanceof PlanNode.Scan scan)
        || !(scan.query().output() instanceof SegmentQuery.Aggregation aggregation)) {
      return new Pruned(merge, positions);
    }
    List<AggregateCall> calls =
        keptCalls(aggregation.aggregates(), merge.keyCount(), required, positions);
    SegmentQuery query = scan.query();
    SegmentQuery smaller =
        ScanColumns.withoutUnused(
            new SegmentQuery(
                query.table(),
                query.columns(),
                query.columnTypes(),
                query.filter(),
                new SegmentQuery.Aggregation(
                    aggregation.groupKeys(), calls, aggregation.order(), aggregation.limit())));
    List<AggregateCall> merged = ((SegmentQuery.Aggregation) smaller.output()).aggregates();
    return new Pruned(
        new PlanNode.MergeAggregate(new PlanNode.Scan(smaller), merge.keyCount(), merged),
        positions);
  }

  private static List<AggregateCall> keptCalls(
      List<AggregateCall> calls, int before, BitSet required, int[] positions) {
    List<AggregateCall> kept = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      boolean keep = required.get(before + i);
      positions[before + i] = keep ? before + kept.size() : -1;
      if (keep) {
        kept.add(calls.get(i));
      }
    }
    // A group without keys and aggregates would be no row at all.
    if (kept.isEmpty() && before == 0 && !calls.isEmpty()) {
      positions[0] = 0;
      kept.add(calls.getFirst());
    }
    return kept;
  }

  private static Pruned aggregate(PlanNode.Aggregate aggregate, BitSet required) {
    int keyCount = aggregate.groupKeys().size();
    int[] positions = identity(aggregate.types().size());
    List<AggregateCall> calls = keptCalls(aggregate.aggregates(), keyCount, required, positions);
    BitSet needed = new BitSet();
    aggregate.groupKeys().forEach(key -> collect(key, needed));
    calls.forEach(call -> collect(call, needed));
    Pruned input = prune(aggregate.input(), needed);
    return new Pruned(
        new PlanNode.Aggregate(
            input.node,
            input.moved(aggregate.groupKeys()),
            aggregate.groupingSets(),
            calls.stream().map(input::moved).toList()),
        positions);
  }

  private static Pruned join(PlanNode.Join join, BitSet required) {
    int leftWidth = join.left().types().size();
    BitSet both = copy(required);
    if (join.residual() != null) {
      collect(join.residual(), both);
    }
    BitSet leftNeeded = both.get(0, leftWidth);
    join.leftKeys().forEach(leftNeeded::set);
    BitSet rightNeeded = both.get(leftWidth, Math.max(leftWidth, both.length()));
    join.rightKeys().forEach(rightNeeded::set);
    PlanNode.Join.Nearest nearest = join.nearest();
    if (nearest != null) {
      leftNeeded.set(nearest.leftValue());
      rightNeeded.set(nearest.rightValue());
    }
    Pruned left = prune(join.left(), leftNeeded);
    Pruned right = prune(join.right(), rightNeeded);
    int newLeftWidth = left.node.types().size();
    int[] positions = new int[leftWidth + right.positions.length];
    System.arraycopy(left.positions, 0, positions, 0, leftWidth);
    for (int i = 0; i < right.positions.length; i++) {
      positions[leftWidth + i] = right.positions[i] < 0 ? -1 : newLeftWidth + right.positions[i];
    }
    Pruned inputs = new Pruned(join, positions);
    PlanNode node =
        new PlanNode.Join(
            left.node,
            right.node,
            join.kind(),
            left.movedPositions(join.leftKeys()),
            right.movedPositions(join.rightKeys()),
            join.residual() == null ? null : inputs.moved(join.residual()),
            nearest == null
                ? null
                : new PlanNode.Join.Nearest(
                    left.positions[nearest.leftValue()],
                    right.positions[nearest.rightValue()],
                    nearest.before(),
                    nearest.orEqual()));
    return new Pruned(node, Arrays.copyOf(positions, join.types().size()));
  }

  private static Pruned set(PlanNode.SetOperation set, BitSet required) {
    int width = set.types().size();
    boolean free = set.kind() == PlanNode.SetKind.UNION && set.all() && !required.isEmpty();
    BitSet needed = copy(required);
    if (!free) {
      needed.set(0, width);
    }
    int[] positions = new int[width];
    Arrays.fill(positions, -1);
    int next = 0;
    for (int i = needed.nextSetBit(0); i >= 0; i = needed.nextSetBit(i + 1)) {
      positions[i] = next++;
    }
    List<PlanNode> inputs = new ArrayList<>();
    for (PlanNode input : set.inputs()) {
      Pruned pruned = prune(input, needed);
      List<Expression> columns = Relation.columnsOf(pruned.node.types());
      List<Expression> wanted = new ArrayList<>();
      for (int i = needed.nextSetBit(0); i >= 0; i = needed.nextSetBit(i + 1)) {
        wanted.add(columns.get(pruned.positions[i]));
      }
      inputs.add(Plans.project(pruned.node, wanted));
    }
    return new Pruned(new PlanNode.SetOperation(set.kind(), set.all(), inputs), positions);
  }

  /// The columns that say how far frames go.
  private static List<Integer> boundColumns(PlanNode.Window.Frame frame) {
    return Stream.of(frame.startColumn(), frame.endColumn())
        .filter(column -> column != PlanNode.Window.Frame.NONE)
        .toList();
  }

  private static PlanNode.Window.Frame moved(PlanNode.Window.Frame frame, Pruned input) {
    return new PlanNode.Window.Frame(
        frame.unit(),
        frame.start(),
        frame.end(),
        moved(frame.startColumn(), input),
        moved(frame.endColumn(), input),
        frame.excluded());
  }

  private static int moved(int column, Pruned input) {
    return column == PlanNode.Window.Frame.NONE
        ? column
        : input.movedPositions(List.of(column)).getFirst();
  }

  private static Pruned window(PlanNode.Window window, BitSet required) {
    int width = window.input().types().size();
    int[] positions = identity(window.types().size());
    List<AggregateCall> calls = new ArrayList<>();
    for (int i = 0; i < window.calls().size(); i++) {
      if (required.get(width + i)) {
        calls.add(window.calls().get(i));
      }
    }
    BitSet needed = required.get(0, width);
    if (!calls.isEmpty()) {
      window.partitionKeys().forEach(needed::set);
      window.order().forEach(key -> needed.set(key.column()));
      boundColumns(window.frame()).forEach(needed::set);
      calls.forEach(call -> collect(call, needed));
    }
    Pruned input = prune(window.input(), needed);
    System.arraycopy(input.positions, 0, positions, 0, width);
    int next = input.node.types().size();
    for (int i = 0; i < window.calls().size(); i++) {
      positions[width + i] = required.get(width + i) ? next++ : -1;
    }
    PlanNode node =
        calls.isEmpty()
            ? input.node
            : new PlanNode.Window(
                input.node,
                input.movedPositions(window.partitionKeys()),
                input.movedKeys(window.order()),
                moved(window.frame(), input),
                calls.stream().map(input::moved).toList());
    return new Pruned(node, positions);
  }

  /// The element stays even if nobody reads it, since each is a row.
  private static Pruned unnest(PlanNode.Unnest unnest, BitSet required) {
    int width = unnest.input().types().size();
    BitSet needed = required.get(0, width);
    needed.set(unnest.column());
    Pruned input = prune(unnest.input(), needed);
    boolean withOrdinality = unnest.withOrdinality() && required.get(width + 1);
    int[] positions = Arrays.copyOf(input.positions, unnest.types().size());
    positions[width] = input.node.types().size();
    if (withOrdinality) {
      positions[width + 1] = positions[width] + 1;
    }
    return new Pruned(
        new PlanNode.Unnest(
            input.node,
            input.positions[unnest.column()],
            unnest.keepsEmpty(),
            withOrdinality,
            required.get(unnest.column())),
        positions);
  }

  private static void collect(AggregateCall call, BitSet into) {
    call.arguments().forEach(argument -> collect(argument, into));
    if (call.filter() != null) {
      collect(call.filter(), into);
    }
  }

  private static void collect(Expression expression, BitSet into) {
    switch (expression) {
      case Expression.Column column -> into.set(column.index());
      case Expression.Literal literal -> {}
      case Expression.Parameter parameter -> {}
      case Expression.Call call -> call.arguments().forEach(argument -> collect(argument, into));
    }
  }

  private static BitSet copy(BitSet set) {
    return (BitSet) set.clone();
  }

  private static int[] identity(int width) {
    int[] positions = new int[width];
    Arrays.setAll(positions, i -> i);
    return positions;
  }
}
