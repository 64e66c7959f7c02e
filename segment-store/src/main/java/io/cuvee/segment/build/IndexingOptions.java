package io.cuvee.segment.build;

import io.cuvee.common.catalog.TableConfig;
import java.util.List;

/// What a table config says about how columns are stored.
///
/// @param sortedColumns columns by which the rows are sorted, primary first
/// @param invertedIndexColumns columns that get an inverted index, and so a dictionary
/// @param noDictionaryColumns columns that are stored raw whatever the data
public record IndexingOptions(
    List<String> sortedColumns,
    List<String> invertedIndexColumns,
    List<String> noDictionaryColumns) {
  public static final IndexingOptions NONE = new IndexingOptions(List.of(), List.of(), List.of());

  public IndexingOptions {
    sortedColumns = List.copyOf(sortedColumns);
    invertedIndexColumns = List.copyOf(invertedIndexColumns);
    noDictionaryColumns = List.copyOf(noDictionaryColumns);
  }

  public static IndexingOptions of(TableConfig config) {
    return new IndexingOptions(
        config.sortedColumns(), config.invertedIndexColumns(), config.noDictionaryColumns());
  }
}
