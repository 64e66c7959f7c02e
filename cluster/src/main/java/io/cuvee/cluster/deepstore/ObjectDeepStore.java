package io.cuvee.cluster.deepstore;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;
import org.apache.curator.retry.BoundedExponentialBackoffRetry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A deep store in an object store: names, attempts, and proof that what comes back is what was
/// stored. An object's length and checksum are noted with it, and who wrote it, so that a writer
/// whose answer was lost knows its own object.
public final class ObjectDeepStore implements DeepStore {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectDeepStore.class);
  private static final String LENGTH = "cuveelength";
  private static final String CHECKSUM = "cuveecrc32c";
  private static final String WRITER = "cuveewriter";

  private final String root;
  private final String prefix;
  private final ObjectClient client;
  private final Duration timeout;
  private final BoundedExponentialBackoffRetry backOff;

  @FunctionalInterface
  private interface Request<T> {
    T make() throws IOException;
  }

  /// @param root all objects are below its path
  /// @throws CuveeException `INVALID_SETTING` if it is not the plain URI of a folder
  public ObjectDeepStore(URI root, ObjectClient client, DeepStoreConfig config) {
    this.root = root.toString().replaceFirst("/+$", "");
    this.prefix = prefix(root);
    this.client = client;
    this.timeout = config.timeout();
    this.backOff = new BoundedExponentialBackoffRetry(100, 5_000, config.attempts() - 1);
  }

  private static String prefix(URI root) {
    String path = Optional.ofNullable(root.getPath()).orElse("").replaceFirst("/+$", "");
    boolean plain =
        root.getRawQuery() == null && root.getRawFragment() == null && root.getAuthority() != null;
    if (!path.isEmpty()) {
      plain &= path.startsWith("/");
      for (String part : path.substring(1).split("/", -1)) {
        plain &= !part.isBlank() && !part.equals(".") && !part.equals("..");
      }
    }
    if (!plain) {
      throw new CuveeException(
          ErrorCode.INVALID_SETTING,
          "deep-store.uri is not the address of a folder in a store: write it as "
              + root.getScheme()
              + "://name/path, without '.', '..', '?' and '#'.");
    }
    return path.isEmpty() ? "" : path.substring(1) + "/";
  }

  private CuveeException failure(String what, Exception cause) {
    return new CuveeException(
        ErrorCode.IO,
        "The deep store "
            + root
            + " could not "
            + what
            + ": "
            + cause.getMessage()
            + ". Check that it can be reached, and try again.",
        cause);
  }

  /// Makes a request until it succeeds, fails for good, or the attempts or the time are used up.
  private <T> T attempt(String what, Request<T> request) {
    long begun = System.nanoTime();
    for (int failures = 0; ; failures++) {
      try {
        return request.make();
      } catch (IOException e) {
        long millis = (System.nanoTime() - begun) / 1_000_000;
        if (millis >= timeout.toMillis()
            || !backOff.allowRetry(failures, millis, (time, unit) -> unit.sleep(time))) {
          throw failure(what, e);
        }
        LOG.debug("The deep store could not {} and tries again: {}", what, e.toString());
      }
    }
  }

  @Override
  public URI put(Path file, String name) {
    String key = prefix + ObjectNames.check(name);
    String what = "store " + name;
    Map<String, String> notes;
    try {
      notes = describe(file);
    } catch (IOException e) {
      throw failure(what, e);
    }
    boolean stored =
        attempt(
            what,
            () ->
                client.create(key, file, notes)
                    || client.notes(key).map(notes::equals).orElse(false));
    if (!stored) {
      throw new CuveeException(
          ErrorCode.ALREADY_EXISTS,
          "The deep store has an object " + name + " already; objects are never replaced.");
    }
    return URI.create(root + "/" + name);
  }

  private static Map<String, String> describe(Path file) throws IOException {
    CRC32C checksum = new CRC32C();
    long length;
    try (InputStream in = Files.newInputStream(file);
        OutputStream sum = new CheckedOutputStream(OutputStream.nullOutputStream(), checksum)) {
      length = in.transferTo(sum);
    }
    return Map.of(
        LENGTH,
        Long.toString(length),
        CHECKSUM,
        Long.toHexString(checksum.getValue()),
        WRITER,
        UUID.randomUUID().toString());
  }

  @Override
  public void get(URI object, Path target) {
    String key = key(object);
    String what = "copy " + object + " to " + target;
    Path part = target.resolveSibling(target.getFileName() + ".part-" + UUID.randomUUID());
    try {
      if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        throw new FileAlreadyExistsException(target.toString());
      }
      if (!attempt(what, () -> fetch(key, part))) {
        throw new CuveeException(
            ErrorCode.NOT_FOUND, "The deep store has no object " + object + ".");
      }
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw failure(what, e);
    } finally {
      deleteQuietly(part);
    }
  }

  /// @return false if there is no such object
  private boolean fetch(String key, Path part) throws IOException {
    CRC32C checksum = new CRC32C();
    Optional<Map<String, String>> notes;
    try (OutputStream file = Files.newOutputStream(part);
        OutputStream out = new CheckedOutputStream(file, checksum)) {
      notes = client.read(key, out);
    }
    if (notes.isPresent()) {
      check(LENGTH, notes.get(), Long.toString(Files.size(part)));
      check(CHECKSUM, notes.get(), Long.toHexString(checksum.getValue()));
    }
    return notes.isPresent();
  }

  /// An object that another program put there has no notes, and only its segment's own checksums.
  private static void check(String what, Map<String, String> notes, String found)
      throws IOException {
    String noted = notes.getOrDefault(what, found);
    if (!noted.equals(found)) {
      throw new IOException(
          "it came damaged: " + what + " is " + found + " and was " + noted + " when stored");
    }
  }

  @Override
  public boolean exists(URI object) {
    String key = key(object);
    return attempt("look for " + object, () -> client.notes(key)).isPresent();
  }

  @Override
  public void delete(URI object) {
    String key = key(object);
    attempt(
        "delete " + object,
        () -> {
          client.delete(key);
          return true;
        });
  }

  @Override
  public List<String> list(String namePrefix) {
    List<String> names = new ArrayList<>();
    for (String key : attempt("list " + namePrefix, () -> client.list(prefix + namePrefix))) {
      String name = key.substring(prefix.length());
      if (ObjectNames.isValid(name)) {
        names.add(name);
      }
    }
    names.sort(null);
    return names;
  }

  /// Only objects of this store.
  private String key(URI object) {
    String text = object.toString();
    String name = text.startsWith(root + "/") ? text.substring(root.length() + 1) : "";
    if (!ObjectNames.isValid(name)) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "'" + object + "' is not an object of the deep store at " + root + ".");
    }
    return prefix + name;
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("Could not delete {}: {}", file, e.getMessage());
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
