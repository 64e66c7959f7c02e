package io.cuvee.engine.loading;

import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.common.config.DataSize;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.file.FileTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A server's directory: copies of segments, `segments/{table}/{segment}.{crc}`, each with a mark
/// beside it once all of its checksums were seen to be right; a copy with other indexes takes the
/// name with `~` or without, whichever the copy in use does not have; downloads under way in
/// `incoming`; damaged copies in `quarantine`. One process at a time uses a directory. Thread-safe.
final class LocalStore implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LocalStore.class);
  private static final String VERIFIED = ".verified";

  /// Names of segments do not have it.
  private static final String OTHER = "~";

  private static final int MAX_QUARANTINED = 8;

  private final Path root;
  private final FileChannel lockFile;
  private final long openedMillis = System.currentTimeMillis();

  private LocalStore(Path root, FileChannel lockFile) {
    this.root = root;
    this.lockFile = lockFile;
  }

  /// @throws CuveeException `INVALID_SETTING` if the directory cannot be used, or another process
  ///   uses it
  static LocalStore open(Path root) {
    FileChannel channel = null;
    try {
      Files.createDirectories(root.resolve("segments"));
      Files.createDirectories(root.resolve("quarantine"));
      channel =
          FileChannel.open(
              root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock;
      try {
        lock = channel.tryLock();
      } catch (OverlappingFileLockException e) {
        lock = null;
      }
      if (lock == null) {
        channel.close();
        throw new CuveeException(
            ErrorCode.INVALID_SETTING,
            "data.dir "
                + root
                + " is in use by another server. Give each server a directory of its own.");
      }
      FileTree.delete(root.resolve("incoming"));
      Files.createDirectories(root.resolve("incoming"));
      return new LocalStore(root, channel);
    } catch (IOException e) {
      closeQuietly(channel);
      throw new CuveeException(
          ErrorCode.INVALID_SETTING,
          "data.dir "
              + root
              + " cannot be used: "
              + e
              + ". Set data.dir to a directory that can be written.",
          e);
    }
  }

  private static void closeQuietly(java.io.@org.jspecify.annotations.Nullable Closeable file) {
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        LOG.debug("Could not close", e);
      }
    }
  }

  /// The id under which this directory's server is known, if it has been told.
  Optional<String> instanceId() {
    Path file = root.resolve("instance-id");
    try {
      return Files.exists(file) ? Optional.of(Files.readString(file).trim()) : Optional.empty();
    } catch (IOException e) {
      throw failed("read", file, e);
    }
  }

  void rememberInstanceId(String id) {
    Path file = root.resolve("instance-id");
    try {
      Files.writeString(file, id + "\n");
    } catch (IOException e) {
      throw failed("write", file, e);
    }
  }

  /// Where the copy of this version is or should be. If there are two, because this process ended
  /// while one took the other's place, either will do: they differ in their indexes only.
  Path directory(SegmentKey key, long crc) {
    Path directory =
        root.resolve("segments")
            .resolve(key.table())
            .resolve(key.segment() + "." + Long.toHexString(crc));
    Path other = otherDirectory(directory);
    return !Files.isDirectory(directory) && Files.isDirectory(other) ? other : directory;
  }

  /// Where a copy goes that takes the place of the one in `directory`.
  Path otherDirectory(Path directory) {
    String name = directory.getFileName().toString();
    return directory.resolveSibling(
        name.endsWith(OTHER) ? name.substring(0, name.length() - 1) : name + OTHER);
  }

  boolean isVerified(Path directory) {
    return Files.exists(mark(directory));
  }

  void markVerified(Path directory) {
    try {
      Files.writeString(mark(directory), "");
    } catch (IOException e) {
      throw failed("write", mark(directory), e);
    }
  }

  private static Path mark(Path directory) {
    return directory.resolveSibling(directory.getFileName() + VERIFIED);
  }

  /// A fresh directory for one download.
  Path newIncoming() {
    Path directory = root.resolve("incoming").resolve(UUID.randomUUID().toString());
    try {
      return Files.createDirectory(directory);
    } catch (IOException e) {
      throw failed("create", directory, e);
    }
  }

  /// Looks for room before a download begins, so that it does not take what is left from others.
  ///
  /// @param archiveBytes of the download, which is unpacked beside its archive
  /// @throws CuveeException `IO` if there is too little
  void requireSpace(SegmentKey key, long archiveBytes) {
    long free;
    try {
      free = Files.getFileStore(root).getUsableSpace();
    } catch (IOException e) {
      throw failed("measure the disk of", root, e);
    }
    if (free < 2 * archiveBytes) {
      throw new CuveeException(
          ErrorCode.IO,
          "The disk of data.dir "
              + root
              + " is full: "
              + new DataSize(free)
              + " are free, and segment "
              + key
              + " needs about "
              + new DataSize(2 * archiveBytes)
              + ". Make room; the segment is then loaded by itself. server.cache-size limits what"
              + " segments take.");
    }
  }

  /// Moves what a download made to its place.
  void adopt(Path unpacked, Path directory) {
    try {
      Files.createDirectories(directory.getParent());
      Files.deleteIfExists(mark(directory));
      FileTree.delete(directory);
      Files.move(unpacked, directory, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw failed("move a segment to", directory, e);
    }
  }

  /// Sets a damaged copy aside, for people to look at; only the newest few are kept.
  void quarantine(Path directory) {
    Path target =
        root.resolve("quarantine")
            .resolve(System.currentTimeMillis() + "-" + directory.getFileName());
    try {
      Files.deleteIfExists(mark(directory));
      Files.move(directory, target);
      List<Path> all = new ArrayList<>();
      try (Stream<Path> list = Files.list(root.resolve("quarantine"))) {
        list.sorted(Comparator.reverseOrder()).skip(MAX_QUARANTINED).forEach(all::add);
      }
      for (Path old : all) {
        FileTree.delete(old);
      }
    } catch (IOException e) {
      throw failed("set aside", directory, e);
    }
  }

  void delete(Path directory) {
    try {
      Files.deleteIfExists(mark(directory));
      FileTree.delete(directory);
    } catch (IOException e) {
      LOG.warn("Could not delete {}", directory, e);
    }
  }

  /// What a copy takes; 0 if it is not there.
  static long sizeBytes(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      long bytes = 0;
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
      return bytes;
    } catch (IOException | UncheckedIOException e) {
      LOG.debug("Could not measure {}", directory, e);
      return 0;
    }
  }

  /// Deletes copies that are not in `kept`, but for those made since this server began: what it has
  /// just sealed is about to be assigned.
  ///
  /// @return how many
  int deleteOthers(Set<Path> kept) {
    int deleted = 0;
    for (Path table : list(root.resolve("segments"))) {
      for (Path copy : list(table)) {
        if (!kept.contains(copy) && !copy.toString().endsWith(VERIFIED) && isOld(copy)) {
          delete(copy);
          deleted++;
        }
      }
    }
    return deleted;
  }

  private boolean isOld(Path copy) {
    try {
      return Files.getLastModifiedTime(copy).toMillis() < openedMillis;
    } catch (IOException e) {
      return false;
    }
  }

  private static List<Path> list(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    } catch (IOException e) {
      throw failed("list", directory, e);
    }
  }

  private static CuveeException failed(String action, Path path, IOException e) {
    return new CuveeException(
        ErrorCode.IO,
        "Could not " + action + " " + path + ": " + e + ". Check the disk of data.dir.",
        e);
  }

  @Override
  public void close() {
    try {
      lockFile.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
