package io.cuvee.controller;

import static io.cuvee.controller.TestCluster.SCHEMA;
import static io.cuvee.controller.TestCluster.eventually;
import static io.cuvee.controller.TestCluster.table;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.zookeeper.EmbeddedZooKeeper;
import io.cuvee.cluster.zookeeper.ZooKeeperClusterState;
import io.cuvee.common.catalog.Json;
import io.cuvee.http.HttpResponse;
import io.cuvee.http.HttpServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What others do to a controller: ZooKeeper goes away and comes back, brokers are slow.
class TestControllerOutage {
  private static final String UPLOAD = "/v2/segments?tableName=trips&wait=online";

  @TempDir private Path directory;

  @Test
  void controllerGoesOnAfterZooKeeperWasAway() throws Exception {
    Path data = directory.resolve("zookeeper");
    EmbeddedZooKeeper zooKeeper = EmbeddedZooKeeper.start(data, 0);
    int port = zooKeeper.port();
    try (TestCluster cluster = new TestCluster(directory, zooKeeper)) {
      Controller controller =
          cluster.controller("controller-1", Map.of("zookeeper.call-timeout", "1s"));
      Rest rest = cluster.rest(controller);
      cluster.server("server-1");
      rest.post("/schemas", SCHEMA).ok();
      rest.post("/tables", table("trips", 1, "")).ok();
      rest.upload(UPLOAD, cluster.archive(SCHEMA, "trips_OFFLINE", "trips_0", "city\nRom\n")).ok();
      zooKeeper.close();
      Rest.Answer away = rest.get("/schemas");
      assertThat(away.status()).isEqualTo(503);
      assertThat(away.error()).contains("ZooKeeper");
      zooKeeper = EmbeddedZooKeeper.start(data, port);
      Path next = cluster.archive(SCHEMA, "trips_OFFLINE", "trips_1", "city\nOslo\n");
      eventually(() -> rest.upload(UPLOAD, next).ok());
      assertThat(rest.get("/segments/trips").body().toString())
          .isEqualTo("[{\"OFFLINE\":[\"trips_0\",\"trips_1\"]}]");
    } finally {
      zooKeeper.close();
    }
  }

  @Test
  void answerWaitsUntilBrokersKnowTheSegment() throws Exception {
    try (EmbeddedZooKeeper zooKeeper = EmbeddedZooKeeper.start(directory.resolve("zookeeper"), 0);
        TestCluster cluster = new TestCluster(directory, zooKeeper)) {
      Rest rest = cluster.rest(cluster.controller("controller-1", Map.of()));
      AtomicInteger asked = new AtomicInteger();
      try (HttpServer http = slowBroker(rest, asked);
          ClusterState broker = ZooKeeperClusterState.connect(cluster.zooKeeperConfig())) {
        broker.join(
            new Instance(
                "broker-1",
                Instance.Role.BROKER,
                "127.0.0.1",
                http.port(),
                0,
                Set.of(),
                1,
                Instance.Phase.READY));
        cluster.server("server-1");
        rest.post("/schemas", SCHEMA).ok();
        rest.post("/tables", table("trips", 1, "")).ok();
        rest.upload(
                "/ingestFromFile?tableNameWithType=trips_OFFLINE&batchConfigMapStr="
                    + Rest.encode("{\"inputFormat\":\"csv\"}"),
                "rows.csv",
                "city\nRom\n".getBytes(StandardCharsets.UTF_8))
            .ok();
        assertThat(asked.get()).isGreaterThanOrEqualTo(3);
      }
    }
  }

  /// Knows the table's segments only when it is asked for the third time.
  private static HttpServer slowBroker(Rest controller, AtomicInteger asked) {
    return HttpServer.builder()
        .host("127.0.0.1")
        .route(
            "GET",
            "/debug/routingTable/{table}",
            request -> {
              ObjectNode routing = Json.MAPPER.createObjectNode();
              if (asked.incrementAndGet() >= 3) {
                routing
                    .putObject("trips_OFFLINE")
                    .set(
                        "server-1",
                        controller.get("/segments/trips").body().path(0).path("OFFLINE"));
              }
              return HttpResponse.json(200, routing);
            })
        .start();
  }
}
