package io.cuvee.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Calendar;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// The same rows from a broker that sends them in JSON and from one that sends them by column.
@ParameterizedClass(name = "by column: {0}")
@ValueSource(booleans = {false, true})
class TestCuveeResultSet {
  private final boolean byColumn;
  private FakeBroker broker;
  private Connection connection;
  private ResultSet row;

  TestCuveeResultSet(boolean byColumn) {
    this.byColumn = byColumn;
  }

  @BeforeEach
  void readTheRowOfTypes() throws Exception {
    broker = new FakeBroker();
    broker.sendsColumns = byColumn;
    open("");
  }

  private void open(String settings) throws SQLException {
    connection = DriverManager.getConnection(broker.url() + settings);
    row = connection.createStatement().executeQuery("SELECT types");
    assertThat(row.next()).isTrue();
  }

  @AfterEach
  void close() throws Exception {
    connection.close();
    broker.close();
  }

  private static String stateOf(Throwable e) {
    return ((SQLException) e).getSQLState();
  }

  @Test
  void getObjectGivesTheClassThatTheMetadataNames() throws Exception {
    ResultSetMetaData metadata = row.getMetaData();
    for (int i = 1; i <= metadata.getColumnCount(); i++) {
      assertThat(row.getObject(i))
          .as(metadata.getColumnLabel(i))
          .isInstanceOf(Class.forName(metadata.getColumnClassName(i)));
      assertThat(metadata.getPrecision(i)).isNotNegative();
      assertThat(metadata.getScale(i)).isNotNegative();
      assertThat(metadata.getColumnDisplaySize(i)).isPositive();
      assertThat(metadata.isReadOnly(i)).isTrue();
    }
    assertThat(metadata.getColumnType(10)).isEqualTo(Types.TIMESTAMP);
    assertThat(metadata.getColumnTypeName(11)).isEqualTo("VARCHAR ARRAY");
    assertThatThrownBy(() -> metadata.getColumnName(16)).hasMessageContaining("has 15");
  }

  @Test
  void defaultObjectsAreExact() throws SQLException {
    assertThat(row.getObject("b")).isEqualTo(true);
    assertThat(row.getObject("I")).isEqualTo(42);
    assertThat(row.getObject("l")).isEqualTo(9_007_199_254_740_993L);
    assertThat(row.getObject("f")).isEqualTo(1.5f);
    assertThat(row.getObject("d")).isEqualTo(0.1);
    assertThat(row.getObject("dec")).isEqualTo(new BigDecimal("12345678901234567890.1200"));
    assertThat(row.getObject("s")).isEqualTo("Zürich 'x'");
    assertThat(row.getObject("bin")).isEqualTo(new byte[] {0, 1, (byte) 255});
    assertThat(row.getObject("dt")).isEqualTo(Date.valueOf("2013-01-01"));
    assertThat(row.getObject("ts"))
        .isEqualTo(Timestamp.from(Instant.parse("2013-01-01T05:15:00.123Z")));
    assertThat(row.getObject("u"))
        .isEqualTo(UUID.fromString("123e4567-e89b-12d3-a456-426614174000"));
    assertThat(row.getObject("nan")).isEqualTo(Double.NaN);
    assertThat(row.getObject("big"))
        .isEqualTo(new BigDecimal("99999999999999999999999999999999999999"));
  }

  @Test
  void everythingHasText() throws SQLException {
    assertThat(row.getString("b")).isEqualTo("true");
    assertThat(row.getString("l")).isEqualTo("9007199254740993");
    assertThat(row.getString("f")).isEqualTo("1.5");
    assertThat(row.getString("d")).isEqualTo("0.1");
    assertThat(row.getString("dec")).isEqualTo("12345678901234567890.1200");
    assertThat(row.getString("bin")).isEqualTo("0001ff");
    assertThat(row.getString("dt")).isEqualTo("2013-01-01");
    assertThat(row.getString("ts")).isEqualTo("2013-01-01 05:15:00.123");
    assertThat(row.getString("tags")).isEqualTo("[a, b]");
    assertThat(row.getString("nums")).isEqualTo("[1, null, 3]");
    assertThat(row.getString("nan")).isEqualTo("NaN");
  }

