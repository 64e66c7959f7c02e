package io.cuvee.calcite.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.type.ColumnType;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The client's `?`.
class TestParameters {
  private static final Planner PLANNER = new Planner(PlannerConfig.DEFAULT);
  private static final FlightCatalog CATALOG = new FlightCatalog();

  private static PlannedStatement plan(String sql) {
    return PLANNER.plan(sql, Session.DEFAULT, CATALOG);
  }

  private static String bound(String sql, @Nullable Object... values) {
    PlannedStatement statement = plan(sql);
    PlanNode root = statement.plan().bind(statement.values(Arrays.asList(values)));
    return root.toString();
  }

  @Test
  void typesComeFromWhatTheyMeet() {
    assertThat(
            plan("SELECT origin FROM flights WHERE delay = ? AND ts > ? AND origin IN (?, 'x') AND tags = ? LIMIT ? OFFSET ?")
                .clientParameterTypes())
        .containsExactly(
            ColumnType.INT,
            ColumnType.TIMESTAMP,
            ColumnType.STRING,
            ColumnType.STRING,
            ColumnType.LONG,
            ColumnType.LONG);
    assertThat(
            plan("SELECT CAST(? AS DOUBLE), UPPER(?) || 'x', ? + delay FROM flights")
                .clientParameterTypes())
        .containsExactly(ColumnType.DOUBLE, ColumnType.STRING, ColumnType.INT);
  }

  @Test
  void valuesConvertToTheTypeOfTheirParameter() {
    assertThat(bound("SELECT 1 FROM flights WHERE delay = ?", "7")).contains("INT], 7)");
    assertThat(bound("SELECT 1 FROM flights WHERE delay = ?", new BigDecimal("7.0")))
        .contains("INT], 7)");
    assertThat(bound("SELECT 1 FROM flights WHERE speed = ?", 7L)).contains("DOUBLE], 7.0)");
    assertThat(bound("SELECT 1 FROM flights WHERE price = ?", 7L)).contains("BIG_DECIMAL], 7)");
    assertThat(bound("SELECT 1 FROM flights WHERE origin = ?", "é")).contains("'é'");
    assertThat(
            bound("SELECT 1 FROM flights WHERE origin = ?", "é".getBytes(StandardCharsets.UTF_8)))
        .contains("'é'");
    assertThat(bound("SELECT 1 FROM flights WHERE cancelled = ?", true)).contains("BOOLEAN], 1)");
    assertThat(bound("SELECT 1 FROM flights WHERE ts = ?", "2024-01-01 00:00:01"))
        .contains("1704067201000");
    assertThat(bound("SELECT 1 FROM flights WHERE ts = ?", 5L)).contains("TIMESTAMP], 5)");
    assertThat(bound("SELECT 1 FROM flights WHERE day = ?", LocalDate.of(1970, 1, 3)))
        .contains("DATE], 2)");
    assertThat(bound("SELECT 1 FROM flights WHERE id = ?", "00000000-0000-0000-0000-0000000000ff"))
        .contains("00ff'");
    assertThat(bound("SELECT 1 FROM flights WHERE delay = ?", (Object) null)).contains("NULL");
  }

  @Test
  void limitsGoToTheServersOnceTheyAreKnown() {
    assertThat(bound("SELECT origin FROM flights ORDER BY delay LIMIT ? OFFSET ?", 3L, 10L))
        .contains("limit=13");
    assertThat(bound("SELECT origin, COUNT(*) FROM flights GROUP BY origin LIMIT ?", 4L))
        .contains("order=[$0 ASC NULLS LAST], limit=4");
  }

  @Test
  void valuesThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> bound("SELECT 1 FROM flights WHERE delay = ?"))
        .hasMessage(
            "The statement has 1 parameters (?), but 0 values were given. Give one value for each.");
    assertThatThrownBy(() -> bound("SELECT 1 FROM flights WHERE delay = ?", "seven"))
        .hasMessage("Parameter 1: 'seven' cannot be read as INT.");
    assertThatThrownBy(() -> bound("SELECT 1 FROM flights WHERE delay = ?", 5_000_000_000L))
        .hasMessage("Parameter 1: 5000000000 (Long) does not fit INT.");
    assertThatThrownBy(() -> bound("SELECT 1 FROM flights WHERE ts = ?", "noon"))
        .hasMessageContaining("Give milliseconds, or text like");
    assertThatThrownBy(() -> bound("SELECT 1 FROM flights WHERE cancelled = ?", "perhaps"))
        .hasMessageContaining("true or false");
  }

  @Test
  void literalsAndValuesKeepTheirPlaces() {
    assertThat(
            bound(
                "SELECT 1 FROM flights WHERE delay > 3 AND origin = ? AND dest = 'b' AND distance < ?",
                "a",
                9L))
        .contains("INT], 3)")
        .contains("'a'")
        .contains("'b'")
        .contains("LONG], 9)");
  }
}
