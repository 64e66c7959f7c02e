package io.cuvee.controller.backup;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentScope;
import io.cuvee.common.catalog.Schema;
import io.cuvee.execution.page.PageSource;
import io.cuvee.ingest.batch.FileFormat;
import io.cuvee.ingest.batch.ReadOptions;
import io.cuvee.ingest.batch.RecordFiles;
import io.cuvee.segment.build.SegmentBuilder;
import io.cuvee.segment.build.SegmentSpec;
import io.cuvee.segment.format.SegmentMetadata;
import io.cuvee.segment.store.SegmentArchive;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// Segments in a deep store, as tests need them.
public final class SegmentObjects {
  private SegmentObjects() {}

  /// Builds a segment, and stores it.
  ///
  /// @param csv with a header
  /// @return its record
  public static SegmentRecord store(
      DeepStore store,
      Path directory,
      Schema schema,
      String table,
      String segment,
      String version,
      String csv)
      throws IOException {
    Path work = Files.createTempDirectory(directory, "build");
    Path file = Files.writeString(work.resolve("rows.csv"), csv);
    SegmentMetadata built;
    try (PageSource rows =
        RecordFiles.open(file, ReadOptions.DEFAULTS.withFormat(FileFormat.CSV), schema)) {
      built =
          new SegmentBuilder(SegmentSpec.of(table, segment, schema))
              .build(rows, work.resolve("segment"));
    }
    Path archive = work.resolve("archive");
    SegmentArchive.pack(work.resolve("segment"), archive);
    URI object = store.put(archive, table + "/" + segment + "/" + version);
    return new SegmentRecord(
        table,
        segment,
        built.crc(),
        object.toString(),
        built.docCount(),
        Files.size(archive),
        1,
        false,
        Map.of(),
        SegmentScope.UNKNOWN);
  }
}
