package io.cuvee.sqltests.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.Rest;
import io.cuvee.sqltests.cluster.Rows;
import io.cuvee.sqltests.cluster.SharedCluster;
import io.cuvee.sqltests.cluster.SqlFailure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The database tells about itself, and obeys.
@ExtendWith(ClusterExtension.class)
class TestSystemTables {
  private static final String ENDLESS =
      "SELECT COUNT(*) FROM events a, events b, events c"
          + " WHERE a.amount + b.amount + c.amount = -4711.125";

  private static List<String> first(Connection connection, String sql) throws SQLException {
    return Rows.query(connection, sql).texts().stream()
        .map(row -> String.valueOf(row.getFirst()))
        .toList();
  }

  @Test
  void aQueryIsKilledFromAnotherConnection(SharedCluster cluster) throws Exception {
    try (Connection working = cluster.connect();
        Connection watching = cluster.connect();
        Statement statement = working.createStatement()) {
      CompletableFuture<ResultSet> query =
          CompletableFuture.supplyAsync(() -> {
            try {
              return statement.executeQuery(ENDLESS);
            } catch (SQLException e) {
              throw new CompletionException(e);
            }
          });
      String ids = "SELECT query_id FROM system.queries WHERE query = '" + ENDLESS + "'";
      List<String> running = first(watching, ids);
      while (running.isEmpty()) {
        Thread.sleep(20);
        running = first(watching, ids);
      }
      String id = running.getFirst();
      assertThat(first(watching, "SHOW QUERIES")).contains(id);
      try (PreparedStatement kill = watching.prepareStatement("KILL QUERY ?")) {
        kill.setString(1, id);
        try (ResultSet killed = kill.executeQuery()) {
          assertThat(killed.next()).isTrue();
          assertThat(killed.getString(1)).isEqualTo(id);
        }
      }
      SqlFailure.of(() -> end(query)).is("57014");
      List<String> state =
          first(watching, "SELECT state FROM system.query_log WHERE query_id = '" + id + "'");
      while (state.isEmpty()) {
        Thread.sleep(20);
        state = first(watching, "SELECT state FROM system.query_log WHERE query_id = '" + id + "'");
      }
      assertThat(state).containsExactly("CANCELLED");
      SqlFailure.of(() -> first(watching, "KILL QUERY '" + id + "'")).is("42704");
    }
  }

  private static void end(CompletableFuture<ResultSet> query) throws Throwable {
    try {
      query.get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause();
    }
  }

  @Test
  void theLogTellsWhatFailedAndWhatItCost(SharedCluster cluster) throws Exception {
    try (Connection connection = cluster.connect()) {
      String marker = "'log " + System.nanoTime() + "'";
      first(connection, "SELECT COUNT(*) FROM emps WHERE name <> " + marker);
      SqlFailure.of(() -> first(connection, "SELECT 1 / 0, " + marker)).is("22012");
      String where = " FROM system.query_log WHERE query LIKE '%" + marker.replace("'", "") + "%'";
      assertThat(
              Rows.query(
                      connection,
                      "SELECT state, sql_state, result_rows, scanned_rows"
                          + where
                          + " AND query NOT LIKE '%query_log%' ORDER BY started_at, state DESC")
                  .texts())
          .containsExactly(
              java.util.Arrays.asList("FINISHED", null, "1", "16"),
              java.util.Arrays.asList("FAILED", "22012", "0", "0"));
    }
  }

  @Test
  void theSameOverHttp(SharedCluster cluster) throws Exception {
    JsonNode answer =
        cluster
            .broker()
            .post(
                "/query/sql",
                Rest.JSON.createObjectNode().put("sql", "SHOW TABLES LIKE 'emps'").toString())
            .expect(200)
            .json();
    assertThat(answer.path("exceptions")).isEmpty();
    assertThat(answer.at("/resultTable/rows").toString()).isEqualTo("[[\"emps\"]]");
    assertThat(answer.at("/resultTable/dataSchema/columnNames/0").asText()).isEqualTo("table_name");
  }

  @Test
  void metadataOfAResultNamesTheSystemsSchema(SharedCluster cluster) throws Exception {
    try (Connection connection = cluster.connect();
        PreparedStatement query =
            connection.prepareStatement("SELECT setting_name FROM system.settings")) {
      assertThat(query.getMetaData().getTableName(1)).isEqualTo("settings");
      assertThat(query.getMetaData().getSchemaName(1)).isEqualTo("system");
    }
  }

  @Test
  void serversAndMetricsAreThere(SharedCluster cluster) throws Exception {
    try (Connection connection = cluster.connect()) {
      assertThat(first(connection, "SELECT COUNT(*) FROM system.servers")).containsExactly("2");
      assertThat(first(connection, "SELECT role FROM system.instances GROUP BY role ORDER BY role"))
          .containsExactly("BROKER", "CONTROLLER", "MINION", "SERVER");
      assertThat(
              first(
                  connection,
                  "SELECT metric_value >= 1 FROM system.metrics WHERE metric_name ="
                      + " 'cuvee_queries_total' AND labels = 'outcome=success'"))
          .containsExactly("true");
    }
  }
}
