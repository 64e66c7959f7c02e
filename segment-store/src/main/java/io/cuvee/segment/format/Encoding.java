package io.cuvee.segment.format;

/// How the values of a column are stored.
public enum Encoding {
  /// A sorted dictionary, and a bit-packed dictId for each value.
  DICTIONARY,
  /// A sorted dictionary, and for each dictId the run of documents that have it.
  SORTED,
  /// The values themselves.
  RAW
}
