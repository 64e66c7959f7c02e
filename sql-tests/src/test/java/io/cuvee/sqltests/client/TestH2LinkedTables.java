package io.cuvee.sqltests.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.Rows;
import io.cuvee.sqltests.cluster.SharedCluster;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// H2 reads our tables as if they were its own.
@ExtendWith(ClusterExtension.class)
class TestH2LinkedTables {
  private Connection h2;

  @BeforeEach
  void link(SharedCluster cluster) throws SQLException {
    h2 = DriverManager.getConnection("jdbc:h2:mem:;CASE_INSENSITIVE_IDENTIFIERS=TRUE");
    try (Statement statement = h2.createStatement()) {
      Map<String, String> sources =
          Map.of(
              "depts", "depts",
              // H2 cannot link columns of arrays.
              "emps", "(SELECT id, name, dept, salary, hired, active FROM emps)",
              "events", "(SELECT id, moment, views, price FROM events)");
      for (Map.Entry<String, String> source : sources.entrySet()) {
        statement.execute(
            "CREATE LINKED TABLE %s('io.cuvee.jdbc.Driver', '%s', '', '', '%s') READONLY"
                .formatted(source.getKey(), cluster.jdbcUrl(), source.getValue()));
      }
    }
  }

  @AfterEach
  void unlink() throws SQLException {
    h2.close();
  }

  @Test
  void rowsAreThoseOfTheDatabase(SharedCluster cluster) throws SQLException {
    assertThat(Rows.query(h2, "SELECT * FROM depts ORDER BY id").texts())
        .hasSize(5)
        .contains(Arrays.asList("40", "Lab", "Bordeaux", null))
        .isEqualTo(cluster.query("SELECT * FROM depts ORDER BY id"));
    assertThat(Rows.query(h2, "SELECT COUNT(*), MIN(moment), SUM(views) FROM events").texts())
        .hasSize(1);
  }

  @Test
  void conditionsOfKeysArePassedOn() throws SQLException {
    assertThat(Rows.query(h2, "SELECT name FROM depts WHERE id = 20 AND city LIKE 'É%'").texts())
        .containsExactly(List.of("Vineyard"));
  }

  @Test
  void joinsWithTablesOfH2(SharedCluster cluster) throws SQLException {
    try (Statement statement = h2.createStatement()) {
      statement.execute("CREATE TABLE bonus(dept INT, points INT)");
      statement.execute("INSERT INTO bonus VALUES (10, 1), (20, 2), (99, 3)");
    }
    assertThat(
            Rows.query(
                    h2,
                    "SELECT d.name, COUNT(e.id), MAX(b.points) FROM bonus b JOIN depts d ON d.id ="
                        + " b.dept LEFT JOIN emps e ON e.dept = d.id GROUP BY d.name ORDER BY"
                        + " d.name")
                .texts())
        .isEqualTo(
            cluster.query(
                "SELECT d.name, COUNT(e.id), MAX(d.id / 10) FROM depts d LEFT JOIN emps e ON e.dept"
                    + " = d.id WHERE d.id IN (10, 20) GROUP BY d.name ORDER BY d.name"));
  }

  @Test
  void writingIsRefused() throws SQLException {
    try (Statement statement = h2.createStatement()) {
      assertThatThrownBy(() -> statement.execute("DELETE FROM depts"))
          .isInstanceOf(SQLException.class);
    }
  }
}
