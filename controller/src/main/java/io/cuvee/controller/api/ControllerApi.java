package io.cuvee.controller.api;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.task.TaskStore;
import io.cuvee.cluster.zookeeper.ZooKeeperConfig;
import io.cuvee.common.config.DataSize;
import io.cuvee.controller.completion.Completions;
import io.cuvee.controller.completion.StreamSupervisor;
import io.cuvee.controller.placement.Arrivals;
import io.cuvee.controller.placement.Attendance;
import io.cuvee.controller.placement.BrokerSight;
import io.cuvee.controller.placement.Leadership;
import io.cuvee.controller.placement.Reconciler;
import io.cuvee.controller.rebalance.Rebalancer;
import io.cuvee.controller.replace.Replacements;
import io.cuvee.controller.rows.RowIntake;
import io.cuvee.controller.table.Records;
import io.cuvee.controller.table.ReplacementStore;
import io.cuvee.controller.table.Tables;
import io.cuvee.controller.task.TaskScheduler;
import io.cuvee.controller.task.TaskTypes;
import io.cuvee.controller.upload.FileIntake;
import io.cuvee.controller.upload.SegmentIntake;
import io.cuvee.http.HttpResponse;
import io.cuvee.http.HttpServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// All routes of a controller.
public final class ControllerApi implements AutoCloseable {
  private final List<Endpoint> endpoints = new ArrayList<>();
  private final Forwarding forwarding;
  private final BrokerSight brokers;
  private final ReloadApi reloads;
  private final ConsumptionApi consumption;

  /// What the routes work with.
  public record Parts(
      ZooKeeperConfig zooKeeper,
      ClusterState cluster,
      Tables tables,
      Records records,
      DeepStore deepStore,
      Leadership leadership,
      Attendance attendance,
      Arrivals arrivals,
      Reconciler reconciler,
      Rebalancer rebalancer,
      SegmentIntake segments,
      FileIntake files,
      ReplacementStore replacementStore,
      Replacements replacements,
      TaskStore tasks,
      TaskTypes taskTypes,
      TaskScheduler scheduler,
      StreamSupervisor streams,
      Completions completions,
      RowIntake rows) {}

  /// Bounds of requests.
  ///
  /// @param loadTimeout how long an upload waits for its segment if it does not say
  public record Limits(DataSize segmentSize, DataSize fileSize, Duration loadTimeout) {}

  /// @param directory for archives on their way to clients
  public ControllerApi(Parts parts, Limits limits, Path directory) {
    this.forwarding = new Forwarding(parts.leadership());
    this.brokers = new BrokerSight(parts.cluster());
    this.reloads = new ReloadApi(parts.cluster(), parts.tables(), parts.records());
    endpoints.addAll(new SchemaApi(parts.tables()).endpoints());
    this.consumption =
        new ConsumptionApi(parts.cluster(), parts.tables(), parts.streams(), parts.completions());
    endpoints.addAll(new TableApi(parts.tables(), parts.reconciler(), parts.streams()).endpoints());
    endpoints.addAll(new RowsApi(parts.tables(), parts.rows()).endpoints());
    endpoints.addAll(consumption.endpoints());
    endpoints.addAll(
        new TableStateApi(
                parts.cluster(), parts.tables(), parts.records(), parts.replacementStore())
            .endpoints());
    endpoints.addAll(
        new InstanceApi(
                parts.cluster(),
                parts.tables(),
                parts.zooKeeper(),
                parts.leadership(),
                parts.attendance(),
                parts.reconciler())
            .endpoints());
    endpoints.addAll(
        new SegmentApi(
                parts.tables(),
                parts.records(),
                parts.deepStore(),
                parts.replacements(),
                parts.segments(),
                directory)
            .endpoints());
    endpoints.addAll(
        new ReplaceApi(parts.tables(), parts.replacements(), brokers, limits.loadTimeout())
            .endpoints());
    endpoints.addAll(reloads.endpoints());
    endpoints.addAll(new RebalanceApi(parts.tables(), parts.rebalancer()).endpoints());
    endpoints.addAll(
        new UploadApi(
                parts.tables(),
                parts.segments(),
                parts.files(),
                parts.arrivals(),
                brokers,
                parts.leadership(),
                parts.reconciler(),
                parts.replacementStore(),
                limits.segmentSize(),
                limits.fileSize(),
                limits.loadTimeout())
            .endpoints());
    endpoints.addAll(
        new TaskApi(parts.tables(), parts.tasks(), parts.taskTypes(), parts.scheduler())
            .endpoints());
    endpoints.add(
        Endpoint.read(
            "/pinot-controller/admin",
            "GOOD, for programs that ask Pinot's controller so.",
            request -> HttpResponse.text(200, "GOOD")));
    endpoints.add(
        Endpoint.read(
            "/openapi.json",
            "This document.",
            request -> HttpResponse.json(200, OpenApi.document(endpoints))));
  }

  /// Adds all routes to a server.
  public void addTo(HttpServer.Builder server) {
    for (Endpoint endpoint : endpoints) {
      server.route(
          endpoint.method(),
          endpoint.path(),
          endpoint.writes() ? forwarding.onLeader(endpoint.handler()) : endpoint.handler());
    }
  }

  @Override
  public void close() {
    forwarding.close();
    brokers.close();
    reloads.close();
    consumption.close();
  }
}
