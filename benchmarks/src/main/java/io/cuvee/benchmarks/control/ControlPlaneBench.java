package io.cuvee.benchmarks.control;

import io.cuvee.benchmarks.live.Cable;
import io.cuvee.benchmarks.report.Figure;
import io.cuvee.benchmarks.report.Report;
import io.cuvee.broker.routing.ClusterView;
import io.cuvee.broker.routing.TableRouting;
import io.cuvee.cluster.ClusterStates;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.zookeeper.EmbeddedZooKeeper;
import io.cuvee.cluster.zookeeper.ZooKeeperConfig;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.config.Settings;
import io.cuvee.common.error.CuveeException;
import io.cuvee.controller.Controller;
import io.cuvee.controller.ControllerConfig;
import io.cuvee.execution.page.PageSource;
import io.cuvee.ingest.batch.FileFormat;
import io.cuvee.ingest.batch.ReadOptions;
import io.cuvee.ingest.batch.RecordFiles;
import io.cuvee.launcher.loading.ControllerClient;
import io.cuvee.segment.build.SegmentBuilder;
import io.cuvee.segment.build.SegmentSpec;
import io.cuvee.segment.store.SegmentArchive;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/// `./cuvee bench control-plane`: a real ZooKeeper, the real controllers, and the broker's view of
/// the cluster, with as many simulated servers and segments as wanted.
public final class ControlPlaneBench {
  private static final String CLUSTER = "cuvee";
  private static final int UPLOADS = 12;
  private static final int CLOSING_MILLIS = 2000;
  private static final int POLL_MILLIS = 10;
  private static final int MOST_ZNODE_BYTES = 512 << 10;
  private static final double MOST_ROUTING_MEGABYTES = 1024;
  private static final double MOST_UPLOAD_SECONDS = 2;
  private static final double MOST_FAILOVER_SECONDS = 15;
  private static final Duration SESSION = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofMinutes(30);

  private final SegmentPlan plan;
  private final int serverCount;
  private final String state;
  private final PrintStream out;
  private final Report report;
  private final List<AutoCloseable> parts = new ArrayList<>();

  /// What a broker's routing is made of.
  private final List<AutoCloseable> routing = new ArrayList<>();

  private ControlPlaneBench(
      SegmentPlan plan, int serverCount, String state, PrintStream out, Report report) {
    this.plan = plan;
    this.serverCount = serverCount;
    this.state = state;
    this.out = out;
    this.report = report;
  }

  /// Measures one kind of state after the other.
  ///
  /// @param segments of all tables together
  /// @param states for `cluster.state`
  public static Report run(
      int tables, int segments, int replicas, int serverCount, List<String> states, PrintStream out)
      throws Exception {
    Report report = new Report("control-plane");
    SegmentPlan plan = new SegmentPlan(tables, segments, replicas);
    for (String state : states) {
      out.printf("%scluster.state=%s%n", state.equals(states.getFirst()) ? "" : "\n", state);
      new ControlPlaneBench(plan, serverCount, state, out, report).run();
    }
    return report;
  }

  private void run() throws Exception {
    Path directory = Files.createTempDirectory("cuvee-control-plane");
    try {
      long cpu = cpuNanos();
      operate(directory);
      figure("CPU seconds in all", (cpuNanos() - cpu) / 1e9);
      weighRouting();
    } finally {
      parts.addAll(routing);
      for (AutoCloseable part : parts.reversed()) {
        try {
          part.close();
        } catch (Exception e) {
          // What was measured, or why it could not be, counts more.
          out.printf("%s did not close well: %s%n", part.getClass().getSimpleName(), e);
        }
      }
      delete(directory);
    }
  }

