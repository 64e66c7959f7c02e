package io.cuvee.broker;

import io.cuvee.broker.avatica.AvaticaEndpoint;
import io.cuvee.broker.http.QueryRoutes;
import io.cuvee.broker.query.QueryRun;
import io.cuvee.broker.query.QueryService;
import io.cuvee.broker.routing.ClusterView;
import io.cuvee.broker.scatter.ServerLinks;
import io.cuvee.calcite.plan.Planner;
import io.cuvee.cluster.ClusterStates;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.InstanceSettings;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.common.error.CuveeException;
import io.cuvee.http.HealthCheck.Health;
import io.cuvee.http.HttpServer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A broker: takes queries over HTTP and JDBC, plans them, and gathers their answers from the
/// servers.
public final class Broker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Broker.class);

  /// How long a stopping broker takes to tell the cluster.
  private static final long NOTICE_MILLIS = 200;

  /// How long a JDBC client waits for rows before it is told to ask again.
  private static final Duration FRAME_WAIT = Duration.ofSeconds(5);

  private final ClusterState cluster;
  private final boolean ownsCluster;
  private final ServerLinks links;
  private final ClusterView view;
  private final QueryService queries;
  private final AvaticaEndpoint avatica;
  private final HttpServer http;
  private final Instance self;
  private final WarmUp warmUp;
  private volatile Health health = Health.READY;
  private volatile boolean stopping;
  private final Duration drainTimeout;
  private final AtomicBoolean drained = new AtomicBoolean();
  private volatile Runnable onDrain = this::close;
  private volatile @Nullable AutoCloseable settingsWatch;

  /// `host:port`; the port is known only once it is open.
  private volatile String address = "";

  private Broker(
      ClusterState cluster,
      boolean ownsCluster,
      ServerLinks links,
      ClusterView view,
      Planner planner,
      BrokerConfig config) {
    this.cluster = cluster;
    this.ownsCluster = ownsCluster;
    this.drainTimeout = config.drainTimeout();
    this.links = links;
    this.view = view;
    Supplier<String> brokerId = () -> "Broker_" + address.replace(':', '_');
    this.queries = new QueryService(config, planner::plan, view, links, brokerId);
    this.avatica =
        new AvaticaEndpoint(
            queries, () -> address, config.maxSessions(), config.sessionTimeout(), FRAME_WAIT);
    HttpServer.Builder server =
        HttpServer.builder().host(config.host()).port(config.httpPort()).health(() -> health);
    QueryRoutes routes = new QueryRoutes(queries, brokerId);
    routes.addTo(server);
    avatica.addTo(server);
    try {
      this.http = server.start();
    } catch (RuntimeException e) {
      avatica.close();
      throw e;
    }
    this.address = config.host() + ":" + http.port();
    this.self =
        new Instance(
            "broker-" + config.host() + "-" + http.port(),
            Instance.Role.BROKER,
            config.host(),
            http.port(),
            0,
            Set.of(Instance.DEFAULT_TENANT),
            System.currentTimeMillis(),
            Instance.Phase.READY);
    this.warmUp = new WarmUp(planner, config.warmUpRounds(), view::current, routes, () -> stopping);
  }

  /// Connects to the cluster, starts a broker and enters. It answers when this returns, and is at
  /// full speed a little later.
  ///
  /// @throws CuveeException `ADDRESS_IN_USE` if the port is, `IO` if the cluster's state is not to
  ///   be had
  public static Broker start(BrokerConfig config) {
    ClusterState cluster = ClusterStates.connect(config.zooKeeper());
    try {
      return start(config, cluster, true);
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  /// The same in a cluster that is connected already.
  ///
  /// @param cluster that the broker takes part in; closed by the caller after the broker
  /// @throws CuveeException `ADDRESS_IN_USE` if the port is, `IO` if the cluster's state is not to
  ///   be had
  public static Broker start(BrokerConfig config, ClusterState cluster) {
    return start(config, cluster, false);
  }

  private static Broker start(BrokerConfig config, ClusterState cluster, boolean ownsCluster) {
    long begin = System.nanoTime();
    ServerLinks links =
        new ServerLinks("broker-" + config.host(), config.connectTimeout(), config.hedgePercent());
    ClusterView view = new ClusterView(cluster, links::retain);
    Broker broker;
    try {
      view.start(config.startTimeout());
      broker = new Broker(cluster, ownsCluster, links, view, new Planner(config.planner()), config);
    } catch (RuntimeException e) {
      view.close();
      links.close();
      throw e;
    }
    try {
      cluster.join(broker.self);
      broker.watchSettings();
    } catch (RuntimeException e) {
      broker.close();
      throw e;
    }
    Thread.ofPlatform().daemon().name("broker-warm-up").start(broker::becomeWarm);
    LOG.info(
        "Broker {} answers on port {} after {} ms",
        broker.self.id(),
        broker.port(),
        (System.nanoTime() - begin) / 1_000_000);
    return broker;
  }

  private void becomeWarm() {
    long begin = System.nanoTime();
    try {
      warmUp.run();
      if (stopping) {
        return;
      }
      health = Health.WARM;
      cluster.update(self.with(Instance.Phase.WARM));
      LOG.info("Broker {} is warm after {} ms", self.id(), (System.nanoTime() - begin) / 1_000_000);
    } catch (RuntimeException e) {
      LOG.warn("Broker {} could not warm up; it answers all the same", self.id(), e);
    }
  }

  public int port() {
    return http.port();
  }

  /// How the cluster knows this broker.
  public Instance instance() {
    return self;
  }

  public Health health() {
    return health;
  }

  /// Watches whether an operator wants this broker to finish and stop.
  private void watchSettings() {
    settingsWatch =
        cluster
            .metadata()
            .watch(
                InstanceSettings.DIRECTORY,
                all -> {
                  Versioned<String> own = all.get(self.id());
                  if (own != null
                      && InstanceSettings.parse(own.value()).drains(self)
                      && drained.compareAndSet(false, true)) {
                    LOG.info("Broker {} is asked to finish and stop", self.id());
                    Thread.ofVirtual().name("drain").start(() -> onDrain.run());
                  }
                });
  }

  /// @param stop ends the process, or this broker, when an operator drains it; without, only this
  ///   broker is closed
  public void onDrain(Runnable stop) {
    onDrain = stop;
  }

  /// Stops: says so to clients that look for a broker, lets the queries under way end, for at most
  /// the drain timeout, takes no more, cancels the rest.
  @Override
  public void close() {
    if (stopping) {
      return;
    }
    stopping = true;
    health = Health.notReady("stopping");
    try {
      drain();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (settingsWatch != null) {
      try {
        settingsWatch.close();
      } catch (Exception e) {
        LOG.debug("A watch could not be closed", e);
      }
    }
    http.close();
    queries.close();
    avatica.close();
    view.close();
    links.close();
    if (ownsCluster) {
      cluster.close();
    }
  }

  private void drain() throws InterruptedException {
    // A store that does not answer must not hold up the stop.
    Thread.ofVirtual().name("announce-drain").start(this::announceDrain).join(NOTICE_MILLIS);
    long deadline = System.nanoTime() + drainTimeout.toNanos();
    Set<QueryRun> left = new HashSet<>(queries.running());
    while (!left.isEmpty() && System.nanoTime() - deadline < 0) {
      Thread.sleep(10);
      left.retainAll(queries.running());
    }
  }

  private void announceDrain() {
    try {
      cluster.update(self.with(Instance.Phase.DRAINING));
    } catch (RuntimeException failure) {
      LOG.debug("Could not tell the cluster that this broker drains", failure);
    }
  }
}
