package io.cuvee.sqltests.iq;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.sqltests.iq.SqlTokens.Parameterized;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class TestSqlTokens {
  @Test
  void literalsThatAreComparedWithColumnsBecomeParameters() {
    Parameterized query =
        SqlTokens.of(
                "SELECT 1, 'a' FROM t WHERE x = 5 AND \"y\" <> 'it''s' -- n = 3\n"
                    + "AND d >= DATE '2024-01-01' AND z BETWEEN 3 AND 4 AND w NOT LIKE 'a%'")
            .withParameters();

    assertThat(query.sql())
        .isEqualTo(
            "SELECT 1, 'a' FROM t WHERE x = ? AND \"y\" <> ? -- n = 3\n"
                + "AND d >= ? AND z BETWEEN ? AND ? AND w NOT LIKE ?");
    assertThat(query.values()).isEqualTo(List.of(5, "it's", LocalDate.of(2024, 1, 1), 3, 4, "a%"));
  }

  @Test
  void literalsInsideOfExpressionsStay() {
    String sql = "SELECT x FROM t WHERE x + 1 = 2 AND 3 = 4 AND y > 5 + z AND v = 1.5 LIMIT 10";

    assertThat(SqlTokens.of(sql).withParameters().sql()).isEqualTo(sql);
  }

  @Test
  void otherLiteralsKeepTheirTypes() {
    assertThat(
            SqlTokens.of("SELECT 7 FROM t WHERE a = 'x' AND d = DATE '2024-01-01'")
                .withOtherLiterals())
        .isEqualTo("SELECT 71 FROM t WHERE a = 'xx' AND d = DATE '2024-01-01'");
  }

  @Test
  void onlyAnOuterOrderByOrdersTheResult() {
    assertThat(ResultOrder.isGiven("SELECT a FROM t ORDER BY a")).isTrue();
    assertThat(ResultOrder.isGiven("SELECT RANK() OVER (ORDER BY a) FROM t")).isFalse();
    assertThat(ResultOrder.isGiven("SELECT a FROM t -- ORDER BY a")).isFalse();
  }
}
