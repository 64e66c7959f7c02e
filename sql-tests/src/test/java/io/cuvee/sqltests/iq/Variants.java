package io.cuvee.sqltests.iq;

import io.cuvee.sqltests.cluster.Rows;
import io.cuvee.sqltests.iq.SqlTokens.Parameterized;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Asks a query in all the ways that must give the same answer: prepared, prepared with parameters
/// instead of literals, and again after the same query with other literals has been planned.
final class Variants {
  private final Connection connection;
  private final List<String> failures = new ArrayList<>();

  Variants(Connection connection) {
    this.connection = connection;
  }

  /// What differed so far, one text each.
  List<String> failures() {
    return failures;
  }

  /// Asks a query in all ways.
  ///
  /// @param ordered whether the order of the rows must be the same
  void check(String sql, boolean ordered) {
    Answer expected = ask(() -> Rows.query(connection, sql), ordered);
    compare(sql, "asked again", expected, ask(() -> Rows.query(connection, sql), ordered));
    compare(sql, "prepared", expected, ask(() -> prepared(sql, List.of()), ordered));

    SqlTokens tokens = SqlTokens.of(sql);
    Parameterized parameterized = tokens.withParameters();
    if (!parameterized.values().isEmpty() && expected.error() == null) {
      compare(
          sql,
          "with parameters, as " + parameterized,
          expected,
          ask(() -> prepared(parameterized.sql(), parameterized.values()), ordered));
    }

    String other = tokens.withOtherLiterals();
    if (!other.equals(sql)) {
      Answer otherAnswer = ask(() -> Rows.query(connection, other), ordered);
      if (otherAnswer.isInternalError()) {
        failures.add(other + "\nfailed: " + otherAnswer.error());
      }
      compare(
          sql,
          "after the same with other literals",
          expected,
          ask(() -> Rows.query(connection, sql), ordered));
    }
  }

  private void compare(String sql, String how, Answer expected, Answer actual) {
    if (!expected.isLike(actual)) {
      failures.add(sql + "\n" + how + " gave\n  " + actual + "\ninstead of\n  " + expected);
    }
  }

  private interface Query {
    Rows run() throws SQLException;
  }

  /// Rows or an error.
  private record Answer(List<List<@Nullable String>> rows, @Nullable String error) {
    /// Which of several wrong values a message names is left to chance.
    boolean isLike(Answer other) {
      return error == null || other.error == null
          ? equals(other)
          : error.substring(0, 5).equals(other.error.substring(0, 5));
    }

    boolean isInternalError() {
      return error != null && error.startsWith("XX");
    }
  }

  private static Answer ask(Query query, boolean ordered) {
    try {
      List<List<@Nullable String>> rows = new ArrayList<>(query.run().texts());
      if (!ordered) {
        rows.sort(Comparator.comparing(Object::toString));
      }
      return new Answer(rows, null);
    } catch (SQLException e) {
      return new Answer(List.of(), e.getSQLState() + ": " + e.getMessage());
    }
  }

  /// Executes twice: the second time, nothing is planned.
  private Rows prepared(String sql, List<Object> values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.size(); i++) {
        statement.setObject(i + 1, values.get(i));
      }
      try (ResultSet first = statement.executeQuery()) {
        Rows.of(first);
      }
      try (ResultSet second = statement.executeQuery()) {
        return Rows.of(second);
      }
    }
  }
}
