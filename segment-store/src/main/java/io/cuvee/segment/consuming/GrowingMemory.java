package io.cuvee.segment.consuming;

import io.cuvee.segment.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/// The memory of one consuming segment, outside the heap: taken piece by piece by its writer, and
/// given back all at once.
final class GrowingMemory {
  private static final int ALIGNMENT = 64;

  /// Giving back shared memory stops all threads for a moment; nobody waits for that.
  private static final ExecutorService FREEING =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("consuming-memory").factory());

  private final Arena arena = Arena.ofShared();
  private final List<MemorySegment> pieces = new ArrayList<>();

  private final AtomicLong usedBytes = new AtomicLong();

  /// The address of so many zeros.
  long allocate(long bytes) {
    MemorySegment piece = arena.allocate(bytes, ALIGNMENT);
    NativeMemory.register(piece);
    if (NativeMemory.CHECKED) {
      pieces.add(piece);
    }
    addHeap(bytes);
    return piece.address();
  }

  /// Counts memory on the heap that belongs to the segment.
  void addHeap(long bytes) {
    usedBytes.addAndGet(bytes);
  }

  long usedBytes() {
    return usedBytes.get();
  }

  /// To be called once, when neither the writer nor a reader is left.
  void free() {
    FREEING.execute(() -> {
      pieces.forEach(NativeMemory::unregister);
      arena.close();
    });
  }

  boolean isFreed() {
    return !arena.scope().isAlive();
  }
}
