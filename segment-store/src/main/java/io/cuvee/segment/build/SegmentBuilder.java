package io.cuvee.segment.build;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.StarTreeConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.error.Suggestions;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.segment.format.ColumnMetadata;
import io.cuvee.segment.format.ColumnsWriter;
import io.cuvee.segment.format.IndexMap;
import io.cuvee.segment.format.SegmentFiles;
import io.cuvee.segment.format.SegmentFormat;
import io.cuvee.segment.format.SegmentMetadata;
import io.cuvee.segment.store.SegmentIndexes;
import io.cuvee.segment.store.StarTreeIndexes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Builds one segment: collects the rows by column, orders them, chooses how each column is stored,
/// and writes column by column. The same rows and the same spec give the same bytes, whatever the
/// pages. Not thread-safe; one instance builds one segment.
public final class SegmentBuilder {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentBuilder.class);

  private final SegmentSpec spec;

  /// @throws CuveeException `INVALID_TABLE` if the indexing options name columns that the schema
  ///   does not have or that cannot be stored so
  public SegmentBuilder(SegmentSpec spec) {
    this.spec = spec;
    IndexingOptions indexing = spec.indexing();
    checkKnown("sortedColumn", indexing.sortedColumns());
    checkKnown("invertedIndexColumns", indexing.invertedIndexColumns());
    checkKnown("noDictionaryColumns", indexing.noDictionaryColumns());
    checkKnown("rangeIndexColumns", indexing.rangeIndexColumns());
    checkKnown("jsonIndexColumns", indexing.jsonIndexColumns());
    checkKnown("textIndexColumns", indexing.textIndexColumns());
    checkKnown("compressionCodec", List.copyOf(indexing.codecs().keySet()));
    checkKnown("bloomFilterColumns", List.copyOf(indexing.bloomFilters().keySet()));
    for (StarTreeConfig tree : spec.starTrees().trees()) {
      List<String> problems = tree.problems(spec.schema(), indexing.noDictionaryColumns());
      if (!problems.isEmpty()) {
        throw invalid("starTreeIndexConfigs: " + String.join("; ", problems) + ".");
      }
    }
    for (String name : indexing.sortedColumns()) {
      if (spec.schema().field(name).orElseThrow().type().isArray()) {
        throw invalid(
            "sortedColumn '" + name + "' is an array. Sort by a column of single values.");
      }
    }
    for (String name : indexing.invertedIndexColumns()) {
      if (indexing.noDictionaryColumns().contains(name)) {
        throw invalid(
            "column '"
                + name
                + "' is in invertedIndexColumns and in noDictionaryColumns, but an inverted index"
                + " needs a dictionary. Take it out of one of them.");
      }
    }
  }

  private void checkKnown(String key, List<String> columns) {
    for (String name : columns) {
      if (spec.schema().field(name).isEmpty()) {
        List<String> known = spec.schema().fields().stream().map(FieldSpec::name).toList();
        throw invalid(
            key
                + " names the column '"
                + name
                + "', which the schema '"
                + spec.schema().name()
                + "' does not have."
                + Suggestions.didYouMean(name, known));
      }
    }
  }

  private CuveeException invalid(String problem) {
    return new CuveeException(ErrorCode.INVALID_TABLE, "Table '" + spec.table() + "': " + problem);
  }

  /// Reads all rows and writes the segment. The target appears complete or not at all.
  ///
  /// @param rows pages with one column for each field of the schema, in its order; not closed
  /// @param targetDirectory must not exist
  /// @throws CuveeException `INVALID_INPUT` for a row that the schema does not allow,
  ///   `MEMORY_LIMIT`, `ALREADY_EXISTS`, `IO`
  public SegmentMetadata build(PageSource rows, Path targetDirectory) {
    Path target = targetDirectory.toAbsolutePath();
    checkAbsent(target);
    ArrayDeque<CollectedColumn> columns = new ArrayDeque<>();
    for (FieldSpec field : spec.schema().fields()) {
      columns.add(new CollectedColumn(field));
    }
    int docCount = collect(rows, columns);
    Path building =
        target.resolveSibling(
            "."
                + target.getFileName()
                + ".building-"
                + Long.toHexString(ThreadLocalRandom.current().nextLong()));
    try {
      Files.createDirectories(target.getParent());
      Files.createDirectory(building);
      SegmentMetadata metadata = write(columns, docCount, building);
      if (!spec.indexing().rangeIndexColumns().isEmpty()
          || !spec.indexing().bloomFilters().isEmpty()
          || !spec.indexing().jsonIndexColumns().isEmpty()
          || !spec.indexing().textIndexColumns().isEmpty()) {
        // From the columns as they are stored, as for a segment that is there already.
        SegmentIndexes.add(building, spec.indexing());
      }
      StarTreeIndexes.add(building, spec.starTrees(), spec.schema(), spec.memoryLimit());
      checkAbsent(target);
      Files.move(building, target, StandardCopyOption.ATOMIC_MOVE);
      SegmentFiles.forceDirectory(target.getParent());
      return metadata;
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.IO,
          "Could not write segment '"
              + spec.segment()
              + "' to "
              + target
              + ": "
              + e.getMessage()
              + ".",
          e);
    } finally {
      deleteIfThere(building);
    }
  }

  private void checkAbsent(Path target) {
    if (Files.exists(target)) {
      throw new CuveeException(
          ErrorCode.ALREADY_EXISTS,
          "Segment '"
              + spec.segment()
              + "' cannot be built in "
              + target
              + ", which is there already. Remove it or give another directory.");
    }
  }

  private int collect(PageSource rows, ArrayDeque<CollectedColumn> columns) {
    int docCount = 0;
    for (Page page = rows.next(); page != null; page = rows.next()) {
      if (page.columns().size() != columns.size()) {
        throw new CuveeException(
            ErrorCode.INVALID_INPUT,
            "A page has "
                + page.columns().size()
                + " columns, but the schema '"
                + spec.schema().name()
                + "' has "
                + columns.size()
                + ".");
      }
      if (page.rowCount() > SegmentFormat.MAX_VALUES - docCount) {
        throw new CuveeException(
            ErrorCode.INVALID_INPUT,
            "Segment '"
                + spec.segment()
                + "' would have more than "
                + SegmentFormat.MAX_VALUES
                + " rows. Divide them among several segments.");
      }
      long memory = 0;
      int index = 0;
      for (CollectedColumn column : columns) {
        column.append(page.column(index++), docCount);
        memory += column.memoryBytes();
      }
      docCount += page.rowCount();
      if (memory > spec.memoryLimit().bytes()) {
        throw new CuveeException(
            ErrorCode.MEMORY_LIMIT,
            "Segment '"
                + spec.segment()
                + "' needs more than "
                + spec.memoryLimit()
                + " to build after "
                + docCount
                + " rows. Put fewer rows into a segment, or raise the limit.");
      }
    }
    return docCount;
  }

  private SegmentMetadata write(ArrayDeque<CollectedColumn> columns, int docCount, Path directory) {
    IndexingOptions indexing = spec.indexing();
    RowOrder order = RowOrder.by(sortKeys(columns), docCount);
    try (ColumnsWriter out = ColumnsWriter.create(directory)) {
      List<ColumnMetadata> described = new ArrayList<>();
      while (!columns.isEmpty()) {
        // Taken out, so that the next column can have its memory.
        CollectedColumn column = columns.remove();
        boolean isDimension = spec.starTrees().isDimension(column.field().name());
        described.add(new ColumnEncoder(column, order, indexing, isDimension, false, out).write());
      }
      SegmentMetadata metadata = metadata(docCount, described, 0);
      metadata = metadata(docCount, described, SegmentFormat.crc(metadata, out.buffers()));
      out.finish(metadata.crc());
      SegmentFiles.write(
          directory, metadata, new IndexMap(metadata.crc(), out.length(), out.buffers()));
      return metadata;
    }
  }

  private List<CollectedColumn> sortKeys(ArrayDeque<CollectedColumn> columns) {
    return spec.indexing().sortedColumns().stream()
        .map(name ->
            columns.stream()
                .filter(column -> column.field().name().equals(name))
                .findFirst()
                .orElseThrow())
        .toList();
  }

  private SegmentMetadata metadata(int docCount, List<ColumnMetadata> columns, long crc) {
    return new SegmentMetadata(
        SegmentFormat.VERSION,
        spec.table(),
        spec.segment(),
        spec.schemaVersion(),
        docCount,
        spec.indexing().sortedColumns(),
        columns,
        crc,
        spec.createdMillis());
  }

  private static void deleteIfThere(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(directory);
    } catch (IOException e) {
      LOG.warn("Could not remove {}, which an interrupted build left.", directory, e);
    }
  }
}
