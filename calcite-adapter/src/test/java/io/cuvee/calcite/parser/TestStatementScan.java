package io.cuvee.calcite.parser;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TestStatementScan {
  private static ScannedStatement scan(String sql) {
    return StatementScan.scan(sql, 200, 1000);
  }

  private static String key(String sql) {
    return scan(sql).key().replace('\u0001', '#');
  }

  private static List<Object> values(String sql) {
    return scan(sql).literals().stream()
        .map(Literal::value)
        .map(value ->
            value instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : value)
        .toList();
  }

  @Test
  void literalsBesideComparisonsAreMarkedByType() {
    String sql =
        "SELECT a FROM t WHERE a = 1 AND b > -2.5 AND c <> 'it''s' AND d BETWEEN 1e3 AND 5000000000"
            + " AND e = DATE '2024-01-31' AND f <= TIMESTAMP '2024-01-31 10:00:00.5'";
    assertThat(key(sql))
        .isEqualTo(
            "SELECT a FROM t WHERE a = #i AND b > #n AND c <> #s AND d BETWEEN #d AND #l AND e = #D AND f <= #T");
    assertThat(values(sql))
        .containsExactly(
            1L, new BigDecimal("-2.5"), "it's", 1000.0, 5_000_000_000L, 19753L, 1706695200500L);
  }

  @Test
  void listsAreOneLiteral() {
    assertThat(key("SELECT 1 FROM t WHERE a IN (1, -2, 3) AND b NOT IN ('x') AND c IN (1, 2.5)"))
        .isEqualTo("SELECT 1 FROM t WHERE a IN (#[i) AND b NOT IN (#[s) AND c IN (1, 2.5)");
    assertThat(values("SELECT 1 FROM t WHERE a IN (1, 5000000000)"))
        .containsExactly(List.of(1L, 5_000_000_000L));
    assertThat(key("SELECT 1 FROM t WHERE a IN (1, b) OR a IN (SELECT 1 FROM u) OR a IN (1 + 1)"))
        .doesNotContain("#");
  }

  @Test
  void operandsOfExpressionsStay() {
    for (String condition :
        List.of(
            "a = 1 + b",
            "a = b + 1",
            "1 = a",
            "1 = 0",
            "f(1) = a",
            "a = f(1, 'x')",
            "a LIKE 'x'",
            "a = 5 IS TRUE",
            "CASE WHEN a = 1 THEN 2 END = b",
            "(a, b) = (1, 2)",
            "a = N'x'",
            "a = X'00'",
            "a = 'x' 'y'",
            "a > INTERVAL '1' DAY",
            "a = DATE 'soon'",
            "a = - -1")) {
      assertThat(key("SELECT 1 FROM t WHERE " + condition)).as(condition).doesNotContain("#");
    }
  }

  @Test
  void onlyConditionsAndLimitsAreLookedAt() {
    assertThat(
            key(
                "SELECT a = 1 FROM t JOIN u ON t.x = 2 WHERE a > 3 GROUP BY 4 HAVING b < 5 ORDER BY 6 LIMIT 7 OFFSET 8"))
        .isEqualTo(
            "SELECT a = 1 FROM t JOIN u ON t.x = #i WHERE a > #i GROUP BY 4 HAVING b < #i ORDER BY 6 LIMIT #l OFFSET #l");
    assertThat(key("SELECT 1 FROM t LIMIT 2, 3")).isEqualTo("SELECT 1 FROM t LIMIT #l, #l");
    assertThat(key("SELECT 1 FROM t LIMIT 0")).isEqualTo("SELECT 1 FROM t LIMIT 0");
    assertThat(key("SELECT (SELECT 1 FROM u WHERE b = 2) FROM t WHERE a = 3"))
        .isEqualTo("SELECT (SELECT 1 FROM u WHERE b = #i) FROM t WHERE a = #i");
  }

  @Test
  void commentsAndSpaceGo() {
    assertThat(key(" SELECT /* a */ 1 -- b\n , 2 ;; ")).isEqualTo("SELECT 1 , 2");
    assertThat(key("SELECT '--', \"/*\", `x` FROM t")).isEqualTo("SELECT '--', \"/*\", `x` FROM t");
  }

  @Test
  void theBodyKeepsEveryPlace() {
    ScannedStatement explain = scan("EXPLAIN PLAN FOR SELECT `a b` FROM default.t;");
    assertThat(explain.prefix()).isEqualTo(ScannedStatement.Prefix.EXPLAIN_PLAN);
    assertThat(new Names(explain).body())
        .startsWith("                 SELECT \"a b\" FROM ")
        .endsWith("t ")
        .hasSize(45);
    assertThat(explain.key()).isEqualTo("SELECT `a b` FROM default.t");
    assertThat(scan("explain analyze select 1").prefix())
        .isEqualTo(ScannedStatement.Prefix.EXPLAIN_ANALYZE);
    assertThat(scan("EXPLAIN SELECT 1").prefix()).isEqualTo(ScannedStatement.Prefix.EXPLAIN_PLAN);
    assertThat(scan("SELECT ?, ? FROM t WHERE a = '?'").clientParameters()).isEqualTo(2);
  }

  @Test
  void placesCountLinesAsTheParserDoes() {
    String text = "a\r\nb\rc\nd";
    assertThat(TextPosition.of(text, text.indexOf('d'))).isEqualTo(new TextPosition(4, 1));
    assertThat(new TextPosition(3, 1).offset(text)).isEqualTo(text.indexOf('c'));
  }
}
