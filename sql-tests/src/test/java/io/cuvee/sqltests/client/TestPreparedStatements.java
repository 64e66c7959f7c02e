package io.cuvee.sqltests.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.SharedCluster;
import io.cuvee.sqltests.cluster.SqlFailure;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Date;
import java.sql.JDBCType;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ClusterExtension.class)
class TestPreparedStatements {
  private Connection connection;

  @BeforeEach
  void connect(SharedCluster cluster) throws SQLException {
    connection = cluster.connect();
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  /// Sets the parameters of a statement.
  private interface Setter {
    void set(PreparedStatement statement) throws SQLException;
  }

  private List<Integer> ids(String sql, Setter setter) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      setter.set(statement);
      try (ResultSet rows = statement.executeQuery()) {
        List<Integer> ids = new ArrayList<>();
        while (rows.next()) {
          ids.add(rows.getInt(1));
        }
        return ids;
      }
    }
  }

  /// The rows of `all_types` whose column equals the parameter.
  private List<Integer> equal(String column, Setter setter) throws SQLException {
    return ids("SELECT id FROM all_types WHERE " + column + " = ? ORDER BY id", setter);
  }

  @Test
  void numbers() throws SQLException {
    assertThat(equal("i", s -> s.setInt(1, 42))).containsExactly(7, 8);
    assertThat(equal("i", s -> s.setByte(1, (byte) 42))).containsExactly(7, 8);
    assertThat(equal("i", s -> s.setLong(1, Integer.MIN_VALUE))).containsExactly(4);
    assertThat(equal("l", s -> s.setLong(1, Long.MAX_VALUE))).containsExactly(3);
    assertThat(equal("l", s -> s.setShort(1, (short) 1000))).containsExactly(10);
    assertThat(equal("f", s -> s.setFloat(1, 0.1f))).containsExactly(7);
    assertThat(equal("f", s -> s.setFloat(1, Float.MAX_VALUE))).containsExactly(3);
    assertThat(equal("d", s -> s.setDouble(1, 0.1))).containsExactly(7);
    assertThat(equal("d", s -> s.setDouble(1, Double.MIN_VALUE))).containsExactly(6);
    assertThat(equal("d", s -> s.setInt(1, 0))).containsExactly(5, 8);
    assertThat(equal("n", s -> s.setBigDecimal(1, new BigDecimal("1234567.89"))))
        .containsExactly(7);
    assertThat(equal("n", s -> s.setBigDecimal(1, new BigDecimal("9".repeat(38)))))
        .containsExactly(3);
    assertThat(equal("n", s -> s.setInt(1, 100))).containsExactly(10);
  }

  @Test
  void theDoublesThatAreNoNumbers() throws SQLException {
    assertThat(equal("d", s -> s.setDouble(1, Double.NEGATIVE_INFINITY))).containsExactly(10);
    assertThat(equal("d", s -> s.setDouble(1, Double.NaN))).containsExactly(9);
    assertThat(equal("f", s -> s.setFloat(1, Float.POSITIVE_INFINITY))).containsExactly(10);
  }

  @Test
  void truthAndText() throws SQLException {
    assertThat(equal("o", s -> s.setBoolean(1, false))).containsExactly(4, 5, 8);
    assertThat(equal("s", s -> s.setString(1, "naïve café ☕ 漢字 🍷"))).containsExactly(6);
    assertThat(equal("s", s -> s.setString(1, ""))).containsExactly(4);
    assertThat(equal("s", s -> s.setString(1, "' OR 1 = 1 --"))).isEmpty();
    assertThat(
            equal("s", s -> s.setString(1, "tab\there 'quoted' \"double\" back\\slash\nline two")))
        .containsExactly(8);
    assertThat(
            ids("SELECT id FROM all_types WHERE s LIKE ? ORDER BY id", s -> s.setString(1, "%b%")))
        .containsExactly(1, 8, 10);
  }

  @Test
  void datesAndTimes() throws SQLException {
    assertThat(equal("day", s -> s.setDate(1, Date.valueOf("2001-01-31")))).containsExactly(1);
    assertThat(equal("day", s -> s.setObject(1, LocalDate.of(1, 1, 1)))).containsExactly(4);
    LocalDateTime time = LocalDateTime.of(2001, 1, 31, 12, 34, 56, 789_000_000);
    assertThat(equal("t", s -> s.setObject(1, time))).containsExactly(1);
    Timestamp instant = Timestamp.from(Instant.parse("2001-01-31T12:34:56.789Z"));
    assertThat(equal("t", s -> s.setTimestamp(1, instant))).containsExactly(1);
    assertThat(equal("t", s -> s.setString(1, "1969-12-31 23:59:59.999"))).containsExactly(6);
  }

  @Test
  void bytesAndUuids() throws SQLException {
    assertThat(equal("b", s -> s.setBytes(1, new byte[] {0, (byte) 0xff}))).containsExactly(1);
    assertThat(equal("b", s -> s.setBytes(1, new byte[0]))).containsExactly(4);
    UUID uuid = UUID.fromString("123e4567-e89b-12d3-a456-426614174000");
    assertThat(equal("u", s -> s.setObject(1, uuid))).containsExactly(6, 7);
    assertThat(equal("u", s -> s.setString(1, uuid.toString()))).containsExactly(6, 7);
  }

  @Test
  void anElementOfAnArray() throws SQLException {
    assertThat(equal("astr", s -> s.setString(1, "café"))).containsExactly(6);
    assertThat(equal("ai", s -> s.setInt(1, 42))).containsExactly(7);
    assertThat(
            ids(
                "SELECT id FROM all_types WHERE ARRAY_CONTAINS(astr, ?) ORDER BY id",
                s -> s.setString(1, "ABC")))
        .containsExactly(7);
  }

  @Test
  void nullEqualsNothing() throws SQLException {
    for (String column : List.of("i", "l", "f", "d", "n", "o", "t", "day", "s", "u", "b")) {
      assertThat(equal(column, s -> s.setNull(1, Types.NULL))).as(column).isEmpty();
    }
    assertThat(equal("i", s -> s.setObject(1, null))).isEmpty();
    assertThat(equal("s", s -> s.setObject(1, null, JDBCType.VARCHAR))).isEmpty();
    assertThat(
            ids(
                "SELECT id FROM depts WHERE city IS NOT DISTINCT FROM ?",
                s -> s.setString(1, null)))
        .containsExactly(50);
  }

  @Test
  void parametersStandInManyPlaces() throws SQLException {
    assertThat(
            ids(
                "SELECT id FROM emps WHERE dept IN (?, ?) AND salary BETWEEN ? AND ?"
                    + " AND title <> ? ORDER BY id LIMIT ? OFFSET ?",
                s -> {
                  s.setInt(1, 20);
                  s.setInt(2, 30);
                  s.setLong(3, 1000);
                  s.setLong(4, 5000);
                  s.setString(5, "Manager");
                  s.setInt(6, 3);
                  s.setInt(7, 1);
                }))
        .containsExactly(5, 7, 8);
    assertThat(
            ids(
                "SELECT dept + ? AS d FROM emps GROUP BY dept HAVING COUNT(*) > ? ORDER BY d",
                s -> {
                  s.setInt(1, 1);
                  s.setInt(2, 3);
                }))
        .containsExactly(21, 31);
    assertThat(
            ids(
                "SELECT id FROM emps WHERE salary > (SELECT AVG(salary) FROM emps WHERE dept = ?)"
                    + " AND CASE WHEN active THEN id < ? ELSE id > 100 END ORDER BY id",
                s -> {
                  s.setInt(1, 10);
                  s.setInt(2, 10);
                }))
        .containsExactly(1, 3, 6);
  }

  @Test
  void oneStatementRunsManyTimes() throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT COUNT(*) FROM events WHERE id <= ?")) {
      for (int i = 0; i <= 20_000; i += 500) {
        statement.setInt(1, i);
        try (ResultSet rows = statement.executeQuery()) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getInt(1)).isEqualTo(i);
        }
      }
    }
  }

  @Test
  void aValueThatDoesNotFitIsAnError() throws SQLException {
    SqlFailure.of(() -> equal("i", s -> s.setString(1, "many"))).is("22023", "many");
    SqlFailure.of(() -> equal("day", s -> s.setString(1, "2024-02-30"))).is("22023", "2024-02-30");
    assertThat(equal("i", s -> s.setInt(1, 42))).containsExactly(7, 8);
  }

  @Test
  void aNumberBeyondTheColumnsTypeIsAnError() {
    SqlFailure.of(() -> equal("i", s -> s.setLong(1, Long.MAX_VALUE)))
        .is("22023", "9223372036854775807");
  }

  @Test
  void timesOfDay() throws SQLException {
    LocalTime time = LocalTime.of(23, 59, 58, 125_000_000);
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT CAST(? AS TIME) AS a, CAST(? AS TIME) AS b, TIME '01:02:03' AS c, CAST(NULL AS"
                + " TIME) AS d, ARRAY[TIME '00:00:01'] AS e")) {
      statement.setObject(1, time);
      statement.setTime(2, Time.valueOf("12:30:00"));
      try (ResultSet rows = statement.executeQuery()) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getObject(1, LocalTime.class)).isEqualTo(time);
        assertThat(rows.getString(1)).isEqualTo("23:59:58.125");
        assertThat(rows.getTime(2)).isEqualTo(Time.valueOf("12:30:00"));
        assertThat(rows.getObject("c")).isEqualTo(Time.valueOf("01:02:03"));
        assertThat(rows.getTime(4)).isNull();
        assertThat((Object[]) rows.getArray(5).getArray()).hasSize(1);
        assertThat(rows.getMetaData().getColumnType(1)).isEqualTo(Types.TIME);
        assertThat(rows.getMetaData().getColumnTypeName(1)).isEqualTo("TIME");
        assertThat(rows.getMetaData().getColumnClassName(1)).isEqualTo("java.sql.Time");
      }
    }
    try (ResultSet types = connection.getMetaData().getTypeInfo()) {
      List<String> names = new ArrayList<>();
      while (types.next()) {
        names.add(types.getString("TYPE_NAME"));
      }
      assertThat(names).contains("TIME");
    }
  }
}
