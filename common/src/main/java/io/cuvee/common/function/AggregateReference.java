package io.cuvee.common.function;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What users may call to aggregate: names, aliases, and a sentence each, for `docs/`. The planner
/// knows a function by its aliases as by its name.
///
/// @param name in SQL
/// @param arguments as the documentation shows them
/// @param aliases other names of the same
/// @param result type, in words
/// @param doc one sentence or two
public record AggregateReference(
    String name, String arguments, List<String> aliases, String result, String doc) {
  public static final List<AggregateReference> ALL =
      List.of(
          entry("COUNT", "*|any, …", "long", "Rows; or rows in which no argument is NULL."),
          entry("COUNT_IF", "boolean", "long", "Rows for which it is true.", "COUNTIF"),
          entry(
              "SUM",
              "numeric",
              "long of integers, else as the argument",
              "Exact for integers; an error if it overflows."),
          entry("SUM0", "numeric", "as SUM", "SUM that is 0 instead of NULL."),
          entry("MIN", "any", "as the argument", "The least value."),
          entry("MAX", "any", "as the argument", "The largest value."),
          entry("AVG", "numeric", "double, decimal of decimals", "The mean."),
          entry(
              "MINMAXRANGE",
              "numeric",
              "double",
              "The largest minus the least value.",
              "MIN_MAX_RANGE"),
          entry("VAR_POP", "numeric", "double", "Variance of a population.", "VARPOP"),
          entry(
              "VAR_SAMP",
              "numeric",
              "double",
              "Variance of a sample; NULL for one value.",
              "VARIANCE",
              "VARSAMP"),
          entry(
              "STDDEV_POP",
              "numeric",
              "double",
              "Standard deviation of a population.",
              "STDDEVPOP"),
          entry(
              "STDDEV_SAMP",
              "numeric",
              "double",
              "Standard deviation of a sample; NULL for one value.",
              "STDDEV",
              "STDDEVSAMP"),
          entry(
              "SKEWNESS",
              "numeric",
              "double",
              "Skewness, corrected for the bias of a sample; NULL for fewer than three values or"
                  + " equal ones."),
          entry(
              "KURTOSIS",
              "numeric",
              "double",
              "Excess kurtosis, corrected for the bias of a sample; NULL for fewer than four values"
                  + " or equal ones."),
          entry(
              "KURTOSIS_POP",
              "numeric",
              "double",
              "Excess kurtosis of a population; NULL for equal values."),
          entry(
              "COVAR_POP",
              "numeric y, numeric x",
              "double",
              "Covariance of a population. This and the next take the rows in which neither"
                  + " argument is NULL.",
              "COVARPOP"),
          entry(
              "COVAR_SAMP",
              "numeric y, numeric x",
              "double",
              "Covariance of a sample; NULL for one row.",
              "COVARSAMP"),
          entry(
              "CORR",
              "numeric y, numeric x",
              "double",
              "Correlation; NULL if all y or all x are equal."),
          entry(
              "REGR_SLOPE",
              "numeric y, numeric x",
              "double",
              "Slope of the line that fits best; NULL if all x are equal."),
          entry(
              "REGR_INTERCEPT",
              "numeric y, numeric x",
              "double",
              "Where that line has x = 0; NULL if all x are equal."),
          entry(
              "REGR_R2",
              "numeric y, numeric x",
              "double",
              "Coefficient of determination; NULL if all x are equal, 1 if all y are."),
          entry("REGR_COUNT", "numeric y, numeric x", "long", "Rows in which neither is NULL."),
          entry("REGR_AVGX", "numeric y, numeric x", "double", "Mean of x."),
          entry("REGR_AVGY", "numeric y, numeric x", "double", "Mean of y."),
          entry(
              "REGR_SXX",
              "numeric y, numeric x",
              "double",
              "Sum of the squared differences of x from its mean."),
          entry(
              "REGR_SYY",
              "numeric y, numeric x",
              "double",
              "Sum of the squared differences of y from its mean."),
          entry(
              "REGR_SXY",
              "numeric y, numeric x",
              "double",
              "Sum of the products of both differences."),
          entry(
              "BOOL_AND",
              "boolean",
              "boolean",
              "Whether it is true in all rows.",
              "BOOLAND",
              "LOGICAL_AND",
              "EVERY"),
          entry(
              "BOOL_OR",
              "boolean",
              "boolean",
              "Whether it is true in some row.",
              "BOOLOR",
              "LOGICAL_OR"),
          entry("BIT_AND", "integer", "as the argument", "Bits that are set in all values."),
          entry("BIT_OR", "integer", "as the argument", "Bits that are set in some value."),
          entry(
              "BIT_XOR",
              "integer",
              "as the argument",
              "Bits that are set in an odd number of values."),
          entry("ANY_VALUE", "any", "as the argument", "Some value that is not NULL."),
          entry(
              "ARG_MIN",
              "any value, any key",
              "as the value",
              "The value where the key is least. Rows with a NULL are left out; of several such"
                  + " rows the smallest value is taken.",
              "ARGMIN",
              "MIN_BY"),
          entry(
              "ARG_MAX",
              "any value, any key",
              "as the value",
              "The value where the key is largest, as with ARG_MIN.",
              "ARGMAX",
              "MAX_BY"),
          entry(
              "FIRST_WITH_TIME",
              "any value, any time, 'TYPE'",
              "the type named",
              "ARG_MIN with the value cast to a type of Pinot's.",
              "FIRSTWITHTIME"),
          entry(
              "LAST_WITH_TIME",
              "any value, any time, 'TYPE'",
              "the type named",
              "ARG_MAX with the value cast to a type of Pinot's.",
              "LASTWITHTIME"),
          entry(
              "MODE",
              "any",
              "as the argument",
              "The value that comes most often, of several the smallest. Also `MODE() WITHIN GROUP"
                  + " (ORDER BY x)`."),
          entry("MEDIAN", "numeric or time", "as QUANTILE_CONT", "QUANTILE_CONT of 0.5."),
          entry(
              "QUANTILE_CONT",
              "numeric or time, fraction",
              "double; decimal of decimals; timestamp of times",
              "The value at a fraction, from 0 to 1, of the sorted values, by linear interpolation;"
                  + " exact. Also `PERCENTILE_CONT(fraction) WITHIN GROUP (ORDER BY x [DESC])`.",
              "PERCENTILE_CONT"),
          entry(
              "QUANTILE_DISC",
              "any, fraction",
              "as the argument",
              "The first of the sorted values up to which lies that fraction of them; exact. Also"
                  + " `PERCENTILE_DISC(fraction) WITHIN GROUP (ORDER BY x [DESC])`.",
              "PERCENTILE_DISC",
              "QUANTILE"),
          entry(
              "PERCENTILE",
              "numeric, percent",
              "double",
              "Pinot's exact percentile: the value before which lies that percentage of the sorted"
                  + " values; `PERCENTILE95(x)` is `PERCENTILE(x, 95)`."),
          entry(
              "MAD",
              "numeric",
              "double",
              "Median absolute deviation: the median of the distances to the median; exact."),
          entry(
              "ENTROPY",
              "any",
              "double",
              "Entropy, in bits, of how often each value came; NULL for none."),
          entry(
              "HISTOGRAM",
              "any, [array edges | lower, upper, count]",
              "string; array of double with edges",
              "How often each value came, as a JSON object in the order of the values:"
                  + " `{\"a\":2,\"b\":1}`. With constant edges Pinot's: how many values are in each"
                  + " bin. A bin has its lower edge, the last one its upper one too; what is outside"
                  + " is not counted. The first edge may be '-Infinity', the last 'Infinity'."),
          entry(
              "TOP_VALUES",
              "any, integer n",
              "array",
              "The n values that come most often, of equally frequent ones the smaller first;"
                  + " exact.",
              "APPROX_TOP_K"),
          entry(
              "STRING_AGG",
              "any, [text separator] [ORDER BY …]",
              "string",
              "The values as text with a separator, or a comma, between. Without ORDER BY they are"
                  + " in their own order, within OVER in the window's. Also `LISTAGG(x, ',') WITHIN"
                  + " GROUP (ORDER BY …)`.",
              "LISTAGG",
              "GROUP_CONCAT"),
          entry(
              "ARRAY_AGG",
              "any [ORDER BY …]",
              "array",
              "The values, ordered as with STRING_AGG. Pinot's `ARRAY_AGG(x, 'TYPE'[, distinct])`"
                  + " too.",
              "ARRAYAGG",
              "LIST"),
          entry(
              "DISTINCTCOUNT",
              "any",
              "long",
              "Pinot's COUNT(DISTINCT …), exact.",
              "DISTINCTCOUNTBITMAP",
              "DISTINCTCOUNTSMARTHLL",
              "SEGMENTPARTITIONEDDISTINCTCOUNT"),
          entry(
              "SUMPRECISION",
              "numeric",
              "big_decimal",
              "Pinot's SUM that cannot overflow: of the values as decimals."),
          entry(
              "APPROX_COUNT_DISTINCT",
              "any, [integer lgK]",
              "long",
              "**Approximate** number of distinct values, by DataSketches' HLL with 2^lgK (2^12)"
                  + " buckets: a relative error of 1.6 % in two of three cases. The names of"
                  + " Pinot's HyperLogLog++ and UltraLogLog are taken for it.",
              "APPROXCOUNTDISTINCT",
              "DISTINCTCOUNTHLL",
              "DISTINCTCOUNTHLLPLUS",
              "DISTINCTCOUNTULL",
              "DISTINCTCOUNTHLLMV",
              "DISTINCTCOUNTCPCSKETCH",
              "DISTINCTCOUNTCPC"),
          entry(
              "DISTINCTCOUNTTHETASKETCH",
              "any, [integer or 'nominalEntries=4096']",
              "long",
              "**Approximate** number of distinct values, by DataSketches' theta sketch: exact up"
                  + " to the nominal entries, beyond them a relative error of 1.6 %.",
              "DISTINCTCOUNTTHETA"),
          entry(
              "APPROX_PERCENTILE",
              "numeric, fraction, [integer k]",
              "double",
              "**Approximate** quantile by DataSketches' KLL, a rank error of 1.3 % for k = 200;"
                  + " exact up to k values. Which of many values it takes is left to chance.",
              "APPROX_QUANTILE"),
          entry(
              "PERCENTILEKLL",
              "numeric, percent, [integer k]",
              "double",
              "**Approximate**: APPROX_PERCENTILE with a percentage; `PERCENTILEKLL95(x)` too. The"
                  + " names of Pinot's quantile digest and t-digest are taken for it.",
              "PERCENTILEEST",
              "PERCENTILETDIGEST",
              "PERCENTILESMARTTDIGEST"),
          entry(
              "DISTINCTCOUNTRAWHLL",
              "any, [integer lgK]",
              "bytes",
              "The sketch of APPROX_COUNT_DISTINCT in the binary form of DataSketches (compact,"
                  + " HLL_8)."),
          entry(
              "DISTINCTCOUNTRAWTHETASKETCH",
              "any, [integer or 'nominalEntries=4096']",
              "bytes",
              "The sketch of DISTINCTCOUNTTHETASKETCH in the binary form of DataSketches (compact,"
                  + " ordered)."),
          entry(
              "PERCENTILERAWKLL",
              "numeric, [percent, [integer k]]",
              "bytes",
              "The sketch of APPROX_PERCENTILE in the binary form of DataSketches (KLL of"
                  + " doubles)."),
          entry(
              "COUNTMV",
              "array",
              "long",
              "Number of elements. `SUMMV`, `AVGMV`, `MINMV`, `MAXMV` and `DISTINCTCOUNTMV` are the"
                  + " functions without `MV`."));

  public AggregateReference {
    aliases = List.copyOf(aliases);
  }

  /// The aggregate of this name or alias, in any case.
  public static Optional<AggregateReference> find(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    return ALL.stream()
        .filter(entry -> entry.name().equals(upper) || entry.aliases().contains(upper))
        .findFirst();
  }

  private static AggregateReference entry(
      String name, String arguments, String result, String doc, String... aliases) {
    return new AggregateReference(name, arguments, List.of(aliases), result, doc);
  }
}
