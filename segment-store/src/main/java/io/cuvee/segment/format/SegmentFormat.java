package io.cuvee.segment.format;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.wire.ByteWriter;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The files of a segment and what they have in common.
///
/// A segment is a directory with three files: `metadata.json` ([MetadataFormat]) says what the rows
/// are and how each column is stored, `columns.bin` ([ColumnsFormat]) holds the buffers
/// ([BufferKind]), and `index.map` ([IndexMapFormat]) says where each buffer lies and what its
/// checksum is. Every file begins with a magic number and the format version, and no byte of them
/// is without a checksum. New index buffers are appended to `columns.bin`; then a new `index.map`
/// takes the place of the old one in one step.
///
/// The *segment CRC* is the CRC32C of what identifies the segment and its data, in the form of
/// [#crc]. It is in all three files, so that a file of another segment is recognised. Indexes and
/// the time of building are no part of it.
public final class SegmentFormat {
  /// 2: runs of values, buffers that columns share. 3: doubles as scaled integers, byte ranges as
  /// codes.
  public static final int VERSION = 3;

  /// Buffers begin at multiples of this.
  public static final int ALIGNMENT = 64;

  /// Most documents of a segment, and most elements of an array column.
  public static final int MAX_VALUES = 1 << 30;

  private SegmentFormat() {}

  static long aligned(long position) {
    return (position + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /// The segment CRC: CRC32C of format version (32 bits), table, segment, schema version (64),
  /// documents (32), sort columns, then for each column name, type, encoding, values, id bits,
  /// entry bytes, offset bytes, NULLs and the kind, length (64) and CRC of each data buffer. Texts
  /// are UTF-8 with their length as a varint before them, lists their size, numbers little-endian
  /// and of 32 bits unless said.
  ///
  /// @param metadata its own CRC is not read
  public static long crc(SegmentMetadata metadata, List<BufferEntry> buffers) {
    ByteWriter out = new ByteWriter(4096);
    out.writeInt(metadata.formatVersion())
        .writeString(metadata.table())
        .writeString(metadata.segment())
        .writeLong(metadata.schemaVersion())
        .writeInt(metadata.docCount())
        .writeVarInt(metadata.sortColumns().size());
    metadata.sortColumns().forEach(out::writeString);
    out.writeVarInt(metadata.columns().size());
    for (ColumnMetadata column : metadata.columns()) {
      out.writeString(column.name())
          .writeString(column.type().toString())
          .writeString(column.encoding().name())
          .writeInt(column.valueCount())
          .writeInt(column.idBits())
          .writeInt(column.entryBytes())
          .writeInt(column.offsetBytes())
          .writeInt(column.statistics().nullCount());
    }
    for (BufferEntry buffer : buffers) {
      if (buffer.isData()) {
        out.writeString(buffer.column())
            .writeInt(buffer.kind().code())
            .writeLong(buffer.length())
            .writeInt(buffer.crc());
      }
    }
    return Integer.toUnsignedLong(crc32c(out.array(), 0, out.size()));
  }

  static int crc32c(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }

  public static String hex(int crc) {
    return HexFormat.of().toHexDigits(crc);
  }

  /// The exception for a damaged file.
  ///
  /// @param file in the segment's directory
  /// @param what is wrong, with expected and found, without a final stop
  public static CuveeException corrupt(Path file, String what) {
    return corrupt(file, what, null);
  }

  public static CuveeException corrupt(Path file, String what, @Nullable Throwable cause) {
    return new CuveeException(
        ErrorCode.CORRUPT_SEGMENT,
        "Segment file "
            + file
            + " is damaged: "
            + what
            + ". Replace the segment by a good copy, from the deep store or from its source.",
        cause);
  }

  static CuveeException tooNew(Path file, int version) {
    return new CuveeException(
        ErrorCode.UNSUPPORTED_VERSION,
        "Segment file "
            + file
            + " has format version "
            + version
            + ", and this program reads versions up to "
            + VERSION
            + ". Update the program, or build the segment with this version.");
  }

  static CuveeException io(String doing, Path file, Throwable cause) {
    return new CuveeException(
        ErrorCode.IO, "Could not " + doing + " " + file + ": " + cause.getMessage() + ".", cause);
  }
}
