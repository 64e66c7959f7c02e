package io.cuvee.execution.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TestUnnest {
  @Test
  void eachElementIsARow() {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    OperatorFixture fixture = new OperatorFixture(seed);
    for (int round = 0; round < 20; round++) {
      PlanNode.Scan table =
          fixture.table(
              "t" + round,
              fixture.random.nextInt(9000),
              0.2,
              ColumnType.INT,
              ColumnType.arrayOf(DataType.STRING),
              ColumnType.arrayOf(DataType.INT));
      int column = 1 + fixture.random.nextInt(2);
      boolean keepsEmpty = fixture.random.nextBoolean();
      boolean ordinality = fixture.random.nextBoolean();
      List<List<@Nullable Object>> expected = new ArrayList<>();
      for (List<@Nullable Object> row : fixture.rows(table)) {
        List<?> array = row.get(column) instanceof List<?> list ? list : List.of();
        long position = 0;
        for (Object element : array) {
          expected.add(with(row, element, ordinality, ++position));
        }
        if (array.isEmpty() && keepsEmpty) {
          expected.add(with(row, null, ordinality, null));
        }
      }
      assertThat(fixture.run(new PlanNode.Unnest(table, column, keepsEmpty, ordinality)))
          .as("seed %d, column %d, keepsEmpty %s, %s", seed, column, keepsEmpty, ordinality)
          .isEqualTo(expected);
    }
  }

  private static List<@Nullable Object> with(
      List<@Nullable Object> row,
      @Nullable Object element,
      boolean ordinality,
      @Nullable Long position) {
    List<@Nullable Object> longer = new ArrayList<>(row);
    longer.add(element);
    if (ordinality) {
      longer.add(position);
    }
    return longer;
  }
}
