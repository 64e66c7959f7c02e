package io.cuvee.engine;

import io.cuvee.cluster.ClusterStates;
import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.deepstore.DeepStores;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.Instance.Phase;
import io.cuvee.cluster.state.InstanceSettings;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.engine.exchange.ExchangeServer;
import io.cuvee.engine.loading.SegmentServing;
import io.cuvee.engine.plan.QueryEngine;
import io.cuvee.engine.scan.ComputedColumns;
import io.cuvee.engine.schedule.WorkerPool;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.spill.SpillDirectory;
import io.cuvee.http.HealthCheck.Health;
import io.cuvee.http.HttpServer;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The server role: holds segments and answers brokers' queries over them. Thread-safe.
public final class EngineServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EngineServer.class);

  /// How long a stopping server takes at most to tell the cluster that it drains, and then waits at
  /// least.
  private static final long NOTICE_MILLIS = 200;

  /// How long a stopping server waits at most until brokers have noticed; they cannot while the
  /// cluster's state is away.
  private static final long ACKNOWLEDGE_MILLIS = 1_000;

  private static final long POLL_MILLIS = 20;

  private final ServerConfig config;
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final CountDownLatch ready = new CountDownLatch(1);
  private final Object announcing = new Object();
  private final Map<String, DeepStore> deepStores = new ConcurrentHashMap<>();

  private final SegmentServing segments;
  private final ClusterState cluster;
  private final ExchangeServer exchange;
  private final HttpServer http;
  private final Thread startUp;
  private volatile Instance self;
  private volatile Runnable onDrain = this::close;
  private boolean closed;

  /// Whether an operator wants this server to finish and stop. Guarded by this.
  private boolean drainWanted;

  /// Guarded by this.
  private boolean draining;

  private EngineServer(ServerConfig config) {
    this.config = config;
    try {
      segments = keep(SegmentServing.open(config));
      SpillDirectory spill = keep(SpillDirectory.open(config.spill()));
      WorkerPool pool = keep(new WorkerPool(config.queryThreads(), "query"));
      QueryEngine engine =
          new QueryEngine(
              pool,
              MemoryBudget.of("this server's queries", config.memory().bytes(), "server.memory")
                  .spillingTo(spill),
              config.queryMemory().bytes(),
              new ComputedColumns(config.host()));
      String id = instanceId();
      exchange =
          keep(
              ExchangeServer.start(
                  config.host(),
                  config.dataPort(),
                  id,
                  new QueryService(engine, segments.served(), new ServerMetrics(id)),
                  config.limits()));
      http = keep(AdminApi.start(config, segments, this::health));
      self =
          new Instance(
              id,
              Instance.Role.SERVER,
              config.host(),
              http.port(),
              exchange.port(),
              config.tenants(),
              System.currentTimeMillis(),
              Phase.STARTING,
              config.pool());
      cluster = keep(ClusterStates.connect(config.zooKeeper()));
      cluster.join(self);
      keep(segments.follow(cluster, id, this::deepStore));
      keep(cluster.metadata().watch(InstanceSettings.DIRECTORY, this::settingsChanged));
      startUp = Thread.ofVirtual().name("start-up").start(() -> becomeReady(engine));
    } catch (RuntimeException failure) {
      closeParts();
      throw failure;
    }
    LOG.info(
        "Server {} serves data at {}:{} and HTTP at {}",
        self.id(),
        config.host(),
        exchange.port(),
        http.port());
  }

  /// Starts a server; it goes on loading when this returns, see [#awaitReady].
  ///
  /// @throws CuveeException `ADDRESS_IN_USE`, `INVALID_SETTING`, or `IO` if the cluster's state
  ///   cannot be reached
  public static EngineServer start(ServerConfig config) {
    return new EngineServer(config);
  }

  private <T extends AutoCloseable> T keep(T part) {
    parts.push(part);
    return part;
  }

  /// A port of 0 gives another port at each start, so the id must not come from it.
  private String instanceId() {
    return config
        .instanceId()
        .or(segments::rememberedId)
        .orElseGet(() -> {
          String id =
              "server-"
                  + config.host()
                  + "-"
                  + (config.dataPort() == 0
                      ? UUID.randomUUID().toString().substring(0, 8)
                      : Integer.toString(config.dataPort()));
          segments.rememberId(id);
          return id;
        });
  }

  private DeepStore deepStore(URI object) {
    URI root =
        DeepStores.announced(cluster.metadata())
            .orElseThrow(() ->
                new CuveeException(
                    ErrorCode.IO,
                    "No controller has said yet where the deep store is. Start a controller with deep-store.uri."));
    return deepStores.computeIfAbsent(
        root.toString(), uri -> DeepStores.open(root, config.deepStore()));
  }

  private void becomeReady(QueryEngine engine) {
    try {
      if (!segments.awaitFirst(config.loadTimeout())) {
        LOG.warn(
            "Some of {} segments are not loaded after {} s; serving the others",
            segments.assignedCount(),
            config.loadTimeout().toSeconds());
      }
      enter(Phase.READY);
      ready.countDown();
      segments.withScratch(
          directory -> new WarmUp(engine).run(directory.resolve("warm-up"), config.warmUp()));
      enter(Phase.WARM);
      segments.deleteUnassigned();
    } catch (InterruptedException e) {
      LOG.debug("Start-up interrupted");
    } catch (RuntimeException failure) {
      if (isClosed()) {
        LOG.debug("Start-up ended by the stop", failure);
      } else {
        LOG.warn("Start-up did not complete: {}", failure.getMessage(), failure);
      }
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private void enter(Phase phase) {
    synchronized (this) {
      if (closed || drainWanted && phase != Phase.DRAINING) {
        return;
      }
      self = self.with(phase);
    }
    announce();
    LOG.info("Server {} is {}", self.id(), phase);
  }

  /// Tells the cluster the present phase. Apart from the server's own lock, since it may take as
  /// long as ZooKeeper does not answer; whoever comes last tells the newest.
  private void announce() {
    synchronized (announcing) {
      cluster.update(self);
    }
  }

  private void settingsChanged(Map<String, Versioned<String>> all) {
    Versioned<String> own = all.get(self.id());
    synchronized (this) {
      drainWanted = own != null && InstanceSettings.parse(own.value()).drains(self);
      if (!drainWanted || draining || closed) {
        return;
      }
      draining = true;
    }
    Thread.ofVirtual().name("drain").start(this::drainAndStop);
  }

  /// Goes on answering until no broker needs this server any more, as long as that takes, then
  /// stops. The operator may take it back.
  private void drainAndStop() {
    Phase before = self.phase();
    enter(Phase.DRAINING);
    try (BrokerDuties duties = new BrokerDuties()) {
      while (isDrainWanted()) {
        if (duties.areOver(cluster.instances(Instance.Role.BROKER), self.id(), true)
            && exchange.runningQueries() == 0) {
          onDrain.run();
          return;
        }
        Thread.sleep(POLL_MILLIS);
      }
      if (!isClosed()) {
        enter(before == Phase.WARM ? Phase.WARM : Phase.READY);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException failure) {
      LOG.warn("Draining did not complete: {}", failure.getMessage(), failure);
    }
  }

  private synchronized boolean isDrainWanted() {
    draining = drainWanted && !closed;
    return draining;
  }

  /// @param stop ends the process, or this server, when an operator drains it; without, only this
  ///   server is closed
  public void onDrain(Runnable stop) {
    onDrain = stop;
  }

  private Health health() {
    Instance now = self;
    if (now == null) {
      return Health.notReady("starting");
    }
    return switch (now.phase()) {
      case STARTING ->
          Health.notReady(
              "loading, "
                  + segments.pendingCount()
                  + " of "
                  + segments.assignedCount()
                  + " segments to go");
      case READY -> Health.READY;
      case WARM -> Health.WARM;
      case DRAINING -> Health.notReady("draining");
    };
  }

  /// Id under which the cluster knows this server.
  public String id() {
    return self.id();
  }

  /// Port of the data plane.
  public int dataPort() {
    return exchange.port();
  }

  public int httpPort() {
    return http.port();
  }

  public Phase phase() {
    return self.phase();
  }

  /// Waits until the assigned segments are loaded or have failed.
  ///
  /// @return whether the server is ready
  public boolean awaitReady(Duration timeout) throws InterruptedException {
    return ready.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Says that it drains, waits until brokers ask others and the queries under way have ended, for
  /// at most the drain timeout, then leaves the cluster and stops.
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      self = self.with(Phase.DRAINING);
    }
    startUp.interrupt();
    try {
      drain();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeParts();
    deepStores.values().forEach(DeepStore::close);
    LOG.info("Server {} has stopped", self.id());
  }

  private void drain() throws InterruptedException {
    long deadline = System.nanoTime() + config.drainTimeout().toNanos();
    // A store that does not answer must not hold up the stop.
    Thread.ofVirtual().name("announce-drain").start(this::announceDrain).join(NOTICE_MILLIS);
    if (config.drainTimeout().toMillis() > NOTICE_MILLIS) {
      Thread.sleep(NOTICE_MILLIS);
    }
    // Without the store nobody tells which brokers there are, and none hears of the stop.
    Thread asking = Thread.ofVirtual().name("ask-brokers").start(this::awaitAcknowledgement);
    asking.join(
        Math.max(1, Math.min(ACKNOWLEDGE_MILLIS, (deadline - System.nanoTime()) / 1_000_000)));
    asking.interrupt();
    while (exchange.runningQueries() > 0 && System.nanoTime() - deadline < 0) {
      Thread.sleep(10);
    }
  }

  /// Until interrupted, or until no broker sends queries any more.
  private void awaitAcknowledgement() {
    try (BrokerDuties duties = new BrokerDuties()) {
      while (!duties.areOver(cluster.instances(Instance.Role.BROKER), self.id(), false)) {
        Thread.sleep(POLL_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException failure) {
      LOG.warn("Brokers could not be asked: {}", failure.getMessage());
    }
  }

  private void announceDrain() {
    try {
      announce();
    } catch (RuntimeException failure) {
      LOG.warn("Could not tell the cluster that this server drains: {}", failure.getMessage());
    }
  }

  private void closeParts() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        LOG.warn("A part of the server did not close cleanly", e);
      }
    }
  }
}
