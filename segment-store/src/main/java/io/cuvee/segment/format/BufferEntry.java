package io.cuvee.segment.format;

/// Where a buffer lies.
///
/// @param column name
/// @param offset in `columns.bin`, a multiple of 64
/// @param length in bytes, without the padding
/// @param crc CRC32C of these bytes
public record BufferEntry(String column, BufferKind kind, long offset, long length, int crc) {
  /// The end of the buffer with its padding.
  long paddedEnd() {
    return SegmentFormat.aligned(offset + length);
  }

  @Override
  public String toString() {
    return "buffer " + kind + " of column '" + column + "' at " + offset + ", " + length + " bytes";
  }
}
