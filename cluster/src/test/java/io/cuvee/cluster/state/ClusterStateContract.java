package io.cuvee.cluster.state;

import static io.cuvee.cluster.state.SegmentState.ERROR;
import static io.cuvee.cluster.state.SegmentState.ONLINE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.cluster.state.Instance.Phase;
import io.cuvee.cluster.state.Instance.Role;
import io.cuvee.cluster.state.MetadataStore.Change;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What every implementation of [ClusterState] owes.
public abstract class ClusterStateContract {
  /// Longer than any test waits, so that nothing passes by waiting for a session to end.
  protected static final Duration LONG_SESSION = Duration.ofSeconds(60);

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final List<ClusterState> open = new ArrayList<>();

  /// Connects to the same cluster, which is empty when a test begins.
  protected abstract ClusterState open();

  /// Ends the session of a connection as if its process had been silent for too long.
  protected abstract void expire(ClusterState state);

  /// Stops the store, and starts it again with what it held.
  protected abstract void stopStore();

  protected abstract void startStore();

  protected final ClusterState connect() {
    ClusterState state = open();
    open.add(state);
    return state;
  }

  @AfterEach
  void closeConnections() {
    open.forEach(ClusterState::close);
  }

  protected static void eventually(ThrowingCallable check) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        check.call();
        return;
      } catch (Throwable e) {
        if (System.nanoTime() > end) {
          throw new AssertionError("Still not so after " + PATIENCE.toSeconds() + " s", e);
        }
        sleep();
      }
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  protected static Instance server(String id, long incarnation) {
    return new Instance(
        id, Role.SERVER, "10.0.0.7", 8097, 8098, Set.of("default"), incarnation, Phase.STARTING);
  }

  private static Instance controller(String id, long incarnation) {
    return new Instance(id, Role.CONTROLLER, "h", 1, 0, Set.of(), incarnation, Phase.READY);
  }

  protected static SegmentKey key(String table, int number) {
    return new SegmentKey(table, "segment_" + number);
  }

  private static Map<SegmentKey, Optional<Replica>> online(SegmentKey key, long crc) {
    return Map.of(key, Optional.of(new Replica(ONLINE, crc, "")));
  }

  private static Map<SegmentKey, Optional<Assignment>> assigned(SegmentKey key, long crc) {
    return Map.of(key, Optional.of(new Assignment(ONLINE, crc)));
  }

  private static Optional<Long> next(BlockingQueue<Optional<Long>> terms) {
    try {
      Optional<Long> term = terms.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(term).as("news of the leadership").isNotNull();
      return Objects.requireNonNull(term);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static long lead(ClusterState state, String id) {
    BlockingQueue<Optional<Long>> terms = new LinkedBlockingQueue<>();
    state.campaign(id, terms::add);
    return next(terms).orElseThrow();
  }

  // Who lives.

  @Test
  void instancesAreSeenByOthersUntilTheyLeave() {
    ClusterState broker = connect();
    AtomicReference<List<Instance>> heard = new AtomicReference<>(List.of());
    var _ = broker.watchInstances(Role.SERVER, heard::set);
    ClusterState server = connect();
    Instance self = server("server-1", 1);
    server.join(self);
    eventually(() -> assertThat(heard.get()).containsExactly(self));
    server.update(self.with(Phase.READY));
    eventually(() -> assertThat(heard.get()).containsExactly(self.with(Phase.READY)));
    assertThat(broker.instances(Role.SERVER)).containsExactly(self.with(Phase.READY));
    assertThat(broker.instances(Role.BROKER)).isEmpty();
    server.close();
    eventually(() -> assertThat(heard.get()).isEmpty());
  }

  @Test
  void higherIncarnationTakesOverAtOnceWithAllEntries() {
    ClusterState broker = connect();
    ClusterState first = connect();
    first.join(server("server-1", 1));
    first.publish(online(key("t_OFFLINE", 1), 7));
    eventually(() -> assertThat(broker.servingView().replicas("t_OFFLINE")).hasSize(1));
    ClusterState second = connect();
    second.join(server("server-1", 2));
    eventually(() ->
        assertThat(broker.instances(Role.SERVER))
            .extracting(Instance::incarnation)
            .containsExactly(2L));
    eventually(() -> assertThat(broker.servingView().tables()).isEmpty());
    // The older process is still there, and may not claim anything any more.
    assertThatThrownBy(() -> first.publish(online(key("t_OFFLINE", 2), 8)))
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT))
        .hasMessageContaining("server-1")
        .hasMessageContaining("newer process");
    assertThatThrownBy(() -> first.update(server("server-1", 1)))
        .isInstanceOf(CuveeException.class);
    second.publish(online(key("t_OFFLINE", 3), 9));
    first.close();
    eventually(
        () -> assertThat(broker.servingView().replicas("t_OFFLINE")).containsOnlyKeys("segment_3"));
    assertThat(broker.instances(Role.SERVER)).hasSize(1);
  }

  @Test
  void lowerIncarnationIsRefusedWhileTheHigherLives() {
    connect().join(server("server-1", 5));
    ClusterState late = connect();
    assertThatThrownBy(() -> late.join(server("server-1", 4)))
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT))
        .hasMessageContaining("server-1");
  }

  @Test
  void restartedProcessMayHaveLowerIncarnationOnceTheOtherIsGone() {
    ClusterState first = connect();
    first.join(server("server-1", 5));
    first.close();
    ClusterState second = connect();
    eventually(() -> assertThat(second.instances(Role.SERVER)).isEmpty());
    second.join(server("server-1", 4));
    eventually(() -> assertThat(second.instances(Role.SERVER)).hasSize(1));
  }

  // What each server should hold.

  @Test
  void assignmentIsReadWatchedAndRemoved() {
    ClusterState controller = connect();
    long epoch = lead(controller, "controller-1");
    ClusterState server = connect();
    AtomicReference<Map<SegmentKey, Assignment>> heard = new AtomicReference<>(Map.of());
    var _ = server.watchAssignment("server-1", heard::set);
    assertThat(heard.get()).isEmpty();
    SegmentKey unicode = new SegmentKey("täble_OFFLINE", "Straße €😀");
    controller.assign("server-1", assigned(key("a_OFFLINE", 1), Long.MIN_VALUE), epoch);
    controller.assign(
        "server-1", Map.of(unicode, Optional.of(new Assignment(SegmentState.OFFLINE, -1))), epoch);
    Map<SegmentKey, Assignment> expected =
        Map.of(
            key("a_OFFLINE", 1),
            new Assignment(ONLINE, Long.MIN_VALUE),
            unicode,
            new Assignment(SegmentState.OFFLINE, -1));
    eventually(() -> assertThat(heard.get()).isEqualTo(expected));
    assertThat(heard.get().get(unicode)).isEqualTo(new Assignment(SegmentState.OFFLINE, -1));
    assertThat(controller.assignment("server-1")).isEqualTo(expected);
    assertThat(controller.assignment("server-2")).isEmpty();
    assertThat(controller.assignedServers()).containsExactly("server-1");
    controller.assign(
        "server-1",
        Map.of(unicode, Optional.empty(), key("a_OFFLINE", 9), Optional.empty()),
        epoch);
    eventually(() -> assertThat(heard.get()).containsOnlyKeys(key("a_OFFLINE", 1)));
  }

  @Test
  void severalServersAreAssignedTogether() {
    ClusterState controller = connect();
    long epoch = lead(controller, "controller-1");
    controller.assign("server-1", assigned(key("t_OFFLINE", 1), 1), epoch);
    Map<SegmentKey, Optional<Assignment>> first = new HashMap<>(assigned(key("t_OFFLINE", 2), 2));
    first.put(key("t_OFFLINE", 1), Optional.empty());
    Map<String, Map<SegmentKey, Optional<Assignment>>> changes =
        Map.of("server-1", first, "server-2", assigned(key("t_OFFLINE", 3), 3));
    assertThatThrownBy(() -> controller.assign(changes, epoch + 1))
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
    assertThat(controller.assignment("server-1")).containsOnlyKeys(key("t_OFFLINE", 1));
    controller.assign(changes, epoch);
    assertThat(controller.assignment("server-1")).containsOnlyKeys(key("t_OFFLINE", 2));
    assertThat(controller.assignment("server-2")).containsOnlyKeys(key("t_OFFLINE", 3));
  }

  @Test
  void copyOfTheAssignmentShowsAllThatWasWrittenBefore() {
    ClusterState leader = connect();
    ClusterState follower = connect();
    long epoch = lead(leader, "controller-1");
    leader.assign("server-0", assigned(key("t", 0), 1), epoch);
    try (AssignmentCopy copy = follower.followAssignment()) {
      for (int i = 0; i < 60; i++) {
        SegmentKey key = key("t" + i % 3, i);
        leader.assign("server-" + i % 7, assigned(key, i), epoch);
        assertThat(copy.current().of(key)).containsOnlyKeys("server-" + i % 7);
        if (i == 30) {
          expire(follower);
          leader.assign("server-9", assigned(key("t0", 99), 1), epoch);
          eventually(copy::current);
          assertThat(copy.current().of(key("t0", 99))).containsOnlyKeys("server-9");
        }
      }
      assertThat(copy.current().of(key("t", 0)))
          .containsExactly(Map.entry("server-0", new Assignment(ONLINE, 1)));
      leader.assign("server-8", assigned(key("t", 0), 2), epoch);
      leader.assign("server-0", Map.of(key("t", 0), Optional.empty()), epoch);
      assertThat(copy.current().of(key("t", 0)))
          .containsExactly(Map.entry("server-8", new Assignment(ONLINE, 2)));
      leader.assign("server-8", Map.of(key("t", 0), Optional.empty()), epoch);
      assertThat(copy.current().tables()).containsExactlyInAnyOrder("t0", "t1", "t2");
    }
  }

  @Test
  void staleEpochIsFenced() {
    ClusterState first = connect();
    ClusterState second = connect();
    long oldEpoch = lead(first, "controller-1");
    assertThat(first.leader()).contains("controller-1");
    BlockingQueue<Optional<Long>> terms = new LinkedBlockingQueue<>();
    var _ = second.campaign("controller-2", terms::add);
    first.assign("server-1", assigned(key("t_OFFLINE", 1), 1), oldEpoch);
    first.close();
    long newEpoch = next(terms).orElseThrow();
    assertThat(newEpoch).isGreaterThan(oldEpoch);
    assertThat(second.leader()).contains("controller-2");
    for (long epoch : new long[] {oldEpoch, newEpoch + 1, -1, Long.MAX_VALUE}) {
      assertThatThrownBy(() -> second.assign("server-1", assigned(key("t_OFFLINE", 2), 2), epoch))
          .isInstanceOfSatisfying(
              CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
    }
    assertThat(second.assignment("server-1")).containsOnlyKeys(key("t_OFFLINE", 1));
    second.assign("server-1", assigned(key("t_OFFLINE", 2), 2), newEpoch);
    assertThat(second.assignment("server-1")).hasSize(2);
  }

  // What each server does hold.

  @Test
  void servingViewShowsReplicasWithTheirStates() {
    ClusterState broker = connect();
    AtomicReference<ServingView> heard = new AtomicReference<>(broker.servingView());
    var _ = broker.watchServingView(heard::set);
    long before = heard.get().version();
    ClusterState one = connect();
    ClusterState two = connect();
    one.join(server("server-1", 1));
    two.join(server("server-2", 1));
    SegmentKey key = key("t_OFFLINE", 1);
    one.publish(online(key, 7));
    two.publish(Map.of(key, Optional.of(new Replica(ERROR, 0, "checksum of 'name' differs"))));
    Map<String, Replica> both =
        Map.of(
            "server-1",
            new Replica(ONLINE, 7, ""),
            "server-2",
            new Replica(ERROR, 0, "checksum of 'name' differs"));
    eventually(
        () -> assertThat(heard.get().replicas("t_OFFLINE")).isEqualTo(Map.of("segment_1", both)));
    assertThat(heard.get().replicas("t_OFFLINE").get("segment_1")).isEqualTo(both);
    assertThat(heard.get().replicas("t_OFFLINE").get("segment_2")).isNull();
    assertThat(heard.get().replicas("other_OFFLINE")).isEmpty();
    assertThat(heard.get().tables()).containsExactly("t_OFFLINE");
    assertThat(heard.get().version()).isGreaterThan(before);
    two.publish(Map.of(key, Optional.empty()));
    eventually(() ->
        assertThat(heard.get().replicas("t_OFFLINE").get("segment_1"))
            .containsOnlyKeys("server-1"));
    one.close();
    eventually(() -> assertThat(heard.get().tables()).isEmpty());
  }

  /// How many segments two servers are to get at once.
  protected int manySegments() {
    return 20_000;
  }

  @Test
  void manySegmentsOnTwoServersAreAssignedPublishedAndSeen() {
    int count = manySegments();
    ClusterState controller = connect();
    long epoch = lead(controller, "controller-1");
    Map<SegmentKey, Optional<Assignment>> changes = new HashMap<>();
    for (int i = 0; i < count; i++) {
      changes.put(key("t_OFFLINE", i), Optional.of(new Assignment(ONLINE, i)));
    }
    for (String id : List.of("server-1", "server-2")) {
      ClusterState server = connect();
      server.join(server(id, 1));
      var _ =
          server.watchAssignment(
              id,
              assignment -> {
                Map<SegmentKey, Optional<Replica>> loaded = new HashMap<>();
                assignment.forEach((key, wanted) ->
                    loaded.put(key, Optional.of(new Replica(ONLINE, wanted.crc(), ""))));
                server.publish(loaded);
              });
      controller.assign(id, changes, epoch);
    }
    ClusterState broker = connect();
    eventually(() -> {
      Map<String, Map<String, Replica>> replicas = broker.servingView().replicas("t_OFFLINE");
      assertThat(replicas.size()).isEqualTo(count);
      assertThat(replicas.values()).allMatch(servers -> servers.size() == 2);
    });
    controller.assign("server-1", assigned(key("t_OFFLINE", count), 1), epoch);
    eventually(() ->
        assertThat(broker.servingView().replicas("t_OFFLINE").containsKey("segment_" + count))
            .isTrue());
  }

  // Who leads.

  @Test
  void restartedCandidateLeadsWithoutWaitingForItsOldSession() {
    ClusterState killed = connect();
    killed.join(controller("controller-1", 1));
    long first = lead(killed, "controller-1");
    ClusterState restarted = connect();
    restarted.join(controller("controller-1", 2));
    long second = lead(restarted, "controller-1");
    assertThat(second).isGreaterThan(first);
    assertThatThrownBy(() -> killed.assign("server-1", assigned(key("t_OFFLINE", 1), 1), first))
        .isInstanceOf(CuveeException.class);
  }

  @Test
  void candidateThatWithdrawsNoLongerLeads() throws Exception {
    ClusterState state = connect();
    BlockingQueue<Optional<Long>> terms = new LinkedBlockingQueue<>();
    AutoCloseable candidacy = state.campaign("controller-1", terms::add);
    assertThat(next(terms)).isPresent();
    candidacy.close();
    assertThat(next(terms)).isEmpty();
    eventually(() -> assertThat(state.leader()).isEmpty());
  }

  // Metadata.

  @Test
  void metadataIsCreatedOnceAndChangedByVersion() {
    MetadataStore store = connect().metadata();
    assertThat(store.get("schemas/t")).isEmpty();
    assertThat(store.list("schemas")).isEmpty();
    assertThat(store.create("schemas/t", "ä€😀")).isTrue();
    assertThat(store.create("schemas/t", "other")).isFalse();
    Versioned<String> first = store.get("schemas/t").orElseThrow();
    assertThat(first.value()).isEqualTo("ä€😀");
    assertThat(store.compareAndSet("schemas/t", "two", first.version())).isTrue();
    assertThat(store.compareAndSet("schemas/t", "three", first.version())).isFalse();
    assertThat(store.get("schemas/t").orElseThrow().value()).isEqualTo("two");
    assertThat(store.compareAndSet("schemas/missing", "x", 0)).isFalse();
    store.create("schemas/empty", "");
    assertThat(store.getAll("schemas")).containsOnlyKeys("empty", "t");
    assertThat(store.list("schemas")).containsExactly("empty", "t");
    store.delete("schemas/t");
    store.delete("schemas/t");
    assertThat(store.get("schemas/t")).isEmpty();
  }

  @Test
  void metadataChangesTogetherOrNotAtAll() {
    ClusterState state = connect();
    long epoch = lead(state, "controller-1");
    MetadataStore store = state.metadata();
    assertThat(store.changeAll(List.of(Change.create("segments/t/one", "open")), epoch)).isTrue();
    int version = store.get("segments/t/one").orElseThrow().version();
    List<Change> both =
        List.of(
            Change.replace("segments/t/one", "sealed", version),
            Change.create("segments/t/two", "open"));
    assertThatThrownBy(() -> store.changeAll(both, epoch - 1))
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
    assertThat(store.list("segments/t")).containsExactly("one");
    assertThat(store.changeAll(both, epoch)).isTrue();
    assertThat(store.changeAll(both, epoch)).isFalse();
    int sealed = store.get("segments/t/one").orElseThrow().version();
    assertThat(
            store.changeAll(
                List.of(
                    Change.replace("segments/t/one", "again", sealed),
                    Change.create("segments/t/two", "again")),
                epoch))
        .isFalse();
    assertThat(store.get("segments/t/one").orElseThrow().value()).isEqualTo("sealed");
    assertThat(store.get("segments/t/two").orElseThrow().value()).isEqualTo("open");
  }

  @Test
  void metadataIsDeletedOnlyAsItIsKnown() {
    ClusterState state = connect();
    long epoch = lead(state, "controller-1");
    MetadataStore store = state.metadata();
    Map<String, Integer> versions = new HashMap<>();
    for (int i = 0; i < 1200; i++) {
      String path = "segments/t/s" + i;
      store.create(path, "one");
      versions.put(path, store.get(path).orElseThrow().version());
    }
    store.compareAndSet("segments/t/s7", "two", versions.get("segments/t/s7"));
    store.delete("segments/t/s8");
    assertThatThrownBy(() -> store.deleteUnchanged(versions, OptionalLong.of(epoch + 1)))
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
    assertThat(store.list("segments/t")).hasSize(1199);
    assertThat(store.deleteUnchanged(versions, OptionalLong.of(epoch)))
        .hasSize(1199)
        .doesNotContain("segments/t/s7");
    assertThat(store.list("segments/t")).containsExactly("s7");
    int version = store.get("segments/t/s7").orElseThrow().version();
    assertThat(store.deleteUnchanged(Map.of("segments/t/s7", version), OptionalLong.empty()))
        .containsExactly("segments/t/s7");
    assertThat(store.list("segments")).isEmpty();
  }

  @Test
  void manyTextsAreReplacedWhereNobodyHasChangedThem() {
    MetadataStore store = connect().metadata();
    List<MetadataStore.Change> changes = new ArrayList<>();
    for (int i = 0; i < 700; i++) {
      String path = "segments/r/s" + i;
      store.create(path, "one");
      changes.add(
          MetadataStore.Change.replace(path, "two", store.get(path).orElseThrow().version()));
    }
    store.compareAndSet(
        "segments/r/s7", "other", store.get("segments/r/s7").orElseThrow().version());
    store.delete("segments/r/s8");
    assertThat(store.replaceUnchanged(changes))
        .hasSize(698)
        .doesNotContain("segments/r/s7", "segments/r/s8");
    assertThat(store.getAll("segments/r").values().stream().map(Versioned::value))
        .containsOnly("two", "other");
    assertThat(store.get("segments/r/s7").orElseThrow().value()).isEqualTo("other");
    assertThat(store.replaceUnchanged(changes)).isEmpty();
  }

  @Test
  void clockOfTheStoreGoesOn() {
    MetadataStore store = connect().metadata();
    Instant first = store.clock();
    eventually(() -> assertThat(store.clock()).isAfter(first));
    assertThat(Duration.between(first, Instant.now()).abs()).isLessThan(Duration.ofMinutes(1));
  }

  @Test
  void metadataThatWasDeletedAndCreatedAgainIsAnother() {
    MetadataStore store = connect().metadata();
    store.create("segments/t/s", "one");
    Versioned<String> first = store.get("segments/t/s").orElseThrow();
    store.delete("segments/t/s");
    store.create("segments/t/s", "two");
    assertThat(store.compareAndSet("segments/t/s", "three", first.version())).isFalse();
  }

  @Test
  void everyWriteIsHeardOf() throws Exception {
    MetadataStore store = connect().metadata();
    List<String> heard = new ArrayList<>();
    try (AutoCloseable _ = store.onWrite(heard::add)) {
      store.create("schemas/heard", "1");
      int version = store.get("schemas/heard").orElseThrow().version();
      assertThat(store.compareAndSet("schemas/heard", "2", version)).isTrue();
      store.create("segments/heard/a", "1");
      Map<String, Integer> versions =
          Map.of("segments/heard/a", store.get("segments/heard/a").orElseThrow().version());
      var _ = store.deleteUnchanged(versions, OptionalLong.empty());
      store.delete("schemas/heard");
      assertThat(heard)
          .containsExactly(
              "schemas/heard",
              "schemas/heard",
              "segments/heard/a",
              "segments/heard/a",
              "schemas/heard");
    }
    store.create("schemas/unheard", "1");
    assertThat(heard).doesNotContain("schemas/unheard");
    assertThat(store.list("")).contains("schemas").isSorted();
  }

  @Test
  void metadataIsDeletedWithAllBelow() {
    MetadataStore store = connect().metadata();
    for (int i = 0; i < 700; i++) {
      store.create("segments/t/s" + i, "text");
    }
    assertThat(store.list("segments/t")).hasSize(700);
    store.create("segments/t", "the parent may have a text too");
    assertThat(store.get("segments/t")).isPresent();
    store.delete("segments/t");
    assertThat(store.list("segments")).isEmpty();
  }

  @Test
  void metadataPathsAreChecked() {
    MetadataStore store = connect().metadata();
    for (String path : List.of("", "/", "a//b", "../x", "a/../b", "a b", "a/")) {
      assertThatThrownBy(() -> store.get(path))
          .as(path)
          .isInstanceOfSatisfying(
              CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_INPUT));
    }
  }

  @Test
  void largeTextIsKeptAndTooLargeOneIsRefused() {
    MetadataStore store = connect().metadata();
    String text = "column ".repeat(300_000);
    store.create("schemas/large", text);
    assertThat(store.get("schemas/large").orElseThrow().value()).isEqualTo(text);
    StringBuilder noise = new StringBuilder();
    new Random(1).ints(2_000_000, 33, 126).forEach(noise::appendCodePoint);
    assertThatThrownBy(() -> store.create("schemas/noise", noise.toString()))
        .isInstanceOf(CuveeException.class)
        .hasMessageContaining("at most");
    assertThat(store.get("schemas/noise")).isEmpty();
  }

  @Test
  void metadataWatchHearsTheWholeState() throws Exception {
    MetadataStore writer = connect().metadata();
    MetadataStore reader = connect().metadata();
    AtomicReference<Map<String, Versioned<String>>> heard = new AtomicReference<>(Map.of());
    writer.create("tables/a", "1");
    AutoCloseable watch = reader.watch("tables", heard::set);
    assertThat(heard.get()).containsOnlyKeys("a");
    writer.create("tables/b", "1");
    eventually(() -> assertThat(heard.get()).containsOnlyKeys("a", "b"));
    writer.compareAndSet("tables/b", "2", heard.get().get("b").version());
    eventually(() -> assertThat(heard.get().get("b").value()).isEqualTo("2"));
    assertThat(heard.get().get("b")).isEqualTo(reader.get("tables/b").orElseThrow());
    writer.delete("tables/a");
    eventually(() -> assertThat(heard.get()).containsOnlyKeys("b"));
    watch.close();
    watch.close();
    writer.delete("tables/b");
    AtomicReference<Map<String, Versioned<String>>> again = new AtomicReference<>(Map.of());
    var _ = reader.watch("tables", again::set);
    eventually(() -> assertThat(again.get()).isEmpty());
    assertThat(heard.get()).containsOnlyKeys("b");
  }

  @Test
  void listenersMayAskForMore() {
    ClusterState server = connect();
    server.join(server("server-1", 1));
    ClusterState other = connect();
    other.metadata().create("tables/t", "text");
    AtomicReference<String> heard = new AtomicReference<>("");
    ClusterState broker = connect();
    var _ =
        broker.watchServingView(view -> {
          if (!view.tables().isEmpty()) {
            var _ = broker.metadata().watch("tables", texts -> heard.set(texts.toString()));
            heard.accumulateAndGet(
                broker.instances(Role.SERVER).toString(), (texts, servers) -> texts + servers);
          }
        });
    server.publish(online(key("t_OFFLINE", 1), 1));
    eventually(() -> assertThat(heard.get()).contains("text").contains("server-1"));
  }

  // When things break.

  @Test
  void lostSessionIsReplacedWithAllEntries() {
    ClusterState broker = connect();
    ClusterState server = connect();
    BlockingQueue<Optional<Long>> terms = new LinkedBlockingQueue<>();
    server.join(server("server-1", 1));
    for (int i = 0; i < 200; i++) {
      server.publish(online(key("t_OFFLINE", i), i));
    }
    var _ = server.campaign("server-1", terms::add);
    long epoch = next(terms).orElseThrow();
    eventually(() -> assertThat(broker.servingView().replicas("t_OFFLINE")).hasSize(200));
    expire(server);
    assertThat(next(terms)).isEmpty();
    assertThat(next(terms).orElseThrow()).isGreaterThan(epoch);
    eventually(() -> assertThat(broker.servingView().replicas("t_OFFLINE")).hasSize(200));
    eventually(() -> assertThat(broker.instances(Role.SERVER)).hasSize(1));
    server.publish(online(key("t_OFFLINE", 200), 200));
    eventually(() -> assertThat(broker.servingView().replicas("t_OFFLINE")).hasSize(201));
    AtomicReference<Map<SegmentKey, Assignment>> heard = new AtomicReference<>(Map.of());
    var _ = server.watchAssignment("server-1", heard::set);
    expire(server);
    next(terms);
    long third = next(terms).orElseThrow();
    server.assign("server-1", assigned(key("t_OFFLINE", 1), 1), third);
    eventually(() -> assertThat(heard.get()).hasSize(1));
  }

  @Test
  void processThatWasReplacedWhileItsSessionWasLostStaysOut() {
    ClusterState broker = connect();
    ClusterState first = connect();
    first.join(server("server-1", 1));
    ClusterState second = connect();
    second.join(server("server-1", 2));
    second.publish(online(key("t_OFFLINE", 1), 2));
    expire(first);
    eventually(() ->
        assertThatThrownBy(() -> first.publish(online(key("t_OFFLINE", 1), 1)))
            .isInstanceOfSatisfying(
                CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT)));
    eventually(() ->
        assertThat(broker.servingView().replicas("t_OFFLINE"))
            .isEqualTo(Map.of("segment_1", Map.of("server-1", new Replica(ONLINE, 2, "")))));
    assertThat(broker.instances(Role.SERVER)).extracting(Instance::incarnation).containsExactly(2L);
  }

  @Test
  void stateSurvivesAnOutageOfTheStore() {
    ClusterState controller = connect();
    controller.join(controller("controller-1", 1));
    long epoch = lead(controller, "controller-1");
    controller.assign("server-1", assigned(key("t_OFFLINE", 1), 1), epoch);
    ClusterState server = connect();
    AtomicReference<Map<SegmentKey, Assignment>> heard = new AtomicReference<>(Map.of());
    var _ = server.watchAssignment("server-1", heard::set);
    server.join(server("server-1", 1));
    server.publish(online(key("t_OFFLINE", 1), 1));
    ClusterState broker = connect();
    eventually(() -> assertThat(broker.servingView().replicas("t_OFFLINE")).hasSize(1));
    eventually(() -> assertThat(broker.instances(Role.SERVER)).hasSize(1));
    stopStore();
    assertThatThrownBy(() -> controller.metadata().get("schemas/t"))
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IO));
    server.publish(online(key("t_OFFLINE", 2), 2));
    assertThat(broker.servingView().replicas("t_OFFLINE")).containsOnlyKeys("segment_1");
    assertThat(broker.instances(Role.SERVER)).hasSize(1);
    startStore();
    eventually(() ->
        assertThat(broker.servingView().replicas("t_OFFLINE"))
            .containsOnlyKeys("segment_1", "segment_2"));
    eventually(() -> assertThat(controller.leader()).contains("controller-1"));
    ClusterState other = connect();
    other.join(controller("controller-1", 2));
    long next = lead(other, "controller-1");
    other.assign("server-1", assigned(key("t_OFFLINE", 3), 3), next);
    eventually(() -> assertThat(heard.get()).hasSize(2));
  }

  @Test
  void closingTwiceIsHarmless() {
    ClusterState state = connect();
    state.join(server("server-1", 1));
    state.close();
    state.close();
  }
}
