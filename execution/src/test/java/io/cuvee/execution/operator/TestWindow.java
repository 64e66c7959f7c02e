package io.cuvee.execution.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.PlanNode.Window.Excluded;
import io.cuvee.common.plan.PlanNode.Window.Frame;
import io.cuvee.common.plan.PlanNode.Window.Unit;
import io.cuvee.common.plan.SortKey;
import io.cuvee.common.type.ColumnType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TestWindow {
  private static final long FIRST = Long.MIN_VALUE;
  private static final long LAST = Long.MAX_VALUE;
  private static final Expression ID = new Expression.Column(2, ColumnType.LONG);

  private static AggregateCall call(String function, ColumnType type, Expression... arguments) {
    return new AggregateCall(function, List.of(arguments), false, null, type);
  }

  private static Expression literal(long value) {
    return new Expression.Literal(value, ColumnType.LONG);
  }

  @Test
  void agreesWithLoopsOverPartitions() {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    OperatorFixture fixture = new OperatorFixture(seed);
    List<Frame> whole =
        List.of(
            new Frame(false, FIRST, 0),
            new Frame(false, 0, LAST),
            new Frame(false, 0, 0),
            new Frame(true, FIRST, 0),
            new Frame(true, FIRST, LAST),
            new Frame(true, -2, 1),
            new Frame(true, 1, 3),
            new Frame(true, -3, -2),
            new Frame(true, 0, LAST),
            new Frame(true, FIRST, -1),
            groups(-1, 1),
            groups(1, 2),
            groups(-3, -2),
            groups(FIRST, -1),
            groups(0, LAST));
    List<Frame> frames = new ArrayList<>();
    for (Excluded excluded : Excluded.values()) {
      whole.forEach(frame ->
          frames.add(
              new Frame(
                  frame.unit(), frame.start(), frame.end(), Frame.NONE, Frame.NONE, excluded)));
    }
    List<AggregateCall> calls =
        List.of(
            call("ROW_NUMBER", ColumnType.LONG),
            call("RANK", ColumnType.LONG),
            call("DENSE_RANK", ColumnType.LONG),
            call("NTILE", ColumnType.LONG, literal(3)),
            call("LAG", ColumnType.LONG, ID),
            call("LEAD", ColumnType.LONG, ID, literal(2), literal(-7)),
            call("FIRST_VALUE", ColumnType.LONG, ID),
            call("LAST_VALUE", ColumnType.LONG, ID),
            call("NTH_VALUE", ColumnType.LONG, ID, literal(2)),
            call("FIRST_VALUE IGNORE NULLS", ColumnType.LONG, ID),
            call("LAST_VALUE IGNORE NULLS", ColumnType.LONG, ID),
            call("NTH_VALUE IGNORE NULLS", ColumnType.LONG, ID, literal(2)),
            call("SUM", ColumnType.LONG, ID),
            call("COUNT", ColumnType.LONG),
            call("MAX", ColumnType.LONG, ID));
    for (Frame frame : frames) {
      for (int round = 0; round < 4; round++) {
        int count = fixture.random.nextInt(60);
        PlanNode.Scan table =
            fixture.table("t", count, 0.2, ColumnType.INT, ColumnType.INT, ColumnType.DATE);
        boolean partitioned = round != 1;
        boolean ordered = round != 2;
        PlanNode.Window window =
            new PlanNode.Window(
                table,
                partitioned ? List.of(0) : List.of(),
                ordered ? List.of(new SortKey(1, true, true)) : List.of(),
                frame,
                calls);
        check("seed " + seed + " " + frame, fixture.run(window), window);
      }
    }
  }

  private static Frame groups(long start, long end) {
    return new Frame(Unit.GROUPS, start, end, Frame.NONE, Frame.NONE, Excluded.NOTHING);
  }

  /// The first row of the partition that is at least `offset` groups of peers behind row `i`.
  private static int groupEdge(
      List<List<@Nullable Object>> rows,
      List<Integer> orderColumns,
      int i,
      int start,
      int end,
      long offset) {
    int edge = start;
    while (edge < end) {
      int distance = 0;
      for (int j = Math.min(edge, i) + 1; j <= Math.max(edge, i); j++) {
        distance += same(rows, j - 1, j, orderColumns) ? 0 : 1;
      }
      if ((edge < i ? -distance : distance) >= offset) {
        break;
      }
      edge++;
    }
    return edge;
  }

  /// Recomputes each row's results from the rows as they came out, which must be sorted.
  private static void check(
      String description, List<List<@Nullable Object>> rows, PlanNode.Window window) {
    for (int i = 0; i < rows.size(); i++) {
      int start = i;
      while (start > 0 && same(rows, start - 1, i, window.partitionKeys())) {
        start--;
      }
      int end = i + 1;
      while (end < rows.size() && same(rows, end, i, window.partitionKeys())) {
        end++;
      }
      List<Integer> orderColumns = window.order().stream().map(SortKey::column).toList();
      int peerStart = i;
      while (peerStart > start && same(rows, peerStart - 1, i, orderColumns)) {
        peerStart--;
      }
      int peerEnd = i + 1;
      while (peerEnd < end && same(rows, peerEnd, i, orderColumns)) {
        peerEnd++;
      }
      long dense = 1;
      for (int j = start + 1; j <= i; j++) {
        dense += same(rows, j - 1, j, orderColumns) ? 0 : 1;
      }
      Frame frame = window.frame();
      long from =
          frame.start() == FIRST
              ? start
              : switch (frame.unit()) {
                case ROWS -> i + frame.start();
                case RANGE -> peerStart;
                case GROUPS -> groupEdge(rows, orderColumns, i, start, end, frame.start());
              };
      long to =
          frame.end() == LAST
              ? end
              : switch (frame.unit()) {
                case ROWS -> i + frame.end() + 1;
                case RANGE -> peerEnd;
                case GROUPS -> groupEdge(rows, orderColumns, i, start, end, frame.end() + 1);
              };
      int first = (int) Math.max(start, from);
      int last = (int) Math.min(end, to);
      List<@Nullable Object> inFrame = new ArrayList<>();
      for (int j = first; j < last; j++) {
        boolean excluded =
            switch (frame.excluded()) {
              case NOTHING -> false;
              case CURRENT_ROW -> j == i;
              case GROUP -> j >= peerStart && j < peerEnd;
              case TIES -> j >= peerStart && j < peerEnd && j != i;
            };
        if (!excluded) {
          inFrame.add(rows.get(j).get(2));
        }
      }
      List<Long> values = inFrame.stream().filter(Objects::nonNull).map(Long.class::cast).toList();
      int size = end - start;
      int small = size / 3;
      int index = i - start;
      int larger = size % 3;
      long tile =
          index < larger * (small + 1)
              ? index / (small + 1) + 1
              : larger + (index - larger * (small + 1)) / Math.max(1, small) + 1;
      List<@Nullable Object> expected = new ArrayList<>(rows.get(i).subList(0, 3));
      expected.add(i - start + 1L);
      expected.add(peerStart - start + 1L);
      expected.add(dense);
      expected.add(tile);
      expected.add(i > start ? rows.get(i - 1).get(2) : null);
      expected.add(i + 2 < end ? rows.get(i + 2).get(2) : Long.valueOf(-7));
      expected.add(inFrame.isEmpty() ? null : inFrame.getFirst());
      expected.add(inFrame.isEmpty() ? null : inFrame.getLast());
      expected.add(inFrame.size() < 2 ? null : inFrame.get(1));
      expected.add(values.isEmpty() ? null : values.getFirst());
      expected.add(values.isEmpty() ? null : values.getLast());
      expected.add(values.size() < 2 ? null : values.get(1));
      expected.add(values.isEmpty() ? null : values.stream().mapToLong(x -> x).sum());
      expected.add((long) inFrame.size());
      expected.add(values.isEmpty() ? null : values.stream().mapToLong(x -> x).max().getAsLong());
      assertThat(rows.get(i)).as("%s row %d", description, i).isEqualTo(expected);
    }
  }

  private static boolean same(
      List<List<@Nullable Object>> rows, int a, int b, List<Integer> columns) {
    return columns.stream().allMatch(c -> Objects.equals(rows.get(a).get(c), rows.get(b).get(c)));
  }
}
