package io.cuvee.calcite.plan;

import static io.cuvee.common.error.ErrorCode.COLUMN_NOT_FOUND;
import static io.cuvee.common.error.ErrorCode.FEATURE_NOT_SUPPORTED;
import static io.cuvee.common.error.ErrorCode.FUNCTION_NOT_FOUND;
import static io.cuvee.common.error.ErrorCode.NOT_FOUND;
import static io.cuvee.common.error.ErrorCode.NUMERIC_OVERFLOW;
import static io.cuvee.common.error.ErrorCode.READ_ONLY;
import static io.cuvee.common.error.ErrorCode.SQL_PARSE;
import static io.cuvee.common.error.ErrorCode.SQL_VALIDATION;
import static io.cuvee.common.error.ErrorCode.TABLE_NOT_FOUND;
import static io.cuvee.common.error.ErrorCode.TYPE_MISMATCH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Wrong statements get a code, a place and a sentence, and never words of the libraries inside.
class TestPlannerErrors {
  private static final Planner PLANNER = new Planner(PlannerConfig.DEFAULT);
  private static final FlightCatalog CATALOG = new FlightCatalog();

  static List<Arguments> statements() {
    return List.of(
        wrong(
            "SELECT orgin FROM flights",
            COLUMN_NOT_FOUND,
            "Column 'orgin' at line 1, column 8 does not exist. Did you mean 'origin'?"),
        wrong(
            "SELECT f.delai FROM flights f",
            COLUMN_NOT_FOUND,
            "Column 'delai' at line 1, column 10 does not exist in 'f'. Did you mean 'delay'?"),
        wrong(
            "SELECT origin\nFROM flight",
            TABLE_NOT_FOUND,
            "Table 'flight' at line 2, column 6 does not exist. Did you mean 'flights'?"),
        wrong("SELECT flights.origin FROM flights f", TABLE_NOT_FOUND, "Use its alias"),
        wrong(
            "SELECT uper(origin) FROM flights",
            FUNCTION_NOT_FOUND,
            "Function 'uper' at line 1, column 8 does not exist. Did you mean 'UPPER'"),
        wrong("SELECT UPPER(origin, 1) FROM flights", TYPE_MISMATCH, "UPPER(TEXT)"),
        wrong(
            "SELECT origin FROM flights WHERE origin = \"JFK\"",
            COLUMN_NOT_FOUND,
            "Text takes single quotes: 'JFK'."),
        wrong(
            "SELECT FROM flights",
            SQL_PARSE,
            "Syntax error at line 1, column 8: 'FROM' is not expected here."),
        wrong("SELECT origin FROM", SQL_PARSE, "the statement ends too early"),
        wrong(
            "SELECT 'abc",
            SQL_PARSE,
            "A string that begins with ' is not closed (at line 1, column 8)."),
        wrong("SELECT 1 /* x", SQL_PARSE, "not closed with */"),
        wrong("SELECT 1; SELECT 2", SQL_PARSE, "Only one statement"),
        wrong("  -- nothing\n", SQL_PARSE, "The statement is empty"),
        wrong("SELECT TOP 5 origin FROM flights", SQL_PARSE, "TOP belongs to PQL"),
        wrong("SELECT origin FROM flights LIMIT -1", SQL_PARSE, "not followed by a whole number"),
        wrong("SELECT origin FROM flights LIMIT 1.5", TYPE_MISMATCH, "whole number"),
        wrong("INSERT INTO flights VALUES (1)", READ_ONLY, "/ingestFromFile"),
        wrong("update flights set delay = 1", READ_ONLY, "UPDATE is refused"),
        wrong("DROP TABLE flights", READ_ONLY, "DROP is refused"),
        wrong("EXPLAIN PLAN FOR DELETE FROM flights", READ_ONLY, "DELETE is refused"),
        wrong("EXPLAIN PLAN FOR SHOW TABLES", FEATURE_NOT_SUPPORTED, "cannot be explained"),
        wrong("SET x = 1", FEATURE_NOT_SUPPORTED, "queryOptions"),
        wrong("BEGIN", FEATURE_NOT_SUPPORTED, "BEGIN is not supported"),
        wrong("SHOW", SQL_PARSE, "SHOW TABLES"),
        wrong("SHOW NONSENSE", SQL_PARSE, "'NONSENSE' is not expected here"),
        wrong("SHOW TABLES LIKE", SQL_PARSE, "ends too early"),
        wrong("SHOW TABLES LIKE x", SQL_PARSE, "'x' is not expected here"),
        wrong("SHOW TABLES LIKE 'x' y", SQL_PARSE, "'y' is not expected here"),
        wrong("SHOW TABLES FROM nowhere", NOT_FOUND, "Schema 'nowhere' does not exist."),
        wrong("SHOW COLUMNS", SQL_PARSE, "SHOW COLUMNS FROM table"),
        wrong("DESCRIBE flight", TABLE_NOT_FOUND, "Did you mean 'flights'?"),
        wrong("DESC system.nothing", TABLE_NOT_FOUND, "does not exist"),
        wrong("DESCRIBE", SQL_PARSE, "ends too early"),
        wrong("SHOW CREATE flights", SQL_PARSE, "SHOW CREATE TABLE table"),
        wrong("KILL", SQL_PARSE, "KILL QUERY 'id'"),
        wrong("KILL QUERY 12", SQL_PARSE, "'12' is not expected here"),
        wrong("USE elsewhere", NOT_FOUND, "Schema 'elsewhere' does not exist."),
        wrong("USE system", FEATURE_NOT_SUPPORTED, "Write system.name"),
        wrong("SELECT * FROM system.nothing", TABLE_NOT_FOUND, "does not exist"),
        wrong("SELECT SUM(origin) FROM flights", TYPE_MISMATCH, "SUM(VARCHAR)"),
        wrong("SELECT origin + 1 FROM flights", TYPE_MISMATCH, "does not fit its operands"),
        wrong("SELECT 1 FROM flights WHERE origin = 5", TYPE_MISMATCH, "does not fit its operands"),
        wrong("SELECT 1 FROM flights WHERE origin IN (5, 6)", TYPE_MISMATCH, "IN"),
        wrong(
            "SELECT 1 FROM flights WHERE delay", TYPE_MISMATCH, "WHERE clause must be a condition"),
        wrong("SELECT 1 FROM flights WHERE nums = 'x'", TYPE_MISMATCH, "array of INT"),
        wrong("SELECT 1 FROM flights WHERE nums = tags", TYPE_MISMATCH, "do not go together"),
        wrong("SELECT ? FROM flights", TYPE_MISMATCH, "Write CAST(? AS type)"),
        wrong("SELECT CAST(delay AS HUGE) FROM flights", TYPE_MISMATCH, "Type 'HUGE'"),
        wrong(
            "SELECT origin, dest FROM flights GROUP BY origin",
            SQL_VALIDATION,
            "'dest' is not being grouped (at line 1, column 16)."),
        wrong(
            "SELECT origin FROM flights WHERE COUNT(*) > 1",
            SQL_VALIDATION,
            "Aggregate expression is illegal in WHERE"),
        wrong("SELECT SUM(COUNT(*)) FROM flights", SQL_VALIDATION, "cannot be nested"),
        wrong("SELECT origin FROM flights ORDER BY 3", SQL_VALIDATION, "Ordinal out of range"),
        wrong(
            "SELECT code FROM airports a, airports b",
            SQL_VALIDATION,
            "Column 'code' is ambiguous"),
        wrong("SELECT *", SQL_VALIDATION, "requires a FROM"),
        wrong("SELECT DATE '2024-13-45'", SQL_VALIDATION, "2024-13-45"),
        wrong(
            "SELECT 12345678901234567890123456789012345678901234567890",
            NUMERIC_OVERFLOW,
            "out of range"),
        wrong(
            "SELECT tags, COUNT(*) FROM flights GROUP BY tags HAVING tags = 'x'",
            FEATURE_NOT_SUPPORTED,
            "array column"),
        wrong("SELECT DISTINCT ON origin FROM flights", SQL_PARSE, "in parentheses"),
        wrong("SELECT DISTINCT ON (origin, dest FROM flights", SQL_PARSE, "is not closed"),
        wrong("SELECT DISTINCT ON (3) origin FROM flights", SQL_VALIDATION, "ordinal 3"),
        wrong(
            "SELECT DISTINCT ON (origin) dest FROM flights QUALIFY COUNT(*) OVER () > 1",
            FEATURE_NOT_SUPPORTED,
            "DISTINCT ON with QUALIFY"),
        wrong(
            "SELECT f.*, COUNT(*) FROM flights f JOIN flights g USING (origin) GROUP BY ALL",
            FEATURE_NOT_SUPPORTED,
            "Name the"),
        wrong(
            "SELECT EXTRACT(DAY FROM TIME '12:00:00')", TYPE_MISMATCH, "DAY does not take a TIME"),
        wrong(
            "WITH RECURSIVE t(n) AS (SELECT n + 1 FROM t) SELECT * FROM t",
            FEATURE_NOT_SUPPORTED,
            "'t' must have the form"),
        wrong(
            "WITH RECURSIVE t(n) AS (SELECT n FROM t UNION SELECT 1) SELECT * FROM t",
            FEATURE_NOT_SUPPORTED,
            "'t' must have the form"),
        wrong(
            "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t LIMIT 3) SELECT * FROM t",
            FEATURE_NOT_SUPPORTED,
            "LIMIT belong behind the WITH"),
        wrong(
            "SELECT " + "(".repeat(300) + "1" + ")".repeat(300),
            SQL_PARSE,
            "nested more than 200 deep"),
        wrong("SELECT " + "- ".repeat(300) + "1", SQL_PARSE, "in a row"),
        wrong(
            "SELECT delay" + " + 1".repeat(1000) + " FROM flights",
            SQL_PARSE,
            "more than 300 operators"),
        wrong(
            "SELECT 1 WHERE 1 IN (1" + ", 1".repeat(20_000) + ")",
            SQL_PARSE,
            "more than 20000 values"),
        wrong("SELECT 1" + " UNION ALL SELECT 1".repeat(600), SQL_PARSE, "more than 500 queries"),
        wrong("SELECT '" + "x".repeat(1 << 20) + "'", SQL_PARSE, "at most 1048576"));
  }

  private static Arguments wrong(String sql, ErrorCode code, String part) {
    return Arguments.of(sql, code, part);
  }

  @ParameterizedTest
  @MethodSource("statements")
  void statementIsRefused(String sql, ErrorCode code, String part) {
    CuveeException failure =
        catchThrowableOfType(
            CuveeException.class, () -> PLANNER.plan(sql, Session.DEFAULT, CATALOG));
    assertThat(failure).as(sql.substring(0, Math.min(80, sql.length()))).isNotNull();
    assertThat(failure).hasMessageContaining(part);
    assertThat(failure.code()).isEqualTo(code);
    assertThat(failure.getMessage())
        .doesNotContain("calcite", "CannotPlan", "not found in any table", "Was expecting", "<EOF>")
        .endsWith(failure.getMessage().endsWith("?") ? "?" : ".");
  }
}
