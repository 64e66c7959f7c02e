package io.cuvee.execution.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.plan.SortKey;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.RandomValues;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TestRowOrder {
  private static final List<ColumnType> TYPES =
      List.of(
          ColumnType.INT,
          ColumnType.LONG,
          ColumnType.DOUBLE,
          ColumnType.STRING,
          ColumnType.BYTES,
          ColumnType.BOOLEAN,
          ColumnType.BIG_DECIMAL,
          ColumnType.arrayOf(DataType.LONG));

  private static final String[] ENDS = {"", "1", "12", "2", "\0", "1\0", "1\0002", "ä", "12345678"};

  @Test
  void sortsLikeTheNaiveWay() {
    long seed = Long.getLong("cuvee.random.seed", System.nanoTime());
    Random random = new Random(seed);
    RandomValues values = new RandomValues(random);
    for (int round = 0; round < 2_000; round++) {
      int count = random.nextInt(random.nextInt(10) == 0 ? 400 : 40);
      int width = 1 + random.nextInt(4);
      List<Values> columns = new ArrayList<>();
      List<SortKey> keys = new ArrayList<>();
      for (int k = 0; k < width; k++) {
        double nulls = random.nextInt(3) == 0 ? 0.3 : 0;
        columns.add(
            random.nextInt(5) == 0
                ? alike(random, count, nulls)
                : values.column(TYPES.get(random.nextInt(TYPES.size())), count, nulls));
        keys.add(new SortKey(k, random.nextBoolean(), random.nextBoolean()));
      }
      Page page = new Page(count, columns);
      String what = "seed " + seed + ", round " + round + ", keys " + keys;
      int[] expected = naive(page, keys);
      assertThat(new RowOrder(page, keys).sorted(count)).as(what).isEqualTo(expected);
      int needed = random.nextInt(count + 1);
      assertThat(new RowOrder(page, keys).first(count, needed))
          .as(what + ", the first " + needed)
          .isEqualTo(Arrays.copyOf(expected, needed));
    }
  }

  /// Texts that begin alike, with zero bytes, the first of which cannot be told from an end.
  private static Values alike(Random random, int count, double nulls) {
    String begin = "abcdefghij".substring(0, random.nextInt(11));
    ValuesBuilder builder = ValuesBuilder.of(ColumnType.STRING, count);
    for (int i = 0; i < count; i++) {
      String text = begin + ENDS[random.nextInt(ENDS.length)];
      builder.appendObject(
          random.nextDouble() < nulls ? null : text.getBytes(StandardCharsets.UTF_8));
    }
    return builder.build();
  }

  private static int[] naive(Page page, List<SortKey> keys) {
    Comparator<Integer> order =
        (i, j) -> {
          for (SortKey key : keys) {
            int found = compare(page.column(key.column()), i, j, key);
            if (found != 0) {
              return found;
            }
          }
          return 0;
        };
    return IntStream.range(0, page.rowCount())
        .boxed()
        .sorted(order)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static int compare(Values column, int i, int j, SortKey key) {
    @Nullable Object a = column.get(i);
    @Nullable Object b = column.get(j);
    if (a == null || b == null) {
      if (a == null && b == null) {
        return 0;
      }
      return (a == null) == key.nullsFirst() ? -1 : 1;
    }
    int order = ValueOrder.compare(column, i, column, j);
    return key.descending() ? -order : order;
  }
}
