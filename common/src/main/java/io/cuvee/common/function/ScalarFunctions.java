package io.cuvee.common.function;

import static io.cuvee.common.function.ScalarFunction.Argument.ANY;
import static io.cuvee.common.function.ScalarFunction.Argument.ARRAY;
import static io.cuvee.common.function.ScalarFunction.Argument.BOOLEAN;
import static io.cuvee.common.function.ScalarFunction.Argument.INTEGER;
import static io.cuvee.common.function.ScalarFunction.Argument.NUMERIC;
import static io.cuvee.common.function.ScalarFunction.Argument.TEXT;
import static io.cuvee.common.function.ScalarFunction.Argument.TEXTS;
import static io.cuvee.common.function.ScalarFunction.Argument.TIME;
import static io.cuvee.common.function.ScalarFunction.Argument.TIMESTAMP;

import io.cuvee.common.function.ScalarFunction.Nulls;
import io.cuvee.common.function.ScalarFunction.Result;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// All scalar functions, in one list that can be read and searched.
public final class ScalarFunctions {
  /// Those that give another value for each row.
  public static final Set<String> RANDOM = Set.of("RANDOM", "GEN_RANDOM_UUID");

  /// In the order of the SQL reference.
  public static final List<ScalarFunction> ALL = declare();

  private static final Map<String, ScalarFunction> BY_NAME = index();

  private ScalarFunctions() {}

  /// The function of this name or alias, in any case.
  public static Optional<ScalarFunction> find(String name) {
    return Optional.ofNullable(BY_NAME.get(name.toUpperCase(Locale.ROOT)));
  }

