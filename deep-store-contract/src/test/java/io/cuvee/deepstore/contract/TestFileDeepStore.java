package io.cuvee.deepstore.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.deepstore.DeepStoreConfig;
import io.cuvee.cluster.deepstore.DeepStores;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestFileDeepStore extends DeepStoreContract {
  @TempDir private Path directory;

  @Override
  protected DeepStore open() {
    return DeepStores.open(directory.resolve("store").toUri());
  }

  @Test
  void otherFoldersAreRefused() {
    try (DeepStore store = open()) {
      Path outside = directory.resolve("store-2").resolve("x");
      for (URI object :
          new URI[] {
            outside.toUri(),
            directory.resolve("store").toUri(),
            URI.create(directory.resolve("store").toUri() + "../x"),
            URI.create("s3://bucket/x"),
            URI.create("x")
          }) {
        assertThatThrownBy(() -> store.delete(object))
            .as(object.toString())
            .isInstanceOfSatisfying(
                CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_INPUT));
      }
    }
  }

  @Test
  void leftoversOfDeadProcessesGoAwayAfterADay() throws IOException {
    open().close();
    Path incoming = directory.resolve("store/.incoming");
    Path old = Files.writeString(incoming.resolve("old"), "x");
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(100_000)));
    Path young = Files.writeString(incoming.resolve("young"), "x");
    open().close();
    assertThat(old).doesNotExist();
    assertThat(young).exists();
  }

  @Test
  void unknownSchemesAreExplained() {
    assertThatThrownBy(() -> DeepStores.open("s3://bucket/path", DeepStoreConfig.DEFAULT))
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SETTING))
        .hasMessageContaining("deep-store-s3")
        .hasMessageContaining("file");
    assertThatThrownBy(() -> DeepStores.open("/var/data", DeepStoreConfig.DEFAULT))
        .hasMessageContaining("file:///");
    assertThatThrownBy(() -> DeepStores.open("file:relative", DeepStoreConfig.DEFAULT))
        .hasMessageContaining("file:///");
    assertThatThrownBy(() -> DeepStores.open("file://host/path", DeepStoreConfig.DEFAULT))
        .hasMessageContaining("file:///");
    assertThatThrownBy(() -> DeepStores.open("a b", DeepStoreConfig.DEFAULT))
        .hasMessageContaining("not a URI");
  }

  @Test
  void unusableDirectoryIsNamed() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "x");
    assertThatThrownBy(() -> DeepStores.open(file.toUri()))
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IO))
        .hasMessageContaining(file.toString());
  }
}
