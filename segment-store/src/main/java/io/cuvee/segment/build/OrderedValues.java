package io.cuvee.segment.build;

import io.cuvee.segment.format.ColumnsWriter;
import io.cuvee.segment.format.Encoding;
import org.jspecify.annotations.Nullable;

/// The values of a column in the order of the segment, and their distinct ones in the order of a
/// dictionary. Places of NULLs count nowhere. Not thread-safe.
sealed interface OrderedValues permits OrderedLongs, OrderedRanges {
  /// How many distinct values there are.
  int cardinality();

  /// The smallest value in the Java form of literals; absent if there is none.
  @Nullable Object min();

  @Nullable Object max();

  /// The dictId of each value; that of a neighbour in the places of NULLs.
  int[] dictIds();

  /// Bytes of all entries of a dictionary.
  long dictionaryBytes();

  /// Length of all entries in bytes, or 0 if they differ.
  int entryBytes();

  /// Writes the entries, and their offsets if they need them.
  void writeDictionary(ColumnsWriter out, String column);

  /// Bytes that [#writeRaw] needs, roughly.
  long rawBytes();

  /// Writes the values as a raw column with its zone map, and says in which form.
  ///
  /// @param mayHaveRuns whether equal neighbours may be stored as one
  RawForm writeRaw(
      ColumnsWriter out,
      String column,
      ZoneWriter zones,
      boolean mayHaveRuns,
      Compression compression);

  /// See [io.cuvee.segment.format.ColumnMetadata].
  ///
  /// @param note what the encoding saves, for people
  record RawForm(Encoding encoding, String note, int entryBytes, int offsetBytes) {}
}
