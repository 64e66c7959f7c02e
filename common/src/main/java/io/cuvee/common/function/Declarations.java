package io.cuvee.common.function;

import io.cuvee.common.function.ScalarFunction.Argument;
import io.cuvee.common.function.ScalarFunction.Nulls;
import io.cuvee.common.function.ScalarFunction.Result;
import java.util.ArrayList;
import java.util.List;

/// Collects the signatures of functions.
final class Declarations {
  final List<ScalarFunction> list = new ArrayList<>();

  void operator(
      String name,
      Result result,
      Nulls nulls,
      int min,
      boolean variadic,
      String doc,
      Argument... arguments) {
    list.add(
        new ScalarFunction(
            name, List.of(), List.of(arguments), min, variadic, result, nulls, true, doc));
  }

  void function(
      String name,
      List<String> aliases,
      Result result,
      int min,
      String doc,
      Argument... arguments) {
    list.add(
        new ScalarFunction(
            name, aliases, List.of(arguments), min, false, result, Nulls.STRICT, false, doc));
  }

  /// A function whose kernel sees NULLs, or whose last argument may repeat.
  void function(
      String name,
      List<String> aliases,
      Result result,
      Nulls nulls,
      int min,
      boolean variadic,
      String doc,
      Argument... arguments) {
    list.add(
        new ScalarFunction(
            name, aliases, List.of(arguments), min, variadic, result, nulls, false, doc));
  }
}
