package io.cuvee.sqltests.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.launcher.embedded.EmbeddedCluster;
import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.Rest;
import io.cuvee.sqltests.cluster.Rows;
import io.cuvee.sqltests.cluster.SharedCluster;
import io.cuvee.sqltests.cluster.SqlFailure;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// CREATE, ALTER and DROP TABLE over JDBC, where they are allowed.
@ExtendWith(ClusterExtension.class)
class TestTableStatements {
  private static EmbeddedCluster open;

  @BeforeAll
  static void start(@TempDir Path directory) {
    open =
        EmbeddedCluster.start(
            directory,
            new EmbeddedCluster.Size(1, 1, 1),
            Map.of("broker.ddl-enabled", "true"),
            (part, millis) -> {});
  }

  @AfterAll
  static void stop() {
    open.close();
  }

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(open.jdbcUrl());
  }

  private static List<List<String>> query(Connection connection, String sql) throws SQLException {
    return Rows.query(connection, sql).texts();
  }

  @Test
  void theyAreRefusedUnlessTheBrokerAllowsThem(SharedCluster cluster) throws SQLException {
    try (Connection connection = cluster.connect();
        Statement statement = connection.createStatement()) {
      for (String sql :
          List.of(
              "CREATE TABLE t (a INT)", "ALTER TABLE emps ADD COLUMN a INT", "DROP TABLE emps")) {
        SqlFailure.of(() -> statement.execute(sql)).is("25006", "broker.ddl-enabled");
      }
      assertThat(cluster.query("SELECT COUNT(*) FROM emps")).isNotEmpty();
    }
  }

  @Test
  void aTableIsMadeFilledWidenedAndDropped() throws Exception {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      assertThat(
              statement.executeUpdate(
                  """
                  CREATE TABLE trips (
                    id BIGINT NOT NULL, "the city" VARCHAR(20) DEFAULT 'it''s unknown', fare DECIMAL(10, 2),
                    tags VARCHAR ARRAY, seen TIMESTAMP, day DATE, PRIMARY KEY (id)
                  ) WITH (replication = 1, sorted_column = id, inverted_index_columns = 'the city')\
                  """))
          .isZero();
      assertThat(query(connection, "SELECT COUNT(*) FROM trips")).containsExactly(List.of("0"));
      try (Rest controller = new Rest(open.controllerUrls().getFirst())) {
        controller
            .ingest(
                "trips",
                "json",
                "rows.jsonl",
                "{\"id\": 1, \"fare\": 2.50, \"tags\": [\"a\"], \"seen\": 0, \"day\":"
                    + " \"2024-01-01\"}\n")
            .expect(200);
      }
      assertThat(query(connection, "SELECT \"the city\", fare, seen, day FROM trips"))
          .containsExactly(List.of("it's unknown", "2.50", "1970-01-01T00:00", "2024-01-01"));
      assertThat(statement.execute("ALTER TABLE \"default\".trips ADD COLUMN stars INT DEFAULT -1"))
          .isFalse();
      assertThat(statement.getUpdateCount()).isZero();
      assertThat(query(connection, "SELECT stars FROM trips"))
          .containsExactly(Collections.singletonList(null));
      SqlFailure.of(() -> statement.execute("ALTER TABLE trips ADD nn INT NOT NULL")).is("0A000");
      SqlFailure.of(() -> statement.execute("ALTER TABLE trips ADD stars INT")).mentions("stars");
      statement.execute("ALTER TABLE trips ADD IF NOT EXISTS stars INT");

      String made = query(connection, "SHOW CREATE TABLE trips").getFirst().get(1);
      assertThat(statement.executeUpdate("DROP TABLE trips;")).isZero();
      SqlFailure.of(() -> query(connection, "SELECT 1 FROM trips")).is("42P01");
      statement.execute("DROP TABLE IF EXISTS trips");
      SqlFailure.of(() -> statement.execute("DROP TABLE trips")).is("42P01");
      // What it was made by makes it again.
      statement.execute(made);
      assertThat(query(connection, "SHOW CREATE TABLE trips").getFirst().get(1)).isEqualTo(made);
    }
  }

  @Test
  void whatIsWrongIsToldAndNothingIsMade() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      SqlFailure.of(() -> statement.execute("CREATE TABLE w (a INT, b WRONG)")).mentions("WRONG");
      SqlFailure.of(() -> statement.execute("CREATE TABLE w (a INT")).is("42601", "CREATE TABLE");
      SqlFailure.of(() -> statement.execute("CREATE TABLE w (a INT) WITH (shards = 3)"))
          .mentions("shards", "replication");
      SqlFailure.of(() -> statement.execute("CREATE TABLE w (a INT) WITH (sorted_column = 'b')"))
          .mentions("'b'");
      SqlFailure.of(() -> statement.execute("CREATE TABLE w (a INT, a INT)")).mentions("a");
      SqlFailure.of(() -> statement.execute("CREATE TABLE system.w (a INT)")).is("0A000", "system");
      SqlFailure.of(() -> statement.execute("DROP TABLE system.queries")).mentions("system");
      // The schema of a refused table does not stay behind.
      statement.execute("CREATE TABLE w (a INT)");
      SqlFailure.of(() -> statement.execute("CREATE TABLE W (a INT)")).mentions("IF NOT EXISTS");
      statement.execute("CREATE TABLE IF NOT EXISTS w (b INT)");
      SqlFailure.of(() -> statement.execute("INSERT INTO w VALUES (1)")).is("25006");
    }
  }

  @Test
  void theyMayBePreparedAndComeOverHttp() throws Exception {
    try (Connection connection = connect();
        PreparedStatement create = connection.prepareStatement("CREATE TABLE prepared (a INT)")) {
      assertThat(create.executeUpdate()).isZero();
      try (Rest broker = new Rest(open.brokerUrls().getFirst())) {
        assertThat(
                broker
                    .post("/query/sql", "{\"sql\": \"DROP TABLE prepared\"}")
                    .expect(200)
                    .json()
                    .at("/resultTable/rows/0/0")
                    .asText())
            .contains("prepared");
      }
      SqlFailure.of(() -> query(connection, "SELECT 1 FROM prepared")).is("42P01");
    }
  }
}
