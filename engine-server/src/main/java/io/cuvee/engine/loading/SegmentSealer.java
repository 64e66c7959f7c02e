package io.cuvee.engine.loading;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.deepstore.ObjectVersions;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.fault.HaltStep;
import io.cuvee.engine.consuming.Sealer;
import io.cuvee.execution.page.PageSource;
import io.cuvee.ingest.completion.SealedSegment;
import io.cuvee.segment.build.SegmentBuilder;
import io.cuvee.segment.build.SegmentSpec;
import io.cuvee.segment.format.ColumnMetadata;
import io.cuvee.segment.format.SegmentMetadata;
import io.cuvee.segment.store.SegmentArchive;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/// Builds segments from rows that were consumed, in the directory where the loader looks for them.
/// Thread-safe.
final class SegmentSealer implements Sealer {
  private final LocalStore store;
  private final Supplier<DeepStore> deepStore;

  SegmentSealer(LocalStore store, Supplier<DeepStore> deepStore) {
    this.store = store;
    this.deepStore = deepStore;
  }

  @Override
  public SealedSegment sealAndUpload(
      SegmentKey key, PageSource rows, SegmentSpec spec, Optional<String> timeColumn) {
    Path incoming = store.newIncoming();
    try {
      Path built = incoming.resolve("segment");
      SegmentMetadata metadata = new SegmentBuilder(spec).build(rows, built);
      Path archive = incoming.resolve("archive");
      HaltStep.SEGMENT_BUILT.reached();
      SegmentArchive.pack(built, archive);
      long bytes = Files.size(archive);
      URI object =
          deepStore
              .get()
              .put(archive, key.table() + "/" + key.segment() + "/" + ObjectVersions.next());
      HaltStep.SEGMENT_UPLOADED.reached();
      adopt(key, built, metadata);
      HaltStep.SEGMENT_ADOPTED.reached();
      return new SealedSegment(
              object.toString(),
              metadata.crc(),
              metadata.docCount(),
              bytes,
              metadata.distinctCounts())
          .withTimes(timeColumn.flatMap(metadata::column).flatMap(SegmentSealer::times));
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.IO, "Segment " + key + " could not be sealed: " + e.getMessage(), e);
    } finally {
      store.delete(incoming);
    }
  }

  private static Optional<SealedSegment.Times> times(ColumnMetadata column) {
    return !column.type().isArray()
            && column.statistics().min() instanceof Long min
            && column.statistics().max() instanceof Long max
        ? Optional.of(new SealedSegment.Times(column.name(), min, max, column.hasNulls()))
        : Optional.empty();
  }

  @Override
  public void seal(SegmentKey key, PageSource rows, SegmentSpec spec) {
    Path incoming = store.newIncoming();
    try {
      Path built = incoming.resolve("segment");
      adopt(key, built, new SegmentBuilder(spec).build(rows, built));
      HaltStep.REPLICA_BUILT.reached();
    } finally {
      store.delete(incoming);
    }
  }

  private void adopt(SegmentKey key, Path built, SegmentMetadata metadata) {
    Path directory = store.directory(key, metadata.crc());
    if (!Files.isDirectory(directory)) {
      store.adopt(built, directory);
      store.markVerified(directory);
    }
  }
}
