package io.cuvee.broker.system;

import static io.cuvee.broker.system.SystemRows.row;

import io.cuvee.common.function.AggregateReference;
import io.cuvee.common.function.DerivedFunction;
import io.cuvee.common.function.ScalarFunction;
import io.cuvee.common.function.ScalarFunctions;
import io.cuvee.common.function.WindowFunctions;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The rows of `system.functions`, in the order of the SQL reference.
final class FunctionRows {
  private FunctionRows() {}

  static Stream<List<@Nullable Object>> all() {
    return Stream.of(
            ScalarFunctions.ALL.stream()
                .map(function ->
                    row(
                        function.name(),
                        function.operator() ? "OPERATOR" : "SCALAR",
                        function.aliases(),
                        arguments(function),
                        function.result().name().toLowerCase(Locale.ROOT),
                        function.doc())),
            DerivedFunction.ALL.stream()
                .map(function ->
                    row(
                        function.name(),
                        "SCALAR",
                        function.aliases(),
                        String.join(", ", function.parameters()),
                        null,
                        function.doc() + " Short for " + function.body() + ".")),
            AggregateReference.ALL.stream()
                .map(function ->
                    row(
                        function.name(),
                        "AGGREGATE",
                        function.aliases(),
                        function.arguments(),
                        function.result(),
                        function.doc())),
            WindowFunctions.ALL.stream()
                .map(name -> row(name, "WINDOW", List.of(), null, null, null)))
        .flatMap(functions -> functions);
  }

  /// As `text, [integer], …`.
  private static String arguments(ScalarFunction function) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < function.arguments().size(); i++) {
      String kind = function.arguments().get(i).name().toLowerCase(Locale.ROOT);
      text.append(i == 0 ? "" : ", ").append(i < function.minArguments() ? kind : "[" + kind + "]");
    }
    return function.variadic() ? text + ", …" : text.toString();
  }
}
