package io.cuvee.segment.build;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.segment.memory.NativeMemory;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where the values of a build wait until their column is written: in memory outside the heap up to
/// a limit, then in a file. Files vanish with this process, whatever happens to it. Thread-safe.
final class Scratch implements AutoCloseable {
  private static final int MAX_BLOCK_BYTES = 1 << 22;
  private static final int MIN_BLOCK_BYTES = 1 << 16;

  private final Path directory;
  private final long limitBytes;
  private final int blockBytes;
  private final Arena arena = Arena.ofShared();

  // Guarded by this.
  private final List<MemorySegment> blocks = new ArrayList<>();
  private final List<FileChannel> files = new ArrayList<>();
  private @Nullable FileChannel file;
  private int blockUsed;
  private long fileLength;

  /// @param directory for files
  /// @param limitBytes of the memory
  Scratch(Path directory, long limitBytes) {
    this.directory = directory;
    this.limitBytes = limitBytes;
    this.blockBytes = Math.clamp(limitBytes / 16, MIN_BLOCK_BYTES, MAX_BLOCK_BYTES);
  }

  /// Keeps the first bytes of an array, in memory if there is room.
  ///
  /// @return where [#get] finds them
  long put(byte[] bytes, int length) {
    long address = memory(length);
    if (address == 0) {
      return spill(bytes, length);
    }
    MemorySegment.copy(MemorySegment.ofArray(bytes), 0, NativeMemory.ALL, address, length);
    return address;
  }

  /// The address of so many free bytes, or 0 if there is no room.
  private synchronized long memory(int length) {
    if (length > blockBytes) {
      return 0;
    }
    if (blocks.isEmpty() || blockUsed + length > blockBytes) {
      if (memoryBytes() + blockBytes > limitBytes) {
        return 0;
      }
      MemorySegment block = arena.allocate(blockBytes, Long.BYTES);
      NativeMemory.register(block);
      blocks.add(block);
      blockUsed = 0;
    }
    long address = blocks.getLast().address() + blockUsed;
    blockUsed += length;
    return address;
  }

  /// As [#put], on disk.
  long spill(byte[] bytes, int length) {
    FileChannel target;
    long from;
    synchronized (this) {
      target = file;
      if (target == null) {
        target = open("rows");
        file = target;
      }
      from = fileLength;
      fileLength += length;
    }
    try {
      for (ByteBuffer source = ByteBuffer.wrap(bytes, 0, length); source.hasRemaining(); ) {
        target.write(source, from + source.position());
      }
    } catch (IOException e) {
      throw failed("write", e);
    }
    return -from - 1;
  }

  /// Copies what [#put] or [#spill] kept to the start of an array.
  void get(long place, byte[] target, int length) {
    if (place > 0) {
      NativeMemory.copy(place, target, 0, length);
      return;
    }
    long from = -place - 1;
    try {
      ByteBuffer into = ByteBuffer.wrap(target, 0, length);
      while (into.hasRemaining()) {
        if (file().read(into, from + into.position()) < 0) {
          throw new EOFException("it ends too early");
        }
      }
    } catch (IOException e) {
      throw failed("read", e);
    }
  }

  private synchronized FileChannel file() throws EOFException {
    if (file == null) {
      throw new EOFException("there is none");
    }
    return file;
  }

  /// A new empty file, closed with this at the latest.
  synchronized FileChannel open(String name) {
    try {
      FileChannel opened =
          FileChannel.open(
              directory.resolve(".scratch-" + files.size() + "-" + name),
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
      files.add(opened);
      return opened;
    } catch (IOException e) {
      throw failed("create", e);
    }
  }

  CuveeException failed(String doing, IOException cause) {
    return new CuveeException(
        ErrorCode.IO,
        "Could not "
            + doing
            + " a file for rows that wait to be written, in "
            + directory
            + ": "
            + cause.getMessage()
            + ". See that there is room on the disk, or let more of them stay in memory.",
        cause);
  }

  /// Memory that is taken, outside the heap.
  synchronized long memoryBytes() {
    return (long) blocks.size() * blockBytes;
  }

  /// Bytes that did not fit there.
  synchronized long spilledBytes() {
    return fileLength;
  }

  @Override
  public synchronized void close() {
    blocks.forEach(NativeMemory::unregister);
    blocks.clear();
    arena.close();
    for (FileChannel opened : files) {
      try {
        opened.close();
      } catch (IOException e) {
        throw failed("close", e);
      }
    }
  }
}
