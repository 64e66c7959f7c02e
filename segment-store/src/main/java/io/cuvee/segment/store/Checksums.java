package io.cuvee.segment.store;

import io.cuvee.segment.format.BufferEntry;
import io.cuvee.segment.format.SegmentFiles;
import io.cuvee.segment.format.SegmentFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.zip.CRC32C;

/// Reads all bytes of `columns.bin` and compares them with their checksums.
final class Checksums {
  /// A ByteBuffer cannot be longer than an int.
  private static final long PART_BYTES = 1 << 30;

  private Checksums() {}

  static void check(SegmentFiles files, MemorySegment mapped) {
    for (BufferEntry buffer : files.map().buffers()) {
      checkPadded(files, buffer, mapped);
    }
  }

  /// Checks one buffer and what fills the space behind it.
  static void checkPadded(SegmentFiles files, BufferEntry buffer, MemorySegment mapped) {
    check(files, buffer, mapped.asSlice(buffer.offset(), buffer.length()));
    long end = buffer.offset() + buffer.length();
    for (long at = end; at % SegmentFormat.ALIGNMENT != 0; at++) {
      if (mapped.get(ValueLayout.JAVA_BYTE, at) != 0) {
        throw SegmentFormat.corrupt(
            files.columnsFile(), "the padding behind " + buffer + " is not zero at " + at);
      }
    }
  }

  /// Compares one buffer with its checksum.
  static void check(SegmentFiles files, BufferEntry buffer, MemorySegment bytes) {
    int found = crc(bytes);
    if (found != buffer.crc()) {
      throw SegmentFormat.corrupt(
          files.columnsFile(),
          buffer
              + ", has checksum "
              + SegmentFormat.hex(found)
              + ", expected "
              + SegmentFormat.hex(buffer.crc()));
    }
  }

  private static int crc(MemorySegment buffer) {
    CRC32C crc = new CRC32C();
    for (long at = 0; at < buffer.byteSize(); at += PART_BYTES) {
      crc.update(buffer.asSlice(at, Math.min(PART_BYTES, buffer.byteSize() - at)).asByteBuffer());
    }
    return (int) crc.getValue();
  }
}
