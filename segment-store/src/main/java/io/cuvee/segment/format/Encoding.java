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
  RAW_RUNS,
  /// Doubles and floats as scaled integers; see [io.cuvee.segment.alp.AlpFormat].
  RAW_ALP,
  /// Byte ranges as codes; see [io.cuvee.segment.fsst.FsstFormat].
  RAW_FSST;

  public boolean hasDictionary() {
    return switch (this) {
      case DICTIONARY, SORTED, DICTIONARY_RUNS -> true;
      case RAW, RAW_RUNS, RAW_ALP, RAW_FSST -> false;
    };
  }

  public boolean hasRuns() {
    return this == DICTIONARY_RUNS || this == RAW_RUNS;
  }
}
