package io.cuvee.segment.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// `columns.bin`: a header of 64 bytes, then buffers, each from a multiple of 64 and padded with
/// zeros to the next. The header, little-endian: `CUVEECOL` (8 bytes), format version (4), zero
/// (4), segment CRC (8), zeros (36), CRC32C of the 60 bytes before (4). Later versions keep the
/// first 12 and the last 4 of them.
public final class ColumnsFormat {
  public static final String FILE = "columns.bin";
  public static final int HEADER_BYTES = 64;

  private static final long MAGIC =
      ByteBuffer.wrap("CUVEECOL".getBytes(StandardCharsets.US_ASCII))
          .order(ByteOrder.LITTLE_ENDIAN)
          .getLong();

  private ColumnsFormat() {}

  static byte[] header(long segmentCrc) {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(MAGIC).putInt(SegmentFormat.VERSION).putInt(0).putLong(segmentCrc);
    header.putInt(HEADER_BYTES - 4, SegmentFormat.crc32c(header.array(), 0, HEADER_BYTES - 4));
    return header.array();
  }

  /// @param bytes the header
  static void checkHeader(Path file, byte[] bytes, long segmentCrc) {
    ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int expected = header.getInt(HEADER_BYTES - 4);
    int found = SegmentFormat.crc32c(bytes, 0, HEADER_BYTES - 4);
    if (header.getLong(0) != MAGIC || expected != found) {
      throw SegmentFormat.corrupt(
          file,
          "its header's checksum is "
              + SegmentFormat.hex(found)
              + ", expected "
              + SegmentFormat.hex(expected));
    }
    int version = header.getInt(8);
    if (version > SegmentFormat.VERSION) {
      throw SegmentFormat.tooNew(file, version);
    }
    if (header.getLong(16) != segmentCrc) {
      throw SegmentFormat.corrupt(
          file,
          "it belongs to a segment with CRC " + header.getLong(16) + ", expected " + segmentCrc);
    }
  }
}
