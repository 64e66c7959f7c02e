package io.cuvee.sqltests.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.SharedCluster;
import java.math.BigDecimal;
import java.sql.DatabaseMetaData;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.DataClassRowMapper;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcUtils;

@ExtendWith(ClusterExtension.class)
class TestSpringJdbcTemplate {
  private JdbcTemplate template;

  /// A row of `depts`.
  record Dept(int id, String name, @Nullable String city, @Nullable BigDecimal budget) {}

  @BeforeEach
  void connect(SharedCluster cluster) {
    template = new JdbcTemplate(new DriverManagerDataSource(cluster.jdbcUrl()));
  }

  @Test
  void rowsBecomeValuesMapsAndRecords() {
    assertThat(template.queryForObject("SELECT COUNT(*) FROM depts", Integer.class)).isEqualTo(5);
    assertThat(
            template.queryForList(
                "SELECT name FROM depts WHERE id < ? ORDER BY id", String.class, 30))
        .containsExactly("Cellar", "Vineyard");
    assertThat(template.queryForMap("SELECT id, city FROM depts WHERE id = ?", 50))
        .containsEntry("id", 50)
        .containsEntry("city", null);
    assertThat(
            template.query(
                "SELECT * FROM depts WHERE budget > ? ORDER BY id",
                new DataClassRowMapper<>(Dept.class),
                new BigDecimal("99999.99")))
        .containsExactly(
            new Dept(10, "Cellar", "Reims", new BigDecimal("250000.50")),
            new Dept(20, "Vineyard", "Épernay", new BigDecimal("410000.00")));
  }

  @Test
  void namedParametersMayBeLists() {
    NamedParameterJdbcTemplate named = new NamedParameterJdbcTemplate(template);
    assertThat(
            named.queryForList(
                "SELECT name FROM depts WHERE id IN (:ids) AND name <> :name ORDER BY id",
                Map.of("ids", List.of(10, 20, 30), "name", "Vineyard"),
                String.class))
        .containsExactly("Cellar", "Sales");
    assertThat(
            JdbcClient.create(template)
                .sql("SELECT id FROM depts WHERE city = :city")
                .param("city", "Épernay")
                .query(Integer.class)
                .optional())
        .contains(20);
  }

  @Test
  void limitsReachTheDatabase() {
    template.setMaxRows(3);
    template.setFetchSize(2);
    template.setQueryTimeout(20);
    assertThat(template.queryForList("SELECT id FROM events ORDER BY id", Integer.class))
        .containsExactly(1, 2, 3);
  }

  @Test
  void errorsBecomeSpringsByTheirSqlState() {
    assertThatThrownBy(() -> template.queryForList("SELECT nam FROM depts"))
        .isInstanceOf(BadSqlGrammarException.class)
        .rootCause()
        .hasMessageContaining("Did you mean 'name'?");
  }

  @Test
  void metadataIsExtracted() throws Exception {
    String product =
        JdbcUtils.extractDatabaseMetaData(
            Objects.requireNonNull(template.getDataSource()),
            DatabaseMetaData::getDatabaseProductName);
    assertThat(product).isEqualTo("Cuvee");
  }
}
