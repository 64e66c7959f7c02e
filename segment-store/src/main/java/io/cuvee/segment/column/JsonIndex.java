package io.cuvee.segment.column;

/// Paths and values within JSON documents to the documents that have them. A *key* is a path, as
/// the pattern of [io.cuvee.execution.json.JsonPath#pattern], alone or with the text of a scalar
/// that is there; keys are numbered in their order. Elements of arrays are not told apart.
/// Thread-safe.
public interface JsonIndex {
  /// The key of a path alone, which all documents have that have anything but NULL there; -1 if
  /// there are none.
  int find(String pattern);

  /// The key of a path with a value; -1 if there is none.
  int find(String pattern, String value);

  /// Keys of a path with values are those from this one up to [#endOfValues].
  int firstOfValues(String pattern);

  int endOfValues(String pattern);

  /// The value of such a key.
  ///
  /// @param pattern its path
  String value(int key, String pattern);

  /// Whether a value is so long that keys have only its beginning, and may stand for others.
  boolean isCut(String value);

  /// The documents by key, in the place of a dictId.
  InvertedIndex documents();
}
