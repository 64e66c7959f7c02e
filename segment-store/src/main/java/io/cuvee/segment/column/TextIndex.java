package io.cuvee.segment.column;

import io.cuvee.execution.text.TextQuery;

/// The words of texts to the texts that have them. Thread-safe.
public interface TextIndex {
  /// Which texts pass: a bit for each dictId of a column with a dictionary, else for each document
  /// of a scalar column or element of an array column. A document that is NULL may pass.
  ///
  /// @throws io.cuvee.common.error.CuveeException `CORRUPT_SEGMENT`
  long[] find(TextQuery query);
}
