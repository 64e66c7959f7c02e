package io.cuvee.calcite.translate;

import io.cuvee.common.type.ColumnType;

/// One parameter of a plan: where its value comes from, and what it is converted to.
///
/// @param from type of the value where it comes from
/// @param to type of the parameter
public record Slot(Origin origin, ColumnType from, ColumnType to) {
  /// Where a value comes from.
  public sealed interface Origin {}

  /// The client's n-th `?`, counted from 0.
  public record Client(int index) implements Origin {}

  /// The n-th literal that the scan took out.
  public record TakenLiteral(int number) implements Origin {}

  /// The clock, moved by a constant interval.
  ///
  /// @param months added first
  /// @param amount added then: milliseconds to a time, days to a date
  public record Clock(Reading reading, long months, long amount) implements Origin {}

  /// What is read off the clock.
  public enum Reading {
    TIMESTAMP,
    LOCAL_TIMESTAMP,
    DATE
  }
}
