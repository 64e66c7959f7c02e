package io.cuvee.controller.backup;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.deepstore.DeepStoreConfig;
import io.cuvee.cluster.deepstore.DeepStores;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Backups where people want them: in a file, or in an object store, `s3://bucket/backups/monday`.
public final class BackupFiles {
  private static final Pattern OBJECT = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+://.+)/([^/]+)");

  private BackupFiles() {}

  /// Writes a backup to a place where nothing is; it is there whole or not at all.
  ///
  /// @param target a path or a URI
  /// @throws CuveeException `ALREADY_EXISTS`, `IO`
  public static void save(Backup backup, String target, DeepStoreConfig config) {
    Optional<Matcher> object = object(target);
    if (object.isEmpty()) {
      saveLocally(backup, path(target));
      return;
    }
    Path directory = temporary();
    Path file = directory.resolve("backup");
    try (DeepStore store = DeepStores.open(object.get().group(1), config)) {
      BackupFormat.write(backup, file);
      var _ = store.put(file, object.get().group(2));
    } finally {
      delete(file);
      delete(directory);
    }
  }

  private static Optional<Matcher> object(String target) {
    return Optional.of(OBJECT.matcher(target))
        .filter(Matcher::matches)
        .filter(matcher -> !target.regionMatches(true, 0, "file:", 0, 5));
  }

  private static Path path(String target) {
    try {
      return target.regionMatches(true, 0, "file:", 0, 5)
          ? Path.of(URI.create(target))
          : Path.of(target).toAbsolutePath();
    } catch (IllegalArgumentException e) {
      throw new CuveeException(
          ErrorCode.INVALID_PARAMETER,
          "'" + target + "' is neither a path nor a URI: " + e.getMessage(),
          e);
    }
  }

  private static void saveLocally(Backup backup, Path target) {
    if (Files.exists(target)) {
      throw new CuveeException(
          ErrorCode.ALREADY_EXISTS,
          target + " is there already. Name another file: backups are not overwritten.");
    }
    Path part = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    try {
      Files.createDirectories(target.getParent());
      BackupFormat.write(backup, part);
      // A link fails where a file is, and a move would replace it.
      Files.createLink(target, part);
    } catch (UnsupportedOperationException | IOException e) {
      throw new CuveeException(
          ErrorCode.IO, "The backup " + target + " could not be written: " + e.getMessage(), e);
    } finally {
      delete(part);
    }
  }

  /// Reads a backup whole and checks it.
  ///
  /// @param source a path or a URI
  /// @throws CuveeException `NOT_FOUND`, `INVALID_INPUT` if it is damaged, `UNSUPPORTED_VERSION`,
  ///   `IO`
  public static Backup load(String source, DeepStoreConfig config) {
    Optional<Matcher> object = object(source);
    if (object.isEmpty()) {
      return BackupFormat.read(path(source), source);
    }
    Path directory = temporary();
    try (DeepStore store = DeepStores.open(object.get().group(1), config)) {
      return fetch(store, URI.create(source), directory);
    } finally {
      delete(directory);
    }
  }

  /// Reads a backup that is an object of a store.
  static Backup fetch(DeepStore store, URI object, Path directory) {
    Path file = directory.resolve("work-" + UUID.randomUUID());
    try {
      store.get(object, file);
      return BackupFormat.read(file, object.toString());
    } finally {
      delete(file);
    }
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("cuvee-backup");
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.IO, "There is no room for temporary files: " + e.getMessage(), e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.IO, "Could not delete " + file + ": " + e.getMessage() + ".", e);
    }
  }
}
