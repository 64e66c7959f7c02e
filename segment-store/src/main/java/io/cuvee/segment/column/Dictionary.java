package io.cuvee.segment.column;

import io.cuvee.execution.page.Values;

/// The distinct values of a column, ascending (numbers by value, byte ranges unsigned); a dictId is
/// a position. Thread-safe.
public interface Dictionary {
  int size();

  /// The dictId of a value in the Java form of literals, or `-(insertion point) - 1` if it does not
  /// occur.
  int indexOf(Object value);

  /// In the Java form of literals.
  Object value(int dictId);

  /// The values of `dictIds[0..count)`, without NULLs.
  Values values(int[] dictIds, int count);

  /// Whether another dictionary is known to have the same values, and so the same dictIds, because
  /// it is stored in the same bytes.
  default boolean isSame(Dictionary other) {
    return this == other;
  }

  /// All values in order. Cached by implementations where that is cheap.
  Values all();
}
