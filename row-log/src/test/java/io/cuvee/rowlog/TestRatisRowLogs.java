package io.cuvee.rowlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.error.CuveeException;
import io.cuvee.ingest.stream.rows.AppendResult;
import io.cuvee.ingest.stream.rows.AppendResult.Appended;
import io.cuvee.ingest.stream.rows.RowBatch;
import io.cuvee.ingest.stream.rows.RowLog;
import io.cuvee.ingest.stream.rows.RowPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Three replicas of a log in this process; the election of a leader takes a second or two.
class TestRatisRowLogs {
  private static final Duration ONE_TRY = Duration.ofSeconds(5);
  private static final long LIMIT_NANOS = 60_000_000_000L;

  @TempDir private Path directory;
  private final String log = UUID.randomUUID().toString();
  private final Map<String, RatisRowLogs> servers = new TreeMap<>();

  private static RowPeer peer(String id) throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new RowPeer(id, "127.0.0.1", free.getLocalPort());
    }
  }

  private void start(RowPeer peer, List<RowPeer> founders) {
    RatisRowLogs server = new RatisRowLogs(peer, directory.resolve(peer.id()));
    servers.put(peer.id(), server);
    server.join(log, founders);
  }

  private RowLog at(String id) {
    return servers.get(id).find(log).orElseThrow();
  }

  /// Appends wherever the leader is, as often as needed.
  private Appended append(RowBatch batch) throws InterruptedException {
    long end = System.nanoTime() + LIMIT_NANOS;
    List<AppendResult> tries = new ArrayList<>();
    while (System.nanoTime() < end) {
      for (String id : List.copyOf(servers.keySet())) {
        AppendResult result = at(id).append(batch, ONE_TRY);
        if (result instanceof Appended appended) {
          return appended;
        }
        tries.add(result);
      }
      Thread.sleep(20);
    }
    throw new AssertionError("No leader: " + tries);
  }

  private List<String> read(String id, long offset, int count) throws InterruptedException {
    long end = System.nanoTime() + LIMIT_NANOS;
    List<String> rows = new ArrayList<>();
    while (rows.size() < count && System.nanoTime() < end) {
      rows.addAll(Batches.texts(at(id).read(offset + rows.size(), 100, Duration.ofMillis(200))));
    }
    return rows;
  }

  @AfterEach
  void close() {
    servers.values().forEach(RatisRowLogs::close);
  }

  @Test
  void acknowledgedRowsOutliveTheirLeaderAndADisk() throws Exception {
    List<RowPeer> peers = List.of(peer("a"), peer("b"), peer("c"));
    for (RowPeer peer : peers) {
      start(peer, peers);
    }
    List<String> written = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Appended appended = append(Batches.keyed("k" + i, "r" + i, "s" + i));
      assertThat(appended).isEqualTo(new Appended(2L * i, 2, false));
      written.add("r" + i);
      written.add("s" + i);
    }
    assertThat(append(Batches.keyed("k3", "r3", "s3"))).isEqualTo(new Appended(6, 2, true));
    for (RowPeer peer : peers) {
      assertThat(read(peer.id(), 0, 40)).isEqualTo(written);
      assertThat(read(peer.id(), 7, 1).getFirst()).isEqualTo("s3");
    }

    // The leader goes; keys are known to the next one.
    String leader =
        servers.keySet().stream().filter(id -> isLeader(at(id))).findFirst().orElseThrow();
    servers.remove(leader).close();
    assertThat(append(Batches.keyed("k19", "r19", "s19"))).isEqualTo(new Appended(38, 2, true));
    assertThat(append(Batches.keyed("k20", "t"))).isEqualTo(new Appended(40, 1, false));
    written.add("t");

    // What is safe elsewhere is forgotten, the rest is there after a restart.
    for (String id : servers.keySet()) {
      read(id, 40, 1);
      at(id).forget(31);
      awaitEarliest(id, 30);
      assertThatThrownBy(() -> at(id).read(29, 100, Duration.ZERO))
          .isInstanceOf(CuveeException.class)
          .hasMessageContaining("begins at offset 30");
    }
    RowPeer back =
        peers.stream().filter(peer -> peer.id().equals(leader)).findFirst().orElseThrow();
    String follower = servers.keySet().iterator().next();
    servers.remove(follower).close();
    for (RowPeer peer : peers) {
      if (peer.id().equals(follower)) {
        start(peer, peers);
      }
    }
    assertThat(read(follower, 30, 11)).isEqualTo(written.subList(30, 41));

    // The one that was away comes back without its disk, as somebody else.
    RowPeer other = new RowPeer(leader + "2", "127.0.0.1", back.port());
    start(other, List.of());
    List<RowPeer> members = new ArrayList<>(peers);
    members.set(members.indexOf(back), other);
    long end = System.nanoTime() + LIMIT_NANOS;
    while (servers.keySet().stream().noneMatch(id -> at(id).changeMembers(members))) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(100);
    }
    assertThat(read(other.id(), 30, 11)).isEqualTo(written.subList(30, 41));
    assertThat(at(other.id()).earliestOffset()).isEqualTo(30);
    // Keys of forgotten rows came with the snapshot.
    assertThat(append(Batches.keyed("k3", "r3", "s3"))).isEqualTo(new Appended(6, 2, true));
    assertThat(append(Batches.keyed("k21", "u"))).isEqualTo(new Appended(41, 1, false));
  }

  private static boolean isLeader(RowLog log) {
    try {
      return !(log.append(Batches.keyed("k0", "r0", "s0"), ONE_TRY)
          instanceof AppendResult.Elsewhere);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void awaitEarliest(String id, long offset) throws InterruptedException {
    long end = System.nanoTime() + LIMIT_NANOS;
    while (at(id).earliestOffset() != offset) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(20);
    }
  }

  @Test
  void founderMayStopBeforeTheFirstElection() throws Exception {
    List<RowPeer> peers = List.of(peer("a"), peer("b"));
    start(peers.getFirst(), peers);
    servers.remove("a").close();
    start(peers.getFirst(), peers);
    start(peers.getLast(), peers);
    assertThat(append(Batches.keyed("k", "r", "s"))).isEqualTo(new Appended(0, 2, false));
    servers.remove("a").close();
    start(peers.getFirst(), peers);
    assertThat(append(Batches.keyed("l", "t"))).isEqualTo(new Appended(2, 1, false));
    assertThat(read("a", 0, 3)).containsExactly("r", "s", "t");
  }

  @Test
  void singleReplicaBeginsAgainWhereItEnded() throws Exception {
    RowPeer only = peer("only");
    start(only, List.of(only));
    String large = "x".repeat(40_000);
    List<Thread> writers =
        IntStream.range(0, 8)
            .mapToObj(i ->
                Thread.ofVirtual()
                    .start(() -> {
                      try {
                        for (int j = 0; j < 5; j++) {
                          append(Batches.keyed(i + "/" + j, i + "/" + j, large));
                        }
                      } catch (InterruptedException e) {
                        throw new AssertionError(e);
                      }
                    }))
            .toList();
    for (Thread writer : writers) {
      writer.join();
    }
    List<String> before = read("only", 0, 80);
    assertThat(before).hasSize(80);
    assertThat(before.stream().filter(row -> row.length() < 10))
        .hasSize(40)
        .doesNotHaveDuplicates();
    servers.remove("only").close();
    start(only, List.of(only));
    assertThat(read("only", 0, 80)).isEqualTo(before);
    assertThat(append(Batches.keyed("3/3", "3/3", large)).again()).isTrue();
    servers.get("only").leave(log, true);
    assertThat(servers.get("only").ids()).isEmpty();
  }
}
