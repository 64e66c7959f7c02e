package io.cuvee.segment.build;

import io.cuvee.common.catalog.BloomFilterConfig;
import io.cuvee.common.catalog.CompressionCodec;
import io.cuvee.common.catalog.TableConfig;
import java.util.List;
import java.util.Map;

/// What a table config says about how columns are stored.
///
/// @param sortedColumns columns by which the rows are sorted, primary first
/// @param invertedIndexColumns columns that get an inverted index, and so a dictionary
/// @param noDictionaryColumns columns that are stored raw whatever the data
/// @param rangeIndexColumns columns that get a range index
/// @param bloomFilters columns that get a Bloom filter
/// @param jsonIndexColumns columns that get a JSON index
/// @param textIndexColumns columns that get a text index
/// @param codecs how the values of columns without a dictionary are compressed, where stated
public record IndexingOptions(
    List<String> sortedColumns,
    List<String> invertedIndexColumns,
    List<String> noDictionaryColumns,
    List<String> rangeIndexColumns,
    Map<String, BloomFilterConfig> bloomFilters,
    List<String> jsonIndexColumns,
    List<String> textIndexColumns,
    Map<String, CompressionCodec> codecs) {
  public static final IndexingOptions NONE = new IndexingOptions(List.of(), List.of(), List.of());

  public IndexingOptions {
    sortedColumns = List.copyOf(sortedColumns);
    invertedIndexColumns = List.copyOf(invertedIndexColumns);
    noDictionaryColumns = List.copyOf(noDictionaryColumns);
    rangeIndexColumns = List.copyOf(rangeIndexColumns);
    bloomFilters = Map.copyOf(bloomFilters);
    jsonIndexColumns = List.copyOf(jsonIndexColumns);
    textIndexColumns = List.copyOf(textIndexColumns);
    codecs = Map.copyOf(codecs);
  }

  /// With nothing said of compression.
  public IndexingOptions(
      List<String> sortedColumns,
      List<String> invertedIndexColumns,
      List<String> noDictionaryColumns,
      List<String> rangeIndexColumns,
      Map<String, BloomFilterConfig> bloomFilters,
      List<String> jsonIndexColumns,
      List<String> textIndexColumns) {
    this(
        sortedColumns,
        invertedIndexColumns,
        noDictionaryColumns,
        rangeIndexColumns,
        bloomFilters,
        jsonIndexColumns,
        textIndexColumns,
        Map.of());
  }

  /// Without text indexes.
  public IndexingOptions(
      List<String> sortedColumns,
      List<String> invertedIndexColumns,
      List<String> noDictionaryColumns,
      List<String> rangeIndexColumns,
      Map<String, BloomFilterConfig> bloomFilters,
      List<String> jsonIndexColumns) {
    this(
        sortedColumns,
        invertedIndexColumns,
        noDictionaryColumns,
        rangeIndexColumns,
        bloomFilters,
        jsonIndexColumns,
        List.of());
  }

  /// With no other indexes than inverted ones.
  public IndexingOptions(
      List<String> sortedColumns,
      List<String> invertedIndexColumns,
      List<String> noDictionaryColumns) {
    this(sortedColumns, invertedIndexColumns, noDictionaryColumns, List.of(), Map.of(), List.of());
  }

  public static IndexingOptions of(TableConfig config) {
    return new IndexingOptions(
        config.sortedColumns(),
        config.invertedIndexColumns(),
        config.noDictionaryColumns(),
        config.rangeIndexColumns(),
        config.bloomFilters(),
        config.jsonIndexColumns(),
        config.textIndexColumns(),
        config.compressionCodecs());
  }

  public IndexingOptions withTextIndexes(List<String> columns) {
    return new IndexingOptions(
        sortedColumns,
        invertedIndexColumns,
        noDictionaryColumns,
        rangeIndexColumns,
        bloomFilters,
        jsonIndexColumns,
        columns,
        codecs);
  }

  public IndexingOptions withCodecs(Map<String, CompressionCodec> byColumn) {
    return new IndexingOptions(
        sortedColumns,
        invertedIndexColumns,
        noDictionaryColumns,
        rangeIndexColumns,
        bloomFilters,
        jsonIndexColumns,
        textIndexColumns,
        byColumn);
  }
}