  @Test
  void numbersConvertWithinTheirRange() throws SQLException {
    assertThat(row.getLong("i")).isEqualTo(42);
    assertThat(row.getByte("i")).isEqualTo((byte) 42);
    assertThat(row.getShort("i")).isEqualTo((short) 42);
    assertThat(row.getDouble("i")).isEqualTo(42.0);
    assertThat(row.getInt("f")).isEqualTo(1);
    assertThat(row.getInt("b")).isEqualTo(1);
    assertThat(row.getBoolean("i")).isTrue();
    assertThat(row.getBigDecimal("d")).isEqualByComparingTo("0.1");
    assertThat(row.getBigDecimal("dec")).hasScaleOf(4);
    for (String column : List.of("l", "dec", "nan", "big")) {
      assertThatThrownBy(() -> row.getInt(column))
          .as(column)
          .extracting(TestCuveeResultSet::stateOf)
          .isEqualTo("22003");
    }
    assertThatThrownBy(() -> row.getInt("s"))
        .hasMessageContaining("Zürich")
        .extracting(TestCuveeResultSet::stateOf)
        .isEqualTo("22018");
    assertThatThrownBy(() -> row.getBoolean("s"))
        .extracting(TestCuveeResultSet::stateOf)
        .isEqualTo("22018");
  }

  @Test
  void getObjectConvertsToManyClasses() throws SQLException {
    assertThat(row.getObject("i", String.class)).isEqualTo("42");
    assertThat(row.getObject("i", Long.class)).isEqualTo(42L);
    assertThat(row.getObject("i", Integer.class)).isEqualTo(42);
    assertThat(row.getObject("i", Short.class)).isEqualTo((short) 42);
    assertThat(row.getObject("i", Byte.class)).isEqualTo((byte) 42);
    assertThat(row.getObject("i", Double.class)).isEqualTo(42.0);
    assertThat(row.getObject("i", Float.class)).isEqualTo(42f);
    assertThat(row.getObject("i", BigDecimal.class)).isEqualByComparingTo("42");
    assertThat(row.getObject("i", BigInteger.class)).isEqualTo(42);
    assertThat(row.getObject("i", Boolean.class)).isTrue();
    assertThat(row.getObject("i", Object.class)).isEqualTo(42);
    assertThat(row.getObject("u", UUID.class)).hasToString("123e4567-e89b-12d3-a456-426614174000");
    assertThat(row.getObject("bin", byte[].class)).containsExactly(0, 1, 255);
    assertThat(row.getObject("tags", String[].class)).containsExactly("a", "b");
    assertThat((Object) row.getObject("tags", List.class)).isEqualTo(List.of("a", "b"));
    assertThat(row.getObject("nums", Long[].class)).containsExactly(1L, null, 3L);
    assertThat(row.getObject("nums", Array.class).getBaseType()).isEqualTo(Types.BIGINT);
    assertThatThrownBy(() -> row.getObject("nums", long[].class)).hasMessageContaining("NULL");
    assertThatThrownBy(() -> row.getObject("i", Thread.class))
        .extracting(TestCuveeResultSet::stateOf)
        .isEqualTo("0A000");
  }

  @Test
  void datesAndTimesConvert() throws SQLException {
    assertThat(row.getObject("ts", LocalDateTime.class)).isEqualTo("2013-01-01T05:15:00.123");
    assertThat(row.getObject("ts", LocalDate.class)).isEqualTo("2013-01-01");
    assertThat(row.getObject("ts", LocalTime.class)).isEqualTo("05:15:00.123");
    assertThat(row.getObject("ts", Instant.class)).isEqualTo("2013-01-01T05:15:00.123Z");
    assertThat(row.getObject("ts", OffsetDateTime.class).getOffset()).isEqualTo(ZoneOffset.UTC);
    assertThat(row.getObject("ts", ZonedDateTime.class).toInstant())
        .isEqualTo("2013-01-01T05:15:00.123Z");
    assertThat(row.getObject("ts", Timestamp.class)).isEqualTo(row.getTimestamp("ts"));
    assertThat(row.getObject("ts", Date.class)).isEqualTo(Date.valueOf("2013-01-01"));
    assertThat(row.getTime("ts").toLocalTime()).isEqualTo("05:15");
    assertThat(row.getObject("ts", Time.class)).isEqualTo(row.getTime("ts"));
    assertThat(row.getObject("dt", LocalDate.class)).isEqualTo("2013-01-01");
    assertThat(row.getObject("dt", LocalDateTime.class)).isEqualTo("2013-01-01T00:00");
    assertThat(row.getDate("dt").toLocalDate()).isEqualTo("2013-01-01");
    Calendar tokyo = Calendar.getInstance(TimeZone.getTimeZone("Asia/Tokyo"), Locale.ROOT);
    assertThat(row.getTimestamp("ts", tokyo).toInstant()).isEqualTo("2012-12-31T20:15:00.123Z");
    assertThat(row.getDate("dt", tokyo).getTime())
        .isEqualTo(Instant.parse("2012-12-31T15:00:00Z").toEpochMilli());
    assertThatThrownBy(() -> row.getTimestamp("i"))
        .extracting(TestCuveeResultSet::stateOf)
        .isEqualTo("22018");
  }

