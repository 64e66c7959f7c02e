package io.cuvee.segment.format;

import io.cuvee.common.type.ColumnType;
import io.cuvee.segment.column.ColumnStatistics;

/// What `metadata.json` says of a column.
///
/// @param reason why the builder chose the encoding, for people
/// @param valueCount documents, or elements of all documents for arrays
/// @param idBits bits of a packed dictId, 0 to 31; 0 where none are stored
/// @param entryBytes bytes of one entry of the dictionary, or of one value in a raw column of
///   doubles or byte ranges; 0 if entries differ in length, so that offsets say where they are
/// @param offsetBytes bytes of one such offset, 4 or 8; 0 where there are none
public record ColumnMetadata(
    String name,
    ColumnType type,
    Encoding encoding,
    String reason,
    ColumnStatistics statistics,
    int valueCount,
    int idBits,
    int entryBytes,
    int offsetBytes) {
  public boolean hasDictionary() {
    return encoding.hasDictionary();
  }

  public boolean hasNulls() {
    return statistics.nullCount() > 0;
  }
}
