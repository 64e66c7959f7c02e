package io.cuvee.segment.build;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.StarTreeConfig;
import io.cuvee.common.config.DataSize;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.error.Suggestions;
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
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Builds one segment: collects the rows by column, orders them, chooses how each column is stored,
/// and writes the columns, several at a time. Rows that do not fit in the memory wait in files. The
/// same rows and the same spec give the same bytes, whatever the pages, the threads and the memory.
/// Not thread-safe; one instance builds one segment.
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
    return build(rows, targetDirectory, BuildProgress.NONE);
  }

  /// As [#build(PageSource, Path)], and tells how far it is.
  public SegmentMetadata build(PageSource rows, Path targetDirectory, BuildProgress progress) {
    Path target = targetDirectory.toAbsolutePath();
    checkAbsent(target);
    Path building =
        target.resolveSibling(
            "."
                + target.getFileName()
                + ".building-"
                + Long.toHexString(ThreadLocalRandom.current().nextLong()));
    try {
      Files.createDirectories(target.getParent());
      Files.createDirectory(building);
      SegmentMetadata metadata = buildIn(rows, building, progress);
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

  private SegmentMetadata buildIn(PageSource rows, Path building, BuildProgress progress) {
    try (BuildWorkers workers = new BuildWorkers(spec.limits().threads())) {
      SegmentMetadata metadata = collectAndWrite(rows, building, workers, progress);
      // From the columns as they are stored, as for a segment that is there already.
      SegmentIndexes.add(building, spec.indexing(), workers, spec.limits().memory());
      StarTreeIndexes.add(
          building, spec.starTrees(), spec.schema(), workers, spec.limits().memory());
      return metadata;
    } catch (CuveeException e) {
      if (!Thread.currentThread().isInterrupted() || e.code() != ErrorCode.IO) {
        throw e;
      }
      // Files close when their thread is interrupted.
      CuveeException cancelled = BuildWorkers.cancelled();
      cancelled.addSuppressed(e);
      throw cancelled;
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

  private SegmentMetadata collectAndWrite(
      PageSource source, Path directory, BuildWorkers workers, BuildProgress progress) {
    CollectedRows rows = new CollectedRows(spec, directory, workers);
    try {
      rows.addAll(source, progress);
      return write(rows, directory, workers, progress);
    } catch (RuntimeException | Error e) {
      // Its threads use the rows.
      workers.close();
      throw e;
    } finally {
      rows.close();
    }
  }

  private SegmentMetadata write(
      CollectedRows rows, Path directory, BuildWorkers workers, BuildProgress progress) {
    IndexingOptions indexing = spec.indexing();
    int docCount = rows.docCount();
    checkHeap(rows);
    List<CollectedColumn> sortKeys = indexing.sortedColumns().stream().map(rows::column).toList();
    RowOrder order = RowOrder.by(sortKeys, docCount);
    try (ColumnsWriter out = ColumnsWriter.create(directory)) {
      List<BuildWorkers.Piece<ColumnMetadata>> pieces =
          rows.columns().stream().map(column -> piece(column, order)).toList();
      long orderBytes = order.docs() == null ? 0 : (long) docCount * Integer.BYTES;
      List<ColumnMetadata> described =
          workers.write(
              pieces,
              spec.limits().memory().bytes() - rows.memoryBytes() - orderBytes,
              columns -> progress.written(columns, pieces.size()),
              out);
      SegmentMetadata metadata = metadata(docCount, described, 0);
      metadata = metadata(docCount, described, SegmentFormat.crc(metadata, out.buffers()));
      out.finish(metadata.crc());
      SegmentFiles.write(
          directory, metadata, new IndexMap(metadata.crc(), out.length(), out.buffers()));
      return metadata;
    }
  }

  private BuildWorkers.Piece<ColumnMetadata> piece(CollectedColumn column, RowOrder order) {
    String name = column.field().name();
    boolean isDimension = spec.starTrees().isDimension(name);
    boolean isInverted = spec.indexing().invertedIndexColumns().contains(name);
    return new BuildWorkers.Piece<>(
        column.encodingBytes(isInverted),
        out -> {
          try (column) {
            return new ColumnEncoder(column, order, spec.indexing(), isDimension, false, out)
                .write();
          }
        });
  }

  /// Rather than to run out of heap in the middle.
  private void checkHeap(CollectedRows rows) {
    long heap = Runtime.getRuntime().maxMemory();
    for (CollectedColumn column : rows.columns()) {
      boolean isInverted = spec.indexing().invertedIndexColumns().contains(column.field().name());
      if (column.encodingBytes(isInverted) > heap) {
        throw new CuveeException(
            ErrorCode.MEMORY_LIMIT,
            "To write column '"
                + column.field().name()
                + "' of segment '"
                + spec.segment()
                + "' with "
                + rows.docCount()
                + " rows takes about "
                + new DataSize(column.encodingBytes(isInverted))
                + " of heap, and this process has "
                + new DataSize(heap)
                + ". Put fewer rows into a segment, or give it more (-Xmx).");
      }
    }
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
