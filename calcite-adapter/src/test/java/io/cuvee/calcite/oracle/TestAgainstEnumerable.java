package io.cuvee.calcite.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.calcite.plan.PlannedStatement;
import io.cuvee.calcite.plan.Planner;
import io.cuvee.calcite.plan.PlannerConfig;
import io.cuvee.calcite.plan.Session;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every query of `queries.sql` gives the rows that Calcite's own engine gives, whether the table
/// has one segment or three, and whether its literals are in the plan or taken out of it.
class TestAgainstEnumerable {
  private static final MemoryTables WHOLE = SampleTables.of(1);
  private static final MemoryTables IN_THREE = SampleTables.of(3);
  private static final Planner SHARING = new Planner(PlannerConfig.DEFAULT);
  private static final Planner PLAIN = new Planner(PlannerConfig.DEFAULT.withoutCache());

  private static EnumerableOracle oracle;

  @BeforeAll
  static void connect() throws Exception {
    oracle = new EnumerableOracle(WHOLE);
  }

  @AfterAll
  static void disconnect() throws Exception {
    oracle.close();
  }

  static Stream<String> queries() throws Exception {
    try (InputStream in = TestAgainstEnumerable.class.getResourceAsStream("queries.sql")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Arrays.stream(text.split(";\\s*\\n")).map(String::strip);
    }
  }

  @ParameterizedTest
  @MethodSource("queries")
  void rowsAreEqual(String sql) throws Exception {
    boolean ordered = sql.contains("ORDER BY") && !sql.contains("OVER (");
    List<String> expected = RowComparison.lines(oracle.execute(sql), ordered);

    PlannedStatement plain = PLAIN.plan(sql, Session.DEFAULT, WHOLE);
    assertThat(rows(plain, WHOLE, ordered)).as(plain.plan().explain()).isEqualTo(expected);
    assertThat(rows(plain, IN_THREE, ordered)).as("three segments").isEqualTo(expected);

    PlannedStatement first = SHARING.plan(sql, Session.DEFAULT, WHOLE);
    PlannedStatement second = SHARING.plan(sql, Session.DEFAULT, WHOLE);
    assertThat(second.fromCache()).isTrue();
    assertThat(second.plan().columns()).isEqualTo(plain.plan().columns());
    assertThat(rows(first, IN_THREE, ordered)).as("literals taken out").isEqualTo(expected);
    assertThat(rows(second, IN_THREE, ordered)).as("from the cache").isEqualTo(expected);
  }

  private static List<String> rows(
      PlannedStatement statement, MemoryTables tables, boolean ordered) {
    return RowComparison.lines(
        tables.execute(statement.plan().bind(statement.values(List.of()))), ordered);
  }
}
