package io.cuvee.launcher.loading;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/// Waits until rows can be queried.
public final class RowCounts {
  private RowCounts() {}

  /// Asks for the table's count until it is at least `expected`.
  ///
  /// @return the last count
  /// @throws CuveeException `DATA_UNAVAILABLE` with the last answer if it takes too long
  public static long await(String jdbcUrl, String table, long expected, Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    String last = "no answer yet";
    while (true) {
      try (Connection connection = DriverManager.getConnection(jdbcUrl);
          Statement statement = connection.createStatement()) {
        while (true) {
          try (ResultSet result =
              statement.executeQuery("SELECT COUNT(*) FROM \"" + table + "\"")) {
            result.next();
            long count = result.getLong(1);
            if (count >= expected) {
              return count;
            }
            last = count + " rows";
          }
          pause(deadline, table, expected, last);
        }
      } catch (SQLException e) {
        last = e.getMessage();
      }
      pause(deadline, table, expected, last);
    }
  }

  private static void pause(long deadline, String table, long expected, String last) {
    if (System.nanoTime() > deadline) {
      throw new CuveeException(
          ErrorCode.DATA_UNAVAILABLE,
          "The "
              + expected
              + " rows of '"
              + table
              + "' cannot be queried yet (last answer: "
              + last
              + "). Look at the servers' logs.");
    }
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CuveeException(ErrorCode.QUERY_CANCELLED, "Interrupted while waiting for rows.", e);
    }
  }
}
