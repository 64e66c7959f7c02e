package io.cuvee.broker.system;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.cuvee.broker.routing.ClusterSnapshot;
import io.cuvee.broker.routing.ClusterView;
import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.catalog.SystemTables;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.PageSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Makes the rows of [SystemTables]. Thread-safe.
public final class SystemRows {
  private static final double MILLIS = 1e6;

  /// Where a row of a query has when it started.
  private static final int STARTED = 3;

  private final ClusterView view;
  private final Supplier<String> brokerId;
  private final Supplier<Collection<QueryInfo>> running;
  private final QueryLog log;
  private final AskedServers asked = new AskedServers();
  private final IngestionRows ingestion = new IngestionRows(asked);
  private final PeerBrokers peers;
  private final Map<String, String> settings;

  /// @param brokerId of this broker, whose queries are shown
  /// @param running the queries that run or wait now
  /// @param peers the other brokers, whose running queries are shown too
  /// @param settings of this broker, by their keys
  public SystemRows(
      ClusterView view,
      Supplier<String> brokerId,
      Supplier<Collection<QueryInfo>> running,
      QueryLog log,
      PeerBrokers peers,
      Map<String, String> settings) {
    this.view = view;
    this.brokerId = brokerId;
    this.running = running;
    this.log = log;
    this.peers = peers;
    this.settings = settings;
  }

  /// One row, a value for each column: text, boxed numbers and booleans, [Instant], lists of text,
  /// or null.
  @SuppressWarnings("NullAway")
  static List<@Nullable Object> row(@Nullable Object... values) {
    return Collections.unmodifiableList(Arrays.asList(values));
  }

  /// The rows that a fragment asks for.
  ///
  /// @param query over one of [SystemTables], without an aggregation
  public PageSource scan(SegmentQuery query, ClusterSnapshot snapshot, QueryContext context) {
    Catalog.Table table = SystemTables.find(query.table()).orElseThrow();
    int[] positions = new int[query.columns().size()];
    for (int i = 0; i < positions.length; i++) {
      positions[i] = table.columns().indexOf(table.column(query.columns().get(i)).orElseThrow());
    }
    return new SystemScan(
        rows(table.name(), snapshot.catalog()).iterator(), positions, query, context);
  }

  /// How full the disks of servers are, as far as segments are concerned.
  private Stream<List<@Nullable Object>> diskCaches() {
    AskedServers.Told told = asked.ask(view.inventory().servers(), "/disk-cache");
    List<List<@Nullable Object>> rows = new ArrayList<>();
    told.answers()
        .forEach((server, cache) ->
            rows.add(
                row(
                    server,
                    cache.path("budgetBytes").asLong() == 0
                        ? null
                        : cache.path("budgetBytes").asLong(),
                    cache.path("budgetBytes").asLong() == 0
                        ? null
                        : cache.path("usedBytes").asLong(),
                    cache.path("segments").asLong(),
                    cache.path("onDemand").asLong(),
                    cache.path("loads").asLong(),
                    cache.path("evictions").asLong(),
                    null)));
    told.problems()
        .forEach((server, problem) ->
            rows.add(row(server, null, null, null, null, null, null, problem)));
    return rows.stream();
  }

  /// The rows of a table, made as they are taken.
  Stream<List<@Nullable Object>> rows(String table, Catalog catalog) {
    return switch (table) {
      case "information_schema.columns" ->
          InformationSchema.columns(catalog, new ClusterRows(view.inventory()));
      case "information_schema.schemata" -> InformationSchema.schemata(catalog);
      case "information_schema.tables" -> InformationSchema.tables(catalog);
      case "information_schema.key_column_usage",
          "information_schema.referential_constraints",
          "information_schema.table_constraints",
          "information_schema.views" ->
          Stream.empty();
      case "system.columns" -> new ClusterRows(view.inventory()).columns(catalog);
      case "system.data_gaps" -> ingestion.gaps(view.inventory());
      case "system.disk_caches" -> diskCaches();
      case "system.functions" -> FunctionRows.all();
      case "system.ingestion" -> ingestion.ingestion(view.inventory());
      case "system.instances" -> new ClusterRows(view.inventory()).instances(view.instances());
      case "system.metrics" -> MetricRows.all();
      case "system.queries" ->
          Stream.concat(
                  runningHere(), peers.running(SystemTables.find(table).orElseThrow()).stream())
              .sorted(Comparator.comparing(query -> (Instant) query.get(STARTED)));
      case "system.query_log" -> log.all().stream().map(this::ended);
      case "system.replicas" -> new ClusterRows(view.inventory()).replicas();
      case "system.segments" -> new ClusterRows(view.inventory()).segments();
      case "system.servers" ->
          new ClusterRows(view.inventory()).instances(view.inventory().servers());
      case "system.settings" ->
          settings.entrySet().stream().map(entry -> row(entry.getKey(), entry.getValue()));
      case "system.tables" -> new ClusterRows(view.inventory()).tables(catalog);
      default -> throw new IllegalStateException("No rows are made for " + table + ".");
    };
  }

  /// The queries of this broker as JSON arrays, one a row, for the other brokers.
  public ArrayNode runningAsJson() {
    ArrayNode rows = Json.MAPPER.createArrayNode();
    runningHere().map(PeerBrokers::json).forEach(rows::add);
    return rows;
  }

  private Stream<List<@Nullable Object>> runningHere() {
    return running.get().stream()
        .map(query -> {
          List<@Nullable Object> row = common(query);
          row.add(query.state());
          row.add(query.timeoutMillis());
          row.add(query.examinedRows());
          row.add(query.totalRows());
          return row;
        });
  }

  private List<@Nullable Object> common(QueryInfo query) {
    return new ArrayList<>(
        row(
            query.id(),
            brokerId.get(),
            query.query(),
            Instant.ofEpochMilli(query.startedMillis()),
            query.elapsedMillis(),
            query.client().isEmpty() ? null : query.client(),
            query.tables(),
            query.resultRows(),
            query.scannedRows(),
            query.serversQueried(),
            query.serversResponded(),
            query.segmentsQueried(),
            query.memoryBytes()));
  }

  private List<@Nullable Object> ended(QueryInfo query) {
    List<@Nullable Object> row = common(query);
    row.add(query.state());
    row.add(query.error() == null ? null : query.error().number());
    row.add(query.error() == null ? null : query.error().sqlState());
    row.add(query.message());
    row.add(query.phases().queue() / MILLIS);
    row.add(query.phases().plan() / MILLIS);
    row.add(query.phases().dispatch() / MILLIS);
    row.add(query.phases().merge() / MILLIS);
    return row;
  }
}
