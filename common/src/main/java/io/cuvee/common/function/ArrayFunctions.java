package io.cuvee.common.function;

import static io.cuvee.common.function.ScalarFunction.Argument.ANY;
import static io.cuvee.common.function.ScalarFunction.Argument.ARRAY;
import static io.cuvee.common.function.ScalarFunction.Argument.INTEGER;

import io.cuvee.common.function.ScalarFunction.Nulls;
import io.cuvee.common.function.ScalarFunction.Result;
import java.util.List;

/// Functions of arrays, beside those that SQL itself has.
final class ArrayFunctions {
  private ArrayFunctions() {}

  static void declare(Declarations all) {
    all.function(
        "ARRAY_INDEX",
        List.of(),
        Result.LONG,
        2,
        "Where the second is in the first, 0 if nowhere.",
        ARRAY,
        ANY);
    all.function(
        "ARRAY_SORT_KEY",
        List.of(),
        Result.BYTES,
        1,
        "Bytes whose order is that of arrays: by the first elements, then the next.",
        ARRAY);
    all.function(
        "ARRAY_SORT",
        List.of("LIST_SORT", "ARRAYSORTINT", "ARRAYSORTSTRING"),
        Result.FIRST,
        1,
        "Elements in ascending order.",
        ARRAY);
    all.function(
        "ARRAY_REVERSE_SORT",
        List.of("LIST_REVERSE_SORT"),
        Result.FIRST,
        1,
        "Elements in descending order.",
        ARRAY);
    all.function(
        "ARRAY_DISTINCT",
        List.of("LIST_DISTINCT", "ARRAYDISTINCTINT", "ARRAYDISTINCTSTRING"),
        Result.FIRST,
        1,
        "Elements once each, in the order in which they come first.",
        ARRAY);
    all.function(
        "ARRAY_REVERSE",
        List.of("LIST_REVERSE", "ARRAYREVERSEINT", "ARRAYREVERSESTRING"),
        Result.FIRST,
        1,
        "Back to front.",
        ARRAY);
    all.function(
        "ARRAY_CONCAT",
        List.of(
            "LIST_CONCAT",
            "ARRAY_CAT",
            "LIST_CAT",
            "ARRAYCONCATINT",
            "ARRAYCONCATLONG",
            "ARRAYCONCATDOUBLE",
            "ARRAYCONCATSTRING"),
        Result.COMMON,
        Nulls.CALLED,
        2,
        true,
        "The elements of the first, then those of the others; NULL only if all are.",
        ARRAY,
        ARRAY);
    all.function(
        "ARRAY_APPEND",
        List.of("LIST_APPEND", "ARRAY_PUSH_BACK"),
        Result.STATED,
        Nulls.CALLED,
        2,
        false,
        "With the second behind it; NULL is no elements, and no element.",
        ARRAY,
        ANY);
    all.function(
        "ARRAY_PREPEND",
        List.of("LIST_PREPEND"),
        Result.STATED,
        Nulls.CALLED,
        2,
        false,
        "With the first before it; NULL is no elements, and no element.",
        ANY,
        ARRAY);
    all.function(
        "ARRAY_REMOVE",
        List.of("ARRAYREMOVEINT", "ARRAYREMOVESTRING"),
        Result.FIRST,
        2,
        "Without the elements that equal the second.",
        ARRAY,
        ANY);
    all.function(
        "ARRAY_SLICE",
        List.of("LIST_SLICE"),
        Result.FIRST,
        3,
        "The elements from the second to the third, counted from 1, or from -1 at the end.",
        ARRAY,
        INTEGER,
        INTEGER);
    all.function(
        "LIST_WHERE",
        List.of("ARRAY_WHERE"),
        Result.FIRST,
        2,
        "The elements in whose places the second, an array of BOOLEAN, is true.",
        ARRAY,
        ARRAY);
    all.function(
        "LIST_SELECT",
        List.of("ARRAY_SELECT"),
        Result.FIRST,
        2,
        "The elements in the places that the second, an array of numbers from 1, has; none for places"
            + " that there are not.",
        ARRAY,
        ARRAY);
    all.function(
        "LIST_RESIZE",
        List.of("ARRAY_RESIZE"),
        Result.FIRST,
        Nulls.CALLED,
        2,
        false,
        "As many elements as the second: the first ones, or all and the third so often behind them.",
        ARRAY,
        INTEGER,
        ANY);
    all.function(
        "ARRAY_INTERSECT",
        List.of("LIST_INTERSECT"),
        Result.COMMON,
        2,
        "Elements of the first that are in the second, once each.",
        ARRAY,
        ARRAY);
    all.function(
        "ARRAY_UNION",
        List.of("ARRAYUNIONINT", "ARRAYUNIONSTRING"),
        Result.COMMON,
        2,
        "Elements of both, once each.",
        ARRAY,
        ARRAY);
    all.function(
        "ARRAY_EXCEPT",
        List.of(),
        Result.COMMON,
        2,
        "Elements of the first that are not in the second, once each.",
        ARRAY,
        ARRAY);
    all.function(
        "ARRAYS_OVERLAP",
        List.of("LIST_HAS_ANY", "ARRAY_HAS_ANY"),
        Result.BOOLEAN,
        2,
        "Whether some element is in both.",
        ARRAY,
        ARRAY);
    all.function(
        "LIST_HAS_ALL",
        List.of("ARRAY_HAS_ALL"),
        Result.BOOLEAN,
        2,
        "Whether all elements of the second are in the first.",
        ARRAY,
        ARRAY);
    all.function(
        "VALUEIN",
        List.of("VALUE_IN"),
        Result.FIRST,
        Nulls.STRICT,
        2,
        true,
        "The elements of the first that equal one of the others.",
        ARRAY,
        ANY);
    all.function(
        "ARRAY_MAX",
        List.of("LIST_MAX", "ARRAYMAX"),
        Result.ELEMENT,
        1,
        "The largest element, NULL if there is none.",
        ARRAY);
    all.function(
        "ARRAY_MIN",
        List.of("LIST_MIN", "ARRAYMIN"),
        Result.ELEMENT,
        1,
        "The least element, NULL if there is none.",
        ARRAY);
    all.function(
        "ARRAY_SUM",
        List.of("LIST_SUM", "ARRAYSUM"),
        Result.DOUBLE,
        1,
        "Sum of the elements, NULL if there is none.",
        ARRAY);
    all.function(
        "ARRAY_AVERAGE",
        List.of("LIST_AVG", "ARRAYAVERAGE"),
        Result.DOUBLE,
        1,
        "Mean of the elements, NULL if there is none.",
        ARRAY);
    all.function(
        "GENERATE_SERIES",
        List.of("SEQUENCE"),
        Result.LONGS,
        2,
        "The numbers from the first to the second, in steps of the third or 1. As a table too:"
            + " `FROM generate_series(1, 9) AS t (x)`.",
        INTEGER,
        INTEGER,
        INTEGER);
    all.function(
        "RANGE",
        List.of(),
        Result.LONGS,
        1,
        "The numbers from the first, or 0, to below the second, in steps of the third or 1; of one"
            + " argument, from 0 to below it. As a table too.",
        INTEGER,
        INTEGER,
        INTEGER);
  }
}
