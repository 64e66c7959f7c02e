package io.cuvee.benchmarks.upload;

import io.cuvee.benchmarks.http.HttpBench;
import io.cuvee.benchmarks.report.Figure;
import io.cuvee.benchmarks.report.Report;
import io.cuvee.benchmarks.report.Timings;
import io.cuvee.common.file.FileTree;
import io.cuvee.launcher.loading.ControllerClient;
import io.cuvee.launcher.loading.RowCounts;
import io.cuvee.sqltests.process.RoleProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `./cuvee bench upload`: from the first byte of an upload to the first answer that counts the
/// segment's rows. ZooKeeper, a controller, a broker and two servers are processes of their own,
/// and each segment has two replicas.
@Command(
    name = "upload",
    description =
        "From uploads of segments to queries that see their rows: large ones, small ones one after"
            + " another, and many at once. Two replicas, every role a process.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: cuvee bench upload --megabytes 10 --out upload.json"})
public final class UploadBench implements Callable<Integer> {
  private static final List<String> NAMES =
      List.of("zookeeper", "controller", "server-1", "server-2", "broker");
  private static final String OURS = "cuvee";
  private static final int SMALL_ROWS = 100;
  private static final int WARM_UP = 5;
  private static final Duration LIMIT = Duration.ofMinutes(5);

  @Option(
      names = "--large",
      paramLabel = "N",
      defaultValue = "21",
      description = "Large segments, each of them timed (default: 21).")
  private int large;

  @Option(
      names = "--megabytes",
      paramLabel = "N",
      defaultValue = "10",
      description = "Of a large segment (default: 10).")
  private int megabytes;

  @Option(
      names = "--small",
      paramLabel = "N",
      defaultValue = "200",
      description = "Small segments one after another (default: 200).")
  private int small;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Small segments in parallel (default: 1000).")
  private int parallel;

  @Option(
      names = "--clients",
      paramLabel = "N",
      defaultValue = "8",
      description = "That upload in parallel (default: 8).")
  private int clients;

  @Option(names = "--out", paramLabel = "FILE", description = "Where to write the figures as JSON.")
  private @Nullable Path out;

  @Override
  public Integer call() throws Exception {
    Path directory = Files.createTempDirectory("cuvee-upload");
    Report report = new Report("upload");
    try {
      System.err.println("Making the segments");
      Archives archives = new Archives(directory.resolve("archives"));
      List<Path> warmUp = archives.make("warm", WARM_UP, SMALL_ROWS);
      int rows = Archives.rows(megabytes * 1_000_000L);
      List<Path> largeOnes = archives.make("large", large, rows);
      List<Path> smallOnes = archives.make("small", small, SMALL_ROWS);
      List<Path> parallelOnes = archives.make("parallel", parallel, SMALL_ROWS);
      try (RoleProcesses processes = new RoleProcesses(directory, NAMES)) {
        processes.startAll();
        try (ControllerClient controller = new ControllerClient(processes.controllerUrl())) {
          controller.createSchema(archives.schema());
          controller.createTable(archives.config());
          Run run = new Run(processes.jdbcUrl(), controller);
          for (Path archive : warmUp) {
            run.upload(List.of(archive), SMALL_ROWS);
          }
          System.err.println("Uploading the large ones");
          double[] millis = new double[largeOnes.size()];
          for (int i = 0; i < millis.length; i++) {
            millis[i] = run.upload(List.of(largeOnes.get(i)), rows);
          }
          report.add(new Timings("one of " + megabytes + " MB", OURS, 1, millis, (long) rows, ""));
          System.err.println("Uploading the small ones");
          double cpu = processes.cpuSeconds();
          report.add(
              new Figure(
                  small + " one after another s",
                  OURS,
                  1,
                  run.upload(smallOnes, SMALL_ROWS) / 1e3));
          report.add(new Figure("the processes' CPU s", OURS, 1, processes.cpuSeconds() - cpu));
          System.err.println("Uploading in parallel");
          cpu = processes.cpuSeconds();
          report.add(
              new Figure(
                  parallel + " in parallel s",
                  OURS,
                  clients,
                  run.uploadAtOnce(parallelOnes, SMALL_ROWS, clients) / 1e3));
          report.add(
              new Figure("the processes' CPU s", OURS, clients, processes.cpuSeconds() - cpu));
        }
      }
    } finally {
      FileTree.delete(directory);
    }
    report.print(System.out);
    if (out != null) {
      report.write(out, HttpBench.versions());
    }
    return 0;
  }

  private static final class Run {
    private final String jdbcUrl;
    private final ControllerClient controller;
    private long rows;

    Run(String jdbcUrl, ControllerClient controller) {
      this.jdbcUrl = jdbcUrl;
      this.controller = controller;
    }

    /// @return milliseconds until all are counted
    double upload(List<Path> archives, int rowsOfEach) {
      long begun = System.nanoTime();
      archives.forEach(archive -> controller.upload(Archives.TABLE, archive));
      return counted((long) archives.size() * rowsOfEach, begun);
    }

    double uploadAtOnce(List<Path> archives, int rowsOfEach, int clients)
        throws InterruptedException, ExecutionException, IOException {
      long begun = System.nanoTime();
      try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
        List<Future<?>> uploads = new ArrayList<>();
        for (Path archive : archives) {
          uploads.add(threads.submit(() -> controller.upload(Archives.TABLE, archive)));
        }
        for (Future<?> upload : uploads) {
          upload.get();
        }
      }
      return counted((long) archives.size() * rowsOfEach, begun);
    }

    private double counted(long more, long begun) {
      rows += more;
      RowCounts.await(jdbcUrl, Archives.TABLE, rows, LIMIT);
      return (System.nanoTime() - begun) / 1e6;
    }
  }
}
