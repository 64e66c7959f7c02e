package io.cuvee.launcher.command;

import io.cuvee.broker.Broker;
import io.cuvee.broker.BrokerConfig;
import io.cuvee.cluster.zookeeper.EmbeddedZooKeeper;
import io.cuvee.common.config.Settings;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.controller.Controller;
import io.cuvee.engine.EngineServer;
import io.cuvee.engine.ServerConfig;
import io.cuvee.launcher.embedded.EmbeddedCluster;
import io.cuvee.launcher.embedded.Logging;
import io.cuvee.launcher.embedded.ReadyLine;
import io.cuvee.launcher.embedded.RoleSettings;
import io.cuvee.launcher.embedded.Stop;
import io.cuvee.minion.Minion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Starts roles and serves until SIGTERM.
@Command(
    name = "start",
    description = "Starts one role in this process, or all roles in one.",
    mixinStandardHelpOptions = true,
    subcommands = {
      StartCommand.All.class,
      StartCommand.ControllerRole.class,
      StartCommand.BrokerRole.class,
      StartCommand.ServerRole.class,
      StartCommand.MinionRole.class,
      StartCommand.ZooKeeperRole.class
    },
    synopsisSubcommandLabel = "(all | controller | broker | server | minion | zookeeper)",
    footer = {
      "",
      "Example: cuvee start broker -D zookeeper.connect=zk1:2181,zk2:2181 -D http.port=8099"
    })
