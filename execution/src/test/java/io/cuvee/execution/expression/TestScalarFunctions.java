package io.cuvee.execution.expression;

import static io.cuvee.common.type.ColumnType.BIG_DECIMAL;
import static io.cuvee.common.type.ColumnType.BOOLEAN;
import static io.cuvee.common.type.ColumnType.DATE;
import static io.cuvee.common.type.ColumnType.DOUBLE;
import static io.cuvee.common.type.ColumnType.FLOAT;
import static io.cuvee.common.type.ColumnType.INT;
import static io.cuvee.common.type.ColumnType.LONG;
import static io.cuvee.common.type.ColumnType.STRING;
import static io.cuvee.common.type.ColumnType.TIMESTAMP;
import static io.cuvee.execution.expression.Cases.big;
import static io.cuvee.execution.expression.Cases.bool;
import static io.cuvee.execution.expression.Cases.date;
import static io.cuvee.execution.expression.Cases.decimal;
import static io.cuvee.execution.expression.Cases.integer;
import static io.cuvee.execution.expression.Cases.integers;
import static io.cuvee.execution.expression.Cases.nothing;
import static io.cuvee.execution.expression.Cases.real;
import static io.cuvee.execution.expression.Cases.text;
import static io.cuvee.execution.expression.Cases.texts;
import static io.cuvee.execution.expression.Cases.time;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.function.ScalarFunction;
import io.cuvee.common.function.ScalarFunctions;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.expression.Cases.Arg;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TestScalarFunctions {
  /// A call and the text of its result, `null` for NULL.
  record Case(String function, ColumnType type, String expected, List<Arg> arguments) {
    @Override
    public String toString() {
      return function
          + arguments.stream()
              .map(argument -> String.valueOf(Cases.shown(argument.value(), argument.type())))
              .toList()
          + " = "
          + expected;
    }
  }

  private static final List<Case> CASES = new ArrayList<>();

  private static void add(String function, ColumnType type, String expected, Arg... arguments) {
    CASES.add(new Case(function, type, expected, List.of(arguments)));
  }

  static {
    Arg no = nothing(BOOLEAN);
    add("AND", BOOLEAN, "true", bool(true), bool(true));
    add("AND", BOOLEAN, "false", no, bool(false));
    add("AND", BOOLEAN, null, no, bool(true));
    add("OR", BOOLEAN, "true", no, bool(true));
    add("OR", BOOLEAN, null, bool(false), no, bool(false));
    add("NOT", BOOLEAN, "false", bool(true));
    add("IS_TRUE", BOOLEAN, "false", no);
    add("IS_FALSE", BOOLEAN, "true", bool(false));
    add("IS_NOT_TRUE", BOOLEAN, "true", no);
    add("IS_NOT_FALSE", BOOLEAN, "false", bool(false));
    add("IS_NULL", BOOLEAN, "true", nothing(STRING));
    add("IS_NOT_NULL", BOOLEAN, "true", text(""));

    add("EQ", BOOLEAN, "true", integer(3), big(3));
    add("EQ", BOOLEAN, "true", decimal("1.0"), decimal("1.00"));
    add("EQ", BOOLEAN, "true", real(Double.NaN), real(Double.NaN));
    add("EQ", BOOLEAN, "true", real(0.0), real(-0.0));
    add("EQ", BOOLEAN, "false", text("a"), text("a  "));
    add("EQ", BOOLEAN, "true", texts("a", "b"), text("b"));
    add("EQ", BOOLEAN, "false", texts(), text("b"));
    add("NE", BOOLEAN, "false", texts("a", "b"), text("b"));
    add("NE", BOOLEAN, "true", texts("a", "b"), text("c"));
    add("NE", BOOLEAN, "true", integer(1), real(1.5));
    add("LT", BOOLEAN, "true", text("Z"), text("a"));
    add("LT", BOOLEAN, "true", text("z"), text("é"));
    add("LT", BOOLEAN, "true", real(Double.POSITIVE_INFINITY), real(Double.NaN));
    add("LE", BOOLEAN, "true", date("2020-01-01"), time("2020-01-01 00:00:00"));
    add("LE", BOOLEAN, "false", real(Double.NaN), real(1));
    add("GT", BOOLEAN, "true", integers(1, 9), integer(5));
    add("GT", BOOLEAN, "true", integer(5), integers(1, 9));
    add("GE", BOOLEAN, "true", decimal("2.5"), integer(2));
    add("GE", BOOLEAN, "true", integers(1, 2), integers(1));
    add("IS_DISTINCT_FROM", BOOLEAN, "true", integer(1), nothing(INT));
    add("IS_DISTINCT_FROM", BOOLEAN, "false", nothing(INT), nothing(INT));
    add("IS_NOT_DISTINCT_FROM", BOOLEAN, "true", text("x"), text("x"));
    add("BETWEEN", BOOLEAN, "true", integer(2), integer(1), integer(2));
    add("BETWEEN", BOOLEAN, "false", integer(3), integer(1), integer(2));
    add("BETWEEN", BOOLEAN, "false", integer(1), integer(2), integer(0));
    add("BETWEEN", BOOLEAN, "true", decimal("1.5"), integer(1), integer(2));
    add("BETWEEN", BOOLEAN, "true", texts("a", "m", "z"), text("k"), text("p"));
    add("BETWEEN", BOOLEAN, "false", texts("a", "z"), text("k"), text("p"));
    add("BETWEEN", BOOLEAN, "false", texts(), text("a"), text("z"));
    add("IN", BOOLEAN, "true", integer(2), integer(1), integer(2));
    add("IN", BOOLEAN, null, integer(3), integer(1), nothing(INT));
    add("IN", BOOLEAN, "true", integer(1), integer(1), nothing(INT));
    add("IN", BOOLEAN, null, nothing(INT), integer(1));
    add("IN", BOOLEAN, "true", decimal("1.50"), decimal("1.5"), decimal("2"));
    add("IN", BOOLEAN, "true", texts("x", "y"), text("y"), text("z"));
    add("IN", BOOLEAN, "false", texts(), text("y"));
    add("LIKE", BOOLEAN, "true", text("straße"), text("stra_e"));
    add("LIKE", BOOLEAN, "true", text("abcabd"), text("%ab_"));
    add("LIKE", BOOLEAN, "true", text("a%c"), text("a!%c"), text("!"));
    add("LIKE", BOOLEAN, "false", text("abc"), text("a!%c"), text("!"));
    add("LIKE", BOOLEAN, "true", text(""), text("%"));
    add("LIKE", BOOLEAN, "false", text(""), text("_"));
    add("LIKE", BOOLEAN, "true", texts("x", "abc"), text("a%"));
    add("TEXT_MATCH", BOOLEAN, "true", text("Apache Pinot"), text("pinot AND apa*"));
    add("TEXT_MATCH", BOOLEAN, "false", text("Apache Pinot"), text("pinto"));
    add("TEXT_MATCH", BOOLEAN, "false", text(""), text("pinot"));
    add("TEXT_MATCH", BOOLEAN, "true", texts("a dog", "the cat"), text("cat"));
    add("TEXT_MATCH", BOOLEAN, "false", texts("dog", "cat"), text("cat AND dog"));
    add("TEXT_MATCH", BOOLEAN, "false", texts(), text("cat"));
    add("TEXT_MATCH", BOOLEAN, "false", text("cat"), text("cat dog"), text("defaultOperator=AND"));
    add("TEXT_MATCH", BOOLEAN, null, nothing(STRING), text("cat"));
    add("TEXT_MATCH", BOOLEAN, null, text("cat"), nothing(STRING));
    add("SIMILAR_TO", BOOLEAN, "true", text("abc"), text("%(b|d)%"));
    add("SIMILAR_TO", BOOLEAN, "false", text("abc"), text("(b|c)%"));
    add("SIMILAR_TO", BOOLEAN, "true", text("straße"), text("stra_e"));
    add("SIMILAR_TO", BOOLEAN, "true", text("a\nb"), text("a%"));
    add("SIMILAR_TO", BOOLEAN, "false", text("abc"), text("a.c"));
    add("SIMILAR_TO", BOOLEAN, "true", text("a.^$c"), text("a.^$c"));
    add("SIMILAR_TO", BOOLEAN, "true", text("x42"), text("[a-z][0-9]{2}"));
    add("SIMILAR_TO", BOOLEAN, "true", text("]é"), text("[]][^[:alnum:]-]"));
    add("SIMILAR_TO", BOOLEAN, "true", text("50%"), text("[0-9]+!%"), text("!"));
    add("SIMILAR_TO", BOOLEAN, "true", text(""), text("(a)*"));
    Arg document = text("{\"a\": {\"b\": 7}, \"tags\": [\"x\", \"y\"], \"none\": null}");
    add("JSON_MATCH", BOOLEAN, "true", document, text("\"$.tags[*]\" = 'y'"));
    add("JSON_MATCH", BOOLEAN, "false", document, text("\"$.a.b\" > 7"));
    add("JSON_MATCH", BOOLEAN, "false", text("no JSON"), text("\"$.a\" = 'y'"));
    add("JSON_EXTRACT_SCALAR", STRING, "7", document, text("$.a.b"), text("STRING"));
    add("JSON_EXTRACT_SCALAR", STRING, "{\"b\":7}", document, text("$.a"), text("STRING"));
    add("JSON_EXTRACT_SCALAR", STRING, null, document, text("$.none"), text("STRING"));
    add("JSON_EXTRACT_SCALAR", STRING, null, document, text("$.a.c"), text("STRING"));
    add("ILIKE", BOOLEAN, "true", text("GRÖSSE"), text("grö%"));

    add("PLUS", INT, "5", integer(2), integer(3));
    add("PLUS", BIG_DECIMAL, "0.30", decimal("0.1"), decimal("0.20"));
    add("MINUS", LONG, "-1", big(2), integer(3));
    add("TIMES", DOUBLE, "7.5", real(2.5), integer(3));
    add("TIMES", LONG, "4294967296", big(65536), big(65536));
    add("DIVIDE", INT, "-3", integer(-7), integer(2));
    add("DIVIDE", DOUBLE, "Infinity", real(1), real(0));
    add("DIVIDE", BIG_DECIMAL, "0.33333333333333333333", decimal("1"), decimal("3"));
    add("DIVIDE", BIG_DECIMAL, "2.5", decimal("10"), decimal("4"));
    add("MOD", INT, "-1", integer(-7), integer(2));
    add("MOD", BIG_DECIMAL, "0.5", decimal("5.5"), decimal("1"));
    add("NEGATE", INT, "-4", integer(4));
    add("ABS", DOUBLE, "4.5", real(-4.5));
    add("SIGN", BIG_DECIMAL, "-1", decimal("-0.01"));
    add("FLOOR", DOUBLE, "-2", real(-1.5));
    add("CEIL", BIG_DECIMAL, "2", decimal("1.01"));
    add("ROUND", DOUBLE, "3", real(2.5));
    add("ROUND", DOUBLE, "-3", real(-2.5));
    add("ROUND", DOUBLE, "0", real(0.49999999999999994));
    add("ROUND", DOUBLE, "1.01", real(1.005), integer(2));
    add("ROUND", BIG_DECIMAL, "2.35", decimal("2.345"), integer(2));
    add("ROUND", INT, "1300", integer(1250), integer(-2));
    add("TRUNCATE", BIG_DECIMAL, "-2.34", decimal("-2.349"), integer(2));
    add("TRUNCATE", DOUBLE, "-2", real(-2.9));
    add("POWER", DOUBLE, "1024", integer(2), integer(10));
    add("SQRT", DOUBLE, "1.5", decimal("2.25"));
    add("EXP", DOUBLE, "1", integer(0));
    add("LN", DOUBLE, "0", integer(1));
    add("LOG10", DOUBLE, "3", integer(1000));
    add("LOG2", DOUBLE, "10", integer(1024));
    add("SIN", DOUBLE, "0", real(0));
    add("COS", DOUBLE, "1", real(0));
    add("TAN", DOUBLE, "0", real(0));
    add("ASIN", DOUBLE, "0", real(0));
    add("ACOS", DOUBLE, "0", real(1));
    add("ATAN", DOUBLE, "0", real(0));
    add("ATAN2", DOUBLE, "0", real(0), real(1));
    add("RADIANS", DOUBLE, "3.141592653589793", real(180));
    add("DEGREES", DOUBLE, "180", real(Math.PI));
    add("CBRT", DOUBLE, "3", real(27));

    add("CASE", STRING, "yes", bool(true), text("yes"), text("no"));
    add("CASE", STRING, "no", nothing(BOOLEAN), text("yes"), text("no"));
    add("CASE", INT, null, bool(false), integer(1));
    add("COALESCE", INT, "7", nothing(INT), integer(7), integer(8));
    add("COALESCE", INT, null, nothing(INT), nothing(INT));
    add("NULLIF", INT, null, integer(7), integer(7));
    add("NULLIF", INT, "7", integer(7), nothing(INT));
    add("GREATEST", INT, "9", integer(7), nothing(INT), integer(9));
    add("LEAST", STRING, "a", text("b"), text("a"));
    add("LEAST", STRING, null, nothing(STRING), nothing(STRING));
    add("CAST", INT, "3", real(2.5));
    add("CAST", STRING, "2001-01-31 23:59:59.12", time("2001-01-31 23:59:59.120"));
    add("CAST", TIMESTAMP, "2001-01-31 21:59:59.5", text("2001-01-31T23:59:59.5+02:00"));
    add("CAST", DATE, "2001-01-31", time("2001-01-31 23:59:59"));
    add("CAST", BOOLEAN, "true", text(" Yes "));
    add("CAST", FLOAT, "0.1", text("0.1"));
    add("TRY_CAST", INT, null, text("x1"));
    add("TRY_CAST", INT, "12", text("12"));
    add("TRY_CAST", INT, null, nothing(STRING));

    add("UPPER", STRING, "STRASSE Ä", text("straße ä"));
    add("LOWER", STRING, "éa", text("ÉA"));
    add("CHAR_LENGTH", INT, "3", text("a漢𝄞"));
    add("SUBSTRING", STRING, "漢𝄞", text("a漢𝄞b"), integer(2), integer(2));
    add("SUBSTRING", STRING, "a", text("abc"), integer(-1), integer(3));
    add("SUBSTRING", STRING, "bc", text("abc"), integer(2));
    add("SUBSTRING", STRING, "", text("abc"), integer(9), integer(2));
    add("POSITION", INT, "3", text("漢"), text("aé漢"));
    add("POSITION", INT, "1", text(""), text("abc"));
    add("CONCAT", STRING, "a1é", text("a"), integer(1), text("é"));
    add("TRIM", STRING, "a b", text("  a b "));
    add("TRIM", STRING, "a", text("xéaéx"), text("éx"));
    add("LTRIM", STRING, "a ", text(" a "));
    add("RTRIM", STRING, " a", text(" a "));
    add("REPLACE", STRING, "bbcbb", text("aacaa"), text("a"), text("b"));
    add("REPLACE", STRING, "abc", text("abc"), text(""), text("b"));
    add("INITCAP", STRING, "Hello Wörld_1a", text("hELLO wÖRLD_1A"));
    add("OVERLAY", STRING, "Thomas", text("Txxxxas"), text("hom"), integer(2), integer(4));
    add("OVERLAY", STRING, "aXYd", text("abcd"), text("XY"), integer(2));
    add("ASCII", INT, "28450", text("漢x"));
    add("LPAD", STRING, "xyxab", text("ab"), integer(5), text("xy"));
    add("LPAD", STRING, "a", text("ab"), integer(1));
    add("RPAD", STRING, "ab  ", text("ab"), integer(4));
    add("REVERSE", STRING, "𝄞漢a", text("a漢𝄞"));
    add("REPEAT", STRING, "ababab", text("ab"), integer(3));
    add("REPEAT", STRING, "", text("ab"), integer(-1));
    add("LEFT", STRING, "a漢", text("a漢b"), integer(2));
    add("LEFT", STRING, "a", text("abc"), integer(-2));
    add("RIGHT", STRING, "漢b", text("a漢b"), integer(2));
    add("RIGHT", STRING, "c", text("abc"), integer(-2));
    add("STARTS_WITH", BOOLEAN, "true", text("abc"), text("ab"));
    add("ENDS_WITH", BOOLEAN, "false", text("abc"), text("ab"));
    add("STRPOS", INT, "2", text("éab"), text("ab"));
    add("SPLIT_PART", STRING, "b", text("a,b,c"), text(","), integer(2));
    add("SPLIT_PART", STRING, "c", text("a,b,c"), text(","), integer(-1));
    add("SPLIT_PART", STRING, "", text("a,b,c"), text(","), integer(4));
    add("REGEXP_LIKE", BOOLEAN, "true", text("flight 42"), text("[0-9]{2}$"));
    add("REGEXP_LIKE", BOOLEAN, "true", text("FLIGHT"), text("flight"), text("i"));
    add(
        "REGEXP_REPLACE",
        STRING,
        "b-a b-a",
        text("a-b a-b"),
        text("(a)-(b)"),
        text("$2-$1"),
        text("g"));
    add("MD5", STRING, "900150983cd24fb0d6963f7d28e17f72", text("abc"));
    add(
        "SHA256",
        STRING,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        text("abc"));

    Arg moment = time("2024-02-29 13:14:15.678");
    add("EXTRACT", LONG, "2024", text("year"), moment);
    add("EXTRACT", LONG, "4", text("DOW"), moment);
    add("EXTRACT", LONG, "15678", text("MILLISECOND"), moment);
    add("EXTRACT", LONG, "1709212455", text("EPOCH"), moment);
    add("EXTRACT", LONG, "21", text("CENTURY"), moment);
    add("EXTRACT", LONG, "2020", text("ISOYEAR"), time("2021-01-03 00:00:00"));
    add("DATE_TRUNC", TIMESTAMP, "2024-02-26 00:00:00", text("week"), moment);
    add("DATE_TRUNC", TIMESTAMP, "2024-01-01 00:00:00", text("quarter"), date("2024-03-31"));
    add(
        "DATE_TRUNC",
        TIMESTAMP,
        "1969-12-31 23:00:00",
        text("hour"),
        time("1969-12-31 23:59:59.999"));
    add("TIMESTAMP_ADD", TIMESTAMP, "2025-02-28 13:14:15.678", text("YEAR"), integer(1), moment);
    add("TIMESTAMP_ADD", DATE, "2024-03-01", text("DAY"), integer(1), date("2024-02-29"));
    add(
        "TIMESTAMP_DIFF",
        LONG,
        "1",
        text("MONTH"),
        time("2024-01-31 00:00:00"),
        time("2024-03-01 00:00:00"));
    add(
        "TIMESTAMP_DIFF",
        LONG,
        "-1",
        text("DAY"),
        time("2024-01-02 00:00:00"),
        time("2024-01-01 00:00:00"));
    add("LAST_DAY", DATE, "2024-02-29", date("2024-02-01"));
    add("YEAR", LONG, "2024", moment);
    add("QUARTER", LONG, "1", moment);
    add("MONTH", LONG, "2", moment);
    add("WEEK", LONG, "53", date("2021-01-03"));
    add("DAY", LONG, "29", moment);
    add("HOUR", LONG, "13", moment);
    add("MINUTE", LONG, "14", moment);
    add("SECOND", LONG, "15", moment);
    add("MILLISECOND", LONG, "678", moment);
    add("DAY_OF_WEEK", LONG, "4", moment);
    add("DAY_OF_YEAR", LONG, "60", moment);
    add("DAYNAME", STRING, "Thursday", moment);
    add("MONTHNAME", STRING, "February", moment);
    add("TO_EPOCH_MILLIS", LONG, "1709212455678", moment);
    add("TO_EPOCH_SECONDS", LONG, "-1", time("1969-12-31 23:59:59.5"));
    add("FROM_EPOCH_MILLIS", TIMESTAMP, "1970-01-01 00:00:00.001", big(1));
    add("FROM_EPOCH_SECONDS", TIMESTAMP, "1970-01-01 00:00:01", integer(1));
    add("FORMAT_TIMESTAMP", STRING, "29.02.2024 13:14", moment, text("dd.MM.yyyy HH:mm"));
    add(
        "PARSE_TIMESTAMP",
        TIMESTAMP,
        "2024-02-29 00:00:00",
        text("29/02/2024"),
        text("dd/MM/yyyy"));

    add("ARRAY", ColumnType.arrayOf(DataType.INT), "{1,2}", integer(1), integer(2));
    add("ARRAY", ColumnType.arrayOf(DataType.STRING), "{}");
    add("ITEM", INT, "9", integers(7, 9), integer(2));
    add("ITEM", INT, null, integers(7, 9), integer(3));
    add("ITEM", INT, null, integers(7, 9), integer(0));
    add("CARDINALITY", INT, "2", integers(7, 9));
    add("ARRAY_CONTAINS", BOOLEAN, "true", texts("a", "b"), text("b"));
    add("ARRAY_TO_STRING", STRING, "1-2", integers(1, 2), text("-"));
  }

  static Stream<Case> cases() {
    return Stream.concat(CASES.stream(), FunctionCases.ALL.stream());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void literalsAndColumnsGiveTheSame(Case test) {
    assertThat(
            Cases.shown(
                Cases.overLiterals(test.function(), test.type(), test.arguments()), test.type()))
        .isEqualTo(test.expected());
    if (!test.arguments().isEmpty()) {
      assertThat(
              Cases.shown(
                  Cases.overColumns(test.function(), test.type(), test.arguments()), test.type()))
          .isEqualTo(test.expected());
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void strictFunctionsOfNullAreNull(Case test) {
    ScalarFunction function = ScalarFunctions.find(test.function()).orElseThrow();
    if (function.nulls() != ScalarFunction.Nulls.STRICT) {
      return;
    }
    for (int i = 0; i < test.arguments().size(); i++) {
      List<Arg> arguments = new ArrayList<>(test.arguments());
      arguments.set(i, nothing(arguments.get(i).type()));
      assertThat(Cases.overLiterals(test.function(), test.type(), arguments)).isNull();
      assertThat(Cases.overColumns(test.function(), test.type(), arguments)).isNull();
    }
  }

  @Test
  void everyFunctionHasAKernelAndACase() {
    Set<String> declared =
        ScalarFunctions.ALL.stream().map(ScalarFunction::name).collect(Collectors.toSet());
    assertThat(Kernels.names()).isEqualTo(declared);
    Set<String> tested = new HashSet<>();
    cases().forEach(test -> tested.add(test.function()));
    // What they give is not known; see numbers.iq.
    tested.addAll(List.of("RANDOM", "GEN_RANDOM_UUID"));
    assertThat(tested).isEqualTo(declared);
  }

  private static void fails(ErrorCode code, String function, ColumnType type, Arg... arguments) {
    for (boolean literals : new boolean[] {true, false}) {
      assertThatThrownBy(
              () -> {
                if (literals) {
                  Cases.overLiterals(function, type, List.of(arguments));
                } else {
                  Cases.overColumns(function, type, List.of(arguments));
                }
              })
          .as(function + List.of(arguments))
          .isInstanceOfSatisfying(
              CuveeException.class, error -> assertThat(error.code()).isEqualTo(code));
    }
  }

  @Test
  void overflowIsAnError() {
    ErrorCode overflow = ErrorCode.NUMERIC_OVERFLOW;
    fails(overflow, "PLUS", LONG, big(Long.MAX_VALUE), big(1));
    fails(overflow, "PLUS", INT, integer(Integer.MAX_VALUE), integer(1));
    fails(overflow, "MINUS", LONG, big(Long.MIN_VALUE), big(1));
    fails(overflow, "TIMES", LONG, big(Long.MIN_VALUE), big(-1));
    fails(overflow, "TIMES", INT, integer(65536), integer(65536));
    fails(overflow, "DIVIDE", LONG, big(Long.MIN_VALUE), big(-1));
    fails(overflow, "DIVIDE", INT, integer(Integer.MIN_VALUE), integer(-1));
    fails(overflow, "NEGATE", INT, integer(Integer.MIN_VALUE));
    fails(overflow, "ABS", LONG, big(Long.MIN_VALUE));
    fails(overflow, "CAST", INT, big(1L << 31));
    fails(overflow, "CAST", LONG, real(1e19));
    fails(overflow, "CAST", LONG, real(Double.NaN));
    fails(overflow, "CAST", FLOAT, real(1e300));
    fails(overflow, "CAST", INT, text("3000000000"));
    fails(overflow, "TIMES", BIG_DECIMAL, decimal("1e30"), decimal("1e10"));
    fails(overflow, "ROUND", LONG, big(Long.MAX_VALUE), integer(-1));
    fails(overflow, "FROM_EPOCH_SECONDS", TIMESTAMP, big(Long.MAX_VALUE));
    fails(overflow, "TIMESTAMP_ADD", TIMESTAMP, text("YEAR"), big(Long.MAX_VALUE), big(0));
  }

  @Test
  void divisionByZeroIsAnErrorForExactNumbers() {
    fails(ErrorCode.DIVISION_BY_ZERO, "DIVIDE", INT, integer(1), integer(0));
    fails(ErrorCode.DIVISION_BY_ZERO, "MOD", LONG, big(1), big(0));
    fails(ErrorCode.DIVISION_BY_ZERO, "DIVIDE", BIG_DECIMAL, decimal("1"), decimal("0.00"));
    fails(ErrorCode.DIVISION_BY_ZERO, "MOD", BIG_DECIMAL, decimal("1"), decimal("0"));
  }

  @Test
  void textThatIsNotAValueIsShown() {
    for (ColumnType type :
        List.of(
            INT,
            LONG,
            DOUBLE,
            BIG_DECIMAL,
            BOOLEAN,
            TIMESTAMP,
            DATE,
            ColumnType.UUID,
            ColumnType.BYTES,
            ColumnType.JSON)) {
      assertThatThrownBy(() -> Cases.overColumns("CAST", type, List.of(text("12-x"))))
          .isInstanceOfSatisfying(
              CuveeException.class,
              error -> assertThat(error.code()).isEqualTo(ErrorCode.DATA_EXCEPTION))
          .hasMessageContaining("'12-x'");
    }
    fails(ErrorCode.DATA_EXCEPTION, "CAST", DATE, text("2023-02-29"));
    fails(ErrorCode.DATA_EXCEPTION, "CAST", TIMESTAMP, text("2023-02-28 25:00"));
    fails(ErrorCode.DATA_EXCEPTION, "CAST", DOUBLE, text("1d"));
    fails(ErrorCode.DATA_EXCEPTION, "CAST", INT, text("1.5"));
    fails(ErrorCode.DATA_EXCEPTION, "CAST", INT, text(""));
    fails(ErrorCode.DATA_EXCEPTION, "REGEXP_LIKE", BOOLEAN, text("a"), text("("));
    fails(ErrorCode.DATA_EXCEPTION, "LIKE", BOOLEAN, text("a"), text("a!"), text("!"));
    fails(ErrorCode.DATA_EXCEPTION, "SIMILAR_TO", BOOLEAN, text("a"), text("a!"), text("!"));
    fails(ErrorCode.DATA_EXCEPTION, "SIMILAR_TO", BOOLEAN, text("a"), text("[a"));
    fails(ErrorCode.DATA_EXCEPTION, "SIMILAR_TO", BOOLEAN, text("a"), text("(?i)A"));
    fails(ErrorCode.DATA_EXCEPTION, "SUBSTRING", STRING, text("a"), integer(1), integer(-1));
    fails(ErrorCode.INVALID_PARAMETER, "EXTRACT", LONG, text("yaer"), time("2020-01-01"));
  }

  @Test
  void typesWithoutAConversionAreRefusedAtOnce() {
    fails(ErrorCode.TYPE_MISMATCH, "CAST", INT, new Arg(new byte[16], ColumnType.UUID));
    fails(ErrorCode.TYPE_MISMATCH, "EQ", BOOLEAN, time("2020-01-01"), bool(true));
    fails(ErrorCode.TYPE_MISMATCH, "PLUS", INT, new Arg(new byte[1], ColumnType.BYTES), integer(1));
  }
}