  private void operate(Path directory) throws Exception {
    EmbeddedZooKeeper zooKeeper = keep(EmbeddedZooKeeper.start(directory.resolve("zookeeper"), 0));
    ZooKeeperConfig config =
        new ZooKeeperConfig(zooKeeper.connectString(), CLUSTER)
            .withKind(state)
            .withSessionTimeout(SESSION);
    long begun = System.nanoTime();
    try (ClusterState loader = ClusterStates.connect(config)) {
      plan.write(loader);
    }
    figure("metadata written s", since(begun));
    begun = System.nanoTime();
    SimulatedServers servers = keep(new SimulatedServers(config, serverCount));
    figure("servers entered s", since(begun));

    begun = System.nanoTime();
    Cable cable = keep(new Cable(zooKeeper.port()));
    Controller first = keep(controller(directory, "controller-1", cable.port()));
    figure("controller started s", since(begun));
    long wanted = (long) plan.segments() * Math.min(plan.replicas(), serverCount);
    await("all segments assigned", () -> servers.replicas() >= wanted);
    figure("all replicas assigned s", since(begun));
    figure("packets until then", (double) zooKeeper.packets());
    begun = System.nanoTime();
    Controller second = keep(controller(directory, "controller-2", zooKeeper.port()));
    figure("second controller started s", since(begun));

    ClusterView view = startView(config);
    EmbeddedZooKeeper.Figures figures = zooKeeper.figures();
    figure("znodes", (double) figures.nodes());
    figure("znodes' bytes MB", figures.bytes() / 1e6);
    figure("largest znode KB", figures.largestBytes() / 1e3);
    figure("most names in one znode", figures.mostChildren());
    limit("largest znode KB", figures.largestBytes() / 1e3, MOST_ZNODE_BYTES / 1e3);

    List<Path> archives = archives(directory);
    upload(zooKeeper, view, first, archives.subList(0, UPLOADS));
    begun = System.nanoTime();
    cable.close();
    first.close();
    failOver(view, second, archives.getLast(), begun);
    second.close();
    // What the first query makes belongs to it.
    tables(view).forEach(TableRouting::parts);
  }

  /// Only now that nobody else gets or gives up memory, and no session ends in the pause.
  private void weighRouting() throws Exception {
    double with = heapMegabytes();
    while (!routing.isEmpty()) {
      routing.removeLast().close();
    }
    // Threads of the client library end a moment later.
    Thread.sleep(CLOSING_MILLIS);
    double megabytes = with - heapMegabytes();
    figure("broker's routing MB", megabytes);
    limit("broker's routing MB", megabytes, MOST_ROUTING_MEGABYTES);
  }

  private ClusterView startView(ZooKeeperConfig config) {
    long begun = System.nanoTime();
    ClusterState cluster = routing(ClusterStates.connect(config));
    ClusterView view = routing(new ClusterView(cluster, servers -> {}));
    view.start(PATIENCE);
    await(
        "all segments routed",
        () ->
            routedSegments(view) == plan.segments()
                && tables(view).allMatch(table -> table.missing().isEmpty()));
    figure("broker started s", since(begun));
    return view;
  }

  private static Stream<TableRouting> tables(ClusterView view) {
    return view.current().routing().tables().values().stream();
  }

  private static long routedSegments(ClusterView view) {
    return tables(view).mapToLong(TableRouting::segmentCount).sum();
  }

  private static boolean isRouted(ClusterView view, String table, String segment) {
    TableRouting routing = view.current().routing().tables().get(table + "_OFFLINE");
    return routing != null && !routing.byServer(segment).isEmpty();
  }

  /// One after another, all into the first table.
  private void upload(
      EmbeddedZooKeeper zooKeeper, ClusterView view, Controller leader, List<Path> archives) {
    List<Double> seconds = new ArrayList<>();
    long packets = zooKeeper.packets();
    try (ControllerClient client = new ControllerClient(url(leader))) {
      for (int i = 0; i < archives.size(); i++) {
        seconds.add(uploadOne(view, client, i, archives.get(i)));
      }
    }
    figure("packets of an upload", (zooKeeper.packets() - packets) / (double) archives.size());
    // The first one runs code that nobody has run before.
    seconds.removeFirst();
    Collections.sort(seconds);
    figure("upload to routed s", seconds.get(seconds.size() / 2));
    figure("the slowest of " + seconds.size() + " s", seconds.getLast());
    limit("upload to routed s", seconds.getLast(), MOST_UPLOAD_SECONDS);
  }

