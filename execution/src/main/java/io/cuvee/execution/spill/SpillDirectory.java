package io.cuvee.execution.spill;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The temporary files of one process: a folder of its own in the configured one, made when the
/// first query needs it, locked as long as the process lives, and deleted at its end. Folders that
/// nobody locks were left behind by a crash, and are deleted at the start. Thread-safe.
public final class SpillDirectory implements AutoCloseable {
  private static final String PREFIX = "spill-";
  private static final String LOCK = "lock";

  /// Folders of this very process: that a file is locked cannot be asked there without giving the
  /// lock up.
  private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

  private final SpillConfig config;
  private final AtomicLong used = new AtomicLong();
  private final AtomicLong written = new AtomicLong();
  private final AtomicLong files = new AtomicLong();

  // Guarded by this.
  private @Nullable Path own;
  private @Nullable FileChannel lock;
  private boolean closed;

  private SpillDirectory(SpillConfig config) {
    this.config = config;
  }

  /// Deletes what crashed processes left; makes nothing yet.
  public static SpillDirectory open(SpillConfig config) {
    SpillDirectory directory = new SpillDirectory(config);
    directory.deleteLeftovers();
    return directory;
  }

  /// What one query puts on disk.
  ///
  /// @param frameBytes about how much is read and written at once
  public Spill query(int frameBytes) {
    return new Spill(this, frameBytes);
  }

  public SpillConfig config() {
    return config;
  }

  /// Whether anything may be put on disk.
  public boolean isEnabled() {
    return config.limit().bytes() > 0 && config.queryLimit().bytes() > 0;
  }

  /// Bytes on disk now.
  public long usedBytes() {
    return used.get();
  }

  /// Bytes that were ever put on disk.
  public long writtenBytes() {
    return written.get();
  }

  /// Files that were ever made.
  public long fileCount() {
    return files.get();
  }

  void reserve(long bytes) {
    long now = used.addAndGet(bytes);
    if (now > config.limit().bytes()) {
      used.addAndGet(-bytes);
      throw full(now - bytes, "all queries of this process", config.role() + ".spill");
    }
    written.addAndGet(bytes);
  }

  CuveeException full(long bytes, String who, String setting) {
    return new CuveeException(
        ErrorCode.QUOTA_EXCEEDED,
        "Disk limit reached: "
            + who
            + " may have no more than the "
            + bytes
            + " bytes that are in "
            + config.directory()
            + " already. Let the query keep fewer rows or groups, or raise "
            + setting
            + ".");
  }

  void release(long bytes) {
    used.addAndGet(-bytes);
  }

  /// A name for a new file.
  synchronized Path newFile() {
    if (closed) {
      throw new CuveeException(
          ErrorCode.QUERY_CANCELLED, "The process stops, so no query can put rows on disk.");
    }
    try {
      Path folder = own;
      if (folder == null || !Files.isDirectory(folder)) {
        closeLock();
        Files.createDirectories(config.directory());
        folder = Files.createTempDirectory(config.directory(), PREFIX).toAbsolutePath();
        OURS.add(folder);
        FileChannel channel =
            FileChannel.open(
                folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        channel.lock();
        own = folder;
        lock = channel;
      }
      return folder.resolve(files.incrementAndGet() + ".pages");
    } catch (IOException e) {
      throw failed("make a folder in", config.directory(), e);
    }
  }

  CuveeException failed(String action, Path path, IOException cause) {
    String reason =
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return new CuveeException(
        ErrorCode.IO,
        "A query needs more than its memory and cannot "
            + action
            + " "
            + path
            + ": "
            + reason
            + ". See that there is room and permission there, or name another folder with "
            + config.directorySetting()
            + ".",
        cause);
  }

  private void deleteLeftovers() {
    if (!Files.isDirectory(config.directory())) {
      return;
    }
    try (DirectoryStream<Path> folders =
        Files.newDirectoryStream(config.directory(), PREFIX + "*")) {
      for (Path folder : folders) {
        deleteUnlocked(folder);
      }
    } catch (IOException e) {
      // What cannot be listed cannot be written either, which the first query to spill will say.
      return;
    }
  }

  private static void deleteUnlocked(Path folder) throws IOException {
    if (OURS.contains(folder.toAbsolutePath())) {
      return;
    }
    Path lockFile = folder.resolve(LOCK);
    if (!Files.exists(lockFile)) {
      // Perhaps just being made; the next start tells.
      if (isOld(folder)) {
        deleteAll(folder);
      }
      return;
    }
    try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
        FileLock free = channel.tryLock()) {
      if (free != null) {
        deleteAll(folder);
      }
    }
  }

  private static boolean isOld(Path folder) throws IOException {
    long age = System.currentTimeMillis() - Files.getLastModifiedTime(folder).toMillis();
    return age > 60_000;
  }

  private static void deleteAll(Path folder) throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(folder)) {
      for (Path file : left) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(folder);
  }

  /// Deletes all files, also those of queries that have not ended.
  @Override
  public synchronized void close() {
    closed = true;
    Path folder = own;
    own = null;
    try {
      closeLock();
      if (folder != null) {
        OURS.remove(folder);
      }
      if (folder != null && Files.isDirectory(folder)) {
        deleteAll(folder);
      }
    } catch (IOException e) {
      // A query that has not noticed yet still writes there. Nobody locks the folder any more, so
      // that the next start deletes it.
      return;
    }
  }

  private synchronized void closeLock() throws IOException {
    FileChannel channel = lock;
    lock = null;
    if (channel != null) {
      channel.close();
    }
  }
}
