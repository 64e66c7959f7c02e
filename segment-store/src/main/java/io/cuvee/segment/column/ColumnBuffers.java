package io.cuvee.segment.column;

import io.cuvee.segment.format.BufferKind;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/// The mapped buffers of one column.
public final class ColumnBuffers {
  private final EnumMap<BufferKind, MemorySegment> buffers;

  public ColumnBuffers(Map<BufferKind, MemorySegment> buffers) {
    this.buffers = new EnumMap<>(BufferKind.class);
    this.buffers.putAll(buffers);
  }

  public boolean has(BufferKind kind) {
    return buffers.containsKey(kind);
  }

  /// The buffer, with bounds.
  public Optional<MemorySegment> buffer(BufferKind kind) {
    return Optional.ofNullable(buffers.get(kind));
  }

  /// Where the buffer begins; 0 if the column has none of this kind.
  public long address(BufferKind kind) {
    MemorySegment buffer = buffers.get(kind);
    return buffer == null ? 0 : buffer.address();
  }

  /// Its length in bytes; 0 if the column has none of this kind.
  public long length(BufferKind kind) {
    MemorySegment buffer = buffers.get(kind);
    return buffer == null ? 0 : buffer.byteSize();
  }
}
