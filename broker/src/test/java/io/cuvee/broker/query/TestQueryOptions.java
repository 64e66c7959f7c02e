package io.cuvee.broker.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.calcite.plan.Dialect;
import io.cuvee.calcite.plan.Session;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TestQueryOptions {
  private static QueryCall call(String sql, String options) {
    QueryOptions chosen = QueryOptions.of(sql, options);
    return chosen.applyTo(QueryCall.of(chosen.sql(), Session.DEFAULT));
  }

  @Test
  void withoutOptionsTheDefaultsHold() {
    QueryCall call = call("SELECT 1", "");
    assertThat(call.sql()).isEqualTo("SELECT 1");
    assertThat(call.timeout()).isEmpty();
    assertThat(call.allowPartial()).isFalse();
    assertThat(call.maxRows()).isEqualTo(QueryCall.ALL_ROWS);
  }

  @Test
  void optionsComeBesideTheStatement() {
    QueryCall call =
        call(
            "SELECT 1", " timeoutMs = 1500 ;allowPartial=true;groupByMode=sql;responseFormat=sql;");
    assertThat(call.timeout()).contains(Duration.ofMillis(1500));
    assertThat(call.allowPartial()).isTrue();
  }

  @Test
  void optionsComeBeforeTheStatementAndWin() {
    QueryCall call =
        call(
            """
              SET timeoutMs=10;
            set allowPartial = 'true'; SET timeZone = "Europe/Paris";
             SELECT ';'\
            """,
            "timeoutMs=5");
    assertThat(call.sql().strip()).isEqualTo("SELECT ';'");
    assertThat(call.timeout()).contains(Duration.ofMillis(10));
    assertThat(call.allowPartial()).isTrue();
    assertThat(call.session().zone()).isEqualTo(ZoneId.of("Europe/Paris"));
  }

  @Test
  void optionsComeAtTheEndOfTheStatement() {
    QueryCall call =
        call("SELECT a FROM t LIMIT 5 option ( timeoutMs = 7, useStarTree=false );", "timeoutMs=5");
    assertThat(call.sql().strip()).isEqualTo("SELECT a FROM t LIMIT 5");
    assertThat(call.timeout()).contains(Duration.ofMillis(7));
    assertThat(call.useStarTrees()).isFalse();
    assertThatThrownBy(() -> call("SELECT 1 OPTION(5)", "")).hasMessageContaining("OPTION: '5'");
  }

  @Test
  void optionsThatAreNotStatedStayAsTheyAre() {
    QueryCall call =
        new QueryCall(
            Optional.of("q"),
            "SELECT ?",
            List.of(1),
            Session.DEFAULT,
            Optional.of(Duration.ofSeconds(3)),
            10,
            true,
            true,
            false,
            "me");
    assertThat(new QueryOptions("SELECT ?", Map.of("maxrows", "20")).applyTo(call)).isEqualTo(call);
    assertThat(new QueryOptions("SELECT ?", Map.of("maxrows", "5")).applyTo(call).maxRows())
        .isEqualTo(5);
  }

  @Test
  void statementsThatOnlyLookLikeOptionsStayAsTheyAre() {
    for (String sql :
        List.of("SELECT 'SET a=1;'", "SELECT 'OPTION(a=1)'", "SETTINGS", "SET", "SET a", "", ";")) {
      assertThat(call(sql, "").sql()).isEqualTo(sql);
    }
  }

  @Test
  void dialectCanBeChosen() {
    assertThat(call("SELECT 1", "dialect=PQL").session().dialect()).isEqualTo(Dialect.PQL);
  }

  @Test
  void wrongValuesAreNamed() {
    assertThatThrownBy(() -> call("SELECT 1", "timeoutMs=soon"))
        .hasMessageContaining("timeoutms is 'soon'");
    assertThatThrownBy(() -> call("SELECT 1", "timeoutMs=0")).hasMessageContaining("above 0");
    assertThatThrownBy(() -> call("SELECT 1", "timeZone=Mars")).hasMessageContaining("'Mars'");
    assertThatThrownBy(() -> call("SELECT 1", "dialect=cypher")).hasMessageContaining("sql or pql");
    assertThatThrownBy(() -> call("SELECT 1", "what")).hasMessageContaining("key=value");
  }

  @Test
  void commentsMayStandBeforeAndBetweenOptions() {
    QueryOptions options =
        QueryOptions.of(
            "-- SET a = 1;\r\nSET timeoutMs = 5; /* SET b = 2; */ SET timeZone = 'UTC'; -- c\nSELECT 1",
            "");
    assertThat(options.options()).containsOnlyKeys("timeoutms", "timezone");
    assertThat(options.sql().strip()).isEqualTo("-- c\nSELECT 1");
  }
}
