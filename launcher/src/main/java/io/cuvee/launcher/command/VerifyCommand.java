package io.cuvee.launcher.command;

import io.cuvee.cluster.ClusterStates;
import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.common.config.DataSize;
import io.cuvee.controller.audit.Audit;
import io.cuvee.controller.audit.AuditReport;
import io.cuvee.launcher.shell.ResultFormat;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Audits a live cluster.
@Command(
    name = "verify",
    description =
        "Audits a live cluster and changes nothing: metadata, objects of the deep store with all"
            + " checksums, replicas, offsets of streams.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example: cuvee verify --controller http://localhost:9000",
      "         cuvee verify -D zookeeper.connect=zk1:2181 --quick --format json",
      "Exit code: 0 if all is well, 1 if something was found.",
      "It reads the deep store itself, so it needs the deep-store.… settings of the controllers."
    })
final class VerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ClusterOptions cluster;

  @Option(
      names = "--controller",
      paramLabel = "URL",
      defaultValue = "http://localhost:9000",
      description =
          "A controller, which says where ZooKeeper is if no setting does (default:"
              + " ${DEFAULT-VALUE}).")
  private String controllerUrl;

  @Option(names = "--table", paramLabel = "T", description = "Only this table.")
  private @Nullable String table;

  @Option(names = "--quick", description = "Look whether objects are there, and do not read them.")
  private boolean quick;

  @Option(
      names = "--settle-seconds",
      paramLabel = "N",
      defaultValue = "3",
      description =
          "What seems wrong is looked at again after so long, since a cluster at work is never all"
              + " in line (default: ${DEFAULT-VALUE}).")
  private int settleSeconds;

  @Option(
      names = "--format",
      paramLabel = "F",
      defaultValue = "table",
      description = "table, json, csv, tsv or markdown (default: ${DEFAULT-VALUE}).")
  private ResultFormat format;

  @Override
  public Integer call() throws InterruptedException {
    AuditReport report;
    try (ClusterState state = ClusterStates.attach(cluster.zooKeeper(controllerUrl));
        DeepStore store = cluster.deepStore(state.metadata());
        ClusterOptions.WorkDirectory work = ClusterOptions.WorkDirectory.create();
        StatusLine progress = new StatusLine("Looking at")) {
      report =
          new Audit(
                  state,
                  store,
                  work.path(),
                  Duration.ofSeconds(Math.max(0, settleSeconds)),
                  progress)
              .run(Optional.ofNullable(table), !quick);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (format == ResultFormat.JSON) {
      out.println(report.toNode());
    } else {
      if (!report.isSound()) {
        FindingRows.print(report.findings(), format, out);
      }
      if (format == ResultFormat.TABLE) {
        out.println(summary(report));
      }
    }
    out.flush();
    return report.isSound() ? 0 : 1;
  }

  private static String summary(AuditReport report) {
    AuditReport.Counts counts = report.counts();
    return String.format(
        Locale.ROOT,
        "%s: %,d tables, %,d segments, %,d objects (%,d read, %s), %,d replicas on %,d servers, %,d"
            + " partitions of streams%s",
        report.isSound() ? "All is well" : report.findings().size() + " findings",
        counts.tables(),
        counts.segments(),
        counts.objects(),
        counts.objectsRead(),
        new DataSize(counts.bytesRead()),
        counts.replicas(),
        counts.servers(),
        counts.streamPartitions(),
        counts.recordedGaps() == 0
            ? ""
            : " (" + counts.recordedGaps() + " known gaps, see system.data_gaps)");
  }
}
