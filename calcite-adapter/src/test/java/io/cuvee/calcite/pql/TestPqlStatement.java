package io.cuvee.calcite.pql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TestPqlStatement {
  @Test
  void groupsComeByTheFirstAggregate() {
    assertThat(
            PqlStatement.toSql(
                "SELECT sum(x), max(y) FROM t WHERE country = \"it's\" AND a IN ('b') GROUP BY d, e TOP 5"))
        .isEqualTo(
            "SELECT d, e, sum(x), max(y) FROM t WHERE country = 'it''s' AND a IN ('b') GROUP BY d, e"
                + " ORDER BY sum(x) DESC, d, e LIMIT 5");
    assertThat(PqlStatement.toSql("SELECT percentile95(x) FROM t GROUP BY d"))
        .isEqualTo(
            "SELECT d, percentile95(x) FROM t GROUP BY d ORDER BY percentile95(x) DESC, d LIMIT 10");
    assertThat(PqlStatement.toSql("select min(x) as m from t group by d"))
        .isEqualTo("SELECT d, min(x) as m FROM t GROUP BY d ORDER BY min(x) ASC, d LIMIT 10");
  }

  @Test
  void rowsAreTenUnlessSaid() {
    assertThat(PqlStatement.toSql("SELECT a, b FROM t")).isEqualTo("SELECT a, b FROM t LIMIT 10");
    assertThat(PqlStatement.toSql("SELECT * FROM t ORDER BY a DESC LIMIT 5, 3;"))
        .isEqualTo("SELECT * FROM t ORDER BY a DESC LIMIT 5, 3");
    assertThat(PqlStatement.toSql("SELECT TOP 7 a FROM t")).isEqualTo("SELECT a FROM t LIMIT 7");
    assertThat(PqlStatement.toSql("SELECT count(*) FROM t WHERE a > 5"))
        .isEqualTo("SELECT count(*) FROM t WHERE a > 5");
  }

  @Test
  void wrongStatementsSayWhatPqlIs() {
    assertThatThrownBy(() -> PqlStatement.toSql("FROM t"))
        .hasMessageStartingWith("A PQL statement begins with SELECT.");
    assertThatThrownBy(() -> PqlStatement.toSql("SELECT a"))
        .hasMessageStartingWith("FROM is missing or empty.");
    assertThatThrownBy(() -> PqlStatement.toSql("SELECT a FROM t WHERE"))
        .hasMessageStartingWith("WHERE is empty.");
    assertThatThrownBy(() -> PqlStatement.toSql("SELECT a FROM t WHERE a = 'x"))
        .hasMessageContaining("not closed");
    assertThatThrownBy(() -> PqlStatement.toSql("SELECT a FROM t LIMIT 1 LIMIT 2"))
        .hasMessageContaining("twice");
  }
}
