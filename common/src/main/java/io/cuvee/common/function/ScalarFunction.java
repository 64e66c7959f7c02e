package io.cuvee.common.function;

import java.util.List;

/// The signature of a scalar function. The planner makes SQL functions of these; `execution` has a
/// kernel for each, and a test there fails if one is missing.
///
/// @param name canonical name, as in [io.cuvee.common.plan.Expression.Call]
/// @param aliases other names that SQL may use
/// @param arguments kinds of the arguments; the last repeats if `variadic`
/// @param minArguments fewer are an error; arguments beyond it are optional
/// @param variadic whether more arguments of the last kind may follow
/// @param result how the type of the result follows
/// @param nulls what NULL arguments do
/// @param operator true for what SQL's own grammar and standard operators express (`+`, `AND`,
///   `CAST`, `UPPER`, …): the planner maps its operators to it instead of declaring a function
/// @param doc one sentence for the SQL reference
public record ScalarFunction(
    String name,
    List<String> aliases,
    List<Argument> arguments,
    int minArguments,
    boolean variadic,
    Result result,
    Nulls nulls,
    boolean operator,
    String doc) {
  public ScalarFunction {
    aliases = List.copyOf(aliases);
    arguments = List.copyOf(arguments);
  }

  /// Which types an argument may have.
  public enum Argument {
    ANY,
    NUMERIC,
    INTEGER,
    TEXT,
    /// A text, or an array of texts.
    TEXTS,
    BINARY,
    BOOLEAN,
    /// TIMESTAMP or DATE.
    TIME,
    TIMESTAMP,
    ARRAY
  }

  /// The type of the result.
  public enum Result {
    BOOLEAN,
    INT,
    LONG,
    DOUBLE,
    BIG_DECIMAL,
    STRING,
    BYTES,
    TIMESTAMP,
    DATE,
    /// An array of texts.
    TEXTS,
    /// An array of LONG.
    LONGS,
    /// That of the first argument.
    FIRST,
    /// The least type that all arguments convert to.
    COMMON,
    /// The element type of the first argument, an array.
    ELEMENT,
    /// The planner states it (CAST, CASE).
    STATED
  }

  public enum Nulls {
    /// NULL if any argument is.
    STRICT,
    /// The kernel decides.
    CALLED
  }
}
