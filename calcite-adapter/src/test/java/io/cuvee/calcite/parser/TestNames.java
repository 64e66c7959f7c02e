package io.cuvee.calcite.parser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.error.CuveeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.babel.SqlBabelParserImplConstants;
import org.apache.calcite.util.Litmus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Words that mean something to SQL are names where nothing else can be meant: they are read as
/// they are in quotes. All words that the parser knows are tried.
class TestNames {
  private static final Catalog NO_TABLES =
      new Catalog() {
        @Override
        public long version() {
          return 1;
        }

        @Override
        public Optional<Table> table(String name) {
          return Optional.empty();
        }

        @Override
        public List<Table> tables() {
          return List.of();
        }
      };

  private static final List<String> WORDS =
      Arrays.stream(SqlBabelParserImplConstants.tokenImage)
          .filter(image -> image.matches("\"[A-Z][A-Z0-9_]*\""))
          .map(image -> image.substring(1, image.length() - 1).toLowerCase(Locale.ROOT))
          .sorted()
          .toList();

  /// Those of PostgreSQL that begin or join parts of a query, and what else does here.
  private static final List<String> RESERVED =
      List.of(
          "any",
          "as",
          "case",
          "cross",
          "default",
          "distinct",
          "except",
          "fetch",
          "from",
          "full",
          "group",
          "having",
          "in",
          "inner",
          "intersect",
          "into",
          "join",
          "lateral",
          "left",
          "limit",
          "minus",
          "natural",
          "null",
          "offset",
          "on",
          "order",
          "outer",
          "qualify",
          "right",
          "select",
          "some",
          "table",
          "tablesample",
          "then",
          "union",
          "unnest",
          "using",
          "when",
          "where",
          "window",
          "with");

  private static SqlNode read(String sql) {
    ScannedStatement statement = StatementScan.scan(sql, 200, 1000);
    return Objects.requireNonNull(
        StatementParser.parse(statement)
            .accept(new SyntaxRewrite(Respelled.unchanged(statement), List.of(), NO_TABLES)));
  }

  private static boolean isSame(String sql, String other) {
    return read(sql).equalsDeep(read(other), Litmus.IGNORE);
  }

  private static boolean isName(String word, String sql) {
    try {
      return isSame(sql.replace("%s", word), sql.replace("%s", '"' + word + '"'));
    } catch (CuveeException e) {
      return false;
    }
  }

  /// The words that are no names at the place of `%s`.
  private static List<String> refused(String sql) {
    return WORDS.stream().filter(word -> !isName(word, sql)).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT c0 AS %s FROM words",
        "SELECT c0 AS %s, c0 + 1 AS n, 2 AS m FROM words ORDER BY n",
        "SELECT w.%s FROM words w WHERE w.%s > 5 GROUP BY w.%s ORDER BY w.%s DESC LIMIT 3",
        "SELECT q.%s + 1 AS n FROM (SELECT SUM(c0) AS %s FROM words) AS q",
        "SELECT c0 FROM words AS %s WHERE c0 = 7",
        "SELECT CAST(w.%s AS BIGINT) AS %s FROM words AS w",
      })
  void everyWordIsANameBehindAsAndDots(String sql) {
    assertThat(refused(sql)).isEmpty();
  }

  @Test
  void wordsThatBeginPartsOfAQueryAreNoColumns() {
    List<String> expected = new ArrayList<>(RESERVED);
    expected.addAll(List.of("exists", "false", "not", "true", "unique", "unknown"));
    assertThat(refused("SELECT c0, %s FROM words WHERE %s > 5 GROUP BY c0, %s ORDER BY %s DESC"))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT c0 %s FROM words",
        "SELECT c0 + 1 %s, 2 AS m FROM words",
        "SELECT c0 FROM words %s",
        "SELECT c0 FROM words %s WHERE c0 = 1",
      })
  void wordsThatBeginPartsOfAQueryAreNoAliasesWithoutAs(String sql) {
    assertThat(refused(sql)).containsExactlyInAnyOrderElementsOf(RESERVED);
  }

  @Test
  void wordsThatBeginPartsOfAQueryAreNoCommonTables() {
    assertThat(refused("WITH %s AS (SELECT c0 FROM words) SELECT 1 FROM %s, words %s"))
        .isSubsetOf(RESERVED);
    assertThat(refused("WITH q (%s, n) AS (SELECT c0, 1 FROM words) SELECT * FROM q"))
        .isSubsetOf(RESERVED);
  }

  @Test
  void numbersBehindAnAliasStayWhatTheyAre() {
    assertThat(StatementScan.scan("SELECT 1 AS limit, 5, t.offset, 7, x AS where, a = 5", 9, 9))
        .returns(List.of(), ScannedStatement::literals);
  }

  @Test
  void wordsKeepTheirMeaning() {
    assertThat(
            isSame(
                "SELECT DATE '2024-01-01' AS date, CAST(x AS DATE) AS values FROM next",
                "SELECT DATE '2024-01-01' AS \"date\", CAST(x AS DATE) AS \"values\" FROM"
                    + " \"next\""))
        .isTrue();
    assertThat(
            isSame(
                "SELECT SUM(x) OVER (PARTITION BY row ORDER BY rows ROWS 5 PRECEDING) FROM t",
                "SELECT SUM(x) OVER (PARTITION BY \"row\" ORDER BY \"rows\" ROWS 5 PRECEDING) FROM"
                    + " t"))
        .isTrue();
    assertThat(
            isSame(
                "SELECT CURRENT_DATE, rows, next value, 1 FROM t",
                "SELECT CURRENT_DATE, \"rows\", \"next\" AS \"value\", 1 FROM t"))
        .isTrue();
  }

  @Test
  void commentsHoldNoWords() {
    assertThat(
            isSame(
                "-- Which states' row and \"value?\n /* isn't */ SELECT next FROM t -- it's",
                "SELECT \"next\" FROM t"))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT a, b FROM t --",
        "SELECT a, b FROM t -- order by nothing",
        "SELECT a, b FROM t; -- done",
        "-- it's what 'we' select\r\nSELECT a, b\r\nFROM t;\r\n",
        "SELECT a, b -- of \"these\r\nFROM t",
        "SELECT/**/a,/* b */b/*;*/FROM/* -- */t",
        "SELECT a, /* b /* and c */ and d */ b FROM t",
        "SELECT /*+ a hint of others */ a, b FROM t /*+ and here */",
        "/* EXPLAIN */ -- SHOW TABLES\nSELECT a, b FROM t",
      })
  void commentsAreWhiteSpace(String sql) {
    assertThat(read(sql).equalsDeep(read("SELECT a, b FROM t"), Litmus.IGNORE)).isTrue();
  }

  @Test
  void stringsKeepTheSignsOfComments() {
    assertThat(read("SELECT '-- a', '/* b', '*/', 'c;' FROM t").toString())
        .contains("'-- a'", "'/* b'", "'*/'", "'c;'");
  }

  @Test
  void stringsWithEscapesEndWhereTheyDo() {
    assertThat(read("SELECT E'it\\'s -- \\\\', e'', a AS \"E\" FROM t").toString())
        .contains("it''s -- \\");
  }

  @Test
  void aStringInDollarsMustEnd() {
    assertThatThrownBy(() -> read("SELECT $$a$"))
        .isInstanceOf(CuveeException.class)
        .hasMessageContaining("A string that begins with $$ is not closed");
  }
}