final class StartCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(),
        "cuvee: name what to start: all, controller, broker, server, minion or zookeeper.");
  }

  /// How long a role may take to stop beside the time for its queries.
  private static final Duration STOP_LIMIT = Duration.ofMillis(2_800);

  /// What every role's process takes.
  static final class RoleOptions {
    @Option(
        names = "--config",
        paramLabel = "FILE",
        description = "Settings: a .properties or YAML file. CUVEE_… variables overrule it.")
    private @Nullable Path config;

    @Option(
        names = "-D",
        paramLabel = "KEY=VALUE",
        description = "A setting, overruling file and environment; may be repeated.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    @Option(names = "--json", description = "Print one line of JSON when ready.")
    private boolean json;

    @Option(names = "--with-parent", hidden = true, description = "End when the parent does.")
    private boolean withParent;

    Settings settings() {
      return Settings.load(Optional.ofNullable(config), System.getenv(), overrides);
    }

    /// @param drain how long the role's queries may take to end after a signal
    void serve(String role, int httpPort, AutoCloseable running, Duration drain) {
      Stop stop = Stop.onSignal(running, drain.plus(STOP_LIMIT));
      if (withParent) {
        ProcessHandle.current()
            .parent()
            .ifPresent(parent -> parent.onExit().thenRun(() -> System.exit(0)));
      }
      if (json) {
        new ReadyLine().with("role", role).with("httpPort", httpPort).print();
      } else {
        System.err.println(
            "cuvee: " + role + " is ready on port " + httpPort + ". Ctrl-C stops it.");
      }
      stop.await();
    }
  }

  @Command(
      name = "controller",
      description = "The role that decides: schemas, tables, segments, assignment.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: cuvee start controller -D deep-store.uri=file:///mnt/nfs/cuvee"})
  static final class ControllerRole implements Runnable {
    @CommandLine.Mixin private RoleOptions options;

    @Override
    public void run() {
      Logging.toStandardError();
      Controller controller = Controller.start(RoleSettings.controller(options.settings()));
      options.serve("controller", controller.httpPort(), controller, Duration.ZERO);
    }
  }

  @Command(
      name = "broker",
      description = "The role that plans queries and gathers answers.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: cuvee start broker -D http.port=8099"})
  static final class BrokerRole implements Runnable {
    @CommandLine.Mixin private RoleOptions options;

    @Override
    public void run() {
      Logging.toStandardError();
      BrokerConfig config = RoleSettings.broker(options.settings());
      Broker broker = Broker.start(config);
      broker.onDrain(() -> System.exit(0));
      options.serve("broker", broker.port(), broker, config.drainTimeout());
    }
  }

  @Command(
      name = "server",
      description = "The role that stores segments and scans them.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: cuvee start server -D data.dir=/var/lib/cuvee -D data.port=8098"})
  static final class ServerRole implements Runnable {
    @CommandLine.Mixin private RoleOptions options;

    @Override
    public void run() {
      Logging.toStandardError();
      ServerConfig config = RoleSettings.server(options.settings());
      EngineServer server = EngineServer.start(config);
      server.onDrain(() -> System.exit(0));
      options.serve("server", server.httpPort(), server, config.drainTimeout());
    }
  }

  @Command(
      name = "minion",
      description =
          "The role that does background tasks: purges, merges, rebuilds and makes segments.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: cuvee start minion -D minion.tasks=2 -D data.dir=/var/lib/cuvee"})
  static final class MinionRole implements Runnable {
    @CommandLine.Mixin private RoleOptions options;

    @Override
    public void run() {
      Logging.toStandardError();
      Minion minion = Minion.start(RoleSettings.minion(options.settings()));
      options.serve("minion", minion.httpPort(), minion, Duration.ZERO);
    }
  }

  @Command(
      name = "zookeeper",
      description = "A single ZooKeeper for trials and tests; real installations bring their own.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: cuvee start zookeeper --port 2181 --dir /var/lib/zookeeper"})
  static final class ZooKeeperRole implements Runnable {
    @Option(
        names = "--port",
        paramLabel = "P",
        defaultValue = "2181",
        description = "0 takes a free one (default: 2181).")
    private int port;

    @Option(
        names = "--dir",
        paramLabel = "D",
        required = true,
        description = "Where it keeps its data.")
    private Path dir;

    @Option(names = "--json", description = "Print one line of JSON when ready.")
    private boolean json;

    @Override
    public void run() {
      Logging.toStandardError();
      EmbeddedZooKeeper zooKeeper = EmbeddedZooKeeper.start(dir, port);
      Stop stop = Stop.onSignal(zooKeeper);
      if (json) {
        new ReadyLine()
            .with("role", "zookeeper")
            .with("zookeeper", zooKeeper.connectString())
            .with("port", zooKeeper.port())
            .print();
      } else {
        System.err.println(
            "cuvee: zookeeper is ready on port " + zooKeeper.port() + ". Ctrl-C stops it.");
      }
      stop.await();
    }
  }

  @Command(
      name = "all",
      description =
          "All roles in one process, on the loopback address and free ports, without tables.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: cuvee start all --empty --json --dir /tmp/cuvee --servers 2"})
  static final class All implements Runnable {
    /// The only way there is today, and what scripts ask for.
    @SuppressWarnings("unused")
    @Option(
        names = "--empty",
        description = "Start without tables (there is no other way yet; tables in DIR stay).")
    private boolean empty;

    @Option(names = "--json", description = "Print one line of JSON when ready.")
    private boolean json;

    @Option(
        names = "--dir",
        paramLabel = "D",
        required = true,
        description = "Where all data is; a second start finds it again.")
    private Path dir;

    @Option(
        names = "--servers",
        paramLabel = "N",
        defaultValue = "1",
        description = "How many servers (default: 1).")
    private int servers;

    @Option(
        names = "--brokers",
        paramLabel = "N",
        defaultValue = "1",
        description = "How many brokers (default: 1).")
    private int brokers;

    @Option(
        names = "--controllers",
        paramLabel = "N",
        defaultValue = "1",
        description = "How many controllers (default: 1).")
    private int controllers;

    @Option(
        names = "-D",
        paramLabel = "KEY=VALUE",
        description = "A setting for all roles; may be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Override
    public void run() {
      if (servers < 1) {
        throw new CuveeException(
            ErrorCode.INVALID_SETTING, "--servers is " + servers + "; at least one is needed.");
      }
      Path folder = dir.toAbsolutePath().normalize();
      Logging.toFile(folder.resolve("cuvee.log"));
      EmbeddedCluster cluster =
          EmbeddedCluster.start(
              folder,
              new EmbeddedCluster.Size(controllers, servers, brokers),
              settings,
              (part, millis) -> {});
      Stop stop = Stop.onSignal(cluster);
      if (json) {
        cluster.readyLine().print();
      } else {
        System.err.println(
            "cuvee: ready. JDBC: "
                + cluster.jdbcUrl()
                + "  controller: "
                + cluster.controllerUrls().getFirst());
        System.err.println("       Log: " + folder.resolve("cuvee.log") + ". Ctrl-C stops it.");
      }
      stop.await();
    }
  }
}
