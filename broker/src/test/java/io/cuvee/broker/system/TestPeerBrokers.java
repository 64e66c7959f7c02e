package io.cuvee.broker.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.cuvee.cluster.state.Instance;
import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.catalog.SystemTables;
import io.cuvee.http.HttpResponse;
import io.cuvee.http.HttpServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TestPeerBrokers {
  private static final Catalog.Table QUERIES = SystemTables.find("system.queries").orElseThrow();

  private final List<String> cancelled = Collections.synchronizedList(new ArrayList<>());
  private final HttpServer peer =
      HttpServer.builder()
          .host("127.0.0.1")
          .port(0)
          .route(
              "GET", PeerBrokers.QUERIES_PATH, request -> HttpResponse.json(200, rows(row("q1"))))
          .route(
              "DELETE",
              "/query/{id}",
              request -> {
                cancelled.add(request.variable("id"));
                return HttpResponse.text(request.variable("id").equals("q1") ? 200 : 404, "");
              })
          .start();

  @AfterEach
  void stop() {
    peer.close();
  }

  private static List<@Nullable Object> row(String id) {
    List<@Nullable Object> row = new ArrayList<>();
    row.addAll(
        Arrays.asList(
            id, "Broker_b", "SELECT 'é'", Instant.ofEpochMilli(5), 2L, null, List.of("t", "u")));
    row.addAll(Arrays.asList(3L, 4L, 5L, 6L, 7L, 8L, "RUNNING", 9L, 10L, 11L));
    return row;
  }

  private static ArrayNode rows(List<@Nullable Object> row) {
    return Json.MAPPER.createArrayNode().add(PeerBrokers.json(row));
  }

  private static Instance broker(int port) {
    return new Instance(
        "broker-" + port,
        Instance.Role.BROKER,
        "127.0.0.1",
        port,
        0,
        Set.of(),
        1,
        Instance.Phase.READY);
  }

  /// The peer, one that nobody answers for, and the broker itself.
  private PeerBrokers peers() {
    return new PeerBrokers(
        () -> List.of(broker(peer.port()), broker(1), broker(2)),
        () -> "Broker_127.0.0.1_2",
        Duration.ofMinutes(1));
  }

  @Test
  void rowsOfThoseThatAnswerAreShown() {
    try (PeerBrokers peers = peers()) {
      assertThat(peers.running(QUERIES)).isEqualTo(List.of(row("q1")));
    }
  }

  @Test
  void aBrokerThatDoesNotKnowTheQuestionIsLeftOut() {
    try (HttpServer older = HttpServer.builder().host("127.0.0.1").port(0).start();
        PeerBrokers peers =
            new PeerBrokers(
                () -> List.of(broker(peer.port()), broker(older.port())),
                () -> "Broker_127.0.0.1_2",
                Duration.ofMinutes(1))) {
      assertThat(peers.running(QUERIES)).isEqualTo(List.of(row("q1")));
      assertThat(peers.cancel("q1")).isTrue();
    }
  }

  @Test
  void aQueryIsCancelledWhereItRuns() {
    try (PeerBrokers peers = peers()) {
      assertThat(peers.cancel("q1")).isTrue();
      assertThat(peers.cancel("q2")).isFalse();
      assertThat(cancelled).containsExactly("q1", "q2");
    }
  }

  @Test
  void aBrokerAloneAsksNobody() {
    try (PeerBrokers peers =
        new PeerBrokers(
            () -> List.of(broker(peer.port())), () -> "Broker_127.0.0.1_" + peer.port())) {
      assertThat(peers.running(QUERIES)).isEmpty();
      assertThat(peers.cancel("q1")).isFalse();
      assertThat(cancelled).isEmpty();
    }
  }
}