  private double uploadOne(ClusterView view, ControllerClient client, int number, Path archive) {
    long begun = System.nanoTime();
    client.upload(plan.table(0), archive);
    await("an upload routed", () -> isRouted(view, plan.table(0), uploadName(number)));
    return since(begun);
  }

  private void failOver(ClusterView view, Controller second, Path archive, long begun) {
    try (ControllerClient client = new ControllerClient(url(second))) {
      await(
          "the second controller leads",
          () -> {
            try {
              client.upload(plan.table(0), archive);
              return true;
            } catch (CuveeException e) {
              return false;
            }
          });
    }
    await("an upload routed", () -> isRouted(view, plan.table(0), uploadName(UPLOADS)));
    figure("failover s", since(begun));
    limit("failover s", since(begun), MOST_FAILOVER_SECONDS);
  }

  private static String url(Controller controller) {
    return "http://127.0.0.1:" + controller.httpPort();
  }

  private static String uploadName(int number) {
    return "uploaded_" + number;
  }

  /// Small real segments of the first table; the last one is for after the failover.
  private List<Path> archives(Path directory) throws IOException {
    List<Path> archives = new ArrayList<>();
    Schema schema = plan.schema(0);
    Path file = Files.writeString(directory.resolve("rows.csv"), "column0,column1\na,b\nc,d\n");
    for (int i = 0; i <= UPLOADS; i++) {
      Path built = directory.resolve(uploadName(i));
      try (PageSource rows =
          RecordFiles.open(file, ReadOptions.DEFAULTS.withFormat(FileFormat.CSV), schema)) {
        new SegmentBuilder(SegmentSpec.of(plan.table(0) + "_OFFLINE", uploadName(i), schema))
            .build(rows, built);
      }
      Path archive = directory.resolve(uploadName(i) + ".tar.gz");
      SegmentArchive.pack(built, archive);
      archives.add(archive);
    }
    return archives;
  }

  private Controller controller(Path directory, String id, int zooKeeperPort) {
    return Controller.start(
        ControllerConfig.from(
            Settings.of(
                Map.of(
                    "zookeeper.connect",
                    "127.0.0.1:" + zooKeeperPort,
                    "cluster.name",
                    CLUSTER,
                    "cluster.state",
                    state,
                    "instance.id",
                    id,
                    "http.port",
                    "0",
                    "data.dir",
                    directory.resolve(id).toString(),
                    "deep-store.uri",
                    directory.resolve("deep-store").toUri().toString()))));
  }

  private <T extends AutoCloseable> T routing(T part) {
    routing.add(part);
    return part;
  }

  private <T extends AutoCloseable> T keep(T part) {
    parts.add(part);
    return part;
  }

  private void figure(String name, double value) {
    out.printf(Locale.ROOT, "%-28s %,14.3f%n", name, value);
    report.add(new Figure(name, state, 1, value));
  }

  private void limit(String name, double value, double most) {
    if (value > most) {
      out.printf(Locale.ROOT, "TOO MUCH: %s is %.3f, more than %.3f%n", name, value, most);
      report.fail(
          String.format(Locale.ROOT, "%s: %s is %.3f, more than %.3f", state, name, value, most));
    }
  }

  private static double since(long begun) {
    return (System.nanoTime() - begun) / 1e9;
  }

  /// Of all that runs here: ZooKeeper, controllers, servers, and what compiles them.
  private static long cpuNanos() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
  }

  private static double heapMegabytes() {
    Runtime runtime = Runtime.getRuntime();
    System.gc();
    return (runtime.totalMemory() - runtime.freeMemory()) / 1048576.0;
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("Not in " + PATIENCE.toMinutes() + " minutes: " + what);
      }
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Collections.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
