package io.cuvee.segment.column;

/// Says of a value that a column does not have it, or that it may. Thread-safe.
public interface BloomFilter {
  /// @param value in the Java form of literals; of arrays, an element
  /// @return false only if no document has it
  boolean mayContain(Object value);
}
