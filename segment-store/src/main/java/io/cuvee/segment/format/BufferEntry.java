package io.cuvee.segment.format;

/// Where a buffer lies.
///
/// @param column name, or the owner of a star-tree's buffer as [StarTreeMetadata#owner] gives it
/// @param offset in `columns.bin`, a multiple of 64
/// @param length in bytes, without the padding
/// @param crc CRC32C of these bytes
public record BufferEntry(String column, BufferKind kind, long offset, long length, int crc) {
  /// Whether the segment's CRC covers it: not if it belongs to an index, which can be made again.
  boolean isData() {
    return kind.isData() && !StarTreeMetadata.isOwner(column);
  }

  /// Whether this is the same place, with the same kind of content.
  boolean isSharedWith(BufferEntry other) {
    return kind == other.kind
        && offset == other.offset
        && length == other.length
        && crc == other.crc;
  }

  /// The end of the buffer with its padding.
  long paddedEnd() {
    return SegmentFormat.aligned(offset + length);
  }

  @Override
  public String toString() {
    return "buffer " + kind + " of column '" + column + "' at " + offset + ", " + length + " bytes";
  }
}
