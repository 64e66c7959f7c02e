package io.cuvee.calcite.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.calcite.plan.PlannedStatement;
import io.cuvee.calcite.plan.Planner;
import io.cuvee.calcite.plan.PlannerConfig;
import io.cuvee.calcite.plan.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A comparison of an array with a scalar holds if some element does, an exclusive one if all do,
/// and is NULL for a NULL array.
class TestArrayComparisons {
  private static final MemoryTables TABLES = SampleTables.of(2);
  private static final Planner SHARING = new Planner(PlannerConfig.DEFAULT);
  private static final Planner PLAIN = new Planner(PlannerConfig.DEFAULT.withoutCache());

  private static Arguments any(String condition, Predicate<Long> element) {
    Predicate<List<Long>> array = list -> list.stream().anyMatch(element);
    return Arguments.of(condition, array);
  }

  private static Arguments all(String condition, Predicate<Long> element) {
    Predicate<List<Long>> array = list -> list.stream().allMatch(element);
    return Arguments.of(condition, array);
  }

  static List<Arguments> conditions() {
    return List.of(
        any("nums = 2", x -> x == 2),
        any("2 = nums", x -> x == 2),
        any("nums > 3", x -> x > 3),
        any("3 < nums", x -> x > 3),
        any("nums <= 1", x -> x <= 1),
        any("nums IN (1, 4)", x -> x == 1 || x == 4),
        any("nums BETWEEN 2 AND 3", x -> x >= 2 && x <= 3),
        any("NOT (nums <> 2)", x -> x == 2),
        all("nums <> 2", x -> x != 2),
        all("NOT nums = 2", x -> x != 2),
        all("NOT nums > 3", x -> x <= 3),
        all("nums NOT IN (1, 4)", x -> x != 1 && x != 4),
        all("nums NOT BETWEEN 2 AND 3", x -> x < 2 || x > 3));
  }

  @ParameterizedTest
  @MethodSource("conditions")
  void conditionHoldsForTheRightRows(String condition, Predicate<List<Long>> expected) {
    String sql = "SELECT id, nums FROM kinds WHERE " + condition;
    assertThat(ids(PLAIN.plan(sql, Session.DEFAULT, TABLES))).isEqualTo(expected(expected));
    assertThat(ids(SHARING.plan(sql, Session.DEFAULT, TABLES))).isEqualTo(expected(expected));
  }

  private static List<Long> ids(PlannedStatement statement) {
    List<Long> ids = new ArrayList<>();
    for (List<@Nullable Object> row :
        TABLES.execute(statement.plan().bind(statement.values(List.of())))) {
      ids.add((Long) row.getFirst());
    }
    return ids.stream().sorted().toList();
  }

  @SuppressWarnings("unchecked")
  private static List<Long> expected(Predicate<List<Long>> condition) {
    List<Long> ids = new ArrayList<>();
    for (List<@Nullable Object> row : TABLES.rows("kinds")) {
      List<Long> nums = (List<Long>) row.getLast();
      if (nums != null && condition.test(nums)) {
        ids.add((Long) row.getFirst());
      }
    }
    return ids;
  }
}
