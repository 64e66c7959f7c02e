package io.cuvee.segment.column;

import org.jspecify.annotations.Nullable;

/// DictId to documents. Thread-safe.
public interface InvertedIndex {
  /// What [#list] returns for documents that are not stored one by one.
  int NOT_LISTED = -1;

  /// How many documents have this dictId.
  int docCount(int dictId);

  /// Whether a document has this dictId; for few documents.
  boolean contains(int dictId, int doc);

  /// Sets bit `i` of `words` for each document `fromDoc + i`, `i` in `[0, count)`, that has this
  /// dictId; leaves other bits as they are. `fromDoc` is a multiple of 65,536 (a morsel) and
  /// `count` at most that.
  ///
  /// @return whether the morsel has such documents at all
  boolean orInto(int dictId, int fromDoc, int count, long[] words);

  /// Writes the first documents of `[from, to)`, all of one morsel, that have this dictId, as many
  /// as fit into `out`; only if they are stored one by one, so that this costs less than [#orInto].
  ///
  /// @param others leaves out documents whose bits are not set, the morsel's first being bit 0;
  ///   absent leaves out none
  /// @return how many, or [#NOT_LISTED]
  default int list(int dictId, int from, int to, long @Nullable [] others, int[] out) {
    return NOT_LISTED;
  }

  /// How many documents of each block that has any a morsel has under this dictId, if they are
  /// evenly spread over those from the first to the last.
  ///
  /// @param doc any of the morsel
  /// @return [Integer#MAX_VALUE] where [#list] does not list them
  default int docsPerBlock(int dictId, int doc) {
    return Integer.MAX_VALUE;
  }
}
