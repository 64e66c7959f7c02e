package io.cuvee.launcher.command;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// The root of all commands.
@Command(
    name = "cuvee",
    description = "A real-time analytical database: stored and live data behind one SQL.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      DemoCommand.class,
      StartCommand.class,
      SqlCommand.class,
      ImportCommand.class,
      SegmentCommand.class,
      ConsumptionCommand.class,
      DrainCommand.class,
      TasksCommand.class,
      VerifyCommand.class,
      BackupCommand.class,
      TrainCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Example: cuvee demo", "Each command explains itself: cuvee COMMAND --help"})
public final class CuveeCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "cuvee: name a command. Try: cuvee demo");
  }
}
