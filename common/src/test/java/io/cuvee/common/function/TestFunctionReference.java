package io.cuvee.common.function;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/// Keeps `docs/sql-functions.md` in step with [ScalarFunctions]. With `-Dcuvee.regenerate=true` it
/// writes the page.
class TestFunctionReference {
  private static final Path PAGE = Path.of("..", "docs", "sql-functions.md");

  private static String page() {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # Functions

        Generated from `ScalarFunctions`, `DerivedFunction` and `AggregateReference`. In brackets: optional arguments; `…` repeats. Unless said
        otherwise, a function of NULL is NULL. First the functions that are called by name, then what SQL writes as operators or
        keywords, by the names that `EXPLAIN PLAN FOR` uses, what is short for other expressions, then aggregates.

        """);
    append(page, false, "| function | also | gives | does |");
    page.append('\n');
    append(page, true, "| in plans | also | gives | does |");
    page.append("\n| function | also | short for | does |\n|---|---|---|---|\n");
    for (DerivedFunction function : DerivedFunction.ALL) {
      page.append(
          "| `%s(%s)` | %s | `%s` | %s |\n"
              .formatted(
                  function.name(),
                  String.join(", ", function.parameters()),
                  String.join(", ", function.aliases()),
                  function.body(),
                  function.doc()));
    }
    page.append(
        """

        Aggregates leave NULLs out and are NULL where no value is left; COUNT and its kin are 0. Each may have `DISTINCT` and
        `FILTER (WHERE …)`, and all may be used with `OVER`. Of an array, a function of one argument takes each element.

        | aggregate | also | gives | does |
        |---|---|---|---|
        """);
    for (AggregateReference aggregate : AggregateReference.ALL) {
      page.append(
          "| `%s(%s)` | %s | %s | %s |\n"
              .formatted(
                  aggregate.name(),
                  aggregate.arguments().replace("|", " or "),
                  String.join(", ", aggregate.aliases()),
                  aggregate.result(),
                  aggregate.doc()));
    }
    return page.toString();
  }

  private static void append(StringBuilder page, boolean operators, String header) {
    page.append(header).append("\n|---|---|---|---|\n");
    for (ScalarFunction function : ScalarFunctions.ALL) {
      if (function.operator() == operators) {
        page.append("| `")
            .append(function.name())
            .append('(')
            .append(arguments(function))
            .append(")` | ")
            .append(String.join(", ", function.aliases()))
            .append(" | ")
            .append(function.result().name().toLowerCase(Locale.ROOT))
            .append(" | ")
            .append(function.doc())
            .append(" |\n");
      }
    }
  }

  private static String arguments(ScalarFunction function) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < function.arguments().size(); i++) {
      String kind = function.arguments().get(i).name().toLowerCase(Locale.ROOT);
      texts.add(i < function.minArguments() ? kind : "[" + kind + "]");
    }
    return String.join(", ", texts) + (function.variadic() ? ", …" : "");
  }

  @Test
  void thePageListsEveryFunction() throws IOException {
    if (Boolean.getBoolean("cuvee.regenerate")) {
      Files.writeString(PAGE, page());
    }
    assertThat(Files.readString(PAGE))
        .as("docs/sql-functions.md is out of date; run this test with -Dcuvee.regenerate=true")
        .isEqualTo(page());
  }

  @Test
  void everyAggregateIsDescribed() {
    List<String> described = AggregateReference.ALL.stream().map(AggregateReference::name).toList();
    List<String> internal = List.of(AggregateFunctions.SINGLE_VALUE);
    assertThat(AggregateFunctions.ALL)
        .allMatch(name -> described.contains(name) || internal.contains(name));
  }

  @Test
  void everyNameAndAliasIsUsedOnce() {
    List<String> names = new ArrayList<>();
    ScalarFunctions.ALL.forEach(function -> {
      names.add(function.name());
      names.addAll(function.aliases());
    });
    AggregateReference.ALL.forEach(aggregate -> {
      names.add(aggregate.name());
      names.addAll(aggregate.aliases());
    });
    assertThat(names).doesNotHaveDuplicates();
    assertThat(ScalarFunctions.find("date_trunc")).isPresent();
  }

  @Test
  void whatIsShortForOthersHidesNothing() {
    List<String> calls = new ArrayList<>();
    for (DerivedFunction function : DerivedFunction.ALL) {
      List<String> names = new ArrayList<>(function.aliases());
      names.add(function.name());
      for (String name : names) {
        int arguments = function.parameters().size();
        calls.add(name + arguments);
        assertThat(
                AggregateReference.find(name)
                    .filter(other -> other.arguments().split(",").length == arguments))
            .as(name)
            .isEmpty();
        boolean hidden =
            ScalarFunctions.find(name)
                .filter(other -> !other.operator())
                .filter(other ->
                    arguments >= other.minArguments() && arguments <= other.arguments().size())
                .isPresent();
        assertThat(hidden).as(name).isFalse();
      }
    }
    assertThat(calls).doesNotHaveDuplicates();
  }
}
