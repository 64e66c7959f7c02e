package io.cuvee.cluster.deepstore;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A deep store in a directory, which may be on NFS or another file system that all servers mount
/// at the same path. An object is written beside the others under a hidden name, forced to disk and
/// renamed, so it is there whole or not at all.
public final class FileDeepStore implements DeepStore {
  private static final Logger LOG = LoggerFactory.getLogger(FileDeepStore.class);

  /// Where objects are until they are whole. No object's name begins with a dot.
  private static final String INCOMING = ".incoming";

  /// What lies there for longer was left by a process that died.
  private static final Duration INCOMING_KEPT = Duration.ofDays(1);

  private final Path root;

  private FileDeepStore(Path root) {
    this.root = root;
  }

  /// Opens the store at a `file:` URI; creates the directory if it is missing.
  static FileDeepStore open(URI uri) {
    Path root;
    try {
      root = Path.of(uri).toAbsolutePath().normalize();
    } catch (IllegalArgumentException e) {
      throw new CuveeException(
          ErrorCode.INVALID_SETTING,
          "The deep store '"
              + uri
              + "' is not a local path: "
              + e.getMessage()
              + ". Write it as file:///path.",
          e);
    }
    try {
      Files.createDirectories(root.resolve(INCOMING));
    } catch (IOException e) {
      throw failure("cannot use the directory " + root, e);
    }
    FileDeepStore store = new FileDeepStore(root);
    store.removeLeftovers();
    return store;
  }

  private void removeLeftovers() {
    Instant limit = Instant.now().minus(INCOMING_KEPT);
    try (Stream<Path> files = Files.list(root.resolve(INCOMING))) {
      for (Path file : files.toList()) {
        if (Files.getLastModifiedTime(file).toInstant().isBefore(limit)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      LOG.warn("Could not clean up {}: {}", root.resolve(INCOMING), e.getMessage());
    }
  }

  private static CuveeException failure(String what, IOException cause) {
    return new CuveeException(
        ErrorCode.IO,
        "The deep store "
            + what
            + ": "
            + cause.getMessage()
            + ". Check the path, its rights and the free space.",
        cause);
  }

  @Override
  public URI put(Path file, String name) {
    Path target = target(name);
    Path incoming = root.resolve(INCOMING).resolve(UUID.randomUUID().toString());
    try {
      Files.copy(file, incoming);
      force(incoming);
      List<Path> made = makeDirectories(target.getParent());
      publish(incoming, target, name);
      force(target.getParent());
      for (Path directory : made) {
        force(directory.getParent());
      }
      return target.toUri();
    } catch (IOException e) {
      throw failure("could not store " + name, e);
    } finally {
      deleteQuietly(incoming);
    }
  }

  /// Makes what is missing of the way to a directory, and the directory.
  ///
  /// @return what was missing; only when the directories above those are forced to disk too does an
  ///   object last
  private static List<Path> makeDirectories(Path directory) throws IOException {
    List<Path> missing = new ArrayList<>();
    for (Path each = directory; !Files.isDirectory(each); each = each.getParent()) {
      missing.add(each);
    }
    Files.createDirectories(directory);
    return missing;
  }

  /// A link fails if the name is taken, where a rename would replace it; file systems without links
  /// get the rename.
  private static void publish(Path incoming, Path target, String name) throws IOException {
    try {
      Files.createLink(target, incoming);
    } catch (FileAlreadyExistsException e) {
      throw new CuveeException(
          ErrorCode.ALREADY_EXISTS,
          "The deep store has an object " + name + " already; objects are never replaced.",
          e);
    } catch (UnsupportedOperationException | IOException e) {
      if (Files.exists(target)) {
        throw new CuveeException(
            ErrorCode.ALREADY_EXISTS,
            "The deep store has an object " + name + " already; objects are never replaced.",
            e);
      }
      Files.move(incoming, target, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  @Override
  public void get(URI object, Path target) {
    Path source = path(object);
    Path part = target.resolveSibling(target.getFileName() + ".part-" + UUID.randomUUID());
    try {
      if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        throw new FileAlreadyExistsException(target.toString());
      }
      long size = Files.size(source);
      Files.copy(source, part);
      if (Files.size(part) != size) {
        throw new IOException("it came with " + Files.size(part) + " of its " + size + " bytes");
      }
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      if (!Files.exists(source)) {
        throw new CuveeException(
            ErrorCode.NOT_FOUND, "The deep store has no object " + object + ".", e);
      }
      throw failure("could not copy " + object + " to " + target, e);
    } catch (IOException e) {
      throw failure("could not copy " + object + " to " + target, e);
    } finally {
      deleteQuietly(part);
    }
  }

  @Override
  public boolean exists(URI object) {
    return Files.isRegularFile(path(object));
  }

  @Override
  public void delete(URI object) {
    Path file = path(object);
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw failure("could not delete " + object, e);
    }
  }

  @Override
  public List<String> list(String prefix) {
    List<String> names = new ArrayList<>();
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(
                Path directory, BasicFileAttributes attributes) {
              String name = name(directory);
              boolean within =
                  directory.equals(root)
                      || (!name.startsWith(".")
                          && (name.startsWith(prefix) || prefix.startsWith(name + "/")));
              return within ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              String name = name(file);
              if (attributes.isRegularFile()
                  && name.startsWith(prefix)
                  && ObjectNames.isValid(name)) {
                names.add(name);
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
              // Deleted while we look.
              if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
              }
              throw e;
            }
          });
    } catch (IOException | UncheckedIOException e) {
      throw failure(
          "could not list " + prefix, e instanceof IOException io ? io : new IOException(e));
    }
    names.sort(null);
    return names;
  }

  private String name(Path file) {
    StringBuilder name = new StringBuilder();
    for (Path part : root.relativize(file)) {
      name.append(name.isEmpty() ? "" : "/").append(part);
    }
    return name.toString();
  }

  private Path target(String name) {
    return root.resolve(ObjectNames.check(name));
  }

  /// The file of an object; only files of this store.
  private Path path(URI object) {
    if ("file".equals(object.getScheme())) {
      try {
        Path path = Path.of(object).toAbsolutePath().normalize();
        if (path.startsWith(root) && !path.equals(root)) {
          return path;
        }
      } catch (IllegalArgumentException e) {
        throw foreign(object, e);
      }
    }
    throw foreign(object, null);
  }

  private CuveeException foreign(URI object, @Nullable Throwable cause) {
    return new CuveeException(
        ErrorCode.INVALID_INPUT,
        "'" + object + "' is not an object of the deep store at " + root + ".",
        cause);
  }

  private static void force(Path path) throws IOException {
    boolean directory = Files.isDirectory(path);
    try (FileChannel channel =
        FileChannel.open(path, directory ? StandardOpenOption.READ : StandardOpenOption.WRITE)) {
      channel.force(true);
    } catch (IOException e) {
      // Some file systems cannot force a directory; the file itself was forced.
      if (!directory) {
        throw e;
      }
    }
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("Could not delete {}: {}", file, e.getMessage());
    }
  }

  @Override
  public void close() {}
}
