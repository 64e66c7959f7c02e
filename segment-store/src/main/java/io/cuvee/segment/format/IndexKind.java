package io.cuvee.segment.format;

import java.util.Locale;
import java.util.Set;

/// The kinds of index that a column may have beside its data, with the buffers of each. They can be
/// made from the column at any time, and taken away.
public enum IndexKind {
  INVERTED(BufferKind.INVERTED_BITMAPS, BufferKind.INVERTED_OFFSETS),
  RANGE(BufferKind.RANGE_BITMAPS, BufferKind.RANGE_OFFSETS, BufferKind.RANGE_BUCKETS),
  BLOOM(BufferKind.BLOOM_FILTER),
  JSON(
      BufferKind.JSON_KEYS,
      BufferKind.JSON_KEY_OFFSETS,
      BufferKind.JSON_OFFSETS,
      BufferKind.JSON_BITMAPS),
  TEXT(BufferKind.TEXT_INDEX);

  private final Set<BufferKind> buffers;

  IndexKind(BufferKind... buffers) {
    this.buffers = Set.of(buffers);
  }

  /// All of these are there, or none.
  public Set<BufferKind> buffers() {
    return buffers;
  }

  /// For people, as `inverted`.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
