package io.cuvee.sqltests.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.Rest.Answer;
import io.cuvee.sqltests.cluster.Rows;
import io.cuvee.sqltests.cluster.SharedCluster;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Segments that are uploaded more than once under their name.
@ExtendWith(ClusterExtension.class)
class TestRepeatedUploads {
  private static final int REPLACEMENTS = 12;

  @TempDir private Path folder;

  @Test
  void everyQuerySeesTheOldRowsOrTheNewOnes(SharedCluster cluster) throws Exception {
    IntakeTable table = IntakeTable.create(cluster, "replaced", "");
    byte[] tenRows = table.archive(folder, "part", rows(10, "a"));
    byte[] sevenRows = table.archive(folder, "part", rows(7, "b"));
    table.upload(tenRows).expect(200);
    cluster.awaitRows(table.name(), 13);

    AtomicBoolean done = new AtomicBoolean();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Set<List<List<@Nullable String>>>> seen =
          threads.submit(() -> queryUntil(done, cluster, table));
      for (int i = 1; i <= REPLACEMENTS; i++) {
        table.upload(i % 2 == 0 ? tenRows : sevenRows).expect(200);
        if (i % 3 == 0) {
          cluster.awaitRows(table.name(), i % 2 == 0 ? 13 : 10);
        }
      }
      cluster.awaitRows(table.name(), 13);
      done.set(true);
      assertThat(seen.get())
          .containsExactlyInAnyOrder(
              List.of(List.of("10", "a", "a")), List.of(List.of("7", "b", "b")));
    }
  }

  private static String rows(int count, String name) {
    StringBuilder csv = new StringBuilder("id,name\n");
    for (int i = 0; i < count; i++) {
      csv.append(100 + i).append(',').append(name).append('\n');
    }
    return csv.toString();
  }

  /// The different answers.
  private static Set<List<List<@Nullable String>>> queryUntil(
      AtomicBoolean done, SharedCluster cluster, IntakeTable table) throws Exception {
    Set<List<List<@Nullable String>>> seen = new HashSet<>();
    try (Connection connection = cluster.connect()) {
      while (!done.get()) {
        seen.add(
            Rows.query(
                    connection,
                    "SELECT COUNT(*), MIN(name), MAX(name) FROM "
                        + table.name()
                        + " WHERE id >= 100")
                .texts());
      }
    }
    return seen;
  }

  @Test
  void aRetryMayOvertakeTheFirstTry(SharedCluster cluster) throws Exception {
    IntakeTable table = IntakeTable.create(cluster, "retried", "");
    byte[] archive = table.archive(folder, "once", rows(5, "a"));
    List<Callable<Answer>> tries = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      tries.add(() -> table.upload(archive));
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Answer> answer : threads.invokeAll(tries)) {
        answer.get().expect(200);
      }
    }
    cluster.awaitRows(table.name(), 8);
    assertThat(table.state().objects()).hasSize(2);
  }
}
