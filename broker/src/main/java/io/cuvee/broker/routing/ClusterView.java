package io.cuvee.broker.routing;

import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.InstanceSettings;
import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.Replacement;
import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.ReplicaGroups;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.ServingView;
import io.cuvee.cluster.state.SplitMap;
import io.cuvee.cluster.state.TimeBoundary;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.KeyConfig;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.catalog.TableType;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches the cluster and keeps the newest [ClusterSnapshot], so that queries never ask ZooKeeper.
/// Watches only note what changed; one thread then works out the next snapshot, once for all
/// changes that came meanwhile. Thread-safe.
public final class ClusterView implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterView.class);

  private static final long MAX_PAUSE_MILLIS = 500;
  private static final long RETRY_MILLIS = 1000;

  private final ClusterState cluster;
  private final Consumer<List<ServerAddress>> serversListener;
  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("broker-view").factory());
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final CountDownLatch complete = new CountDownLatch(1);
  private final List<AutoCloseable> watches = new ArrayList<>();

  // What the watches last told.
  private volatile @Nullable Map<String, Versioned<String>> schemas;
  private volatile @Nullable Map<String, Versioned<String>> tables;
  private volatile @Nullable ServingView serving;
  private volatile @Nullable List<Instance> servers;
  private volatile Map<String, Versioned<String>> settings = Map.of();
  private volatile Map<String, Versioned<String>> groups = Map.of();
  private final Map<String, Map<String, SegmentRecord>> segments = new ConcurrentHashMap<>();
  private final Map<String, Map<String, Versioned<String>>> replacements =
      new ConcurrentHashMap<>();

  // Only the worker touches these.
  private final Map<String, List<AutoCloseable>> segmentWatches = new HashMap<>();
  private final Parsed<Schema> parsedSchemas = new Parsed<>("schema", Schema::parse);
  private final Parsed<TableConfig> parsedTables = new Parsed<>("table config", TableConfig::parse);
  private final Parsed<InstanceSettings> parsedSettings =
      new Parsed<>("instance settings", InstanceSettings::parse);
  private final Parsed<ReplicaGroups> parsedGroups =
      new Parsed<>("replica groups", ReplicaGroups::parse);
  private final Map<String, Parsed<Replacement>> parsedReplacements = new HashMap<>();
  private final Map<String, Map<String, SegmentRecord>> visibleRecords = new HashMap<>();
  private final Map<String, TableStatistics> statistics = new HashMap<>();
  private Map<String, Instance> lastLive = Map.of();
  private SegmentRoutes router = new SegmentRoutes(Map.of());
  private final Map<String, RouteInputs> lastInputs = new HashMap<>();
  private final AbsentServers absent = new AbsentServers();
  private boolean looksAgain;
  private TableCatalog catalog = TableCatalog.EMPTY;
  private List<ServerAddress> lastServers = List.of();

  private volatile ClusterSnapshot current =
      new ClusterSnapshot(TableCatalog.EMPTY, RoutingTable.EMPTY);

  private volatile Map<String, Departure> departures = Map.of();

  /// A server that leaves.
  ///
  /// @param version of the routing from which on queries ask it only for what nobody else has, or,
  ///   if it is not needed, for nothing
  /// @param needed whether it has what nobody else has
  public record Departure(long version, boolean needed) {}

  /// What the routing of a table was worked out from; the same again gives the same routing.
  private record RouteInputs(
      TableConfig config,
      Map<String, SegmentRecord> records,
      Map<String, Versioned<String>> replacements,
      Map<String, Map<String, Replica>> replicas,
      Map<String, Instance> servers,
      Optional<ReplicaGroups> groups) {}

  /// @param serversListener hears of all live servers after every change of them
  public ClusterView(ClusterState cluster, Consumer<List<ServerAddress>> serversListener) {
    this.cluster = cluster;
    this.serversListener = serversListener;
  }

  /// Begins to watch and waits for the first complete snapshot.
  ///
  /// @throws CuveeException `IO` if the cluster's state does not come in time
  public void start(Duration timeout) {
    watches.add(
        cluster
            .metadata()
            .watch(
                "schemas",
                all -> {
                  schemas = Map.copyOf(all);
                  changed();
                }));
    watches.add(
        cluster
            .metadata()
            .watch(
                "tables",
                all -> {
                  tables = Map.copyOf(all);
                  changed();
                }));
    watches.add(
        cluster
            .metadata()
            .watch(
                InstanceSettings.DIRECTORY,
                all -> {
                  settings = Map.copyOf(all);
                  changed();
                }));
    watches.add(
        cluster
            .metadata()
            .watch(
                ReplicaGroups.DIRECTORY,
                all -> {
                  groups = Map.copyOf(all);
                  changed();
                }));
    watches.add(
        cluster.watchServingView(view -> {
          serving = view;
          changed();
        }));
    watches.add(
        cluster.watchInstances(
            Instance.Role.SERVER,
            all -> {
              servers = List.copyOf(all);
              changed();
            }));
    try {
      if (!complete.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new CuveeException(
            ErrorCode.IO,
            "The cluster's tables and servers did not become known within "
                + timeout.toSeconds()
                + " s. Check that ZooKeeper answers.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CuveeException(ErrorCode.IO, "Interrupted while the cluster's state was read.", e);
    }
  }

  /// The newest snapshot.
  public ClusterSnapshot current() {
    return current;
  }

  /// What is known of the cluster beyond routing.
  public Inventory inventory() {
    Map<String, Versioned<String>> schemaTexts = schemas;
    Map<String, Versioned<String>> tableTexts = tables;
    ServingView view = serving;
    List<Instance> live = servers;
    return new Inventory(
        schemaTexts == null ? Map.of() : schemaTexts,
        tableTexts == null ? Map.of() : tableTexts,
        Map.copyOf(segments),
        Map.copyOf(replacements),
        view == null ? cluster.servingView() : view,
        live == null ? List.of() : live);
  }

  /// All live processes of the cluster.
  public List<Instance> instances() {
    List<Instance> all = new ArrayList<>();
    for (Instance.Role role : Instance.Role.values()) {
      all.addAll(cluster.instances(role));
    }
    return all;
  }

  private void changed() {
    if (scheduled.compareAndSet(false, true)) {
      try {
        worker.execute(this::update);
      } catch (RejectedExecutionException e) {
        LOG.debug("Closed already", e);
      }
    }
  }

  private void update() {
    long begin = System.nanoTime();
    scheduled.set(false);
    // A view that is costly to work out, of very many segments, is worked out less often: changes
    // that come in the pause
    // are taken together.
    long pauseMillis;
    try {
      bringUpToDate();
      pauseMillis = Math.min(MAX_PAUSE_MILLIS, (System.nanoTime() - begin) / 1_000_000);
    } catch (RuntimeException e) {
      LOG.error(
          "The view of the cluster could not be brought up to date; the last one stays in use until it can",
          e);
      pauseMillis = RETRY_MILLIS;
      changed();
    }
    try {
      if (pauseMillis > 1) {
        Thread.sleep(pauseMillis);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void bringUpToDate() {
    Map<String, Versioned<String>> schemaTexts = schemas;
    Map<String, Versioned<String>> tableTexts = tables;
    ServingView view = serving;
    List<Instance> live = servers;
    if (schemaTexts == null || tableTexts == null || view == null || live == null) {
      return;
    }
    Map<String, TableConfig> configs = parsedTables.update(tableTexts);
    watchSegments(configs.keySet());
    if (absent.update(live, view, System.nanoTime())) {
      lookAgain();
    }
    tellServers(live);
    List<Instance> instances = asRouted(live);
    if (!segments.keySet().containsAll(configs.keySet())
        || !replacements.keySet().containsAll(configs.keySet())) {
      return;
    }
    Map<String, Schema> schemaByName = parsedSchemas.update(schemaTexts);
    RoutingTable routing = route(configs, schemaByName, view, absent.withAbsent(instances));
    catalog = catalog.with(logicalTables(configs, schemaByName));
    current = new ClusterSnapshot(catalog, routing);
    noteDepartures(instances, routing);
    complete.countDown();
  }

  /// When those that are absent now are no longer counted on.
  private void lookAgain() {
    if (!looksAgain) {
      looksAgain = true;
      CompletableFuture.delayedExecutor(AbsentServers.GRACE_NANOS, TimeUnit.NANOSECONDS, worker)
          .execute(() -> {
            looksAgain = false;
            changed();
          });
    }
  }

  /// Keeps watches on the segment records and the replacements of each table.
  private void watchSegments(Set<String> physicalTables) {
    for (String table : physicalTables) {
      if (!segmentWatches.containsKey(table)) {
        segmentWatches.put(
            table,
            List.of(
                watch(Replacement.directory(table), MetadataStore.TEXTS, table, replacements),
                watch(
                    "segments/" + table,
                    // With the names at hand, which are a good part of what a record takes.
                    (name, text) -> SegmentRecord.parse(text.value(), table, name),
                    table,
                    segments)));
      }
    }
    Iterator<Map.Entry<String, List<AutoCloseable>>> known = segmentWatches.entrySet().iterator();
    while (known.hasNext()) {
      Map.Entry<String, List<AutoCloseable>> watch = known.next();
      if (!physicalTables.contains(watch.getKey())) {
        watch.getValue().forEach(ClusterView::closeQuietly);
        known.remove();
        segments.remove(watch.getKey());
        replacements.remove(watch.getKey());
        parsedReplacements.remove(watch.getKey());
        visibleRecords.remove(watch.getKey());
        statistics.remove(watch.getKey());
        lastInputs.remove(watch.getKey());
      }
    }
  }

  private <T> AutoCloseable watch(
      String path,
      BiFunction<String, Versioned<String>, T> reader,
      String table,
      Map<String, Map<String, T>> target) {
    return cluster
        .metadata()
        .watch(
            path,
            reader,
            all -> {
              target.put(table, all);
              changed();
            });
  }

  /// A server that an operator has disabled is routed to as one that drains.
  private List<Instance> asRouted(List<Instance> live) {
    Map<String, InstanceSettings> known = parsedSettings.update(settings);
    return live.stream()
        .map(server ->
            known.getOrDefault(server.id(), InstanceSettings.DEFAULT).admits(server)
                ? server
                : server.with(Instance.Phase.DRAINING))
        .toList();
  }

  private void noteDepartures(List<Instance> instances, RoutingTable routing) {
    Map<String, Departure> before = departures;
    Map<String, Departure> now = new HashMap<>();
    for (Instance server : instances) {
      if (server.phase() == Instance.Phase.DRAINING) {
        Departure known = before.get(server.id());
        boolean needed =
            routing.tables().values().stream().anyMatch(table -> table.segmentsAt(server.id()) > 0);
        boolean changed = known == null || known.needed() && !needed;
        now.put(server.id(), new Departure(changed ? routing.version() : known.version(), needed));
      }
    }
    departures = Map.copyOf(now);
  }

  /// How far a server has left; empty if queries ask it for anything.
  public Optional<Departure> departure(String server) {
    return Optional.ofNullable(departures.get(server));
  }

  private void tellServers(List<Instance> instances) {
    List<ServerAddress> addresses = instances.stream().map(ServerAddress::of).toList();
    if (!addresses.equals(lastServers)) {
      lastServers = addresses;
      serversListener.accept(addresses);
    }
  }

  private RoutingTable route(
      Map<String, TableConfig> configs,
      Map<String, Schema> schemaByName,
      ServingView view,
      List<Instance> instances) {
    Set<String> physicalTables = configs.keySet();
    Map<String, Instance> byId = new HashMap<>();
    instances.forEach(instance -> byId.put(instance.id(), instance));
    if (!byId.equals(lastLive)) {
      lastLive = byId;
      router = new SegmentRoutes(byId);
    }
    Map<String, TableRouting> before = current.routing().tables();
    Map<String, TableRouting> after = new HashMap<>();
    Map<String, ReplicaGroups> knownGroups = parsedGroups.update(groups);
    boolean same = before.size() == physicalTables.size();
    for (String table : physicalTables) {
      RouteInputs inputs =
          new RouteInputs(
              configs.get(table),
              segments.getOrDefault(table, Map.of()),
              replacements.getOrDefault(table, Map.of()),
              absent.withAbsent(table, view.replicas(table)),
              lastLive,
              configs
                  .get(table)
                  .replicaGroups()
                  .flatMap(config -> Optional.ofNullable(knownGroups.get(table))));
      TableRouting known = before.get(table);
      RouteInputs last = lastInputs.get(table);
      if (known == null || last == null || !inputs.equals(last)) {
        known = route(configs.get(table), known, inputs, last);
        lastInputs.put(table, inputs);
        same = false;
      }
      after.put(table, known);
    }
    Map<String, TimeBoundary> boundaries = boundaries(configs, schemaByName);
    return same && boundaries.equals(current.routing().boundaries())
        ? current.routing()
        : new RoutingTable(current.routing().version() + 1, after, boundaries);
  }

  private TableRouting route(
      TableConfig config,
      @Nullable TableRouting known,
      RouteInputs inputs,
      @Nullable RouteInputs last) {
    String table = config.physicalName();
    Map<String, SegmentRecord> seenBefore = visibleRecords.getOrDefault(table, Map.of());
    Map<String, SegmentRecord> seen = visible(table, inputs);
    visibleRecords.put(table, seen);
    Set<String> changed = SplitMap.differences(seenBefore, seen);
    if (!changed.isEmpty()) {
      statistics.put(table, TableStatistics.of(seen.values()));
    }
    boolean isWhole = config.keys().filter(KeyConfig::replaces).isPresent();
    // How a stream's segments are asked for depends on the others of their partitions.
    if (known == null
        || last == null
        || !last.config().equals(config)
        || isWhole
        || config.type() == TableType.REALTIME
        || !last.groups().equals(inputs.groups())
        || !last.servers().equals(inputs.servers())) {
      return new TableRouting(
          table,
          router.of(seen, inputs.replicas()),
          known == null ? new ShownOffsets() : known.shown(),
          isWhole,
          config.instanceSelector(),
          inputs.groups().map(ServerGroups::of).orElse(ServerGroups.NONE));
    }
    changed.addAll(SplitMap.differences(last.replicas(), inputs.replicas()));
    Map<String, Optional<SegmentRoute>> routes = HashMap.newHashMap(changed.size());
    for (String segment : changed) {
      routes.put(
          segment,
          Optional.ofNullable(seen.get(segment))
              .flatMap(record ->
                  router.uploaded(record, inputs.replicas().getOrDefault(segment, Map.of()))));
    }
    return known.with(routes);
  }

  /// Where the halves of tables meet, from the same records as the routing.
  private Map<String, TimeBoundary> boundaries(
      Map<String, TableConfig> configs, Map<String, Schema> schemaByName) {
    Map<String, TimeBoundary> boundaries = new HashMap<>();
    for (TableConfig offline : configs.values()) {
      Schema schema = schemaByName.get(offline.schemaName());
      Map<String, SegmentRecord> records = visibleRecords.get(offline.physicalName());
      if (offline.type() == TableType.OFFLINE
          && configs.containsKey(TableType.REALTIME.physicalName(offline.logicalName()))
          && schema != null
          && records != null) {
        try {
          boundaries.put(offline.logicalName(), TimeBoundary.of(offline, schema, records.values()));
        } catch (CuveeException e) {
          LOG.warn("Only one half of {} can be queried: {}", offline.logicalName(), e.getMessage());
        }
      }
    }
    return boundaries;
  }

  private Map<String, SegmentRecord> visible(String table, RouteInputs inputs) {
    Map<String, Replacement> known =
        parsedReplacements
            .computeIfAbsent(table, key -> new Parsed<>("replacement", Replacement::parse))
            .update(inputs.replacements());
    return Replacement.visible(inputs.records(), known.values());
  }

  private List<Catalog.Table> logicalTables(
      Map<String, TableConfig> configs, Map<String, Schema> schemaByName) {
    Map<String, Catalog.Table> logical = new LinkedHashMap<>();
    for (TableConfig config : configs.values()) {
      Schema schema = schemaByName.get(config.schemaName());
      if (schema == null) {
        LOG.warn(
            "Table {} is left out: its schema '{}' does not exist",
            config.physicalName(),
            config.schemaName());
        continue;
      }
      List<Catalog.TableColumn> columns = new ArrayList<>();
      TableStatistics known = statistics.getOrDefault(config.physicalName(), TableStatistics.NONE);
      for (FieldSpec field : schema.fields()) {
        columns.add(
            new Catalog.TableColumn(
                field.name(),
                field.type(),
                !field.notNull(),
                known.distinctCounts().getOrDefault(field.name(), 0L)));
      }
      long rows = known.rows();
      logical.merge(
          config.logicalName(),
          new Catalog.Table(config.logicalName(), columns, rows, config.isDimension()),
          (a, b) ->
              new Catalog.Table(
                  a.name(), a.columns(), a.rowCount() + b.rowCount(), a.isDimension()));
    }
    return List.copyOf(logical.values());
  }

  /// Texts and what they say; a text is read again only if its version changed.
  private static final class Parsed<T> {
    private final String what;
    private final Function<String, T> parser;
    private Map<String, Versioned<String>> texts = Map.of();
    private Map<String, T> values = Map.of();

    Parsed(String what, Function<String, T> parser) {
      this.what = what;
      this.parser = parser;
    }

    Map<String, T> update(Map<String, Versioned<String>> newTexts) {
      if (newTexts.equals(texts)) {
        return values;
      }
      Map<String, T> newValues = LinkedHashMap.newLinkedHashMap(newTexts.size());
      Set<String> broken = new HashSet<>();
      newTexts.forEach((name, text) -> {
        T known = text.equals(texts.get(name)) ? values.get(name) : null;
        if (known == null) {
          try {
            known = parser.apply(text.value());
          } catch (CuveeException e) {
            LOG.error(
                "The {} '{}' in the cluster's metadata cannot be read: {}",
                what,
                name,
                e.getMessage());
            broken.add(name);
          }
        }
        if (known != null) {
          newValues.put(name, known);
        }
      });
      texts = broken.isEmpty() ? newTexts : Map.of();
      values = newValues;
      return newValues;
    }
  }

  private static void closeQuietly(AutoCloseable watch) {
    try {
      watch.close();
    } catch (Exception e) {
      LOG.debug("A watch could not be closed", e);
    }
  }

  @Override
  public void close() {
    worker.shutdownNow();
    watches.forEach(ClusterView::closeQuietly);
    try {
      if (worker.awaitTermination(2, TimeUnit.SECONDS)) {
        segmentWatches.values().forEach(watches -> watches.forEach(ClusterView::closeQuietly));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
