package io.cuvee.common.function;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A function that is short for an expression of others.
///
/// @param parameters names that stand for the arguments in `body`
/// @param body the expression, in SQL
/// @param doc one sentence for the SQL reference
public record DerivedFunction(
    String name, List<String> parameters, List<String> aliases, String body, String doc) {
  public static final List<DerivedFunction> ALL =
      List.of(
          entry(
              "NVL2",
              "x, a, b",
              "CASE WHEN x IS NOT NULL THEN a ELSE b END",
              "a unless x is NULL, then b."),
          entry("IIF", "c, a, b", "CASE WHEN c THEN a ELSE b END", "a if c is true, else b."),
          entry("PI", "", "3.141592653589793E0", "The number."),
          entry("E", "", "2.718281828459045E0", "The number."),
          entry("LOG", "x", "LOG10(x)", "Logarithm to base 10; `{fn LOG(x)}` of JDBC is LN."),
          entry("LOG", "b, x", "LN(x) / LN(b)", "Logarithm to base b."),
          entry("SPACE", "n", "REPEAT(' ', n)", "So many blanks."),
          entry("UUID", "", "GEN_RANDOM_UUID()", "A random UUID.", "UUID_GENERATE_V4"),
          entry("TODAY", "", "CURRENT_DATE", "The day.", "CURDATE"),
          entry(
              "GETDATE",
              "",
              "NOW()",
              "The time.",
              "GET_CURRENT_TIMESTAMP",
              "TRANSACTION_TIMESTAMP",
              "CLOCK_TIMESTAMP",
              "STATEMENT_TIMESTAMP"),
          entry("ADD_MONTHS", "t, n", "TIMESTAMPADD(MONTH, n, t)", "So many months later."),
          entry("FROM_UNIXTIME", "n", "FROM_EPOCH_SECONDS(n)", "From seconds since 1970."),
          entry("TO_UNIXTIME", "t", "EPOCH(t)", "Seconds since 1970, with fraction."),
          entry("AGE", "t", "AGE(CAST(CURRENT_DATE AS TIMESTAMP), t)", "AGE from t to today."),
          entry("TIMEZONE", "zone, t", "TO_UTC_TIMESTAMP(t, zone)", "`t AT TIME ZONE zone`."),
          entry(
              "DATE_ADD",
              "t, i",
              "t + i",
              "An interval later; with three arguments TIMESTAMP_ADD."),
          entry(
              "DATE_SUB",
              "t, i",
              "t - i",
              "An interval earlier; with three arguments TIMESTAMP_DIFF."),
          entry("ADD", "a, b", "a + b", "The sum."),
          entry("SUB", "a, b", "a - b", "The difference.", "SUBTRACT"),
          entry("MULT", "a, b", "a * b", "The product.", "MULTIPLY"),
          entry("DIVIDE", "a, b", "a / b", "The quotient."),
          entry("GEOMEAN", "x", "EXP(AVG(LN(x)))", "The geometric mean.", "GEOMETRIC_MEAN"),
          entry(
              "PRODUCT",
              "x",
              "CASE WHEN COUNT(x) = 0 THEN NULL WHEN SUM(CASE WHEN x = 0 THEN 1 ELSE 0 END) > 0"
                  + " THEN 0E0 ELSE EXP(SUM(LN(ABS(NULLIF(x, 0))))) * CASE WHEN MOD(SUM(CASE WHEN x"
                  + " < 0 THEN 1 ELSE 0 END), 2) = 1 THEN -1 ELSE 1 END END",
              "The product of the values, as a DOUBLE."),
          entry("SEM", "x", "STDDEV_POP(x) / SQRT(COUNT(x))", "Standard error of the mean."),
          entry("FSUM", "x", "SUM(CAST(x AS DOUBLE))", "Sum of doubles.", "KAHAN_SUM", "SUMKAHAN"),
          entry("FAVG", "x", "AVG(CAST(x AS DOUBLE))", "Mean of doubles."),
          entry(
              "TOTAL",
              "x",
              "COALESCE(SUM(CAST(x AS DOUBLE)), 0E0)",
              "Sum of doubles, 0 where there are none."),
          entry("ARBITRARY", "x", "ANY_VALUE(x)", "Some value.", "FIRST"),
          entry(
              "TOEPOCHSECONDSROUNDED",
              "t, n",
              "CAST(FLOOR(TO_EPOCH_MILLIS(t) / (1000E0 * n)) AS BIGINT) * n",
              "Seconds since 1970, rounded down to a multiple of n."),
          entry(
              "TOEPOCHSECONDSBUCKET",
              "t, n",
              "CAST(FLOOR(TO_EPOCH_MILLIS(t) / (1000E0 * n)) AS BIGINT)",
              "How many times n seconds have gone by since 1970."),
          entry(
              "TOEPOCHMINUTES",
              "t",
              "CAST(FLOOR(TO_EPOCH_MILLIS(t) / 60000E0) AS BIGINT)",
              "Minutes since 1970."),
          entry(
              "TOEPOCHMINUTESROUNDED",
              "t, n",
              "CAST(FLOOR(TO_EPOCH_MILLIS(t) / (60000E0 * n)) AS BIGINT) * n",
              "Minutes since 1970, rounded down to a multiple of n."),
          entry(
              "TOEPOCHMINUTESBUCKET",
              "t, n",
              "CAST(FLOOR(TO_EPOCH_MILLIS(t) / (60000E0 * n)) AS BIGINT)",
              "How many times n minutes have gone by since 1970."),
          entry(
              "FROMEPOCHMINUTES",
              "n",
              "FROM_EPOCH_MILLIS(n * CAST(60000 AS BIGINT))",
              "From minutes since 1970."),
          entry(
              "TOEPOCHHOURS",
              "t",
              "CAST(FLOOR(TO_EPOCH_MILLIS(t) / 3600000E0) AS BIGINT)",
              "Hours since 1970."),
          entry(
              "TOEPOCHHOURSROUNDED",
              "t, n",
              "CAST(FLOOR(TO_EPOCH_MILLIS(t) / (3600000E0 * n)) AS BIGINT) * n",
              "Hours since 1970, rounded down to a multiple of n."),
          entry(
              "TOEPOCHHOURSBUCKET",
              "t, n",
              "CAST(FLOOR(TO_EPOCH_MILLIS(t) / (3600000E0 * n)) AS BIGINT)",
              "How many times n hours have gone by since 1970."),
          entry(
              "FROMEPOCHHOURS",
              "n",
              "FROM_EPOCH_MILLIS(n * CAST(3600000 AS BIGINT))",
              "From hours since 1970."),
          entry(
              "TOEPOCHDAYS",
              "t",
              "CAST(FLOOR(TO_EPOCH_MILLIS(t) / 86400000E0) AS BIGINT)",
              "Days since 1970."),
          entry(
              "TOEPOCHDAYSROUNDED",
              "t, n",
              "CAST(FLOOR(TO_EPOCH_MILLIS(t) / (86400000E0 * n)) AS BIGINT) * n",
              "Days since 1970, rounded down to a multiple of n."),
          entry(
              "TOEPOCHDAYSBUCKET",
              "t, n",
              "CAST(FLOOR(TO_EPOCH_MILLIS(t) / (86400000E0 * n)) AS BIGINT)",
              "How many times n days have gone by since 1970."),
          entry(
              "FROMEPOCHDAYS",
              "n",
              "FROM_EPOCH_MILLIS(n * CAST(86400000 AS BIGINT))",
              "From days since 1970."),
          entry(
              "TODATETIME",
              "t, p, zone",
              "FORMAT_TIMESTAMP(FROM_UTC_TIMESTAMP(t, zone), p)",
              "FORMAT_TIMESTAMP of what clocks of a zone show."),
          entry(
              "DATETRUNC",
              "u, n, input",
              "TIME_CONVERT(TO_EPOCH_MILLIS(DATE_TRUNC(u, FROM_EPOCH_MILLIS(TIME_CONVERT(n, input,"
                  + " 'MILLISECONDS')))), 'MILLISECONDS', input)",
              "Pinot's DATE_TRUNC of a number of units since 1970, in the same units."),
          entry("FROMTIMESTAMP", "t", "TO_EPOCH_MILLIS(t)", "Milliseconds since 1970."),
          entry("TOTIMESTAMP", "n", "FROM_EPOCH_MILLIS(n)", "From milliseconds since 1970."),
          entry(
              "JSONPATHSTRING",
              "doc, path",
              "JSON_EXTRACT_SCALAR(doc, path, 'STRING')",
              "The text at a path.",
              "JSON_EXTRACT_STRING"),
          entry(
              "JSONPATHSTRING",
              "doc, path, d",
              "JSON_EXTRACT_SCALAR(doc, path, 'STRING', d)",
              "The text at a path, d where there is none."),
          entry(
              "JSONPATHLONG",
              "doc, path",
              "JSON_EXTRACT_SCALAR(doc, path, 'LONG')",
              "The whole number at a path."),
          entry(
              "JSONPATHDOUBLE",
              "doc, path",
              "JSON_EXTRACT_SCALAR(doc, path, 'DOUBLE')",
              "The number at a path."),
          entry("JSONFORMAT", "doc", "CAST(doc AS VARCHAR)", "The document as text."),
          entry("REMOVE", "t, part", "REPLACE(t, part, '')", "The text without a part of it."),
          entry(
              "STRCMP",
              "a, b",
              "CASE WHEN a < b THEN -1 WHEN a > b THEN 1 WHEN a = b THEN 0 END",
              "-1, 0 or 1 as a is less than, equal to or greater than b."),
          entry("ADD", "a, b, c", "a + b + c", "The sum."),
          entry("MULT", "a, b, c", "a * b * c", "The product."),
          entry("BITMASK", "n", "BITSHIFTLEFT(1, n)", "The number whose n-th bit alone is set."),
          entry(
              "BITEXTRACT",
              "x, n",
              "BITAND(BITSHIFTRIGHT(x, n), 1)",
              "The n-th bit.",
              "EXTRACTBIT"),
          entry("BIT_AND", "a, b", "BITAND(a, b)", "Bits set in both."),
          entry("BIT_OR", "a, b", "BITOR(a, b)", "Bits set in either."),
          entry("BIT_XOR", "a, b", "BITXOR(a, b)", "Bits set in one of both."),
          entry("EQUALS", "a, b", "a = b", "Compares."),
          entry("NOTEQUALS", "a, b", "a <> b", "Compares."),
          entry("GREATERTHAN", "a, b", "a > b", "Compares."),
          entry("GREATERTHANOREQUAL", "a, b", "a >= b", "Compares."),
          entry("LESSTHAN", "a, b", "a < b", "Compares."),
          entry("LESSTHANOREQUAL", "a, b", "a <= b", "Compares."),
          entry("ISDISTINCTFROM", "a, b", "a IS DISTINCT FROM b", "Compares; NULLs are equal."),
          entry(
              "ISNOTDISTINCTFROM",
              "a, b",
              "a IS NOT DISTINCT FROM b",
              "Compares; NULLs are equal."),
          entry("DISTINCTSUM", "x", "SUM(DISTINCT x)", "Sum of the distinct values."),
          entry("DISTINCTAVG", "x", "AVG(DISTINCT x)", "Mean of the distinct values."),
          entry(
              "EXPRMIN", "v, k", "ARG_MIN(v, k)", "The value where the key is least.", "EXPR_MIN"),
          entry(
              "EXPRMAX",
              "v, k",
              "ARG_MAX(v, k)",
              "The value where the key is largest.",
              "EXPR_MAX"),
          entry("MINSTRING", "x", "MIN(x)", "The least value.", "MINLONG"),
          entry("MAXSTRING", "x", "MAX(x)", "The largest value.", "MAXLONG"),
          entry("SUMLONG", "x", "SUM(x)", "The sum.", "SUMINT"),
          entry("ANYVALUE", "x", "ANY_VALUE(x)", "Some value."),
          entry(
              "MAX",
              "x, n",
              "ARRAY_SLICE(ARRAY_AGG(x ORDER BY x DESC), 1, n)",
              "The n largest values."),
          entry("MIN", "x, n", "ARRAY_SLICE(ARRAY_AGG(x ORDER BY x), 1, n)", "The n least values."),
          entry(
              "ARG_MAX",
              "v, k, n",
              "ARRAY_SLICE(ARRAY_AGG(CASE WHEN k IS NOT NULL THEN v END ORDER BY k DESC), 1, n)",
              "The values where the key is among the n largest.",
              "MAX_BY"),
          entry(
              "ARG_MIN",
              "v, k, n",
              "ARRAY_SLICE(ARRAY_AGG(CASE WHEN k IS NOT NULL THEN v END ORDER BY k), 1, n)",
              "The values where the key is among the n least.",
              "MIN_BY"),
          entry(
              "WEIGHTED_AVG",
              "x, w",
              "SUM(CAST(x AS DOUBLE) * w) / NULLIF(SUM(CASE WHEN x IS NOT NULL THEN CAST(w AS"
                  + " DOUBLE) END), 0E0)",
              "The mean of values that count by their weights.",
              "WAVG"),
          entry(
              "SAFE_DIVIDE",
              "a, b",
              "CASE WHEN b <> 0 THEN CAST(a AS DOUBLE) / b END",
              "The quotient as a DOUBLE, NULL where b is 0."),
          entry(
              "CONTAINS_SUBSTR",
              "a, b",
              "CONTAINS(LOWER(a), LOWER(b))",
              "Whether b is in a, in any case."),
          entry("REGEXP", "a, p", "REGEXP_LIKE(a, p)", "REGEXP_LIKE.", "REGEXP_CONTAINS"),
          entry("UNIX_MILLIS", "t", "TO_EPOCH_MILLIS(t)", "Milliseconds since 1970."),
          entry(
              "UNIX_SECONDS",
              "t",
              "CAST(FLOOR(TO_EPOCH_MILLIS(t) / 1000E0) AS BIGINT)",
              "Seconds since 1970."),
          entry("UNIX_DATE", "d", "CAST(d AS DATE) - DATE '1970-01-01'", "Days since 1970."),
          entry("TIMESTAMP_MILLIS", "n", "FROM_EPOCH_MILLIS(n)", "From milliseconds since 1970."),
          entry("TIMESTAMP_SECONDS", "n", "FROM_EPOCH_SECONDS(n)", "From seconds since 1970."),
          entry("DATE_FROM_UNIX_DATE", "n", "DATE '1970-01-01' + n", "From days since 1970."),
          entry("DATE", "t", "CAST(t AS DATE)", "The day of a point in time."),
          entry("PLUS", "a, b", "a + b", "The sum."),
          entry(
              "ARRAY_POSITION",
              "a, x",
              "NULLIF(ARRAY_INDEX(a, x), 0)",
              "Where x is in the array, NULL if nowhere.",
              "LIST_POSITION",
              "LIST_INDEXOF",
              "ARRAY_INDEXOF"),
          entry(
              "LIST_SORT",
              "a, o",
              "CASE WHEN UPPER(o) LIKE 'DESC%' THEN ARRAY_REVERSE_SORT(a) ELSE ARRAY_SORT(a) END",
              "Elements in the order 'ASC' or 'DESC'.",
              "ARRAY_SORT"),
          entry(
              "LIST_SORT",
              "a, o, n",
              "CASE WHEN UPPER(o) LIKE 'DESC%' THEN ARRAY_REVERSE_SORT(a) ELSE ARRAY_SORT(a) END",
              "The same; arrays have no NULLs to put first or last.",
              "ARRAY_SORT"),
          entry(
              "LIST_REVERSE_SORT",
              "a, n",
              "ARRAY_REVERSE_SORT(a)",
              "Elements in descending order.",
              "ARRAY_REVERSE_SORT"),
          entry(
              "LIST_UNIQUE",
              "a",
              "CARDINALITY(ARRAY_DISTINCT(a))",
              "How many different elements.",
              "ARRAY_UNIQUE"),
          entry("LIST_FIRST", "a", "a[1]", "The first element.", "ARRAY_FIRST"),
          entry("LIST_LAST", "a", "a[-1]", "The last element.", "ARRAY_LAST"),
          entry(
              "ARRAY_POP_BACK",
              "a",
              "ARRAY_SLICE(a, 1, CARDINALITY(a) - 1)",
              "All elements but the last."),
          entry(
              "ARRAY_POP_FRONT",
              "a",
              "ARRAY_SLICE(a, 2, CARDINALITY(a))",
              "All elements but the first."),
          entry("TO_YEARS", "n", "n * INTERVAL '1' YEAR", "An interval."),
          entry("TO_MONTHS", "n", "n * INTERVAL '1' MONTH", "An interval."),
          entry("TO_WEEKS", "n", "n * INTERVAL '7' DAY", "An interval."),
          entry("TO_DAYS", "n", "n * INTERVAL '1' DAY", "An interval."),
          entry("TO_HOURS", "n", "n * INTERVAL '1' HOUR", "An interval."),
          entry("TO_MINUTES", "n", "n * INTERVAL '1' MINUTE", "An interval."),
          entry("TO_SECONDS", "n", "n * INTERVAL '1' SECOND", "An interval."),
          entry("NANOSECOND", "t", "MICROSECOND(t) * 1000", "Nanoseconds of the minute."));

  public DerivedFunction {
    parameters = List.copyOf(parameters);
    aliases = List.copyOf(aliases);
  }

  private static DerivedFunction entry(
      String name, String parameters, String body, String doc, String... aliases) {
    return new DerivedFunction(
        name,
        parameters.isEmpty() ? List.of() : Arrays.asList(parameters.split(", ")),
        List.of(aliases),
        body,
        doc);
  }

  /// The function of this name or alias, in any case, that takes so many arguments.
  public static Optional<DerivedFunction> find(String name, int arguments) {
    String upper = name.toUpperCase(Locale.ROOT);
    return ALL.stream()
        .filter(function ->
            function.parameters.size() == arguments
                && (function.name.equals(upper) || function.aliases.contains(upper)))
        .findFirst();
  }
}
