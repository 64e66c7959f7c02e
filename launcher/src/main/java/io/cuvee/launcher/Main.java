package io.cuvee.launcher;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.launcher.command.CuveeCommand;
import java.io.PrintWriter;
import picocli.CommandLine;

/// The entry of the `cuvee` command.
///
/// Exit codes: 0 done, 1 it failed, 2 the call was wrong (unknown command or option, bad setting).
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  static int run(String... arguments) {
    CommandLine command = new CommandLine(new CuveeCommand());
    command.setCaseInsensitiveEnumValuesAllowed(true);
    command.setExecutionExceptionHandler((failure, failed, parsed) -> {
      PrintWriter err = failed.getErr();
      if (failure instanceof CuveeException known) {
        err.println("cuvee: " + known.getMessage());
        return known.code() == ErrorCode.INVALID_SETTING ? 2 : 1;
      }
      err.println("cuvee: an internal error. Please report it with the lines below.");
      failure.printStackTrace(err);
      return 1;
    });
    return command.execute(arguments);
  }
}
