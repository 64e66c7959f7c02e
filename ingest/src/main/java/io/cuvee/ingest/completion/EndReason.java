package io.cuvee.ingest.completion;

/// Why a replica wants to end its consuming segment.
public enum EndReason {
  /// It has as many rows as the table's config says; all replicas end at the same row.
  ROWS,
  /// It is as old as the table's config says.
  TIME,
  /// It takes as much memory as it may.
  SIZE,
  /// Somebody asked for it.
  FORCED
}
