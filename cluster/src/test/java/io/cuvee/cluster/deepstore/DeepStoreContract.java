package io.cuvee.cluster.deepstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

  private Path file(String content) throws IOException {
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
      for (String name : List.of("", "/etc/x", "../x", "a/../x", ".hidden", "a//b", "a/", "a\\b")) {
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
}
