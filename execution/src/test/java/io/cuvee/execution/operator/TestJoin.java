package io.cuvee.execution.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.PlanNode.JoinKind;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TestJoin {
  @Test
  void allKindsAgreeWithNestedLoops() {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    OperatorFixture fixture = new OperatorFixture(seed);
    for (int round = 0; round < 40; round++) {
      PlanNode.Scan left =
          fixture.table(
              "l",
              fixture.random.nextInt(120),
              0.2,
              ColumnType.INT,
              ColumnType.STRING,
              ColumnType.LONG);
      PlanNode.Scan right =
          fixture.table("r", fixture.random.nextInt(90), 0.2, ColumnType.STRING, ColumnType.LONG);
      List<List<Integer>> leftKeys = List.of(List.of(), List.of(0), List.of(1), List.of(1, 0));
      List<List<Integer>> rightKeys = List.of(List.of(), List.of(1), List.of(0), List.of(0, 1));
      int keys = fixture.random.nextInt(4);
      boolean residual = fixture.random.nextBoolean();
      Expression condition =
          residual
              ? Expression.call(
                  "LT",
                  ColumnType.BOOLEAN,
                  new Expression.Column(2, ColumnType.LONG),
                  new Expression.Column(4, ColumnType.LONG))
              : null;
      for (JoinKind kind : JoinKind.values()) {
        PlanNode.Join join =
            new PlanNode.Join(
                left, right, kind, leftKeys.get(keys), rightKeys.get(keys), condition);
        assertThat(fixture.run(join))
            .as("seed %d, %s on %d keys, residual %s", seed, kind, keys, residual)
            .containsExactlyInAnyOrderElementsOf(
                naive(join, fixture.rows(left), fixture.rows(right), residual));
      }
    }
  }

  @Test
  void tooManyKeysToSendNarrowTheOtherSideToTheirRange() {
    OperatorFixture fixture = new OperatorFixture(1);
    int count = 450_000;
    List<Page> keys = new ArrayList<>();
    for (int from = 0; from < count; from += Page.TARGET_ROWS) {
      long first = from;
      long[] values = new long[Math.min(Page.TARGET_ROWS, count - from)];
      Arrays.setAll(values, i -> first + i);
      keys.add(new Page(values.length, List.of(LongValues.of(values))));
    }
    PlanNode.Scan many = fixture.table("many", keys, ColumnType.LONG);
    PlanNode.Scan few =
        fixture.table(
            "few",
            List.of(new Page(5, List.of(LongValues.of(-7, 0, 4711, count - 1, count)))),
            ColumnType.INT);
    PlanNode.Join join = new PlanNode.Join(few, many, JoinKind.INNER, List.of(0), List.of(0), null);
    assertThat(fixture.run(join, fixture.memory)).hasSize(3);
    assertThat(fixture.scannedRows("few")).isEqualTo(3);
  }

  private static List<List<@Nullable Object>> naive(
      PlanNode.Join join,
      List<List<@Nullable Object>> left,
      List<List<@Nullable Object>> right,
      boolean residual) {
    List<List<@Nullable Object>> result = new ArrayList<>();
    boolean[] rightMatched = new boolean[right.size()];
    for (List<@Nullable Object> l : left) {
      boolean matched = false;
      for (int j = 0; j < right.size(); j++) {
        List<@Nullable Object> r = right.get(j);
        boolean pass = true;
        for (int k = 0; k < join.leftKeys().size(); k++) {
          Object a = l.get(join.leftKeys().get(k));
          pass &= a != null && Objects.equals(a, r.get(join.rightKeys().get(k)));
        }
        if (residual) {
          pass &= l.get(2) instanceof Long a && r.get(1) instanceof Long b && a < b;
        }
        if (!pass) {
          continue;
        }
        matched = true;
        rightMatched[j] = true;
        if (join.kind() != JoinKind.SEMI && join.kind() != JoinKind.ANTI) {
          result.add(OperatorFixture.concat(l, r));
        }
      }
      if (matched ? join.kind() == JoinKind.SEMI : join.kind() == JoinKind.ANTI) {
        result.add(l);
      }
      if (!matched && (join.kind() == JoinKind.LEFT || join.kind() == JoinKind.FULL)) {
        result.add(OperatorFixture.concat(l, OperatorFixture.nulls(2)));
      }
    }
    for (int j = 0; j < right.size(); j++) {
      if (!rightMatched[j] && (join.kind() == JoinKind.RIGHT || join.kind() == JoinKind.FULL)) {
        result.add(OperatorFixture.concat(OperatorFixture.nulls(3), right.get(j)));
      }
    }
    return result;
  }

  @Test
  void oneKeyWithManyMatchesComesInSeveralPages() {
    OperatorFixture fixture = new OperatorFixture(1);
    PlanNode.Scan left = fixture.table("l", 300, 1.0, ColumnType.INT);
    PlanNode.Scan right = fixture.table("r", 300, 1.0, ColumnType.INT);
    PlanNode join = new PlanNode.Join(left, right, JoinKind.INNER, List.of(), List.of(), null);
    assertThat(fixture.run(join)).hasSize(90_000);
  }
}
