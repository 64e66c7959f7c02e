package io.cuvee.launcher.loading;

import io.cuvee.common.catalog.VirtualColumns;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;

/// Waits until rows can be queried.
public final class RowCounts {
  private RowCounts() {}

  /// Asks for the table's count until it is at least `expected`.
  ///
  /// @return the last count
  /// @throws CuveeException `DATA_UNAVAILABLE` with the last answer if it takes too long
  public static long await(String jdbcUrl, String table, long expected, Duration limit) {
    return await(jdbcUrl, table, "", expected, count -> count >= expected, limit);
  }

  /// Asks for the count of some segments until it is `expected`.
  ///
  /// @return the same
  /// @throws CuveeException `DATA_UNAVAILABLE` with the last answer if it takes too long
  public static long await(
      String jdbcUrl, String table, List<String> segments, long expected, Duration limit) {
    if (segments.isEmpty()) {
      return expected;
    }
    String names = segments.stream().collect(Collectors.joining("', '", "('", "')"));
    String condition = " WHERE \"" + VirtualColumns.SEGMENT_NAME + "\" IN " + names;
    return await(jdbcUrl, table, condition, expected, count -> count == expected, limit);
  }

  private static long await(
      String jdbcUrl,
      String table,
      String condition,
      long expected,
      LongPredicate isEnough,
      Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    String last = "no answer yet";
    while (true) {
      try (Connection connection = DriverManager.getConnection(jdbcUrl);
          Statement statement = connection.createStatement()) {
        while (true) {
          try (ResultSet result =
              statement.executeQuery("SELECT COUNT(*) FROM \"" + table + "\"" + condition)) {
            result.next();
            long count = result.getLong(1);
            if (isEnough.test(count)) {
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
