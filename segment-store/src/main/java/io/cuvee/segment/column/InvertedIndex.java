package io.cuvee.segment.column;

/// DictId to documents. Thread-safe.
public interface InvertedIndex {
  /// How many documents have this dictId.
  int docCount(int dictId);

  /// Sets bit `i` of `words` for each document `fromDoc + i`, `i` in `[0, count)`, that has this
  /// dictId; leaves other bits as they are. `fromDoc` is a multiple of 65,536 (a morsel) and
  /// `count` at most that.
  ///
  /// @return whether the morsel has such documents at all
  boolean orInto(int dictId, int fromDoc, int count, long[] words);
}
