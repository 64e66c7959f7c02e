package io.cuvee.cluster.deepstore;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/// Files in an object store. Objects are written once under a unique name and never changed.
/// Failures are `CuveeException` `IO`, a missing object `NOT_FOUND`. Thread-safe.
public interface DeepStore extends AutoCloseable {
  /// Stores a file under `name` (path segments with `/`), atomically: no reader sees a part of it.
  ///
  /// @return where it is; [#get(URI, Path)] takes it
  URI put(Path file, String name);

  /// Copies the object to `target`, which must not exist, and checks that it came whole; on failure
  /// nothing is left there.
  void get(URI object, Path target);

  boolean exists(URI object);

  /// Deletes the object; nothing happens if it is not there.
  void delete(URI object);

  /// Names that begin with `prefix`, in order. What lies there under names that [#put] refuses is
  /// not ours and left out.
  List<String> list(String prefix);

  @Override
  void close();
}
