package io.cuvee.segment.format;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  private static final int MAX_COUNTED_COLUMNS = 200;

  /// How many values the columns have, of those that have fewer values than half their rows;
  /// bounded, since brokers hold it.
  public Map<String, Long> distinctCounts() {
    Map<String, Long> counts = new LinkedHashMap<>();
    for (ColumnMetadata column : columns) {
      long count = column.statistics().cardinality();
      if (count > 0 && count <= docCount / 2 && counts.size() < MAX_COUNTED_COLUMNS) {
        counts.put(column.name(), count);
      }
    }
    return counts;
  }

  /// The column of this exact name.
  public Optional<ColumnMetadata> column(String name) {
    return columns.stream().filter(column -> column.name().equals(name)).findFirst();
  }
}
