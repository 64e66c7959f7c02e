package io.cuvee.segment.format;

/// How the values of a column are stored.
public enum Encoding {
  /// A sorted dictionary, and a bit-packed dictId for each value.
  DICTIONARY,
  /// A sorted dictionary, and for each dictId the run of documents that have it.
  SORTED,
  /// The values themselves.
  RAW,
  /// A sorted dictionary, and a dictId for each run of documents that have the same; see
  /// [io.cuvee.segment.packing.RunFormat].
  DICTIONARY_RUNS,
  /// The value itself of each run.
  RAW_RUNS;

  public boolean hasDictionary() {
    return this != RAW && this != RAW_RUNS;
  }

  public boolean hasRuns() {
    return this == DICTIONARY_RUNS || this == RAW_RUNS;
  }
}