  private static List<ScalarFunction> declare() {
    Declarations all = new Declarations();

    // Logic. Three-valued; the kernels see NULL.
    all.operator("AND", Result.BOOLEAN, Nulls.CALLED, 2, true, "True if all are true.", BOOLEAN);
    all.operator("OR", Result.BOOLEAN, Nulls.CALLED, 2, true, "True if any is true.", BOOLEAN);
    all.operator("NOT", Result.BOOLEAN, Nulls.STRICT, 1, false, "The opposite.", BOOLEAN);
    for (String test : List.of("IS_TRUE", "IS_FALSE", "IS_NOT_TRUE", "IS_NOT_FALSE")) {
      all.operator(test, Result.BOOLEAN, Nulls.CALLED, 1, false, "Never NULL.", BOOLEAN);
    }
    all.operator("IS_NULL", Result.BOOLEAN, Nulls.CALLED, 1, false, "Whether it is NULL.", ANY);
    all.operator("IS_NOT_NULL", Result.BOOLEAN, Nulls.CALLED, 1, false, "Whether it is not.", ANY);

    all.function(
        "TYPEOF",
        List.of("PG_TYPEOF"),
        Result.STRING,
        Nulls.CALLED,
        1,
        false,
        "The name of its type in SQL, as INTEGER or VARCHAR ARRAY.",
        ANY);

    // Comparison. Both sides have the same type; of an array and a scalar see docs/sql.
    for (String comparison : List.of("EQ", "NE", "LT", "LE", "GT", "GE")) {
      all.operator(comparison, Result.BOOLEAN, Nulls.STRICT, 2, false, "Compares.", ANY, ANY);
    }
    all.operator(
        "IS_DISTINCT_FROM", Result.BOOLEAN, Nulls.CALLED, 2, false, "NULLs are equal.", ANY, ANY);
    all.operator(
        "IS_NOT_DISTINCT_FROM",
        Result.BOOLEAN,
        Nulls.CALLED,
        2,
        false,
        "NULLs are equal.",
        ANY,
        ANY);
    all.operator(
        "IN",
        Result.BOOLEAN,
        Nulls.CALLED,
        2,
        true,
        "Whether the first equals one of the rest.",
        ANY);
    all.operator(
        "BETWEEN",
        Result.BOOLEAN,
        Nulls.STRICT,
        3,
        false,
        "Whether the first is from the second to the third; of an array, whether an element is.",
        ANY,
        ANY,
        ANY);
    all.operator(
        "LIKE",
        Result.BOOLEAN,
        Nulls.STRICT,
        2,
        false,
        "Matches a pattern with % and _; a third argument is the escape character.",
        TEXT,
        TEXT,
        TEXT);
    all.operator(
        "ILIKE", Result.BOOLEAN, Nulls.STRICT, 2, false, "LIKE in any case.", TEXT, TEXT, TEXT);
    all.operator(
        "SIMILAR_TO",
        Result.BOOLEAN,
        Nulls.STRICT,
        2,
        false,
        "Matches a pattern of SQL with %, _, |, *, +, ?, {n}, ( ) and [ ]; a third argument is the"
            + " escape character.",
        TEXT,
        TEXT,
        TEXT);

    // Arithmetic. Integers are checked for overflow.
    for (String arithmetic : List.of("PLUS", "MINUS", "TIMES", "DIVIDE")) {
      all.operator(
          arithmetic, Result.COMMON, Nulls.STRICT, 2, false, "Arithmetic.", NUMERIC, NUMERIC);
    }
    all.operator(
        "MOD",
        Result.COMMON,
        Nulls.STRICT,
        2,
        false,
        "Remainder, with the sign of the first.",
        NUMERIC,
        NUMERIC);
    all.operator("NEGATE", Result.FIRST, Nulls.STRICT, 1, false, "Changes the sign.", NUMERIC);
    all.operator("ABS", Result.FIRST, Nulls.STRICT, 1, false, "Without the sign.", NUMERIC);
    all.operator("SIGN", Result.FIRST, Nulls.STRICT, 1, false, "-1, 0 or 1.", NUMERIC);
    all.operator(
        "FLOOR", Result.FIRST, Nulls.STRICT, 1, false, "Largest whole number not above.", NUMERIC);
    all.operator(
        "CEIL", Result.FIRST, Nulls.STRICT, 1, false, "Smallest whole number not below.", NUMERIC);
    all.operator(
        "ROUND",
        Result.FIRST,
        Nulls.STRICT,
        1,
        false,
        "Rounds half up to digits.",
        NUMERIC,
        INTEGER);
    all.operator(
        "TRUNCATE", Result.FIRST, Nulls.STRICT, 1, false, "Cuts to digits.", NUMERIC, INTEGER);
    all.operator(
        "POWER",
        Result.DOUBLE,
        Nulls.STRICT,
        2,
        false,
        "The first to the power of the second.",
        NUMERIC,
        NUMERIC);
    for (String real :
        List.of(
            "SQRT", "EXP", "LN", "LOG10", "SIN", "COS", "TAN", "ASIN", "ACOS", "ATAN", "RADIANS",
            "DEGREES", "CBRT")) {
      all.operator(real, Result.DOUBLE, Nulls.STRICT, 1, false, "Of a DOUBLE.", NUMERIC);
    }
    all.operator(
        "ATAN2",
        Result.DOUBLE,
        Nulls.STRICT,
        2,
        false,
        "Angle of the point (second, first).",
        NUMERIC,
        NUMERIC);
    all.function("LOG2", List.of(), Result.DOUBLE, 1, "Logarithm to base 2.", NUMERIC);

    // Choice and conversion.
    all.operator(
        "CASE",
        Result.STATED,
        Nulls.CALLED,
        1,
        true,
        "Pairs of condition and value, then the value otherwise.",
        ANY);
    all.operator(
        "COALESCE", Result.COMMON, Nulls.CALLED, 1, true, "The first that is not NULL.", ANY);
    all.operator(
        "NULLIF", Result.FIRST, Nulls.CALLED, 2, false, "NULL if both are equal.", ANY, ANY);
    all.operator("GREATEST", Result.COMMON, Nulls.CALLED, 1, true, "Largest, NULLs left out.", ANY);
    all.operator("LEAST", Result.COMMON, Nulls.CALLED, 1, true, "Smallest, NULLs left out.", ANY);
    all.operator(
        "CAST", Result.STATED, Nulls.STRICT, 1, false, "Converts; an error if it cannot.", ANY);
    all.operator(
        "TRY_CAST", Result.STATED, Nulls.CALLED, 1, false, "Converts; NULL if it cannot.", ANY);

    // Text. Positions and lengths count code points and start at 1.
    all.operator("UPPER", Result.STRING, Nulls.STRICT, 1, false, "In capitals.", TEXT);
    all.operator("LOWER", Result.STRING, Nulls.STRICT, 1, false, "In small letters.", TEXT);
    all.operator("CHAR_LENGTH", Result.INT, Nulls.STRICT, 1, false, "Number of characters.", TEXT);
    all.operator(
        "SUBSTRING",
        Result.STRING,
        Nulls.STRICT,
        2,
        false,
        "From a position, for a length.",
        TEXT,
        INTEGER,
        INTEGER);
    all.operator(
        "POSITION",
        Result.INT,
        Nulls.STRICT,
        2,
        false,
        "Where the first is in the second, 0 if nowhere.",
        TEXT,
        TEXT);
    all.operator("CONCAT", Result.STRING, Nulls.STRICT, 2, true, "One after the other.", TEXT);
    all.operator(
        "TRIM",
        Result.STRING,
        Nulls.STRICT,
        1,
        false,
        "The first without the characters of the second, or spaces, at both ends.",
        TEXT,
        TEXT);
    all.operator(
        "LTRIM", Result.STRING, Nulls.STRICT, 1, false, "TRIM at the start only.", TEXT, TEXT);
    all.operator(
        "RTRIM", Result.STRING, Nulls.STRICT, 1, false, "TRIM at the end only.", TEXT, TEXT);
    all.operator(
        "REPLACE",
        Result.STRING,
        Nulls.STRICT,
        3,
        false,
        "Every second by the third.",
        TEXT,
        TEXT,
        TEXT);
    all.operator(
        "INITCAP", Result.STRING, Nulls.STRICT, 1, false, "Each word with a capital.", TEXT);
    all.operator(
        "OVERLAY",
        Result.STRING,
        Nulls.STRICT,
        3,
        false,
        "Replaces a stretch.",
        TEXT,
        TEXT,
        INTEGER,
        INTEGER);
    all.operator(
        "ASCII", Result.INT, Nulls.STRICT, 1, false, "Code point of the first character.", TEXT);
    all.function(
        "LPAD", List.of(), Result.STRING, 2, "Fills up at the start.", TEXT, INTEGER, TEXT);
    all.function("RPAD", List.of(), Result.STRING, 2, "Fills up at the end.", TEXT, INTEGER, TEXT);
    all.function("REVERSE", List.of(), Result.STRING, 1, "Back to front.", TEXT);
    all.function("REPEAT", List.of(), Result.STRING, 2, "So many times.", TEXT, INTEGER);
    all.function(
        "LEFT", List.of(), Result.STRING, 2, "So many characters from the start.", TEXT, INTEGER);
    all.function(
        "RIGHT", List.of(), Result.STRING, 2, "So many characters from the end.", TEXT, INTEGER);
    all.function(
        "STARTS_WITH",
        List.of("STARTSWITH"),
        Result.BOOLEAN,
        2,
        "Whether it begins so.",
        TEXT,
        TEXT);
    all.function(
        "ENDS_WITH", List.of("ENDSWITH"), Result.BOOLEAN, 2, "Whether it ends so.", TEXT, TEXT);
    all.function(
        "STRPOS",
        List.of(),
        Result.INT,
        2,
        "Where the second is in the first, 0 if nowhere.",
        TEXT,
        TEXT);
    all.function(
        "SPLIT_PART",
        List.of("SPLITPART"),
        Result.STRING,
        3,
        "The n-th part between separators.",
        TEXT,
        TEXT,
        INTEGER);
    all.function(
        "REGEXP_LIKE",
        List.of(),
        Result.BOOLEAN,
        2,
        "Whether an RE2 pattern is found; the third argument has flags: i any case, m lines, s dot"
            + " matches line ends.",
        TEXT,
        TEXT,
        TEXT);
    all.function(
        "REGEXP_REPLACE",
        List.of(),
        Result.STRING,
        3,
        "The first match of an RE2 pattern replaced; \\\\1 or $1 is its first group. Flags as in"
            + " REGEXP_LIKE, and g: every match.",
        TEXT,
        TEXT,
        TEXT,
        TEXT);
    all.function("MD5", List.of(), Result.STRING, 1, "Hash in hexadecimal.", TEXT);
    all.function("SHA256", List.of(), Result.STRING, 1, "Hash in hexadecimal.", TEXT);

    all.function(
        "TEXT_MATCH",
        List.of("TEXTMATCH"),
        Result.BOOLEAN,
        2,
        "Whether a text, or some element, passes a query of Lucene as 'pizza AND (\"thin crust\" OR"
            + " chees*)'; the third argument has options.",
        TEXTS,
        TEXT,
        TEXT);

    // JSON documents, in columns of JSON or STRING.
    all.function(
        "JSON_MATCH",
        List.of("JSONMATCH"),
        Result.BOOLEAN,
        2,
        "Whether a document passes a condition as '\"$.a[*].b\" = ''x'' AND \"$.n\" > 3'.",
        TEXT,
        TEXT);
    all.function(
        "JSON_EXTRACT_KEY",
        List.of("JSONEXTRACTKEY"),
        Result.TEXTS,
        2,
        "The paths in a document that a path with * for any key stands for: '$.*' gives"
            + " $['a'], $['b'].",
        TEXT,
        TEXT);
    all.function(
        "TO_JSON",
        List.of("JSON_QUOTE", "ARRAY_TO_JSON"),
        Result.STRING,
        1,
        "The value as JSON: numbers, true and false as they are, arrays of these, all else as text in"
            + " quotes.",
        ANY);
    all.operator(
        "JSON_OBJECT",
        Result.STRING,
        Nulls.CALLED,
        1,
        true,
        "An object of keys and values; NULLs are left out if the first, ABSENT ON NULL, is true.",
        BOOLEAN,
        TEXT);
    all.operator(
        "JSON_ARRAY",
        Result.STRING,
        Nulls.CALLED,
        1,
        true,
        "An array of values; NULLs are left out unless the first is false, as by NULL ON NULL.",
        BOOLEAN,
        TEXT);
    all.operator(
        "JSON_EXTRACT_SCALAR",
        Result.STATED,
        Nulls.CALLED,
        2,
        false,
        "The value at a path, of the type that the third names; the fourth where there is none.",
        TEXT,
        TEXT,
        TEXT,
        ANY);

    // Time. Fields are UTC; weeks follow ISO 8601.
    all.operator(
        "EXTRACT",
        Result.STATED,
        Nulls.STRICT,
        2,
        false,
        "A field, named by the first argument; DOW is 0 for Sunday, ISODOW 1 for Monday to 7, EPOCH a"
            + " DOUBLE.",
        TEXT,
        TIME);
    all.function(
        "DATE_TRUNC",
        List.of("DATETRUNC"),
        Result.TIMESTAMP,
        2,
        "The start of the unit, named by the first argument, that holds the second.",
        TEXT,
        TIME);
    all.operator(
        "TIMESTAMP_ADD",
        Result.STATED,
        Nulls.STRICT,
        3,
        false,
        "Adds a number of units.",
        TEXT,
        INTEGER,
        TIME);
    all.operator(
        "TIMESTAMP_DIFF",
        Result.LONG,
        Nulls.STRICT,
        3,
        false,
        "Whole units from the second to the third.",
        TEXT,
        TIME,
        TIME);
    all.operator("LAST_DAY", Result.DATE, Nulls.STRICT, 1, false, "Last day of the month.", TIME);
    for (String field :
        List.of(
            "YEAR",
            "QUARTER",
            "MONTH",
            "WEEK",
            "DAY",
            "HOUR",
            "MINUTE",
            "SECOND",
            "MILLISECOND",
            "DAY_OF_WEEK",
            "DAY_OF_YEAR")) {
      all.function(field, aliasesOfField(field), Result.LONG, 1, "Field of a point in time.", TIME);
    }
    all.function(
        "DAYNAME", List.of(), Result.STRING, 1, "English name of the day of the week.", TIME);
    all.function("MONTHNAME", List.of(), Result.STRING, 1, "English name of the month.", TIME);
    all.function(
        "TO_EPOCH_MILLIS",
        List.of("TOEPOCHMILLIS"),
        Result.LONG,
        1,
        "Milliseconds since 1970.",
        TIMESTAMP);
    all.function(
        "TO_EPOCH_SECONDS",
        List.of("TOEPOCHSECONDS"),
        Result.LONG,
        1,
        "Seconds since 1970.",
        TIMESTAMP);
    all.function(
        "FROM_EPOCH_MILLIS",
        List.of("FROMEPOCHMILLIS"),
        Result.TIMESTAMP,
        1,
        "From milliseconds since 1970.",
        INTEGER);
    all.function(
        "FROM_EPOCH_SECONDS",
        List.of("FROMEPOCHSECONDS"),
        Result.TIMESTAMP,
        1,
        "From seconds since 1970.",
        INTEGER);
    all.function(
        "FORMAT_TIMESTAMP",
        List.of("TODATETIME", "DATE_FORMAT"),
        Result.STRING,
        2,
        "Text of a point in time by a java.time pattern.",
        TIMESTAMP,
        TEXT);
    all.function(
        "PARSE_TIMESTAMP",
        List.of("FROMDATETIME"),
        Result.TIMESTAMP,
        2,
        "Point in time of a text by a pattern.",
        TEXT,
        TEXT);

    // Arrays.
    all.operator("ARRAY", Result.STATED, Nulls.CALLED, 0, true, "Makes an array.", ANY);
    all.operator(
        "ITEM",
        Result.ELEMENT,
        Nulls.STRICT,
        2,
        false,
        "The n-th element, NULL if there is none.",
        ARRAY,
        INTEGER);
    all.operator("CARDINALITY", Result.INT, Nulls.STRICT, 1, false, "Number of elements.", ARRAY);
    all.operator(
        "ARRAY_CONTAINS",
        Result.BOOLEAN,
        Nulls.STRICT,
        2,
        false,
        "Whether an element equals the second.",
        ARRAY,
        ANY);
    all.operator(
        "ARRAY_TO_STRING",
        Result.STRING,
        Nulls.STRICT,
        2,
        false,
        "Elements with a separator between.",
        ARRAY,
        TEXT);
    TextFunctions.declare(all);
    GeoFunctions.declare(all);
    NumberFunctions.declare(all);
    TimeFunctions.declare(all);
    ArrayFunctions.declare(all);
    return List.copyOf(all.list);
  }

  private static List<String> aliasesOfField(String field) {
    return switch (field) {
      case "WEEK" -> List.of("WEEK_OF_YEAR", "WEEKOFYEAR");
      case "DAY" -> List.of("DAY_OF_MONTH", "DAYOFMONTH");
      case "DAY_OF_WEEK" -> List.of("DAYOFWEEK", "DOW");
      case "DAY_OF_YEAR" -> List.of("DAYOFYEAR", "DOY");
      default -> List.of();
    };
  }

  private static Map<String, ScalarFunction> index() {
    Map<String, ScalarFunction> index = new HashMap<>();
    for (ScalarFunction function : ALL) {
      index.put(function.name(), function);
      function.aliases().forEach(alias -> index.put(alias, function));
    }
    return Map.copyOf(index);
  }
}
