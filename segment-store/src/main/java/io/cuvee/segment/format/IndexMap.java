package io.cuvee.segment.format;

import java.util.List;

/// What `index.map` says.
///
/// @param segmentCrc of the segment that it belongs to
/// @param columnsLength bytes of `columns.bin` that are in use
/// @param buffers ascending by offset, without gaps other than padding
public record IndexMap(long segmentCrc, long columnsLength, List<BufferEntry> buffers) {
  public IndexMap {
    buffers = List.copyOf(buffers);
  }
}
