package io.cuvee.deepstore.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What every [DeepStore] owes.
public abstract class DeepStoreContract {
  @TempDir private Path work;

  /// An empty store.
  protected abstract DeepStore open();

  protected final Path work() {
    return work;
  }

  protected final Path file(String content) throws IOException {
    return Files.writeString(Files.createTempFile(work, "in", ""), content);
  }

  @Test
  void whatWasPutComesBack() throws IOException {
    try (DeepStore store = open()) {
      byte[] bytes = new byte[3_000_001];
      new Random(1).nextBytes(bytes);
      Path in = Files.write(work.resolve("in"), bytes);
      URI object = store.put(in, "t_OFFLINE/segment_1/a.tar.gz");
      assertThat(store.exists(object)).isTrue();
      store.get(object, work.resolve("out"));
      assertThat(work.resolve("out")).hasBinaryContent(bytes);
      assertThat(in).exists();
      URI empty = store.put(file(""), "t_OFFLINE/empty");
      store.get(empty, work.resolve("empty"));
      assertThat(work.resolve("empty")).isEmptyFile();
    }
  }

  @Test
  void objectsAreListedByPrefixAndDeleted() throws IOException {
    try (DeepStore store = open()) {
      URI first = store.put(file("1"), "a/b/1");
      store.put(file("2"), "a/b/2");
      store.put(file("3"), "a/bc/3");
      store.put(file("4"), "d");
      assertThat(store.list("")).containsExactly("a/b/1", "a/b/2", "a/bc/3", "d");
      assertThat(store.list("a/b")).containsExactly("a/b/1", "a/b/2", "a/bc/3");
      assertThat(store.list("a/b/")).containsExactly("a/b/1", "a/b/2");
      assertThat(store.list("x")).isEmpty();
      store.delete(first);
      store.delete(first);
      assertThat(store.exists(first)).isFalse();
      assertThat(store.list("a/b/")).containsExactly("a/b/2");
    }
  }

  @Test
  void missingObjectIsNamedAndLeavesNothing() throws IOException {
    try (DeepStore store = open()) {
      URI object = store.put(file("1"), "a/1");
      store.delete(object);
      assertThatThrownBy(() -> store.get(object, work.resolve("out")))
          .isInstanceOfSatisfying(
              CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND))
          .hasMessageContaining(object.toString());
      assertThat(work.resolve("out")).doesNotExist();
    }
  }

  @Test
  void existingTargetIsNotOverwritten() throws IOException {
    try (DeepStore store = open()) {
      URI object = store.put(file("new"), "a/1");
      Path target = file("mine");
      assertThatThrownBy(() -> store.get(object, target)).isInstanceOf(CuveeException.class);
      assertThat(target).hasContent("mine");
    }
  }

  @Test
  void missingSourceLeavesNothing() {
    try (DeepStore store = open()) {
      assertThatThrownBy(() -> store.put(work.resolve("missing"), "a/1"))
          .isInstanceOfSatisfying(
              CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IO));
      assertThat(store.list("")).isEmpty();
    }
  }

  @Test
  void namesThatLeadElsewhereAreRefused() throws IOException {
    try (DeepStore store = open()) {
      Path in = file("1");
      for (String name :
          List.of(
              "",
              "/etc/x",
              "../x",
              "a/../x",
              ".hidden",
              "a//b",
              "a/",
              "a\\b",
              "süß",
              "a b",
              "a?b",
              "x".repeat(256))) {
        assertThatThrownBy(() -> store.put(in, name))
            .as(name)
            .isInstanceOfSatisfying(
                CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_INPUT));
      }
      assertThat(store.list("")).isEmpty();
    }
  }

  @Test
  void objectsAreNeverReplaced() throws Exception {
    try (DeepStore store = open();
        ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Boolean>> tasks = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Path in = file("writer " + i);
        tasks.add(() -> {
          try {
            store.put(in, "a/same");
            return true;
          } catch (CuveeException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.ALREADY_EXISTS);
            return false;
          }
        });
      }
      int winners = 0;
      for (Future<Boolean> done : writers.invokeAll(tasks)) {
        winners += done.get() ? 1 : 0;
      }
      assertThat(winners).isEqualTo(1);
      assertThat(store.list("")).containsExactly("a/same");
    }
  }

  @Test
  void objectsOfOtherPlacesAreRefused() throws IOException {
    try (DeepStore store = open()) {
      String inside = store.put(file("1"), "a/1").toString();
      for (String object :
          List.of(
              "x",
              "other://place/a/1",
              inside.substring(0, inside.length() - "/a/1".length()),
              inside.replace("/a/1", "-2/a/1"),
              inside.replace("/a/1", "/../a/1"))) {
        assertThatThrownBy(() -> store.delete(URI.create(object)))
            .as(object)
            .isInstanceOfSatisfying(
                CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_INPUT));
      }
      assertThat(store.list("")).containsExactly("a/1");
    }
  }

  @Test
  void objectsMayBeLargerThanAPart() throws IOException {
    try (DeepStore store = open()) {
      Path in = work.resolve("large");
      try (SeekableByteChannel file =
          Files.newByteChannel(
              in,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.SPARSE,
              StandardOpenOption.WRITE)) {
        for (long position : new long[] {0, 33 << 20, (200 << 20) - 8}) {
          file.position(position);
          file.write(ByteBuffer.allocate(8).putLong(0, position + 1));
        }
      }
      URI object = store.put(in, "large");
      store.get(object, work.resolve("out"));
      assertThat(Files.mismatch(in, work.resolve("out"))).isEqualTo(-1);
    }
  }

  @Test
  void thousandsOfObjectsAreListed() throws Exception {
    int count = 1_050;
    Path in = file("");
    try (DeepStore store = open();
        ExecutorService writers = Executors.newFixedThreadPool(8)) {
      List<Callable<URI>> tasks = new ArrayList<>();
      List<String> names = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        String name = String.format(Locale.ROOT, "t/%02d/%04d", i / 100, i);
        names.add(name);
        tasks.add(() -> store.put(in, name));
      }
      for (Future<URI> done : writers.invokeAll(tasks)) {
        assertThat(done.get().toString()).contains("/t/");
      }
      assertThat(store.list("t/")).isEqualTo(names);
      assertThat(store.list("t/03/")).hasSize(100);
    }
  }

  @Test
  void targetInAMissingFolderIsNamed() throws IOException {
    try (DeepStore store = open()) {
      URI object = store.put(file("1"), "a/1");
      Path target = work.resolve("missing/out");
      assertThatThrownBy(() -> store.get(object, target))
          .isInstanceOfSatisfying(
              CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IO))
          .hasMessageContaining("missing");
    }
  }
}
