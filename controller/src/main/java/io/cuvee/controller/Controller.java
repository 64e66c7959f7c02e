package io.cuvee.controller;

import io.cuvee.cluster.ClusterStates;
import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.deepstore.DeepStores;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.task.TaskStore;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.controller.api.ControllerApi;
import io.cuvee.controller.backup.MetadataCopies;
import io.cuvee.controller.completion.Completions;
import io.cuvee.controller.completion.StreamSupervisor;
import io.cuvee.controller.placement.Arrivals;
import io.cuvee.controller.placement.Attendance;
import io.cuvee.controller.placement.GroupStore;
import io.cuvee.controller.placement.Leadership;
import io.cuvee.controller.placement.Reconciler;
import io.cuvee.controller.placement.ServerChoice;
import io.cuvee.controller.placement.TableLocks;
import io.cuvee.controller.placement.Transfers;
import io.cuvee.controller.rebalance.Rebalancer;
import io.cuvee.controller.replace.Replacements;
import io.cuvee.controller.retention.Orphans;
import io.cuvee.controller.retention.Retention;
import io.cuvee.controller.rows.RowIntake;
import io.cuvee.controller.rows.RowLogClient;
import io.cuvee.controller.rows.RowLogKeeper;
import io.cuvee.controller.table.Records;
import io.cuvee.controller.table.ReplacementStore;
import io.cuvee.controller.table.Tables;
import io.cuvee.controller.table.Trash;
import io.cuvee.controller.task.TaskScheduler;
import io.cuvee.controller.task.TaskTypes;
import io.cuvee.controller.upload.FileIntake;
import io.cuvee.controller.upload.SegmentIntake;
import io.cuvee.http.HealthCheck;
import io.cuvee.http.HttpServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running controller: it keeps schemas, tables and segments, and, while it leads, decides which
/// server holds what. Several may run; one leads, the others answer questions and pass on the rest.
public final class Controller implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Controller.class);

  private static final Duration LEADER_WAIT = Duration.ofSeconds(15);

  /// Closed in reverse order.
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  private volatile boolean ready;
  private int httpPort;

  private Controller() {}

  /// Starts a controller; when this returns it answers.
  ///
  /// @throws CuveeException `IO` if ZooKeeper cannot be reached, `ADDRESS_IN_USE`, `CONFLICT` if
  ///   another controller with the same id was started later, `INVALID_SETTING`
  public static Controller start(ControllerConfig config) {
    Controller controller = new Controller();
    try {
      controller.open(config);
      return controller;
    } catch (RuntimeException | Error e) {
      controller.close();
      throw e;
    }
  }

  private void open(ControllerConfig config) {
    long begun = System.nanoTime();
    Path work = config.dataDirectory().resolve("work");
    createDirectory(work);
    ClusterState cluster = keep(ClusterStates.connect(config.zooKeeper()));
    DeepStore deepStore = keep(openDeepStore(config, cluster.metadata()));
    Leadership leadership = keep(new Leadership(cluster));
    TaskTypes taskTypes = new TaskTypes();
    TaskStore tasks = new TaskStore(cluster.metadata());
    Tables tables = new Tables(cluster.metadata(), taskTypes::check);
    Records records = new Records(cluster.metadata());
    TableLocks locks = new TableLocks();
    Attendance attendance = keep(new Attendance(cluster, config.replaceAfter(), System::nanoTime));
    ServerChoice servers = new ServerChoice(attendance, new GroupStore(cluster.metadata()));
    Transfers transfers = new Transfers(config.maxTransfers());
    ReplacementStore replacementStore = new ReplacementStore(cluster.metadata());
    Arrivals arrivals = new Arrivals(cluster, records, replacementStore, locks);
    Trash trash = new Trash(cluster.metadata(), records, deepStore, config.deletedSegmentGrace());
    Reconciler reconciler =
        keep(
            new Reconciler(
                cluster,
                tables,
                records,
                trash,
                locks,
                arrivals,
                leadership,
                attendance,
                transfers));
    Replacements replacements =
        new Replacements(
            tables,
            records,
            replacementStore,
            locks,
            leadership,
            arrivals,
            reconciler,
            config.replaceTimeout(),
            config.replacedSegmentRetention());
    Retention retention =
        keep(
            new Retention(
                cluster.metadata(),
                tables,
                records,
                leadership,
                reconciler,
                replacements,
                trash,
                new Orphans(
                    cluster.metadata(),
                    tables,
                    records,
                    trash,
                    deepStore,
                    leadership,
                    config.orphanAge()),
                Clock.systemUTC()));
    Rebalancer rebalancer =
        keep(
            new Rebalancer(
                cluster, tables, records, locks, leadership, attendance, transfers, reconciler));
    TaskScheduler scheduler =
        keep(
            new TaskScheduler(
                cluster,
                tables,
                records,
                replacementStore,
                tasks,
                taskTypes,
                leadership,
                config.taskRetention(),
                config.taskTimeout()));
    SegmentIntake segments =
        new SegmentIntake(
            tables,
            records,
            deepStore,
            locks,
            leadership,
            arrivals,
            reconciler,
            servers,
            replacementStore,
            work);
    RowLogClient rowClient = keep(new RowLogClient(cluster));
    RowLogKeeper rowLogs = new RowLogKeeper(cluster, attendance, rowClient);
    StreamSupervisor streams =
        keep(
            new StreamSupervisor(
                cluster, tables, records, locks, leadership, reconciler, servers, rowLogs));
    Completions completions =
        new Completions(
            cluster, tables, records, deepStore, locks, leadership, reconciler, servers, work);
    MetadataCopies copies =
        keep(
            new MetadataCopies(
                config.zooKeeper().clusterName(),
                cluster.metadata(),
                deepStore,
                leadership,
                work,
                config.metadataCopyInterval()));
    FileIntake files = new FileIntake(tables, segments, leadership, work, config.build());
    ControllerApi api =
        keep(
            new ControllerApi(
                new ControllerApi.Parts(
                    config.zooKeeper(),
                    cluster,
                    tables,
                    records,
                    deepStore,
                    leadership,
                    attendance,
                    arrivals,
                    reconciler,
                    rebalancer,
                    segments,
                    files,
                    replacementStore,
                    replacements,
                    tasks,
                    taskTypes,
                    scheduler,
                    streams,
                    completions,
                    new RowIntake(cluster.metadata(), rowClient)),
                new ControllerApi.Limits(
                    config.maxSegmentSize(), config.maxFileSize(), config.loadTimeout()),
                work));
    HttpServer.Builder http =
        HttpServer.builder()
            .host(config.host())
            .port(config.httpPort())
            .tempDirectory(work)
            .health(this::health);
    api.addTo(http);
    httpPort = keep(http.start()).port();
    String id = config.instanceId().orElseGet(() -> "controller-" + config.host() + "-" + httpPort);
    cluster.join(
        new Instance(
            id,
            Instance.Role.CONTROLLER,
            config.host(),
            httpPort,
            0,
            Set.of(Instance.DEFAULT_TENANT),
            System.currentTimeMillis(),
            Instance.Phase.READY));
    reconciler.start(config.reconcileInterval());
    streams.start(config.reconcileInterval());
    rebalancer.start();
    retention.start(config.retentionInterval());
    scheduler.start();
    copies.start();
    leadership.start(
        id,
        () -> {
          rebalancer.termBegan();
          reconciler.requestPass();
          streams.requestPass();
          copies.termBegan();
        });
    if (!leadership.awaitLeader(LEADER_WAIT)) {
      throw new CuveeException(
          ErrorCode.NO_CONTROLLER,
          "No controller took the lead within "
              + LEADER_WAIT.toSeconds()
              + " s. Check that ZooKeeper answers and takes writes.");
    }
    ready = true;
    LOG.info(
        "Controller {} is ready at {}:{} after {} ms",
        id,
        config.host(),
        httpPort,
        (System.nanoTime() - begun) / 1_000_000);
  }

  private <T extends AutoCloseable> T keep(T part) {
    parts.push(part);
    return part;
  }

  private static void createDirectory(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.IO,
          "The directory "
              + directory
              + " cannot be used: "
              + e.getMessage()
              + ". Change data.dir.",
          e);
    }
  }

  /// A directory's URI may end with a slash or not.
  private static String withoutEnd(URI directory) {
    String text = directory.toString();
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  /// The store that the settings name; else the one that the cluster has; else a directory of ours.
  private static DeepStore openDeepStore(ControllerConfig config, MetadataStore metadata) {
    Optional<URI> announced = DeepStores.announced(metadata);
    if (config.deepStoreUri().isPresent()) {
      DeepStore store = DeepStores.open(config.deepStoreUri().get(), config.deepStore());
      URI stated = URI.create(config.deepStoreUri().get());
      if (announced.isPresent() && !withoutEnd(announced.get()).equals(withoutEnd(stated))) {
        LOG.warn("The deep store moves from {} to {}", announced.get(), stated);
      }
      DeepStores.announce(metadata, stated);
      return store;
    }
    URI uri = announced.orElseGet(() -> config.dataDirectory().resolve("deep-store").toUri());
    DeepStore store = DeepStores.open(uri, config.deepStore());
    DeepStores.announce(metadata, uri);
    return store;
  }

  private HealthCheck.Health health() {
    return ready
        ? HealthCheck.Health.WARM
        : HealthCheck.Health.notReady("the controller is starting or stopping");
  }

  /// The port that it listens at.
  public int httpPort() {
    return httpPort;
  }

  /// Stops taking requests, gives up the lead and leaves the cluster.
  @Override
  public void close() {
    ready = false;
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
