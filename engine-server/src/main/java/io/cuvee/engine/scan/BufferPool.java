package io.cuvee.engine.scan;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/// The buffers of workers that are between queries; not more than it has room for are kept.
/// Thread-safe.
public final class BufferPool {
  private final BlockingQueue<BlockBuffers> idle;

  /// @param size how many buffers are kept at most
  public BufferPool(int size) {
    idle = new ArrayBlockingQueue<>(size);
  }

  public BlockBuffers take() {
    @Nullable BlockBuffers buffers = idle.poll();
    return buffers == null ? new BlockBuffers() : buffers;
  }

  /// Nobody may use these buffers, or arrays of them, any more.
  public void giveBack(BlockBuffers buffers) {
    buffers.reuse();
    idle.offer(buffers);
  }
}
