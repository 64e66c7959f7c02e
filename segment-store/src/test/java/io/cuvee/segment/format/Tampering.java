package io.cuvee.segment.format;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Changes segments the way somebody would who can compute checksums.
public final class Tampering {
  private Tampering() {}

  /// Flips a bit of a buffer and makes all checksums right again.
  public static void flip(Path directory, BufferEntry buffer, long bit) throws IOException {
    Path file = directory.resolve(ColumnsFormat.FILE);
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) (buffer.offset() + bit / 8)] ^= (byte) (1 << bit % 8);
    Files.write(file, bytes);
    sign(directory, SegmentFiles.read(directory).metadata());
  }

  /// Writes the metadata and makes all checksums right.
  public static void sign(Path directory, SegmentMetadata metadata) throws IOException {
    Path columns = directory.resolve(ColumnsFormat.FILE);
    Path mapFile = directory.resolve(IndexMapFormat.FILE);
    byte[] bytes = Files.readAllBytes(columns);
    IndexMap map = IndexMapFormat.read(mapFile, Files.readAllBytes(mapFile));
    List<BufferEntry> buffers = new ArrayList<>();
    for (BufferEntry buffer : map.buffers()) {
      int crc = SegmentFormat.crc32c(bytes, (int) buffer.offset(), (int) buffer.length());
      buffers.add(
          new BufferEntry(buffer.column(), buffer.kind(), buffer.offset(), buffer.length(), crc));
    }
    long crc = SegmentFormat.crc(metadata, buffers);
    SegmentMetadata signed =
        new SegmentMetadata(
            metadata.formatVersion(),
            metadata.table(),
            metadata.segment(),
            metadata.schemaVersion(),
            metadata.docCount(),
            metadata.sortColumns(),
            metadata.columns(),
            crc,
            metadata.createdMillis());
    byte[] header = ColumnsFormat.header(crc);
    System.arraycopy(header, 0, bytes, 0, header.length);
    Files.write(columns, bytes);
    Files.write(mapFile, IndexMapFormat.write(new IndexMap(crc, map.columnsLength(), buffers)));
    Files.write(directory.resolve(MetadataFormat.FILE), MetadataFormat.write(signed));
  }

  /// Makes the metadata say that it has a later version.
  public static void laterVersion(Path directory) throws IOException {
    SegmentMetadata metadata = SegmentFiles.read(directory).metadata();
    SegmentMetadata later =
        new SegmentMetadata(
            SegmentFormat.VERSION + 1,
            metadata.table(),
            metadata.segment(),
            metadata.schemaVersion(),
            metadata.docCount(),
            metadata.sortColumns(),
            metadata.columns(),
            metadata.crc(),
            metadata.createdMillis());
    Files.write(directory.resolve(MetadataFormat.FILE), MetadataFormat.write(later));
  }
}
