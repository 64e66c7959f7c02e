package io.cuvee.common.wire;

/// How far into a partition of a stream an answer goes.
///
/// @param whole offset before which no row is missing
/// @param end offset from which on there is no row; often the same
public record Reach(long whole, long end) {
  /// Of an answer that does not tell.
  public static final Reach UNKNOWN = new Reach(0, 0);
}
