package io.cuvee.controller.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.cluster.zookeeper.EmbeddedZooKeeper;
import io.cuvee.cluster.zookeeper.ZooKeeperClusterState;
import io.cuvee.cluster.zookeeper.ZooKeeperConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TestAttendance {
  private static final List<String> KNOWN = List.of("server-1");

  @TempDir private Path directory;

  @Test
  void aServerIsLostWhenItHasBeenMissedForTheWholePatience() {
    AtomicLong clock = new AtomicLong();
    try (EmbeddedZooKeeper zooKeeper = EmbeddedZooKeeper.start(directory, 0);
        ZooKeeperClusterState cluster =
            ZooKeeperClusterState.connect(new ZooKeeperConfig(zooKeeper.connectString(), "test"));
        Attendance attendance = new Attendance(cluster, Duration.ofSeconds(3), clock::get)) {
      assertThat(attendance.untilLost()).isEmpty();
      clock.set(Duration.ofMillis(500).toNanos());
      // Missed from when it is first looked for, however long that was after it left.
      assertThat(attendance.roll(KNOWN).lost()).isEmpty();
      clock.set(Duration.ofMillis(3499).toNanos());
      assertThat(attendance.roll(KNOWN).lost()).isEmpty();
      assertThat(attendance.untilLost()).contains(Duration.ofMillis(1));
      clock.set(Duration.ofMillis(3500).toNanos());
      assertThat(attendance.roll(KNOWN).lost()).containsExactly("server-1");
      assertThat(attendance.untilLost()).isEmpty();
    }
  }
}
