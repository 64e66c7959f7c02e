package io.cuvee.calcite.pql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TestPqlStatement {
  @Test
  void groupsComeByTheFirstAggregate() {
    assertThat(
            PqlStatement.toSql(
                "SELECT sum(x), max(y) FROM t WHERE country = \"it's\" AND a IN ('b') GROUP BY d, e"
                    + " TOP 5"))
        .isEqualTo(
            "SELECT d, e, sum(x), max(y) FROM t WHERE country = 'it''s' AND a IN ('b') GROUP BY d,"
                + " e ORDER BY sum(x) DESC, d, e LIMIT 5");
    assertThat(PqlStatement.toSql("SELECT percentile95(x) FROM t GROUP BY d"))
        .isEqualTo(
            "SELECT d, percentile95(x) FROM t GROUP BY d ORDER BY percentile95(x) DESC, d LIMIT"
                + " 10");
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
  void eachFunctionOfTheOldFormHasItsOwnFirstGroups() {
    PqlForm.Aggregation form =
        (PqlForm.Aggregation)
            PqlStatement.toForm(
                "SELECT d, count(*) AS n, min(x), distinctcounthll(y) FROM t WHERE a > 1 GROUP BY d"
                    + " TOP 5");
    assertThat(form.sql())
        .isEqualTo(
            "SELECT d, count(*) AS n, min(x), distinctcounthll(y) FROM t WHERE a > 1 GROUP BY d");
    assertThat(form.sortsEach()).isTrue();
    assertThat(form.top()).isEqualTo(5);
    assertThat(form.keys()).containsExactly("d");
    assertThat(form.functions())
        .containsExactly(
            new PqlForm.Function("count_star", false, false),
            new PqlForm.Function("min_x", true, true),
            new PqlForm.Function("distinctCountHLL_y", false, false));
  }

  @Test
  void oneOrderOfTheOldFormIsTheStatements() {
    PqlForm.Aggregation one =
        (PqlForm.Aggregation) PqlStatement.toForm("SELECT sum(x) FROM t GROUP BY d, e");
    assertThat(one.sql())
        .isEqualTo(
            "SELECT d, e, sum(x) FROM t GROUP BY d, e ORDER BY sum(x) DESC NULLS LAST, d, e LIMIT"
                + " 10");
    PqlForm.Aggregation ordered =
        (PqlForm.Aggregation)
            PqlStatement.toForm("SELECT sum(x), max(x) FROM t GROUP BY d ORDER BY d LIMIT 3");
    assertThat(ordered.sql())
        .isEqualTo("SELECT d, sum(x), max(x) FROM t GROUP BY d ORDER BY d LIMIT 3");
    assertThat(ordered.sortsEach()).isFalse();
    assertThat(PqlStatement.toForm("SELECT max(x) FROM t").sql()).isEqualTo("SELECT max(x) FROM t");
    assertThat(PqlStatement.toForm("SELECT a FROM t"))
        .isEqualTo(new PqlForm.Selection("SELECT a FROM t LIMIT 10"));
    assertThatThrownBy(() -> PqlStatement.toForm("SELECT max(x) FROM t GROUP BY d TOP many"))
        .hasMessageContaining("TOP takes a number");
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
