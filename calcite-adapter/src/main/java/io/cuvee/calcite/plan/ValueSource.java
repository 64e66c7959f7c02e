package io.cuvee.calcite.plan;

import io.cuvee.common.type.ColumnType;
import org.jspecify.annotations.Nullable;

/// Where the value of one parameter of a plan comes from.
public sealed interface ValueSource {
  /// The client's value for the n-th `?`, counted from 0.
  ///
  /// @param type that the statement gives to the `?`; the plan's parameter may have another, to
  ///   which it is converted
  record Client(int index, ColumnType type) implements ValueSource {}

  /// A literal that the plan cache took out of this statement's text, in the Java form of its type.
  record Constant(@Nullable Object value) implements ValueSource {}

  /// The time at which the statement is executed, the same for all its parameters, moved by a
  /// constant interval.
  ///
  /// @param months added first
  /// @param amount added then: milliseconds to a time, days to a date
  record Clock(Reading reading, long months, long amount) implements ValueSource {}

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
