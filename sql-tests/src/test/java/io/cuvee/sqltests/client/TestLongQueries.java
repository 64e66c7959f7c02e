package io.cuvee.sqltests.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.Rest;
import io.cuvee.sqltests.cluster.SharedCluster;
import io.cuvee.sqltests.cluster.SqlFailure;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// Queries that would run for hours, and what ends them.
@ExtendWith(ClusterExtension.class)
@Timeout(60)
class TestLongQueries {
  private static final String ENDLESS =
      "SELECT COUNT(*) FROM events a, events b, events c"
          + " WHERE a.amount + b.amount + c.amount = -1.125";

  @AfterEach
  void nothingRunsOn(SharedCluster cluster) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    JsonNode running = cluster.broker().get("/queries").expect(200).json();
    while (!running.isEmpty() && System.nanoTime() < deadline) {
      Thread.sleep(50);
      running = cluster.broker().get("/queries").expect(200).json();
    }
    assertThat(running).isEmpty();
  }

  @Test
  void aTimeLimitEndsThem(SharedCluster cluster) throws SQLException {
    try (Connection connection = cluster.connect();
        Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(1);
      SqlFailure.of(() -> statement.executeQuery(ENDLESS)).is("57014");
      assertStillWorks(statement);
    }
  }

  @Test
  void theConnectionsTimeLimitEndsThem(SharedCluster cluster) throws SQLException {
    try (Connection connection = DriverManager.getConnection(cluster.jdbcUrl() + "?timeout=500ms");
        Statement statement = connection.createStatement()) {
      SqlFailure.of(() -> statement.executeQuery(ENDLESS)).is("57014");
    }
  }

  @Test
  void cancelEndsThem(SharedCluster cluster) throws Exception {
    try (Connection connection = cluster.connect();
        Statement statement = connection.createStatement()) {
      CompletableFuture<ResultSet> query = start(statement);
      awaitRunning(cluster);
      statement.cancel();
      SqlFailure.of(() -> end(query)).is("57014");
      assertStillWorks(statement);
    }
  }

  @Test
  void anyoneMayCancelThemOverHttp(SharedCluster cluster) throws Exception {
    try (Connection connection = cluster.connect();
        Statement statement = connection.createStatement()) {
      CompletableFuture<ResultSet> query = start(statement);
      String id = awaitRunning(cluster);
      cluster.broker().delete("/query/" + id).expect(200);
      SqlFailure.of(() -> end(query)).is("57014");
    }
  }

  @Test
  void theTimeLimitOfHttpEndsThem(SharedCluster cluster) throws Exception {
    JsonNode answer =
        cluster
            .broker()
            .post(
                "/query/sql",
                Rest.JSON
                    .createObjectNode()
                    .put("sql", ENDLESS)
                    .put("queryOptions", "timeoutMs=500")
                    .toString())
            .expect(200)
            .json();
    assertThat(answer.path("exceptions").get(0).path("errorCode").asInt()).isEqualTo(250);
  }

  /// Waits for the query to end, with its own error.
  private static void end(CompletableFuture<ResultSet> query) throws Throwable {
    try {
      query.get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause();
    }
  }

  private static CompletableFuture<ResultSet> start(Statement statement) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return statement.executeQuery(ENDLESS);
      } catch (SQLException e) {
        throw new CompletionException(e);
      }
    });
  }

  /// The id of the query that runs.
  private static String awaitRunning(SharedCluster cluster) throws Exception {
    while (true) {
      JsonNode running = cluster.broker().get("/queries").expect(200).json();
      if (!running.isEmpty()) {
        return running.fieldNames().next();
      }
      Thread.sleep(20);
    }
  }

  private static void assertStillWorks(Statement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM emps")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt(1)).isEqualTo(16);
    }
  }
}
