package io.cuvee.launcher.command;

import io.cuvee.cluster.ClusterStates;
import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.deepstore.DeepStores;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.zookeeper.ZooKeeperConfig;
import io.cuvee.controller.audit.Finding;
import io.cuvee.controller.backup.Backup;
import io.cuvee.controller.backup.BackupCheck;
import io.cuvee.controller.backup.BackupFiles;
import io.cuvee.controller.backup.DeepStoreRebuild;
import io.cuvee.controller.backup.MetadataRestore;
import io.cuvee.launcher.shell.ResultFormat;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Backups of the metadata, and the way back.
@Command(
    name = "backup",
    description =
        "Backups of the metadata: schemas, tables, segments, assignment, tasks, settings. The rows"
            + " are in the deep store.",
    mixinStandardHelpOptions = true,
    subcommands = {
      BackupCommand.Create.class,
      BackupCommand.Verify.class,
      BackupCommand.Restore.class
    },
    synopsisSubcommandLabel = "(create | verify | restore)",
    footer = {
      "",
      "Example: cuvee backup create /backups/monday.cuvee --controller http://localhost:9000",
      "         cuvee backup restore /backups/monday.cuvee -D zookeeper.connect=zk1:2181",
      "         cuvee backup restore --from-deep-store s3://segments/cuvee -D zookeeper.connect=zk1:2181"
    })
final class BackupCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "cuvee: say what to do: create, verify or restore.");
  }

  private static String describe(Backup backup) {
    return backup.count("tables")
        + " tables, "
        + backup.count("schemas")
        + " schemas, "
        + backup.count("segments")
        + " segments of cluster '"
        + backup.cluster()
        + "', of "
        + Instant.ofEpochMilli(backup.createdMillis());
  }

  @Command(
      name = "create",
      description =
          "Writes all metadata of a live cluster to a new file or object, each table as it is at one"
              + " moment.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: cuvee backup create s3://backups/cuvee/2026-11-22"})
  static final class Create implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private ClusterOptions options;

    @Parameters(
        paramLabel = "TARGET",
        description = "A path, or the URI of an object as s3://bucket/name; must not exist.")
    private String target;

    @Option(
        names = "--controller",
        paramLabel = "URL",
        defaultValue = "http://localhost:9000",
        description =
            "A controller, which says where ZooKeeper is if no setting does (default:"
                + " ${DEFAULT-VALUE}).")
    private String controllerUrl;

    @Override
    public Integer call() {
      ZooKeeperConfig config = options.zooKeeper(controllerUrl);
      try (ClusterState cluster = ClusterStates.attach(config)) {
        Backup backup = Backup.of(config.clusterName(), cluster);
        BackupFiles.save(backup, target, options.deepStores());
        spec.commandLine().getOut().println("Wrote " + target + ": " + describe(backup) + ".");
        return 0;
      }
    }
  }

  @Command(
      name = "verify",
      description = "Checks a backup: that it is whole, and that what is in it fits together.",
      mixinStandardHelpOptions = true,
      footer = {
        "",
        "Example: cuvee backup verify /backups/monday.cuvee",
        "Exit code: 0 if it is sound, 1 if not."
      })
  static final class Verify implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private ClusterOptions options;

    @Parameters(paramLabel = "SOURCE", description = "A path, or the URI of an object.")
    private String source;

    @Override
    public Integer call() {
      Backup backup = BackupFiles.load(source, options.deepStores());
      List<Finding> findings = BackupCheck.check(backup);
      var out = spec.commandLine().getOut();
      if (!findings.isEmpty()) {
        FindingRows.print(findings, ResultFormat.TABLE, out);
      }
      out.println(
          (findings.isEmpty() ? "Sound: " : "Whole, but with findings: ") + describe(backup) + ".");
      out.flush();
      return findings.isEmpty() ? 0 : 1;
    }
  }

  @Command(
      name = "restore",
      description =
          "Writes a backup into an empty ZooKeeper, while no controller, server or minion runs. When"
              + " they start, servers load all segments from the deep store.",
      mixinStandardHelpOptions = true,
      footer = {
        "",
        "Example: cuvee backup restore /backups/monday.cuvee -D zookeeper.connect=zk1:2181",
        "         cuvee backup restore --from-deep-store s3://segments/cuvee -D zookeeper.connect=zk1:2181"
      })
  static final class Restore implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private ClusterOptions options;

    @Parameters(
        arity = "0..1",
        paramLabel = "SOURCE",
        description = "A backup: a path, or the URI of an object.")
    private @Nullable String source;

    @Option(
        names = "--from-deep-store",
        paramLabel = "URI",
        description =
            "Make the metadata anew from the deep store alone: from the copies that controllers"
                + " keep there, and the segments.")
    private @Nullable String deepStore;

    @Option(
        names = "--force",
        description = "Delete the metadata that ZooKeeper has of the cluster.")
    private boolean force;

    @Option(
        names = "--exactly",
        description =
            "Leave out what streams have sealed after the backup, which is in the deep store.")
    private boolean exactly;

    @Option(names = "--dry-run", description = "Say what would be written, and write nothing.")
    private boolean dryRun;

    @Override
    public Integer call() throws InterruptedException {
      String stated = source;
      String from = deepStore;
      if ((stated == null) == (from == null)) {
        throw new CommandLine.ParameterException(
            spec.commandLine(), "cuvee: name a backup, or --from-deep-store URI.");
      }
      var out = spec.commandLine().getOut();
      ZooKeeperConfig config = options.zooKeeper();
      Backup backup;
      if (from == null) {
        backup = BackupFiles.load(stated, options.deepStores());
        String store = backup.texts().get(DeepStores.PATH);
        if (!exactly && store != null) {
          backup = told(withDeepStore(store, backup.cluster(), backup));
        }
      } else {
        backup = told(withDeepStore(from, config.clusterName(), null));
      }
      if (!dryRun) {
        try (ClusterState cluster = ClusterStates.connect(config);
            StatusLine progress = new StatusLine("Restoring")) {
          new MetadataRestore(cluster, progress).run(backup, force);
        }
      }
      out.println((dryRun ? "Would restore " : "Restored ") + describe(backup) + ".");
      out.flush();
      return 0;
    }

    private Backup told(DeepStoreRebuild.Result result) {
      result.notes().forEach(note -> spec.commandLine().getErr().println("cuvee: " + note));
      return result.backup();
    }

    /// @param backup to be continued; none to make the metadata anew
    private DeepStoreRebuild.Result withDeepStore(
        String uri, String clusterName, @Nullable Backup backup) {
      try (DeepStore store = options.deepStore(uri);
          ClusterOptions.WorkDirectory work = ClusterOptions.WorkDirectory.create();
          StatusLine progress = new StatusLine("Looking at")) {
        DeepStoreRebuild rebuild =
            new DeepStoreRebuild(store, URI.create(uri), clusterName, work.path(), progress);
        return backup == null ? rebuild.run() : rebuild.continued(backup);
      }
    }
  }
}
