package io.cuvee.engine.aggregation;

import io.cuvee.engine.scan.Selection;
import io.cuvee.execution.page.Values;
import java.util.List;

/// The states of one aggregate for the groups of one segment, numbered locally, at one worker. Not
/// thread-safe.
abstract class States {
  /// Stands for "all rows are in group 0".
  static final int[] ONE_GROUP = {};

  /// Whether `groups` is [#ONE_GROUP].
  static boolean isOne(int[] groups) {
    return groups.length == 0;
  }

  /// Makes room for the groups `[0, groupCount)`.
  abstract void ensureGroups(int groupCount);

  /// Whether [#follow] can be asked.
  ///
  /// @param before the same aggregate in a segment whose groups have the same numbers
  boolean canFollow(States before) {
    return false;
  }

  /// Goes on with the states of another segment, which has no use for them any more.
  void follow(States before) {
    throw new IllegalStateException("Not from segment to segment: " + this);
  }

  /// Adds the selected rows.
  ///
  /// @param groups `groups[i]` is the group of the i-th selected row; [#ONE_GROUP] puts all in
  ///   group 0
  abstract void add(Selection rows, int[] groups);

  /// The state columns of some groups; empty if the states went to the worker's table directly.
  ///
  /// @param rowCounts how many rows each group has, for aggregates that do not count for
  ///   themselves; any number but 0 for a group with rows if no aggregate [#needsRowCounts()]
  abstract List<Values> states(int[] groups, int count, long[] rowCounts);

  /// Whether [#states] looks at how many rows a group has, and not only at whether it has any.
  boolean needsRowCounts() {
    return true;
  }

  /// Bytes a group takes, roughly.
  abstract long bytesPerGroup();
}
