package io.cuvee.controller;

import static io.cuvee.controller.TestCluster.SCHEMA;
import static io.cuvee.controller.TestCluster.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.cluster.zookeeper.EmbeddedZooKeeper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestFullDeepStore {
  @TempDir private Path directory;

  private static boolean succeeds(String... command) throws Exception {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
  }

  private static List<Path> files(Path disk) throws IOException {
    try (Stream<Path> all = Files.walk(disk)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  @Tag("slow")
  @Tag("mount")
  void anUploadIsRefusedAndLeavesNothingBehind() throws Exception {
    Path disk = Files.createDirectory(directory.resolve("disk"));
    assertThat(succeeds("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk.toString()))
        .isTrue();
    try (EmbeddedZooKeeper zooKeeper = EmbeddedZooKeeper.start(directory.resolve("zookeeper"), 0);
        TestCluster cluster = new TestCluster(directory, zooKeeper)) {
      Controller controller =
          cluster.controller("controller-1", Map.of("deep-store.uri", disk.toUri().toString()));
      cluster.server("server-1");
      Rest rest = cluster.rest(controller);
      rest.post("/schemas", SCHEMA).ok();
      rest.post("/tables", table("trips", 1, "")).ok();
      Path filler = disk.resolve("filler");
      try (OutputStream out = Files.newOutputStream(filler)) {
        byte[] block = new byte[1024];
        assertThatThrownBy(
                () -> {
                  while (true) {
                    out.write(block);
                  }
                })
            .isInstanceOf(IOException.class);
      }
      Path archive =
          cluster.archive(
              SCHEMA,
              "trips_OFFLINE",
              "trips_0",
              "city,tags,distance,day\nParis,a,1,2024-01-01T00:00:00Z\n");
      String upload = "/v2/segments?tableName=trips&tableType=OFFLINE&wait=online";
      Rest.Answer refused = rest.upload(upload, archive);
      assertThat(refused.status()).isGreaterThanOrEqualTo(500);
      assertThat(refused.body().path("error").asText())
          .contains("The deep store could not store", "No space left", "free space");
      assertThat(files(disk)).containsExactly(filler);
      assertThat(cluster.workFiles("controller-1")).isEmpty();
      assertThat(rest.get("/segments/trips").ok().body().toString()).doesNotContain("trips_0");
      Files.delete(filler);
      rest.upload(upload, archive).ok();
      assertThat(files(disk)).hasSize(1);
    } finally {
      assertThat(succeeds("umount", "-l", disk.toString())).isTrue();
    }
  }
}
