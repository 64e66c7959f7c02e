package io.cuvee.launcher.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.launcher.loading.ControllerClient;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Background tasks: which there are, making them, ending them.
@Command(
    name = "tasks",
    description = "Lists background tasks, makes those that tables need now, or ends one.",
    mixinStandardHelpOptions = true,
    subcommands = {
      TasksCommand.ListTasks.class,
      TasksCommand.Run.class,
      TasksCommand.State.class,
      TasksCommand.Cancel.class
    },
    synopsisSubcommandLabel = "(list | run | state | cancel)",
    footer = {"", "Example: cuvee tasks run --table events --type PurgeTask --wait"})
final class TasksCommand implements Runnable {
  private static final long POLL_MILLIS = 200;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "cuvee: say what to do: list, run, state or cancel.");
  }

  /// What all of them take.
  static final class Common {
    @Option(
        names = "--controller",
        paramLabel = "URL",
        defaultValue = "http://localhost:9000",
        description = "A controller (default: ${DEFAULT-VALUE}).")
    private String controllerUrl;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    ControllerClient open() {
      return new ControllerClient(controllerUrl);
    }

    void print(CommandSpec spec, Iterable<JsonNode> tasks) {
      PrintWriter out = spec.commandLine().getOut();
      for (JsonNode task : tasks) {
        String note = task.path("message").asText();
        out.println(
            json
                ? task.toString()
                : task.path("state").asText()
                    + "  "
                    + task.path("name").asText()
                    + "  "
                    + task.path("table").asText()
                    + "  "
                    + Instant.ofEpochMilli(task.path("changedMillis").asLong())
                    + "  "
                    + (note.isEmpty() ? task.path("progress").asText() : note));
      }
      out.flush();
    }
  }

  @Command(
      name = "list",
      description = "All tasks that are known, newest first.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: cuvee tasks list"})
  static final class ListTasks implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @CommandLine.Mixin private Common common;

    @Override
    public Integer call() {
      try (ControllerClient controller = common.open()) {
        common.print(spec, controller.tasks());
        return 0;
      }
    }
  }

  @Command(
      name = "run",
      description = "Makes the tasks that tables need now, without waiting for their schedule.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: cuvee tasks run --table events --type PurgeTask --wait"})
  static final class Run implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @CommandLine.Mixin private Common common;

    @Option(names = "--table", paramLabel = "T", description = "Only this table's.")
    private @Nullable String table;

    @Option(names = "--type", paramLabel = "TYPE", description = "Only of this type.")
    private @Nullable String type;

    @Option(names = "--wait", description = "Wait until they have ended.")
    private boolean wait;

    @Override
    public Integer call() throws InterruptedException {
      try (ControllerClient controller = common.open()) {
        List<String> made = controller.scheduleTasks(table, type);
        if (made.isEmpty()) {
          System.err.println("cuvee: there is nothing to do.");
        }
        boolean isGood = true;
        for (String name : made) {
          List<JsonNode> parts = controller.task(name);
          while (wait && parts.stream().anyMatch(Run::isUnfinished)) {
            Thread.sleep(POLL_MILLIS);
            parts = controller.task(name);
          }
          isGood &= parts.stream().noneMatch(Run::isBad);
          common.print(spec, parts);
        }
        return isGood ? 0 : 1;
      }
    }

    private static boolean isUnfinished(JsonNode task) {
      String state = task.path("state").asText();
      return state.equals("WAITING") || state.equals("RUNNING");
    }

    private static boolean isBad(JsonNode task) {
      String state = task.path("state").asText();
      return state.equals("FAILED") || state.equals("CANCELLED");
    }
  }

  @Command(
      name = "state",
      description = "How far a task is.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: cuvee tasks state Task_PurgeTask_1f2e3d4c_1700000000000"})
  static final class State implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @CommandLine.Mixin private Common common;

    @Parameters(paramLabel = "NAME", description = "As list shows it.")
    private String name;

    @Override
    public Integer call() {
      try (ControllerClient controller = common.open()) {
        common.print(spec, controller.task(name));
        return 0;
      }
    }
  }

  @Command(
      name = "cancel",
      description = "Ends a task; what it has not put into its table yet is lost.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: cuvee tasks cancel Task_PurgeTask_1f2e3d4c_1700000000000"})
  static final class Cancel implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @CommandLine.Mixin private Common common;

    @Parameters(paramLabel = "NAME", description = "As list shows it.")
    private String name;

    @Override
    public Integer call() {
      try (ControllerClient controller = common.open()) {
        controller.cancelTask(name);
        common.print(spec, new ArrayList<>(controller.task(name)));
        return 0;
      }
    }
  }
}
