package io.cuvee.engine.aggregation;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.BytesValuesBuilder;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TestGroupKeys {
  private static final int ROWS = 500;

  @Test
  void combinationsKeepTheirNumbersWhenAKeyOutgrowsItsBits() {
    // Six keys have ten bits each, and the first gets far more than 1,024 values.
    List<ColumnType> types = new ArrayList<>();
    types.add(ColumnType.STRING);
    for (int i = 0; i < 5; i++) {
      types.add(ColumnType.LONG);
    }
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    GroupKeys keys = new GroupKeys(types, MemoryBudget.unlimited());
    GroupKeys small = new GroupKeys(types, MemoryBudget.unlimited());
    Map<List<Object>, Integer> known = new HashMap<>();
    int[] groups = new int[ROWS];
    for (int page = 0; page < 20; page++) {
      List<List<Object>> rows = rows(random, page < 10 ? 800 : 5000);
      if (page == 3) {
        small.lookup(columns(rows), ROWS, groups);
      }
      keys.lookup(columns(rows), ROWS, groups);
      for (int i = 0; i < ROWS; i++) {
        int expected = known.computeIfAbsent(rows.get(i), row -> known.size());
        assertThat(groups[i]).as("seed %d", seed).isEqualTo(expected);
      }
    }
    assertThat(keys.groupCount()).isEqualTo(known.size());
    assertThat(rows(keys)).isEqualTo(inOrder(known));

    int[] found = new int[small.groupCount()];
    keys.lookup(small, found);
    assertThat(keys.groupCount()).isEqualTo(known.size());
    List<List<Object>> theirs = rows(small);
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).isEqualTo(known.get(theirs.get(i)));
    }
    small.lookup(keys, new int[keys.groupCount()]);
    assertThat(small.groupCount()).isEqualTo(known.size());
  }

  private static List<List<Object>> rows(Random random, int distinct) {
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      List<Object> row = new ArrayList<>();
      row.add("k" + random.nextInt(distinct));
      for (int k = 0; k < 5; k++) {
        row.add((long) random.nextInt(2));
      }
      rows.add(row);
    }
    return rows;
  }

  private static List<Values> columns(List<List<Object>> rows) {
    BytesValuesBuilder texts = new BytesValuesBuilder(rows.size());
    rows.forEach(row -> texts.append(((String) row.getFirst()).getBytes(StandardCharsets.UTF_8)));
    List<Values> columns = new ArrayList<>();
    columns.add(texts.build());
    for (int k = 1; k < 6; k++) {
      int key = k;
      columns.add(LongValues.of(rows.stream().mapToLong(row -> (Long) row.get(key)).toArray()));
    }
    return columns;
  }

  private static List<List<Object>> rows(GroupKeys keys) {
    List<Values> columns = keys.keys();
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < keys.groupCount(); i++) {
      List<Object> row = new ArrayList<>();
      for (Values column : columns) {
        Object value = column.get(i);
        row.add(value instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : value);
      }
      rows.add(row);
    }
    return rows;
  }

  private static List<List<Object>> inOrder(Map<List<Object>, Integer> known) {
    return known.entrySet().stream()
        .sorted(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .toList();
  }
}
