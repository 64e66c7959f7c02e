package io.cuvee.cluster.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestEmbeddedZooKeeper {
  private static final int COUNT = 10;

  /// What the log has beside the content of a node with such a name.
  private static final int OVERHEAD = 106;

  @TempDir private Path directory;

  /// Large transactions that are written before those before them are flushed, and each of which
  /// ends a little before a multiple of 256 KiB: a log that is lengthened in advance by such steps
  /// is lengthened in the middle of them.
  @Test
  void largeTransactionsAtOnceAreThereAfterARestart() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    byte[][] contents = new byte[COUNT][];
    Random random = new Random(seed);
    for (int i = 0; i < COUNT; i++) {
      contents[i] = new byte[(512 << 10) - OVERHEAD - (i == 0 ? 2000 : 0)];
      random.nextBytes(contents[i]);
    }
    try (EmbeddedZooKeeper zooKeeper = EmbeddedZooKeeper.start(directory, 0);
        ZooKeeperLink link = connect(zooKeeper)) {
      CountDownLatch written = new CountDownLatch(COUNT);
      for (int i = 0; i < COUNT; i++) {
        link.handle()
            .create(
                path(i),
                contents[i],
                ZooDefs.Ids.OPEN_ACL_UNSAFE,
                CreateMode.PERSISTENT,
                (code, path, context, name) -> written.countDown(),
                this);
      }
      assertThat(written.await(60, TimeUnit.SECONDS)).isTrue();
    }
    try (EmbeddedZooKeeper zooKeeper = EmbeddedZooKeeper.start(directory, 0);
        ZooKeeperLink link = connect(zooKeeper)) {
      for (int i = 0; i < COUNT; i++) {
        assertThat(link.read(path(i)).orElseThrow().data()).isEqualTo(contents[i]);
      }
    }
  }

  private static String path(int number) {
    return "/large-%02d".formatted(number);
  }

  private static ZooKeeperLink connect(EmbeddedZooKeeper zooKeeper) {
    return ZooKeeperLink.connect(new ZooKeeperConfig(zooKeeper.connectString(), "c"));
  }
}
