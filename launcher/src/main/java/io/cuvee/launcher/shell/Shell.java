package io.cuvee.launcher.shell;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.IOException;
import sqlline.SqlLine;

/// The interactive shell: sqlline over our driver.
public final class Shell {
  private Shell() {}

  /// Runs until the user leaves it.
  ///
  /// @return whether it ended well
  public static boolean run(String jdbcUrl) {
    String[] arguments = {
      "-u",
      jdbcUrl,
      "-n",
      "",
      "-p",
      "",
      "-d",
      "io.cuvee.jdbc.Driver",
      "--isolation=TRANSACTION_NONE"
    };
    try {
      return SqlLine.start(arguments, null, false) == SqlLine.Status.OK;
    } catch (IOException e) {
      throw new CuveeException(ErrorCode.IO, "The shell failed: " + e.getMessage(), e);
    }
  }
}
