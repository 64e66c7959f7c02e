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
          entry("NVL2", "x, a, b", "CASE WHEN x IS NOT NULL THEN a ELSE b END", "a unless x is NULL, then b."),
          entry("IIF", "c, a, b", "CASE WHEN c THEN a ELSE b END", "a if c is true, else b."),
          entry("PI", "", "3.141592653589793E0", "The number."),
          entry("E", "", "2.718281828459045E0", "The number."),
          entry("LOG", "x", "LOG10(x)", "Logarithm to base 10; `{fn LOG(x)}` of JDBC is LN."),
          entry("LOG", "b, x", "LN(x) / LN(b)", "Logarithm to base b."),
          entry("SPACE", "n", "REPEAT(' ', n)", "So many blanks."),
          entry("UUID", "", "GEN_RANDOM_UUID()", "A random UUID.", "UUID_GENERATE_V4"),
          entry("TODAY", "", "CURRENT_DATE", "The day.", "CURDATE"),
          entry("GETDATE", "", "NOW()", "The time.", "GET_CURRENT_TIMESTAMP", "TRANSACTION_TIMESTAMP", "CLOCK_TIMESTAMP", "STATEMENT_TIMESTAMP"),
          entry("ADD_MONTHS", "t, n", "TIMESTAMPADD(MONTH, n, t)", "So many months later."),
          entry("FROM_UNIXTIME", "n", "FROM_EPOCH_SECONDS(n)", "From seconds since 1970."),
          entry("TO_UNIXTIME", "t", "EPOCH(t)", "Seconds since 1970, with fraction."),
          entry("AGE", "t", "AGE(CAST(CURRENT_DATE AS TIMESTAMP), t)", "AGE from t to today."),
          entry("TIMEZONE", "zone, t", "TO_UTC_TIMESTAMP(t, zone)", "`t AT TIME ZONE zone`."),
          entry("DATE_ADD", "t, i", "t + i", "An interval later; with three arguments TIMESTAMP_ADD."),
          entry("DATE_SUB", "t, i", "t - i", "An interval earlier; with three arguments TIMESTAMP_DIFF."),
          entry("ADD", "a, b", "a + b", "The sum."),
          entry("SUB", "a, b", "a - b", "The difference.", "SUBTRACT"),
          entry("MULT", "a, b", "a * b", "The product.", "MULTIPLY"),
          entry("DIVIDE", "a, b", "a / b", "The quotient."),
          entry("GEOMEAN", "x", "EXP(AVG(LN(x)))", "The geometric mean.", "GEOMETRIC_MEAN"),
          entry("PRODUCT", "x", "CASE WHEN COUNT(x) = 0 THEN NULL WHEN SUM(CASE WHEN x = 0 THEN 1 ELSE 0 END) > 0 THEN 0E0 ELSE EXP(SUM(LN(ABS(NULLIF(x, 0))))) * CASE WHEN MOD(SUM(CASE WHEN x < 0 THEN 1 ELSE 0 END), 2) = 1 THEN -1 ELSE 1 END END", "The product of the values, as a DOUBLE."),
          entry("SEM", "x", "STDDEV_POP(x) / SQRT(COUNT(x))", "Standard error of the mean."),
          entry("FSUM", "x", "SUM(CAST(x AS DOUBLE))", "Sum of doubles.", "KAHAN_SUM", "SUMKAHAN"),
          entry("FAVG", "x", "AVG(CAST(x AS DOUBLE))", "Mean of doubles."),
          entry("TOTAL", "x", "COALESCE(SUM(CAST(x AS DOUBLE)), 0E0)", "Sum of doubles, 0 where there are none."),
          entry("ARBITRARY", "x", "ANY_VALUE(x)", "Some value.", "FIRST"));

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
