package io.cuvee.deepstore.hdfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cuvee.cluster.deepstore.ObjectClient;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Options.Rename;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.io.IOUtils;
import org.apache.hadoop.security.AccessControlException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Files below a folder of HDFS. A file is written under a hidden name, with its notes as extended
/// attributes, and renamed when it is whole; HDFS refuses to rename over another. Its client makes
/// the attempts of single requests, but those of an upload are left to the caller.
final class HdfsFiles implements ObjectClient {
  private static final Logger LOG = LoggerFactory.getLogger(HdfsFiles.class);

  /// Where files are until they are whole.
  private static final String INCOMING = ".incoming";

  /// What lies there for longer was left by a process that died.
  private static final Duration INCOMING_KEPT = Duration.ofDays(1);

  private static final String ATTRIBUTE = "user.";
  private static final int BUFFER_BYTES = 1 << 16;

  private final DistributedFileSystem files;
  private final Path incoming;
  private final Duration timeout;
  private final AtomicBoolean cleaned = new AtomicBoolean();

  private interface Call<T> {
    T make() throws IOException;
  }

  /// @param timeout of copying one file
  HdfsFiles(DistributedFileSystem files, String root, Duration timeout) {
    this.files = files;
    this.incoming = new Path(new Path(root.isEmpty() ? "/" : root), INCOMING);
    this.timeout = timeout;
  }

  private static Path path(String key) {
    return new Path("/" + key);
  }

  /// Hadoop looks for its classes with the thread's class loader.
  private static <T> T call(Call<T> call) throws IOException {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(HdfsFiles.class.getClassLoader());
    try {
      return call.make();
    } catch (AccessControlException e) {
      throw new CuveeException(
          ErrorCode.IO,
          "The deep store in HDFS refuses: "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse("")
              + ". Set deep-store.hdfs.user, or give its folder to the user.",
          e);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Override
  public boolean create(String key, java.nio.file.Path file, Map<String, String> notes)
      throws IOException {
    return call(() -> {
      if (cleaned.compareAndSet(false, true)) {
        removeLeftovers();
      }
      Path part = new Path(incoming, UUID.randomUUID().toString());
      Path target = path(key);
      try {
        write(file, part);
        for (Map.Entry<String, String> note : notes.entrySet()) {
          files.setXAttr(part, ATTRIBUTE + note.getKey(), note.getValue().getBytes(UTF_8));
        }
        files.mkdirs(target.getParent());
        files.rename(part, target, Rename.NONE);
        return true;
      } catch (FileAlreadyExistsException e) {
        return false;
      } finally {
        deleteQuietly(part);
      }
    });
  }

  /// Closed without an error it is whole and on the disks of as many machines as HDFS keeps copies.
  private void write(java.nio.file.Path file, Path part) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      FSDataOutputStream out =
          files.create(
              part,
              FsPermission.getFileDefault(),
              EnumSet.of(CreateFlag.CREATE, CreateFlag.SYNC_BLOCK),
              BUFFER_BYTES,
              files.getDefaultReplication(part),
              files.getDefaultBlockSize(part),
              null);
      // Not in a try with resources: what has failed throws the same exception when it is closed,
      // which must not be suppressed by itself.
      try {
        copy(in, out);
        out.close();
      } finally {
        IOUtils.closeStream(out);
      }
    }
  }

  private void copy(InputStream in, OutputStream out) throws IOException {
    long begun = System.nanoTime();
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int length; (length = in.read(buffer)) >= 0; ) {
      out.write(buffer, 0, length);
      if (System.nanoTime() - begun > timeout.toNanos()) {
        throw new IOException("it took longer than deep-store.timeout");
      }
    }
  }

  private void removeLeftovers() {
    Instant limit = Instant.now().minus(INCOMING_KEPT);
    try {
      RemoteIterator<FileStatus> left = files.listStatusIterator(incoming);
      while (left.hasNext()) {
        FileStatus file = left.next();
        if (Instant.ofEpochMilli(file.getModificationTime()).isBefore(limit)) {
          deleteQuietly(file.getPath());
        }
      }
    } catch (FileNotFoundException e) {
      // The first one makes it.
    } catch (IOException e) {
      LOG.warn("Could not clean up {}: {}", incoming, e.getMessage());
    }
  }

  private void deleteQuietly(Path part) {
    try {
      files.delete(part, false);
    } catch (IOException e) {
      LOG.warn("Could not delete {}: {}", part, e.getMessage());
    }
  }

  @Override
  public Optional<Map<String, String>> notes(String key) throws IOException {
    return call(() -> {
      try {
        return files.getFileStatus(path(key)).isFile()
            ? Optional.of(attributes(path(key)))
            : Optional.empty();
      } catch (FileNotFoundException e) {
        return Optional.empty();
      }
    });
  }

  private Map<String, String> attributes(Path path) throws IOException {
    Map<String, String> notes = new LinkedHashMap<>();
    files
        .getXAttrs(path)
        .forEach((name, value) -> {
          if (name.startsWith(ATTRIBUTE)) {
            notes.put(name.substring(ATTRIBUTE.length()), new String(value, UTF_8));
          }
        });
    return notes;
  }

  @Override
  public Optional<Map<String, String>> read(String key, OutputStream out) throws IOException {
    return call(() -> {
      try (FSDataInputStream in = files.open(path(key))) {
        Map<String, String> notes = attributes(path(key));
        copy(in, out);
        return Optional.of(notes);
      } catch (FileNotFoundException e) {
        return Optional.empty();
      }
    });
  }

  @Override
  public void delete(String key) throws IOException {
    call(() -> files.delete(path(key), false));
  }

  @Override
  public List<String> list(String prefix) throws IOException {
    return call(() -> {
      List<String> keys = new ArrayList<>();
      RemoteIterator<LocatedFileStatus> found;
      try {
        found = files.listFiles(path(prefix.substring(0, prefix.lastIndexOf('/') + 1)), true);
      } catch (FileNotFoundException e) {
        return keys;
      }
      while (found.hasNext()) {
        String key = found.next().getPath().toUri().getPath().substring(1);
        if (key.startsWith(prefix)) {
          keys.add(key);
        }
      }
      return keys;
    });
  }

  @Override
  public void close() {
    try {
      files.close();
    } catch (IOException e) {
      LOG.warn("HDFS was not closed cleanly: {}", e.getMessage());
    }
  }
}
