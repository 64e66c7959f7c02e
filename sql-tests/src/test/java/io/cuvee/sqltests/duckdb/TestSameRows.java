package io.cuvee.sqltests.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.sqltests.cluster.Rows;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TestSameRows {
  private static final List<@Nullable Object> ROW = row(1, "a", null);

  @Test
  void typesAndLastDigitsOfNumbersDoNotMatter() {
    LocalDateTime time = LocalDateTime.of(2024, 5, 1, 9, 30, 0, 125_000_000);

    assertThat(
            difference(
                rows(row(1L, new BigDecimal("2.50"), 0.1 + 0.2, time)),
                rows(row(1, new BigDecimal("2.5"), 0.3, time)),
                true))
        .isEmpty();
  }

  @Test
  void nullIsNothingElse() {
    assertThat(difference(rows(ROW), rows(row(1, "a", "null")), true)).contains("row 1 of 1");
    assertThat(difference(rows(row(0)), rows(row((Object) null)), false)).isNotEmpty();
  }

  @Test
  void theOrderCountsOnlyWhereItIsGiven() {
    Rows expected = rows(row(1), row(2));
    Rows actual = rows(row(2), row(1));

    assertThat(difference(expected, actual, false)).isEmpty();
    assertThat(difference(expected, actual, true)).contains("row 1 of 2");
  }

  @Test
  void theNumberOfEqualRowsCounts() {
    assertThat(difference(rows(ROW, ROW), rows(ROW), false)).contains("1 rows instead of 2");
  }

  private static String difference(Rows expected, Rows actual, boolean ordered) {
    return SameRows.difference(expected, actual, ordered);
  }

  private static Rows rows(List<@Nullable Object> row) {
    return new Rows(List.of("a"), List.of(row));
  }

  private static Rows rows(List<@Nullable Object> first, List<@Nullable Object> second) {
    return new Rows(List.of("a"), List.of(first, second));
  }

  private static List<@Nullable Object> row(@Nullable Object... cells) {
    return Arrays.asList(cells);
  }
}
