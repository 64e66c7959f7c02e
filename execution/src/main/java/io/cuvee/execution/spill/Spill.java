package io.cuvee.execution.spill;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/// What one query has put on disk. Closing deletes all of it. Thread-safe.
public final class Spill implements AutoCloseable {
  private final SpillDirectory directory;
  private final int frameBytes;
  private final AtomicLong used = new AtomicLong();
  private final AtomicLong written = new AtomicLong();

  // Guarded by this.
  private final Set<SpillFile> open = new HashSet<>();
  private long files;
  private boolean closed;

  Spill(SpillDirectory directory, int frameBytes) {
    this.directory = directory;
    this.frameBytes = frameBytes;
  }

  /// A new file.
  ///
  /// @throws CuveeException `IO` if it cannot be made
  public synchronized SpillFile create() {
    if (closed) {
      throw new CuveeException(
          ErrorCode.QUERY_CANCELLED, "The query has ended; it cannot put more rows on disk.");
    }
    SpillFile file = SpillFile.create(this, directory);
    open.add(file);
    files++;
    return file;
  }

  /// About how much is read and written at once.
  public int frameBytes() {
    return frameBytes;
  }

  /// Bytes that were ever written.
  public long writtenBytes() {
    return written.get();
  }

  /// Files that were ever made.
  public synchronized long fileCount() {
    return files;
  }

  void reserve(long bytes) {
    long now = used.addAndGet(bytes);
    if (now > directory.config().queryLimit().bytes()) {
      used.addAndGet(-bytes);
      throw directory.full(now - bytes, "the query", directory.config().role() + ".query-spill");
    }
    try {
      directory.reserve(bytes);
    } catch (CuveeException full) {
      used.addAndGet(-bytes);
      throw full;
    }
    written.addAndGet(bytes);
  }

  void closed(SpillFile file, long bytes) {
    used.addAndGet(-bytes);
    directory.release(bytes);
    synchronized (this) {
      open.remove(file);
    }
  }

  @Override
  public void close() {
    Set<SpillFile> left;
    synchronized (this) {
      closed = true;
      left = Set.copyOf(open);
    }
    left.forEach(SpillFile::close);
  }
}
