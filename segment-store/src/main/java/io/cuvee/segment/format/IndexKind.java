package io.cuvee.segment.format;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The kinds of index that a column may have beside its data, with the buffers of each. They can be
/// made from the column at any time, and taken away.
public enum IndexKind {
  INVERTED(
      List.of(
          Set.of(BufferKind.INVERTED_BITMAPS, BufferKind.INVERTED_OFFSETS),
          Set.of(BufferKind.INVERTED_RUNS))),
  RANGE(BufferKind.RANGE_BITMAPS, BufferKind.RANGE_OFFSETS, BufferKind.RANGE_BUCKETS),
  BLOOM(BufferKind.BLOOM_FILTER),
  JSON(
      BufferKind.JSON_KEYS,
      BufferKind.JSON_KEY_OFFSETS,
      BufferKind.JSON_OFFSETS,
      BufferKind.JSON_BITMAPS),
  TEXT(BufferKind.TEXT_INDEX);

  private final List<Set<BufferKind>> forms;

  IndexKind(BufferKind... buffers) {
    this(List.of(Set.of(buffers)));
  }

  IndexKind(List<Set<BufferKind>> forms) {
    this.forms = forms;
  }

  /// In which forms it can be stored: all buffers of one of them are there, or none of any.
  public List<Set<BufferKind>> forms() {
    return forms;
  }

  /// Whether a buffer belongs to it.
  public boolean has(BufferKind kind) {
    return forms.stream().anyMatch(form -> form.contains(kind));
  }

  /// For people, as `inverted`.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
