package io.cuvee.execution.aggregate;

import io.cuvee.common.error.CuveeException;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The states of one aggregate for groups that are numbered from 0. Not thread-safe: each worker
/// has its own, and the partial states are merged. The columns of a state are those of
/// [io.cuvee.common.function.AggregateFunctions#stateTypes].
///
/// Every group that is passed in must be below what [#ensureGroups] was last given; a negative
/// group leaves its row out.
public interface Accumulator {
  /// Makes room for the groups `[0, groupCount)`. Never shrinks.
  void ensureGroups(int groupCount);

  /// Adds rows.
  ///
  /// @param groups `groups[i]` is the group of row `i`; negative leaves the row out
  /// @param arguments one column an argument of the call, each with at least `count` rows
  void add(int[] groups, int count, List<Values> arguments);

  /// Adds rows to group 0.
  void addAll(int count, List<Values> arguments);

  /// Adds partial states, one a row.
  void merge(int[] groups, int count, List<Values> states);

  /// The partial states of the groups `[0, groupCount)`, one column a state column.
  List<Values> states(int groupCount);

  /// The final values of the groups `[0, groupCount)`, in the type of the call.
  ///
  /// @throws CuveeException `NUMERIC_OVERFLOW` if an exact result does not fit its type
  Values results(int groupCount);

  /// Memory held, which is charged to the budget.
  long sizeBytes();

  /// An accumulator of one argument that also takes it as a bare array, which saves making a page.
  interface OfLongs extends Accumulator {
    /// @param validity which rows have a value; absent if all have
    void addLongs(int[] groups, int count, long[] values, @Nullable Validity validity);

    /// Adds values to group 0.
    void addLongs(int count, long[] values, @Nullable Validity validity);
  }

  /// An accumulator of one argument that also takes it as a bare array, which saves making a page.
  interface OfDoubles extends Accumulator {
    /// @param validity which rows have a value; absent if all have
    void addDoubles(int[] groups, int count, double[] values, @Nullable Validity validity);

    /// Adds values to group 0.
    void addDoubles(int count, double[] values, @Nullable Validity validity);
  }

  /// An accumulator of distinct longs that also takes many at once.
  interface OfDistinctLongs extends Accumulator {
    /// Adds the values `first + i` whose bit `i` is set, at least one.
    ///
    /// @return whether they were added; if not, they have to come by [#merge]
    boolean addBits(int group, long first, long[] bits);

    /// Sets bit `i` of `out` for values `first + i`, `i` in `[0, width)`, that a group has; for all
    /// of them, or, where they are not at hand, for none.
    void copyBits(int group, long first, int width, long[] out);
  }
}
