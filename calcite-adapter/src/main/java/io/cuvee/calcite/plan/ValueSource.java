package io.cuvee.calcite.plan;

import org.jspecify.annotations.Nullable;

/// Where the value of one parameter of a plan comes from.
public sealed interface ValueSource {
  /// The client's value for the n-th `?`, counted from 0.
  record Client(int index) implements ValueSource {}

  /// A literal that the plan cache took out of this statement's text, in the Java form of its type.
  record Constant(@Nullable Object value) implements ValueSource {}

  /// The time at which the statement is executed, the same for all its parameters.
  record Clock(Reading reading) implements ValueSource {}

  /// What is read off the clock.
  enum Reading {
    /// Milliseconds since 1970 in UTC.
    TIMESTAMP,
    /// The wall clock of the session's zone, written as if it were UTC.
    LOCAL_TIMESTAMP,
    /// Days since 1970 in the session's zone.
    DATE
  }
}
