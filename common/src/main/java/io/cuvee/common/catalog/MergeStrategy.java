package io.cuvee.common.catalog;

/// How a column of a row of a table with partial upsert comes about from the row that its key had.
/// A value that is NULL in one of the two is the other's.
public enum MergeStrategy {
  /// The newer value.
  OVERWRITE,
  /// The older value.
  IGNORE,
  /// The sum.
  INCREMENT,
  /// The older elements, then the newer ones.
  APPEND,
  /// As [#APPEND], each element once.
  UNION,
  MIN,
  MAX
}
