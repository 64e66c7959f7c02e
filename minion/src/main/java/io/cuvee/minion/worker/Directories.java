package io.cuvee.minion.worker;

import io.cuvee.common.file.FileTree;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes what work left on the local disk.
final class Directories {
  private static final Logger LOG = LoggerFactory.getLogger(Directories.class);

  private Directories() {}

  /// Deletes a file, or a directory with all that is in it; what cannot be deleted stays until the
  /// next start.
  static void delete(Path path) {
    try {
      FileTree.delete(path);
    } catch (IOException e) {
      LOG.warn("Could not remove {}: {}", path, e.getMessage());
    }
  }
}
