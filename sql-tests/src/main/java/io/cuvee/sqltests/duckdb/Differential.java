package io.cuvee.sqltests.duckdb;

import io.cuvee.sqltests.cluster.Rows;
import io.cuvee.sqltests.duckdb.QueryGenerator.Query;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;

/// Asks two databases the same and says what differs. For one thread.
public final class Differential {
  private final DuckDb duckDb;
  private final Connection connection;

  /// @param connection to Cuvée; both are the caller's to close
  public Differential(DuckDb duckDb, Connection connection) {
    this.duckDb = duckDb;
    this.connection = connection;
  }

  /// How two answers compare.
  public enum Kind {
    SAME,
    /// A sum that does not fit LONG is an error here, and 128 bits wide in DuckDB.
    WIDER_SUM,
    /// Both say that a value has no result.
    BOTH_REFUSED,
    /// Sub-queries nested as no plan is made for yet, which the error says.
    NOT_PLANNED,
    /// DuckDB has no memory for it, and nothing was compared.
    TOO_LARGE,
    DIFFERENT
  }

  /// @param detail both answers, if they differ
  public record Finding(Kind kind, String detail) {
    private static Finding of(String difference) {
      return new Finding(difference.isEmpty() ? Kind.SAME : Kind.DIFFERENT, difference);
    }
  }

  /// Compares with DuckDB's answer.
  public Finding withDuckDb(Query query) {
    Rows expected;
    try {
      expected = duckDb.query(query.sql());
    } catch (SQLException e) {
      return withRefusal(query, e);
    }
    try {
      Rows actual = Rows.query(connection, query.sql());
      return Finding.of(SameRows.difference(expected, actual, query.ordered()));
    } catch (SQLException e) {
      if (isOutOfRange(e) && sumExceedsLong(query)) {
        return new Finding(Kind.WIDER_SUM, "");
      }
      return "0A000".equals(e.getSQLState())
          ? new Finding(Kind.NOT_PLANNED, "")
          : new Finding(
              Kind.DIFFERENT, "expected " + expected.cells().size() + " rows\nactual   " + text(e));
    }
  }

  /// Compares with the answer of another cluster, which has the same tables.
  public Finding withCluster(Connection other, Query query) {
    Rows expected;
    try {
      expected = Rows.query(other, query.sql());
    } catch (SQLException e) {
      try {
        Rows actual = Rows.query(connection, query.sql());
        return new Finding(
            Kind.DIFFERENT,
            "expected " + text(e) + "\nactual   " + actual.cells().size() + " rows");
      } catch (SQLException same) {
        return same.getSQLState().equals(e.getSQLState())
            ? new Finding(Kind.BOTH_REFUSED, "")
            : new Finding(Kind.DIFFERENT, "expected " + text(e) + "\nactual   " + text(same));
      }
    }
    try {
      Rows actual = Rows.query(connection, query.sql());
      return Finding.of(SameRows.difference(expected, actual, query.ordered()));
    } catch (SQLException e) {
      return new Finding(
          Kind.DIFFERENT, "expected " + expected.cells().size() + " rows\nactual   " + text(e));
    }
  }

  private Finding withRefusal(Query query, SQLException refusal) {
    if (String.valueOf(refusal.getMessage()).startsWith("Out of Memory")) {
      return new Finding(Kind.TOO_LARGE, "");
    }
    try {
      Rows actual = Rows.query(connection, query.sql());
      return new Finding(
          Kind.DIFFERENT,
          "expected " + text(refusal) + "\nactual   " + actual.cells().size() + " rows");
    } catch (SQLException e) {
      String message = String.valueOf(refusal.getMessage());
      return isOutOfRange(e)
              && (message.contains("Out of Range") || message.contains("Conversion Error"))
          ? new Finding(Kind.BOTH_REFUSED, "")
          : new Finding(Kind.DIFFERENT, "expected " + text(refusal) + "\nactual   " + text(e));
    }
  }

  private static String text(SQLException e) {
    return e.getSQLState() + ": " + e.getMessage();
  }

  private static boolean isOutOfRange(SQLException e) {
    return "22003".equals(e.getSQLState());
  }

  /// Whether some row has such a sum, which a limit may have left out.
  private boolean sumExceedsLong(Query query) {
    String all = query.sql().replaceFirst(" LIMIT \\d+( OFFSET \\d+)?$", "");
    try {
      return duckDb.query(all).cells().stream()
          .anyMatch(row -> row.stream().anyMatch(Differential::exceedsLong));
    } catch (SQLException e) {
      return false;
    }
  }

  private static boolean exceedsLong(Object cell) {
    return cell instanceof BigInteger integer && integer.bitLength() > Long.SIZE - 1;
  }
}
