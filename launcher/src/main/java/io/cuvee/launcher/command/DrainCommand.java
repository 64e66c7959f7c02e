package io.cuvee.launcher.command;

import io.cuvee.launcher.loading.ControllerClient;
import io.cuvee.launcher.loading.ControllerClient.InstanceState;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Takes a server or broker out of service without a failed query, and stops it.
@Command(
    name = "drain",
    description =
        "Takes a server or broker out of service without a failed query, and stops it: brokers ask"
            + " other servers, what only this one has is loaded elsewhere, its queries end.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example: cuvee drain server-10.0.0.7-8098 --controller http://localhost:9000",
      "The names are in GET /instances. Started again under its name, it takes part as before."
    })
final class DrainCommand implements Callable<Integer> {
  private static final long POLL_MILLIS = 100;

  @Parameters(paramLabel = "NODE", description = "The name of the process in the cluster.")
  private String node;

  @Option(
      names = "--controller",
      paramLabel = "URL",
      defaultValue = "http://localhost:9000",
      description = "A controller (default: ${DEFAULT-VALUE}).")
  private String controllerUrl;

  @Option(
      names = "--wait-seconds",
      paramLabel = "N",
      defaultValue = "600",
      description = "How long to wait until it has stopped; 0: not at all (default: 600).")
  private long waitSeconds;

  @Option(
      names = "--undo",
      description = "Let a process that is draining, or is disabled, take work again.")
  private boolean undo;

  @Override
  public Integer call() throws InterruptedException {
    try (ControllerClient controller = new ControllerClient(controllerUrl)) {
      if (undo) {
        controller.setInstanceState(node, "ENABLE");
        System.err.println("cuvee: " + node + " takes work again.");
        return 0;
      }
      Optional<InstanceState> before = controller.instanceState(node);
      controller.setInstanceState(node, "DRAIN");
      long end = System.nanoTime() + Duration.ofSeconds(waitSeconds).toNanos();
      while (waitSeconds > 0) {
        Optional<InstanceState> state = controller.instanceState(node);
        if (state.isEmpty()
            || before.isPresent() && before.get().incarnation() != state.get().incarnation()) {
          System.err.println("cuvee: " + node + " has stopped.");
          return 0;
        }
        if (System.nanoTime() > end) {
          System.err.println(
              "cuvee: "
                  + node
                  + " is still "
                  + state.get().phase()
                  + " after "
                  + waitSeconds
                  + " s: queries run on it, or segments that only it has are not loaded elsewhere."
                  + " It goes on draining; --undo takes that back.");
          return 1;
        }
        Thread.sleep(POLL_MILLIS);
      }
      return 0;
    }
  }
}
