package io.cuvee.controller.upload;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.file.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A directory of its own for one upload; removed with all it holds when closed.
final class Sandbox implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sandbox.class);

  private static final String PREFIX = "work-";

  private final Path directory;

  private Sandbox(Path directory) {
    this.directory = directory;
  }

  static Sandbox create(Path parent) {
    try {
      Files.createDirectories(parent);
      return new Sandbox(Files.createTempDirectory(parent, PREFIX));
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.IO,
          "The controller cannot write to " + parent + ": " + e.getMessage() + ". Check data.dir.",
          e);
    }
  }

  /// Removes what a process that died has left.
  static void removeLeftovers(Path parent) {
    if (!Files.isDirectory(parent)) {
      return;
    }
    try (Stream<Path> entries = Files.list(parent)) {
      entries
          .filter(path -> path.getFileName().toString().startsWith(PREFIX))
          .forEach(Sandbox::delete);
    } catch (IOException e) {
      LOG.warn("Could not clean up {}: {}", parent, e.getMessage());
    }
  }

  Path directory() {
    return directory;
  }

  Path resolve(String name) {
    return directory.resolve(name);
  }

  /// A message about a file in here as its sender would say it: without our directory.
  String withoutDirectory(String message) {
    return message.replace(directory + "/", "");
  }

  @Override
  public void close() {
    delete(directory);
  }

  private static void delete(Path directory) {
    try {
      FileTree.delete(directory);
    } catch (IOException e) {
      LOG.warn("Could not remove {}: {}", directory, e.getMessage());
    }
  }
}
