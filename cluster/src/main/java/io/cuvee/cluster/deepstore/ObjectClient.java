package io.cuvee.cluster.deepstore;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The requests that a deep store makes to an object store, by that store's own client library.
/// Keys are paths without a `/` before or behind. Thread-safe.
///
/// A method throws `IOException` where another attempt may help, and `CuveeException` where none
/// does or the library has made enough of them.
public interface ObjectClient extends AutoCloseable {
  /// Stores a file and what is noted with it, whole or not at all.
  ///
  /// @param notes by names of small letters and digits
  /// @return false if there was an object under this key, which stays as it is
  boolean create(String key, Path file, Map<String, String> notes) throws IOException;

  /// What was noted with an object, if there is one.
  Optional<Map<String, String>> notes(String key) throws IOException;

  /// Writes an object to `out`, which need not be whole if it fails.
  ///
  /// @return what was noted with it; absent if there is no such object
  Optional<Map<String, String>> read(String key, OutputStream out) throws IOException;

  /// Deletes an object; nothing happens if it is not there.
  void delete(String key) throws IOException;

  /// Keys that begin with `prefix`, in any order.
  List<String> list(String prefix) throws IOException;

  @Override
  void close();
}