  @Test
  void theConnectionsTimeZoneMovesInstantsOnly() throws SQLException {
    connection.close();
    open("?timeZone=America/New_York");
    assertThat(row.getTimestamp("ts").toInstant()).isEqualTo("2013-01-01T10:15:00.123Z");
    assertThat(row.getObject("ts", OffsetDateTime.class))
        .isEqualTo("2013-01-01T05:15:00.123-05:00");
    assertThat(row.getObject("ts", LocalDateTime.class)).isEqualTo("2013-01-01T05:15:00.123");
    assertThat(row.getString("ts")).isEqualTo("2013-01-01 05:15:00.123");
  }

  @Test
  void nullsAreNull() throws SQLException {
    assertThat(row.next()).isTrue();
    for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
      assertThat(row.getObject(i)).isNull();
      assertThat(row.wasNull()).isTrue();
      assertThat(row.getString(i)).isNull();
      assertThat(row.getInt(i)).isZero();
      assertThat(row.wasNull()).isTrue();
      assertThat(row.getBoolean(i)).isFalse();
      assertThat(row.getDouble(i)).isZero();
      assertThat(row.getObject(i, LocalDate.class)).isNull();
      assertThat(row.getTimestamp(i)).isNull();
      assertThat(row.getBytes(i)).isNull();
      assertThat(row.getArray(i)).isNull();
      assertThat(row.getCharacterStream(i)).isNull();
    }
    assertThat(row.next()).isFalse();
  }

  @Test
  void arraysHaveElementsSlicesAndRows() throws SQLException {
    Array array = row.getArray("nums");
    assertThat((Object[]) array.getArray()).containsExactly(1L, null, 3L);
    assertThat((Object[]) array.getArray(2, 2)).containsExactly(null, 3L);
    assertThat(array).hasToString("[1, null, 3]");
    ResultSet elements = array.getResultSet();
    elements.next();
    elements.next();
    elements.next();
    assertThat(elements.getLong("INDEX")).isEqualTo(3);
    assertThat(elements.getLong(2)).isEqualTo(3);
    assertThatThrownBy(() -> array.getArray(3, 2))
        .extracting(TestCuveeResultSet::stateOf)
        .isEqualTo("07009");
  }

  @Test
  void streamsCarryTheText() throws Exception {
    assertThat(new String(row.getBinaryStream("s").readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo("Zürich 'x'");
    assertThat(row.getClob("s").getSubString(1, 6)).isEqualTo("Zürich");
    assertThat(row.getBlob("bin").length()).isEqualTo(3);
    char[] buffer = new char[3];
    assertThat(row.getCharacterStream("s").read(buffer)).isEqualTo(3);
  }

  @Test
  void rowsThatAreDamagedAreAFailureAndNoValues() throws SQLException {
    broker.damagesColumns = true;
    try (Statement statement = connection.createStatement()) {
      if (byColumn) {
        assertThatThrownBy(() -> statement.executeQuery("SELECT types"))
            .hasMessageContaining("damaged")
            .extracting(TestCuveeResultSet::stateOf)
            .isEqualTo("08006");
      } else {
        assertThat(statement.executeQuery("SELECT types").next()).isTrue();
      }
    }
  }

  @Test
  void wrongColumnsAreToldByName() {
    assertThatThrownBy(() -> row.getInt("nosuch"))
        .hasMessageContaining("'nosuch'")
        .extracting(TestCuveeResultSet::stateOf)
        .isEqualTo("07009");
    assertThatThrownBy(() -> row.getInt(0)).hasMessageContaining("has 15");
  }
}
