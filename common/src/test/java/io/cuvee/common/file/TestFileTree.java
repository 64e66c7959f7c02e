package io.cuvee.common.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestFileTree {
  @TempDir Path directory;

  @Test
  void allOfItGoesAndNothingElse() throws IOException {
    Path kept = Files.writeString(directory.resolve("kept"), "text");
    Path tree = Files.createDirectories(directory.resolve("a/b/c"));
    Files.writeString(tree.resolve("file"), "text");
    Files.createSymbolicLink(tree.resolve("link"), directory);

    FileTree.delete(directory.resolve("a"));

    assertThat(directory.resolve("a")).doesNotExist();
    assertThat(kept).hasContent("text");
    FileTree.delete(directory.resolve("a"));
    FileTree.delete(kept);
    assertThat(kept).doesNotExist();
  }
}
