package io.cuvee.segment;

import io.cuvee.segment.format.BufferEntry;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnsFormat;
import io.cuvee.segment.format.ColumnsWriter;
import io.cuvee.segment.memory.NativeMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The buffers that a writer of one column wrote, in memory.
public final class WrittenBuffers implements AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final Map<BufferKind, MemorySegment> buffers = new EnumMap<>(BufferKind.class);

  /// @param directory an existing one, without such files
  public static WrittenBuffers of(Path directory, Consumer<ColumnsWriter> writing)
      throws IOException {
    List<BufferEntry> entries;
    try (ColumnsWriter out = ColumnsWriter.create(directory)) {
      writing.accept(out);
      out.finish(0);
      entries = out.buffers();
    }
    WrittenBuffers written = new WrittenBuffers();
    byte[] file = Files.readAllBytes(directory.resolve(ColumnsFormat.FILE));
    for (BufferEntry entry : entries) {
      MemorySegment buffer = written.arena.allocate(Math.max(1, entry.length()), 64);
      MemorySegment.copy(MemorySegment.ofArray(file), entry.offset(), buffer, 0, entry.length());
      NativeMemory.register(buffer);
      written.buffers.put(entry.kind(), buffer);
    }
    Files.delete(directory.resolve(ColumnsFormat.FILE));
    return written;
  }

  public long address(BufferKind kind) {
    return buffers.get(kind).address();
  }

  @Override
  public void close() {
    buffers.values().forEach(NativeMemory::unregister);
    arena.close();
  }
}
