package io.cuvee.controller.audit;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.segment.format.SegmentMetadata;
import io.cuvee.segment.store.Segment;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/// Fetches one object after the other into a directory of its own and compares it with its record.
final class ObjectCheck {
  private final DeepStore store;
  private final Path directory;

  /// @param directory for one object at a time
  ObjectCheck(DeepStore store, Path directory) {
    this.store = store;
    this.directory = directory;
  }

  /// What is wrong with the object of a sealed segment; empty if nothing is.
  Optional<Finding> check(SegmentRecord record) {
    try (FetchedObject object =
        new FetchedObject(store, URI.create(record.downloadUrl()), directory)) {
      long size = object.sizeBytes();
      if (size != record.sizeBytes()) {
        return finding(
            record,
            Finding.Kind.OBJECT_SIZE,
            "it has " + size + " bytes and had " + record.sizeBytes() + " when it was stored");
      }
      try (Segment segment = object.open()) {
        return compare(record, segment.metadata());
      }
    } catch (CuveeException e) {
      return finding(record, kind(e.code()), String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      return finding(record, Finding.Kind.OBJECT_UNREADABLE, e.toString());
    }
  }

  private static Finding.Kind kind(ErrorCode code) {
    return switch (code) {
      case NOT_FOUND -> Finding.Kind.OBJECT_MISSING;
      case CORRUPT_SEGMENT, INVALID_INPUT, PROTOCOL -> Finding.Kind.OBJECT_DAMAGED;
      default -> Finding.Kind.OBJECT_UNREADABLE;
    };
  }

  private static Optional<Finding> compare(SegmentRecord record, SegmentMetadata found) {
    boolean isSame =
        found.table().equals(record.table())
            && found.segment().equals(record.name())
            && found.crc() == record.crc()
            && found.docCount() == record.totalDocs();
    return isSame
        ? Optional.empty()
        : finding(
            record,
            Finding.Kind.OBJECT_DIFFERS,
            "it holds "
                + found.table()
                + "/"
                + found.segment()
                + " with CRC "
                + Long.toHexString(found.crc())
                + " and "
                + found.docCount()
                + " rows; the record says CRC "
                + Long.toHexString(record.crc())
                + " and "
                + record.totalDocs());
  }

  static Optional<Finding> finding(SegmentRecord record, Finding.Kind kind, String detail) {
    return Optional.of(
        new Finding(kind, record.table(), record.name(), record.downloadUrl(), detail));
  }
}
