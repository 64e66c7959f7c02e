package io.cuvee.segment.format;

import java.util.List;
import java.util.Optional;

/// What `metadata.json` says of a segment.
///
/// @param formatVersion of the files
/// @param table physical table, `flights_OFFLINE`
/// @param segment name, unique in the table
/// @param schemaVersion version of the schema that the rows were made with
/// @param docCount rows
/// @param sortColumns columns by which the rows are sorted, primary first; often empty
/// @param columns in schema order
/// @param crc CRC32C over identity and data, unsigned; see [SegmentFormat]. Equal for segments that
///   were built from the same rows with the same config.
/// @param createdMillis when the segment was built; no part of the CRC
public record SegmentMetadata(
    int formatVersion,
    String table,
    String segment,
    long schemaVersion,
    int docCount,
    List<String> sortColumns,
    List<ColumnMetadata> columns,
    long crc,
    long createdMillis) {
  public SegmentMetadata {
    sortColumns = List.copyOf(sortColumns);
    columns = List.copyOf(columns);
  }

  /// The column of this exact name.
  public Optional<ColumnMetadata> column(String name) {
    return columns.stream().filter(column -> column.name().equals(name)).findFirst();
  }
}
