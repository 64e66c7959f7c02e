package io.cuvee.execution.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.RandomValues;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TestGroupTable {
  private static final List<List<ColumnType>> KEYS =
      List.of(
          List.of(),
          List.of(ColumnType.LONG),
          List.of(ColumnType.DOUBLE),
          List.of(ColumnType.INT, ColumnType.DOUBLE),
          List.of(ColumnType.STRING),
          List.of(ColumnType.BIG_DECIMAL),
          List.of(ColumnType.arrayOf(DataType.STRING)),
          List.of(ColumnType.STRING, ColumnType.LONG),
          List.of(
              ColumnType.STRING,
              ColumnType.BIG_DECIMAL,
              ColumnType.arrayOf(DataType.DOUBLE),
              ColumnType.DOUBLE));

  @Test
  void agreesWithHashMap() {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    Random random = new Random(seed);
    for (List<ColumnType> types : KEYS) {
      try (MemoryBudget budget = MemoryBudget.unlimited()) {
        GroupTable table = new GroupTable(types, budget);
        Map<List<Object>, Integer> expected = new HashMap<>();
        for (int round = 0; round < 20; round++) {
          int count = random.nextInt(200);
          List<Values> columns = new ArrayList<>();
          for (ColumnType type : types) {
            columns.add(new RandomValues(random).column(type, count, random.nextInt(3) * 0.1));
          }
          int[] groups = new int[count];
          table.lookup(columns, count, groups);
          int[] found = new int[count];
          table.find(columns, count, found);
          for (int i = 0; i < count; i++) {
            Integer group = expected.computeIfAbsent(key(columns, i), _ -> expected.size());
            assertThat(groups[i]).as("seed %d, %s", seed, types).isEqualTo(group);
            assertThat(found[i]).as("seed %d, %s", seed, types).isEqualTo(group);
          }
        }
        assertThat(table.groupCount()).isEqualTo(expected.size());
        List<Values> keys = table.keys();
        assertThat(keys).hasSize(types.size());
        expected.forEach(
            (key, group) -> assertThat(key(keys, group)).as("seed %d", seed).isEqualTo(key));
      }
    }
  }

  private static List<Object> key(List<Values> columns, int row) {
    List<Object> key = new ArrayList<>();
    for (Values column : columns) {
      key.add(RandomValues.key(column.get(row)));
    }
    return key;
  }

  @Test
  void manyKeysSurviveGrowing() {
    int count = 100_000;
    long[] longs = new long[count];
    String[] texts = new String[count];
    for (int i = 0; i < count; i++) {
      longs[i] = (long) i << 32;
      texts[i] = "k" + i;
    }
    GroupTable ofLongs = new GroupTable(List.of(ColumnType.LONG), MemoryBudget.unlimited());
    GroupTable ofTexts = new GroupTable(List.of(ColumnType.STRING), MemoryBudget.unlimited());
    for (int pass = 0; pass < 2; pass++) {
      int[] groups = new int[count];
      ofLongs.lookup(List.of(LongValues.of(longs)), count, groups);
      assertThat(groups[count - 1]).isEqualTo(count - 1);
      ofTexts.lookup(List.of(BytesValues.of(texts)), count, groups);
      assertThat(groups[count - 1]).isEqualTo(count - 1);
    }
    assertThat(((BytesValues) ofTexts.keys().getFirst()).text(777)).isEqualTo("k777");
  }

  @Test
  void findingAddsNothing() {
    GroupTable table = new GroupTable(List.of(ColumnType.DOUBLE), MemoryBudget.unlimited());
    int[] groups = new int[1];
    table.find(List.of(DoubleValues.of(1)), 1, groups);
    assertThat(groups[0]).isEqualTo(-1);
    assertThat(table.groupCount()).isZero();
  }

  @Test
  void keysBeyondTheBudgetAreRefused() {
    GroupTable table =
        new GroupTable(
            List.of(ColumnType.STRING, ColumnType.STRING),
            MemoryBudget.of("a query", 10_000, "query.memory-limit"));
    String[] texts = new String[1000];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = "text " + i;
    }
    BytesValues column = BytesValues.of(texts);
    assertThatThrownBy(
            () -> table.lookup(List.of(column, column), texts.length, new int[texts.length]))
        .isInstanceOfSatisfying(
            CuveeException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.MEMORY_LIMIT))
        .hasMessageContaining("10000 bytes")
        .hasMessageContaining("query.memory-limit");
  }
}
