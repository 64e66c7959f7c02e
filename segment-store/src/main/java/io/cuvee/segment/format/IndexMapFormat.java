package io.cuvee.segment.format;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.wire.ByteWriter;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// `index.map`: where the buffers of `columns.bin` are. Little-endian:
///
/// | bytes | content |
/// |---|---|
/// | 8 | `CUVEEMAP` |
/// | 4 | format version |
/// | 4 | length of this file |
/// | 8 | segment CRC |
/// | 8 | how many bytes of `columns.bin` are in use; more may follow that an interrupted change left |
/// | 4 | how many buffers |
/// | … | for each: length of the column's name (4) and name in UTF-8, kind (4), offset (8), length (8), CRC32C (4) |
/// | 4 | CRC32C of all bytes before |
///
/// Buffers ascend by offset and do not overlap; but one may have the offset, length, kind and
/// checksum of an earlier one, with which it then shares its bytes (from version 2). Later versions
/// keep the first 16 and the last 4 bytes.
public final class IndexMapFormat {
  public static final String FILE = "index.map";

  private static final byte[] MAGIC = "CUVEEMAP".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER_BYTES = 36;

  private IndexMapFormat() {}

  static byte[] write(IndexMap map) {
    ByteWriter out = new ByteWriter(HEADER_BYTES + map.buffers().size() * 64);
    out.writeRaw(MAGIC, 0, MAGIC.length)
        .writeInt(SegmentFormat.VERSION)
        .writeInt(0)
        .writeLong(map.segmentCrc())
        .writeLong(map.columnsLength())
        .writeInt(map.buffers().size());
    for (BufferEntry buffer : map.buffers()) {
      byte[] name = buffer.column().getBytes(StandardCharsets.UTF_8);
      out.writeInt(name.length)
          .writeRaw(name, 0, name.length)
          .writeInt(buffer.kind().code())
          .writeLong(buffer.offset())
          .writeLong(buffer.length())
          .writeInt(buffer.crc());
    }
    out.writeInt(0);
    byte[] bytes = out.toByteArray();
    ByteBuffer patch = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    patch.putInt(12, bytes.length);
    patch.putInt(bytes.length - 4, SegmentFormat.crc32c(bytes, 0, bytes.length - 4));
    return bytes;
  }

  /// @param bytes of the whole file
  static IndexMap read(Path file, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length < HEADER_BYTES + 4) {
      throw SegmentFormat.corrupt(
          file, "it has " + bytes.length + " bytes, expected at least " + (HEADER_BYTES + 4));
    }
    int expected = in.getInt(bytes.length - 4);
    int found = SegmentFormat.crc32c(bytes, 0, bytes.length - 4);
    if (!Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)
        || in.getInt(12) != bytes.length
        || expected != found) {
      throw SegmentFormat.corrupt(
          file,
          "its checksum is "
              + SegmentFormat.hex(found)
              + ", expected "
              + SegmentFormat.hex(expected)
              + "; it has "
              + bytes.length
              + " bytes, expected "
              + in.getInt(12));
    }
    int version = in.getInt(8);
    if (version > SegmentFormat.VERSION) {
      throw SegmentFormat.tooNew(file, version);
    }
    try {
      return parse(file, in.position(16));
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw SegmentFormat.corrupt(file, "it is not an index map", e);
    }
  }

  private static IndexMap parse(Path file, ByteBuffer in) throws CuveeException {
    long segmentCrc = in.getLong();
    long columnsLength = in.getLong();
    int count = in.getInt();
    List<BufferEntry> buffers = new ArrayList<>();
    long end = ColumnsFormat.HEADER_BYTES;
    for (int i = 0; i < count; i++) {
      byte[] name = new byte[Math.clamp(in.getInt(), 0, in.remaining())];
      in.get(name);
      String column = new String(name, StandardCharsets.UTF_8);
      int code = in.getInt();
      BufferKind kind =
          BufferKind.ofCode(code)
              .orElseThrow(() ->
                  SegmentFormat.corrupt(
                      file, "column '" + column + "' has a buffer of unknown kind " + code));
      BufferEntry buffer = new BufferEntry(column, kind, in.getLong(), in.getLong(), in.getInt());
      if (buffer.offset() < end && buffers.stream().anyMatch(buffer::isSharedWith)) {
        buffers.add(buffer);
        continue;
      }
      if (buffer.offset() != end
          || buffer.length() < 0
          || buffer.length() > columnsLength - buffer.offset()) {
        throw SegmentFormat.corrupt(
            file, buffer + " does not lie where it should, expected at " + end);
      }
      end = buffer.paddedEnd();
      buffers.add(buffer);
    }
    if (end != columnsLength || in.remaining() != 4) {
      throw SegmentFormat.corrupt(
          file, "the buffers end at " + end + ", expected at " + columnsLength);
    }
    return new IndexMap(segmentCrc, columnsLength, buffers);
  }
}
