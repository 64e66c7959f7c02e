package io.cuvee.segment.column;

import io.cuvee.execution.page.Values;

/// The distinct values of a column, ascending (numbers by value, byte ranges unsigned) but for
/// those of consuming segments; a dictId is a position. Thread-safe.
public interface Dictionary {
  int size();

  /// Whether dictIds order as the values do.
  default boolean isSorted() {
    return true;
  }

  /// The dictId of a value in the Java form of literals, or `-(insertion point) - 1` if it does not
  /// occur; -1 then if the dictionary is not sorted.
  int indexOf(Object value);

  /// Of a dictionary that is not sorted: a bit for each dictId whose value is below `value`, or
  /// equal to it if `inclusive`; the caller's.
  default long[] below(Object value, boolean inclusive) {
    throw new IllegalStateException("A sorted dictionary is searched with indexOf.");
  }

  /// In the Java form of literals.
  Object value(int dictId);

  /// The values of `dictIds[0..count)`, without NULLs.
  Values values(int[] dictIds, int count);

  /// Whether another dictionary is known to have the same values, and so the same dictIds, because
  /// it is stored in the same bytes.
  @SuppressWarnings("ReferenceEquality") // Dictionaries have no other.
  default boolean isSame(Dictionary other) {
    return this == other;
  }

  /// All values in order. Cached by implementations where that is cheap.
  Values all();
}
