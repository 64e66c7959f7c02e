package io.cuvee.sqltests.input;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.Rest.Answer;
import io.cuvee.sqltests.cluster.SharedCluster;
import io.cuvee.sqltests.cluster.SqlFailure;
import java.sql.DriverManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The same errors over JDBC, over the stock Avatica driver and over HTTP. More of them are in
/// `errors.iq`.
@ExtendWith(ClusterExtension.class)
class TestWrongQueries {
  @Test
  void anUnknownTableNamesTheNearest(SharedCluster cluster) throws Exception {
    String sql = "SELECT * FROM empss";

    SqlFailure.of(() -> cluster.query(sql)).is("42P01", "empss", "'emps'");
    SqlFailure.of(() -> overAvatica(cluster, sql)).is("42P01", "empss", "'emps'");
    assertHttpError(cluster, sql, 190, "empss", "'emps'");
  }

  @Test
  void anUnknownColumnNamesTheNearest(SharedCluster cluster) throws Exception {
    String sql = "SELECT id, salry FROM emps";

    SqlFailure.of(() -> cluster.query(sql)).is("42703", "salry", "'salary'");
    SqlFailure.of(() -> overAvatica(cluster, sql)).is("42703", "salry", "'salary'");
    assertHttpError(cluster, sql, 710, "salry", "'salary'");
  }

  @Test
  void textThatIsNoSqlSaysWhere(SharedCluster cluster) throws Exception {
    String sql = "SELECT id\nFROM emps\nWHERE id = = 3";

    SqlFailure.of(() -> cluster.query(sql)).is("42601", "line 3");
    assertHttpError(cluster, sql, 150, "line 3");
  }

  @Test
  void anErrorWhileRunningIsTheSameEverywhere(SharedCluster cluster) throws Exception {
    String sql = "SELECT 1 / (id - 7) FROM emps";

    SqlFailure.of(() -> cluster.query(sql)).is("22012", "zero");
    SqlFailure.of(() -> overAvatica(cluster, sql)).is("22012", "zero");
    assertHttpError(cluster, sql, 203, "zero");
  }

  @Test
  void writingIsRefusedWithTheWaysIn(SharedCluster cluster) throws Exception {
    String sql = "INSERT INTO emps (id) VALUES (1)";

    SqlFailure.of(() -> cluster.query(sql)).is("25006", "import", "ingestFromFile");
    assertHttpError(cluster, sql, 750, "ingestFromFile");
  }

  @Test
  void wrongRequestsOfHttp(SharedCluster cluster) throws Exception {
    for (String body : new String[] {"", "SELECT 1", "{\"sql\": 1}", "{\"query\": \"SELECT 1\"}"}) {
      Answer answer = cluster.broker().post("/query/sql", body);
      assertThat(answer.status()).as(body).isEqualTo(400);
      assertThat(answer.error()).as(body).isNotEmpty();
    }
    assertThat(cluster.broker().get("/no/such/path").status()).isEqualTo(404);
    assertThat(cluster.broker().delete("/query/sql").status()).isIn(404, 405);
  }

  @Test
  void addressesOfNoBroker(SharedCluster cluster) {
    SqlFailure.of(() -> DriverManager.getConnection("jdbc:cuvee://127.0.0.1:1/"))
        .is("08001", "127.0.0.1:1");
    SqlFailure.of(() -> DriverManager.getConnection(cluster.jdbcUrl() + "?fetchsise=3"))
        .is("08001", "fetchsise", "fetchSize");
  }

  private static void overAvatica(SharedCluster cluster, String sql) throws Exception {
    try (var connection =
            DriverManager.getConnection(
                "jdbc:avatica:remote:url="
                    + cluster.brokerUrl()
                    + "/avatica;serialization=protobuf");
        var statement = connection.createStatement()) {
      statement.executeQuery(sql).close();
    }
  }

  private static void assertHttpError(
      SharedCluster cluster, String sql, int code, String... partsOfMessage) throws Exception {
    JsonNode errors = cluster.broker().query(sql).path("exceptions");
    assertThat(errors).as(sql).hasSize(1);
    assertThat(errors.get(0).path("errorCode").asInt()).as(errors.toString()).isEqualTo(code);
    assertThat(errors.get(0).path("message").asText()).contains(partsOfMessage);
  }
}
