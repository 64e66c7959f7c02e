package io.cuvee.minion;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.cluster.ClusterStates;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.task.TaskStore;
import io.cuvee.common.catalog.Json;
import io.cuvee.http.HealthCheck;
import io.cuvee.http.HttpResponse;
import io.cuvee.http.HttpServer;
import io.cuvee.minion.worker.Controllers;
import io.cuvee.minion.worker.Worker;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running minion: it does background tasks that controllers make. Any number may run.
public final class Minion implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Minion.class);

  /// Closed in reverse order.
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  private volatile @Nullable Worker worker;
  private int httpPort;

  private Minion() {}

  /// Starts a minion; when this returns it takes tasks.
  ///
  /// @throws io.cuvee.common.error.CuveeException `IO` if ZooKeeper cannot be reached,
  ///   `ADDRESS_IN_USE`, `CONFLICT` if another minion with the same id was started later
  public static Minion start(MinionConfig config) {
    Minion minion = new Minion();
    try {
      minion.open(config);
      return minion;
    } catch (RuntimeException | Error e) {
      minion.close();
      throw e;
    }
  }

  private void open(MinionConfig config) {
    ClusterState cluster = keep(ClusterStates.connect(config.zooKeeper()));
    httpPort =
        keep(HttpServer.builder()
                .host(config.host())
                .port(config.httpPort())
                .health(this::health)
                .route("GET", "/tasks", request -> HttpResponse.json(200, describe()))
                .start())
            .port();
    String id = config.instanceId().orElseGet(() -> "minion-" + config.host() + "-" + httpPort);
    long incarnation = System.currentTimeMillis();
    cluster.join(
        new Instance(
            id,
            Instance.Role.MINION,
            config.host(),
            httpPort,
            0,
            Set.of(Instance.DEFAULT_TENANT),
            incarnation,
            Instance.Phase.READY));
    worker =
        keep(
            new Worker(
                cluster,
                new TaskStore(cluster.metadata()),
                keep(new Controllers(cluster)),
                config.deepStore(),
                config.build(),
                config.dataDirectory().resolve("tasks"),
                id,
                incarnation,
                config.tasks()));
    LOG.info("Minion {} is ready at {}:{}", id, config.host(), httpPort);
  }

  private <T extends AutoCloseable> T keep(T part) {
    parts.push(part);
    return part;
  }

  private HealthCheck.Health health() {
    return worker == null
        ? HealthCheck.Health.notReady("starting or stopping")
        : HealthCheck.Health.WARM;
  }

  private ObjectNode describe() {
    ObjectNode answer = Json.MAPPER.createObjectNode();
    Worker present = worker;
    if (present != null) {
      present.types().forEach(answer.putArray("taskTypes")::add);
      answer.put("running", present.runningCount());
    }
    return answer;
  }

  /// The port that it listens at.
  public int httpPort() {
    return httpPort;
  }

  /// Gives its tasks back and leaves the cluster.
  @Override
  public void close() {
    worker = null;
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) {
        LOG.warn("{} did not close well: {}", part.getClass().getSimpleName(), e.toString());
      }
    }
  }
}
