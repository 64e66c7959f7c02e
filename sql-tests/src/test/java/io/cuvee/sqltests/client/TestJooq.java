package io.cuvee.sqltests.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.sum;
import static org.jooq.impl.DSL.table;

import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.SharedCluster;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.stream.Stream;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Record3;
import org.jooq.Result;
import org.jooq.SQLDialect;
import org.jooq.Table;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ClusterExtension.class)
class TestJooq {
  private static final Table<Record> DEPTS = table(name("depts"));
  private static final Table<Record> EMPS = table(name("emps"));
  private static final Field<Integer> DEPT_ID = field(name("depts", "id"), Integer.class);
  private static final Field<String> DEPT_NAME = field(name("depts", "name"), String.class);
  private static final Field<Integer> EMP_DEPT = field(name("emps", "dept"), Integer.class);
  private static final Field<Long> SALARY = field(name("emps", "salary"), Long.class);

  private Connection connection;
  private DSLContext jooq;

  @BeforeAll
  static void beQuiet() {
    System.setProperty("org.jooq.no-logo", "true");
    System.setProperty("org.jooq.no-tips", "true");
  }

  @BeforeEach
  void connect(SharedCluster cluster) throws SQLException {
    connection = cluster.connect();
    jooq = DSL.using(connection, SQLDialect.DEFAULT);
  }

  @AfterEach
  void disconnect() throws SQLException {
    connection.close();
  }

  @Test
  void aJoinWithGroupsIsBuiltAndRun(SharedCluster cluster) throws SQLException {
    Result<Record3<String, Integer, BigDecimal>> result =
        jooq.select(DEPT_NAME, count(), sum(SALARY))
            .from(EMPS)
            .join(DEPTS)
            .on(EMP_DEPT.eq(DEPT_ID))
            .where(SALARY.gt(0L))
            .groupBy(DEPT_NAME)
            .having(count().ge(1))
            .orderBy(DEPT_NAME.asc())
            .fetch();
    assertThat(result.map(row -> row.value1() + " " + row.value2() + " " + row.value3()))
        .isNotEmpty()
        .isEqualTo(
            cluster
                .query(
                    "SELECT d.name || ' ' || CAST(COUNT(*) AS VARCHAR) || ' ' || CAST(SUM(e.salary)"
                        + " AS VARCHAR) FROM emps e JOIN depts d ON e.dept = d.id WHERE e.salary >"
                        + " 0 GROUP BY d.name ORDER BY d.name")
                .stream()
                .map(row -> row.getFirst())
                .toList());
  }

  @Test
  void valuesOfAllKindsAreBound() {
    Field<LocalDate> hired = field(name("hired"), LocalDate.class);
    assertThat(
            jooq.select(field(name("id"), Integer.class), hired)
                .from(EMPS)
                .where(hired.gt(LocalDate.of(1970, 1, 1)))
                .and(field(name("active"), Boolean.class).eq(true))
                .and(field(name("name"), String.class).ne("nobody"))
                .orderBy(hired, field(name("id")))
                .limit(2)
                .offset(1)
                .fetch())
        .hasSize(2)
        .allSatisfy(row -> assertThat(row.value2()).isAfter(LocalDate.of(1970, 1, 1)));
    assertThat(jooq.fetchCount(DEPTS, DEPT_ID.in(10, 20, 99))).isEqualTo(2);
    assertThat(jooq.fetchExists(DEPTS, DEPT_NAME.like("Cel%"))).isTrue();
  }

  @Test
  void rowsAreStreamed() {
    try (Stream<Record> rows =
        jooq.select(field(name("id")))
            .from(table(name("events")))
            .fetchSize(100)
            .fetchStream()
            .map(row -> (Record) row)) {
      assertThat(rows.limit(1000).count()).isEqualTo(1000);
    }
  }

  @Test
  void plainSqlAndMetadata() {
    assertThat(jooq.resultQuery("SELECT id FROM depts WHERE name = ?", "Lab").fetchOne(0))
        .isEqualTo(40);
    assertThat(jooq.meta().getTables("depts"))
        .singleElement()
        .satisfies(depts ->
            assertThat(Stream.of(depts.fields()).map(Field::getName))
                .containsExactly("id", "name", "city", "budget"));
  }

  @Test
  void writingIsRefused() {
    assertThatThrownBy(() -> jooq.deleteFrom(DEPTS).where(DEPT_ID.eq(10)).execute())
        .isInstanceOfSatisfying(
            DataAccessException.class, e -> assertThat(e.sqlState()).isEqualTo("25006"));
  }
}
