package io.cuvee.controller.backup;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentScope;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.controller.audit.FetchedObject;
import io.cuvee.controller.table.RecordObjects;
import io.cuvee.controller.upload.SegmentScopes;
import io.cuvee.segment.format.SegmentMetadata;
import io.cuvee.segment.store.Segment;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/// Makes records of objects in the deep store.
final class StoredSegments {
  private final DeepStore store;
  private final String root;
  private final Path directory;

  /// An uploaded segment.
  record Uploaded(SegmentRecord record, SegmentMetadata metadata) {}

  /// @param root with a slash behind
  /// @param directory for one fetched object at a time
  StoredSegments(DeepStore store, String root, Path directory) {
    this.store = store;
    this.root = root;
    this.directory = directory;
  }

  private URI url(String objectName) {
    return URI.create(root + objectName);
  }

  /// Reads an uploaded segment.
  ///
  /// @throws CuveeException if it is not sound, or is another segment than its name says
  Uploaded uploaded(SegmentObject object, TableConfig config) {
    try (FetchedObject fetched = new FetchedObject(store, url(object.name()), directory);
        Segment segment = fetched.open()) {
      SegmentMetadata metadata = segment.metadata();
      checkName(object, metadata.table(), metadata.segment());
      SegmentScope scope = SegmentScopes.of(config, metadata, segment.directory());
      return new Uploaded(
          new SegmentRecord(
              object.table(),
              object.segment(),
              metadata.crc(),
              url(object.name()).toString(),
              metadata.docCount(),
              fetched.sizeBytes(),
              object.storedMillis().orElse(metadata.createdMillis()),
              false,
              metadata.distinctCounts(),
              scope),
          metadata);
    }
  }

  private static void checkName(SegmentObject object, String table, String segment) {
    if (!table.equals(object.table()) || !segment.equals(object.segment())) {
      throw new CuveeException(
          ErrorCode.CORRUPT_SEGMENT,
          "The object " + object.name() + " holds " + table + "/" + segment + ".");
    }
  }

  /// Reads the record beside the object of a sealed segment.
  ///
  /// @throws CuveeException if it cannot be read, or is of another segment
  SegmentRecord sealed(SegmentObject object) {
    Path file = directory.resolve("work-" + UUID.randomUUID());
    try {
      store.get(url(RecordObjects.recordOf(object.name())), file);
      SegmentRecord record = SegmentRecord.parse(Files.readString(file));
      checkName(object, record.table(), record.name());
      if (record.stream().isEmpty() || record.isConsuming()) {
        throw new CuveeException(
            ErrorCode.CORRUPT_SEGMENT, "The record of " + object.name() + " is not of a stream.");
      }
      return record;
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.IO, "The record of " + object.name() + " cannot be read: " + e.getMessage(), e);
    } finally {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        // It is in a directory for temporary files.
      }
    }
  }
}
