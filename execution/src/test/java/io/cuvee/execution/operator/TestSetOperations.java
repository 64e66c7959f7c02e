package io.cuvee.execution.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.PlanNode.SetKind;
import io.cuvee.common.type.ColumnType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TestSetOperations {
  @Test
  void allKindsAgreeWithCounting() {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    OperatorFixture fixture = new OperatorFixture(seed);
    for (int round = 0; round < 30; round++) {
      List<PlanNode.Scan> inputs = new ArrayList<>();
      for (int i = 0; i < 2 + fixture.random.nextInt(2); i++) {
        inputs.add(
            fixture.table(
                "t" + i, fixture.random.nextInt(100), 0.3, ColumnType.INT, ColumnType.DOUBLE));
      }
      for (SetKind kind : SetKind.values()) {
        for (boolean all : new boolean[] {true, false}) {
          PlanNode node = new PlanNode.SetOperation(kind, all, List.copyOf(inputs));
          assertThat(fixture.run(node))
              .as("seed %d, %s %s", seed, kind, all ? "ALL" : "DISTINCT")
              .containsExactlyInAnyOrderElementsOf(naive(fixture, inputs, kind, all));
        }
      }
    }
  }

  private static List<List<@Nullable Object>> naive(
      OperatorFixture fixture, List<PlanNode.Scan> inputs, SetKind kind, boolean all) {
    Map<List<@Nullable Object>, Integer> counts = counts(fixture, inputs.getFirst());
    for (PlanNode.Scan input : inputs.subList(1, inputs.size())) {
      Map<List<@Nullable Object>, Integer> others = counts(fixture, input);
      switch (kind) {
        case UNION -> others.forEach((row, count) -> counts.merge(row, count, Integer::sum));
        case INTERSECT ->
            counts.replaceAll((row, count) -> Math.min(count, others.getOrDefault(row, 0)));
        case EXCEPT ->
            counts.replaceAll((row, count) ->
                all
                    ? Math.max(0, count - others.getOrDefault(row, 0))
                    : others.containsKey(row) ? 0 : count);
      }
    }
    List<List<@Nullable Object>> rows = new ArrayList<>();
    counts.forEach((row, count) -> {
      for (int i = 0; i < (all ? count : Math.min(1, count)); i++) {
        rows.add(row);
      }
    });
    return rows;
  }

  private static Map<List<@Nullable Object>, Integer> counts(
      OperatorFixture fixture, PlanNode.Scan input) {
    Map<List<@Nullable Object>, Integer> counts = new HashMap<>();
    fixture.rows(input).forEach(row -> counts.merge(row, 1, Integer::sum));
    return counts;
  }
}
