package io.cuvee.execution.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TestLateral {
  @Test
  void eachRowGetsWhatIsComputedForIt() {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    OperatorFixture fixture = new OperatorFixture(seed);
    for (int round = 0; round < 20; round++) {
      PlanNode.Scan table =
          fixture.table(
              "t",
              fixture.random.nextInt(500),
              0.2,
              ColumnType.INT,
              ColumnType.arrayOf(DataType.INT));
      List<ColumnType> types = new ArrayList<>(table.types());
      types.add(ColumnType.LONG);
      PlanNode elements = new PlanNode.Unnest(new PlanNode.Given(3, types), 1, false);
      PlanNode found =
          new PlanNode.Project(
              new PlanNode.Filter(
                  elements,
                  Expression.call(
                      "GT",
                      ColumnType.BOOLEAN,
                      new Expression.Column(3, ColumnType.INT),
                      new Expression.Column(0, ColumnType.INT))),
              List.of(
                  new Expression.Column(2, ColumnType.LONG),
                  new Expression.Column(3, ColumnType.INT)));
      boolean keepsUnmatched = fixture.random.nextBoolean();
      List<List<@Nullable Object>> expected = new ArrayList<>();
      for (List<@Nullable Object> row : fixture.rows(table)) {
        boolean matched = false;
        for (Object element : row.get(1) instanceof List<?> list ? list : List.of()) {
          if (element != null && row.get(0) != null && (Long) element > (Long) row.get(0)) {
            expected.add(with(row, element));
            matched = true;
          }
        }
        if (!matched && keepsUnmatched) {
          expected.add(with(row, null));
        }
      }
      assertThat(fixture.run(new PlanNode.Lateral(table, found, keepsUnmatched, 3)))
          .as("seed %d", seed)
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  private static List<@Nullable Object> with(List<@Nullable Object> row, @Nullable Object element) {
    List<@Nullable Object> longer = new ArrayList<>(row);
    longer.add(element);
    return longer;
  }
}
