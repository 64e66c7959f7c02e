package io.cuvee.launcher.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.launcher.loading.ControllerClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Asks a controller about the consumption of a table's stream, or changes it.
@Command(
    name = "consumption",
    description = "Shows, pauses, resumes or seals what a REALTIME table consumes from its stream.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: cuvee consumption pause clicks --controller http://localhost:9000"})
final class ConsumptionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "ACTION",
      description =
          "${COMPLETION-CANDIDATES}: how far each replica is; commit what was consumed and stop;"
              + " go on; commit what was consumed and go on.")
  private Action action;

  @Parameters(index = "1", paramLabel = "TABLE", description = "A REALTIME table.")
  private String table;

  @Option(
      names = "--controller",
      paramLabel = "URL",
      defaultValue = "http://localhost:9000",
      description = "A controller (default: ${DEFAULT-VALUE}).")
  private String controllerUrl;

  /// As they are typed.
  enum Action {
    status,
    pause,
    resume,
    commit
  }

  @Override
  public Integer call() {
    try (ControllerClient controller = new ControllerClient(controllerUrl)) {
      JsonNode answer =
          switch (action) {
            case status -> controller.consumption(table);
            case pause -> controller.changeConsumption(table, "pauseConsumption");
            case resume -> controller.changeConsumption(table, "resumeConsumption");
            case commit -> controller.changeConsumption(table, "forceCommit");
          };
      spec.commandLine().getOut().println(answer.toPrettyString());
      return 0;
    }
  }
}
