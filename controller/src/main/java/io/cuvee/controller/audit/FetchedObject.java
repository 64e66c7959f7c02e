package io.cuvee.controller.audit;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.segment.store.Segment;
import io.cuvee.segment.store.SegmentArchive;
import io.cuvee.segment.store.Verify;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Stream;

/// A local copy of a segment's object; gone when closed.
public final class FetchedObject implements AutoCloseable {
  private final Path archive;
  private final Path unpacked;

  /// @param directory that there is
  /// @throws CuveeException `NOT_FOUND`, `IO`
  public FetchedObject(DeepStore store, URI object, Path directory) {
    String name = "work-" + UUID.randomUUID();
    this.archive = directory.resolve(name);
    this.unpacked = directory.resolve(name + "-segment");
    store.get(object, archive);
  }

  public long sizeBytes() {
    try {
      return Files.size(archive);
    } catch (IOException e) {
      throw failure("read", e);
    }
  }

  /// The segment, with all checksums looked at; once, and the caller closes it first.
  ///
  /// @throws CuveeException `INVALID_INPUT` or `CORRUPT_SEGMENT` if it is not sound
  public Segment open() {
    SegmentArchive.unpack(archive, unpacked, SegmentArchive.Limits.DEFAULT);
    return Segment.open(unpacked, Verify.CHECKSUMS);
  }

  private CuveeException failure(String doing, IOException e) {
    return new CuveeException(
        ErrorCode.IO, "Could not " + doing + " " + archive + ": " + e.getMessage() + ".", e);
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(archive);
      if (Files.isDirectory(unpacked)) {
        try (Stream<Path> files = Files.list(unpacked)) {
          for (Path file : files.toList()) {
            Files.delete(file);
          }
        }
        Files.delete(unpacked);
      }
    } catch (IOException e) {
      throw failure("delete", e);
    }
  }
}
