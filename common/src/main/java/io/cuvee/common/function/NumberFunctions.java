package io.cuvee.common.function;

import static io.cuvee.common.function.ScalarFunction.Argument.INTEGER;
import static io.cuvee.common.function.ScalarFunction.Argument.NUMERIC;

import io.cuvee.common.function.ScalarFunction.Result;
import java.util.List;

/// Functions of numbers, beside those that SQL itself has.
final class NumberFunctions {
  private NumberFunctions() {}

  static void declare(Declarations all) {
    all.function("SINH", List.of(), Result.DOUBLE, 1, "Of a DOUBLE.", NUMERIC);
    all.function("COSH", List.of(), Result.DOUBLE, 1, "Of a DOUBLE.", NUMERIC);
    all.function("TANH", List.of(), Result.DOUBLE, 1, "Of a DOUBLE.", NUMERIC);
    all.function("ASINH", List.of(), Result.DOUBLE, 1, "Of a DOUBLE.", NUMERIC);
    all.function("ACOSH", List.of(), Result.DOUBLE, 1, "Of a DOUBLE.", NUMERIC);
    all.function("ATANH", List.of(), Result.DOUBLE, 1, "Of a DOUBLE.", NUMERIC);
    all.function("COT", List.of(), Result.DOUBLE, 1, "Of a DOUBLE.", NUMERIC);
    all.function(
        "EVEN", List.of(), Result.DOUBLE, 1, "The nearest even number away from zero.", NUMERIC);
    all.function("GAMMA", List.of(), Result.DOUBLE, 1, "The gamma function.", NUMERIC);
    all.function(
        "LGAMMA", List.of(), Result.DOUBLE, 1, "The logarithm of the gamma function.", NUMERIC);
    all.function(
        "FACTORIAL",
        List.of(),
        Result.BIG_DECIMAL,
        1,
        "The product of 1 to the number, at most 33.",
        INTEGER);
    all.function(
        "GCD",
        List.of("GREATEST_COMMON_DIVISOR"),
        Result.LONG,
        2,
        "Greatest common divisor.",
        INTEGER,
        INTEGER);
    all.function(
        "LCM",
        List.of("LEAST_COMMON_MULTIPLE"),
        Result.LONG,
        2,
        "Least common multiple.",
        INTEGER,
        INTEGER);
    all.function(
        "DIV",
        List.of("INTDIV"),
        Result.LONG,
        2,
        "The quotient without its fraction.",
        NUMERIC,
        NUMERIC);
    all.function(
        "FMOD",
        List.of(),
        Result.DOUBLE,
        2,
        "Remainder of doubles, with the sign of the first.",
        NUMERIC,
        NUMERIC);
    all.function(
        "WIDTH_BUCKET",
        List.of(),
        Result.LONG,
        4,
        "The number, from 1, of the bucket in which the first lies, if those from the second to the"
            + " third are as many as the fourth; 0 below, one more above.",
        NUMERIC,
        NUMERIC,
        NUMERIC,
        INTEGER);
    all.function(
        "ISNAN", List.of("IS_NAN"), Result.BOOLEAN, 1, "Whether it is not a number.", NUMERIC);
    all.function(
        "ISINF", List.of("IS_INFINITE"), Result.BOOLEAN, 1, "Whether it is infinite.", NUMERIC);
    all.function(
        "SIGNBIT",
        List.of(),
        Result.BOOLEAN,
        1,
        "Whether the sign is a minus, as of -0.0.",
        NUMERIC);
    all.function(
        "BITAND",
        List.of("BITWISE_AND"),
        Result.LONG,
        2,
        "Bits set in both; `a & b`.",
        INTEGER,
        INTEGER);
    all.function(
        "BITOR",
        List.of("BITWISE_OR"),
        Result.LONG,
        2,
        "Bits set in either; `a | b`.",
        INTEGER,
        INTEGER);
    all.function(
        "BITXOR",
        List.of("BITWISE_XOR", "XOR"),
        Result.LONG,
        2,
        "Bits set in one of both.",
        INTEGER,
        INTEGER);
    all.function(
        "BITNOT", List.of("BITWISE_NOT"), Result.LONG, 1, "Bits that are not set; `~a`.", INTEGER);
    all.function(
        "BITSHIFTLEFT",
        List.of("BITWISE_LEFT_SHIFT"),
        Result.LONG,
        2,
        "Moves bits up; `a << b`.",
        INTEGER,
        INTEGER);
    all.function(
        "BITSHIFTRIGHT",
        List.of("BITWISE_RIGHT_SHIFT"),
        Result.LONG,
        2,
        "Moves bits down, with the sign; `a >> b`.",
        INTEGER,
        INTEGER);
    all.function(
        "BITSHIFTRIGHTUNSIGNED",
        List.of("BITSHIFTRIGHTLOGICAL"),
        Result.LONG,
        2,
        "Moves bits down, of an INT its 32, with zeros behind them.",
        INTEGER,
        INTEGER);
    all.function(
        "TO_BASE",
        List.of(),
        Result.STRING,
        2,
        "A number that is not negative in digits of base 2 to 36, at least as many as the third.",
        INTEGER,
        INTEGER,
        INTEGER);
    all.function(
        "FORMAT_BYTES",
        List.of("FORMATREADABLESIZE"),
        Result.STRING,
        1,
        "A number of bytes as 117.7 MiB, by powers of 1,024.",
        INTEGER);
    all.function(
        "FORMATREADABLEDECIMALSIZE",
        List.of(),
        Result.STRING,
        1,
        "A number of bytes as 123.4 MB, by powers of 1,000.",
        INTEGER);
    all.function(
        "BAR",
        List.of(),
        Result.STRING,
        3,
        "A bar whose length says where the first lies between the second and the third; full it has"
            + " 80 characters, or as many as the fourth.",
        NUMERIC,
        NUMERIC,
        NUMERIC,
        NUMERIC);
    all.function(
        "BIT_COUNT", List.of("BITCOUNT"), Result.LONG, 1, "How many bits are set.", INTEGER);
    all.function(
        "RANDOM",
        List.of("RAND"),
        Result.DOUBLE,
        0,
        "A random number from 0 to below 1, another for each row.");
    all.function(
        "GEN_RANDOM_UUID", List.of(), Result.STRING, 0, "A random UUID, another for each row.");
  }
}
