package io.cuvee.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.JDBCType;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.Calendar;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TestCuveePreparedStatement {
  private FakeBroker broker;
  private Connection connection;

  @BeforeEach
  void connect() throws Exception {
    broker = new FakeBroker();
    connection = DriverManager.getConnection(broker.url());
  }

  @AfterEach
  void close() throws Exception {
    connection.close();
    broker.close();
  }

  private static String stateOf(Throwable e) {
    return ((SQLException) e).getSQLState();
  }

  /// Sends one value and returns what the broker's side of Avatica made of it, as `TYPE:value`.
  private String sent(Object value) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT ?")) {
      statement.setObject(1, value);
      return answerOf(statement);
    }
  }

  private String sent(Object value, int type) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT ?")) {
      statement.setObject(1, value, type);
      return answerOf(statement);
    }
  }

  private static String answerOf(PreparedStatement statement) throws SQLException {
    ResultSet rows = statement.executeQuery();
    rows.next();
    return rows.getString(1);
  }

  @Test
  void valuesTravelTyped() throws SQLException {
    assertThat(sent("it's")).isEqualTo("STRING:it's");
    assertThat(sent(1)).isEqualTo("INTEGER:1");
    assertThat(sent(9_007_199_254_740_993L)).isEqualTo("LONG:9007199254740993");
    assertThat(sent((short) 2)).isEqualTo("SHORT:2");
    assertThat(sent((byte) 3)).isEqualTo("BYTE:3");
    assertThat(sent(1.5)).isEqualTo("DOUBLE:1.5");
    assertThat(sent(1.5f)).isEqualTo("FLOAT:1.5");
    assertThat(sent(Double.NaN)).isEqualTo("STRING:NaN");
    assertThat(sent(Float.NEGATIVE_INFINITY)).isEqualTo("STRING:-Infinity");
    assertThat(sent(new BigDecimal("12345678901234567890.12")))
        .isEqualTo("NUMBER:12345678901234567890.12");
    assertThat(sent(true)).isEqualTo("BOOLEAN:true");
    assertThat(sent(new byte[] {1, 2})).isEqualTo("BYTE_STRING:AQI=");
    assertThat(sent(null)).isEqualTo("OBJECT:null");
    assertThat(sent(UUID.fromString("123e4567-e89b-12d3-a456-426614174000")))
        .isEqualTo("STRING:123e4567-e89b-12d3-a456-426614174000");
    assertThat(sent(List.of(1L, 2L))).isEqualTo("ARRAY:[1, 2]");
    assertThat(sent(new String[] {"a", "b"})).isEqualTo("ARRAY:[a, b]");
    assertThat(sent(connection.createArrayOf("VARCHAR", new Object[] {"a", null})))
        .isEqualTo("ARRAY:[a, null]");
    assertThatThrownBy(() -> sent(new Thread()))
        .extracting(TestCuveePreparedStatement::stateOf)
        .isEqualTo("22023");
  }

  @Test
  void datesAndTimesTravelAsNumbers() throws SQLException {
    assertThat(sent(LocalDate.of(2013, 1, 1))).isEqualTo("JAVA_SQL_DATE:15706");
    assertThat(sent(Date.valueOf("2013-01-01"))).isEqualTo("JAVA_SQL_DATE:15706");
    assertThat(sent(LocalTime.of(0, 0, 1))).isEqualTo("JAVA_SQL_TIME:1000");
    String time = "JAVA_SQL_TIMESTAMP:1357017300123";
    assertThat(sent(LocalDateTime.parse("2013-01-01T05:15:00.123"))).isEqualTo(time);
    assertThat(sent(Instant.parse("2013-01-01T05:15:00.123Z"))).isEqualTo(time);
    assertThat(sent(OffsetDateTime.parse("2013-01-01T06:15:00.123+01:00"))).isEqualTo(time);
    assertThat(sent(Timestamp.from(Instant.parse("2013-01-01T05:15:00.123Z")))).isEqualTo(time);
    Calendar tokyo = Calendar.getInstance(TimeZone.getTimeZone("Asia/Tokyo"), Locale.ROOT);
    try (PreparedStatement statement = connection.prepareStatement("SELECT ?")) {
      statement.setTimestamp(1, Timestamp.from(Instant.parse("2012-12-31T20:15:00.123Z")), tokyo);
      assertThat(answerOf(statement)).isEqualTo(time);
    }
  }

  @Test
  void aTargetTypeConverts() throws SQLException {
    assertThat(sent("17", Types.BIGINT)).isEqualTo("LONG:17");
    assertThat(sent(17, Types.DOUBLE)).isEqualTo("DOUBLE:17.0");
    assertThat(sent(17, Types.VARCHAR)).isEqualTo("STRING:17");
    assertThat(sent("2013-01-01", Types.DATE)).isEqualTo("JAVA_SQL_DATE:15706");
    assertThat(sent("2013-01-01 05:15:00.123", Types.TIMESTAMP))
        .isEqualTo("JAVA_SQL_TIMESTAMP:1357017300123");
    assertThat(sent(LocalDateTime.parse("2013-01-01T05:15:00"), Types.DATE))
        .isEqualTo("JAVA_SQL_DATE:15706");
    assertThat(sent("1", Types.BOOLEAN)).isEqualTo("BOOLEAN:true");
    assertThat(sent(null, Types.BIGINT)).isEqualTo("OBJECT:null");
    assertThatThrownBy(() -> sent("x", Types.INTEGER))
        .extracting(TestCuveePreparedStatement::stateOf)
        .isEqualTo("22018");
  }

  @Test
  void theOtherSettersWorkToo() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT ?, ?, ?, ?, ?, ?")) {
      statement.setCharacterStream(1, new StringReader("abcdef"), 3);
      statement.setNull(2, Types.VARCHAR);
      statement.setObject(3, "5", JDBCType.INTEGER);
      statement.setNString(4, "é");
      statement.setBigDecimal(5, null);
      statement.setBoolean(6, false);
      ResultSet rows = statement.executeQuery();
      rows.next();
      assertThat(rows.getString(1)).isEqualTo("STRING:abc");
      assertThat(rows.getString(2)).isEqualTo("OBJECT:null");
      assertThat(rows.getString(3)).isEqualTo("LONG:5");
      assertThat(rows.getString(4)).isEqualTo("STRING:é");
      assertThat(rows.getString(5)).isEqualTo("OBJECT:null");
      assertThat(rows.getString(6)).isEqualTo("BOOLEAN:false");
    }
  }

  @Test
  void metadataIsThereBeforeExecution() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT ?, ?")) {
      assertThat(statement.getMetaData().getColumnCount()).isEqualTo(2);
      ParameterMetaData parameters = statement.getParameterMetaData();
      assertThat(parameters.getParameterCount()).isEqualTo(2);
      assertThat(parameters.getParameterType(1)).isEqualTo(Types.BIGINT);
      assertThat(parameters.getParameterClassName(2)).isEqualTo("java.lang.Long");
      assertThat(parameters.getParameterMode(1)).isEqualTo(ParameterMetaData.parameterModeIn);
    }
    assertThat(connection.isValid(5)).isTrue();
    assertThat(broker.requests)
        .containsExactly("openConnection", "prepare", "closeStatement", "connectionSync");
  }

  @Test
  void executingAgainCostsOneRoundTrip() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT ?")) {
      broker.requests.clear();
      for (int i = 0; i < 3; i++) {
        statement.setInt(1, i);
        assertThat(answerOf(statement)).isEqualTo("INTEGER:" + i);
      }
      assertThat(broker.requests).containsExactly("execute", "execute", "execute");
    }
  }

  @Test
  void theRowLimitIsSentForPreparedStatementsToo() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT n 1000")) {
      statement.setMaxRows(150);
      statement.setQueryTimeout(2);
      ResultSet rows = statement.executeQuery();
      int count = 0;
      while (rows.next()) {
        count++;
      }
      assertThat(count).isEqualTo(150);
      assertThat(broker.header("execute", "X-Cuvee-Max-Rows")).isEqualTo("150");
      assertThat(broker.header("execute", "X-Cuvee-Timeout-Millis")).isEqualTo("2000");
    }
  }

  @Test
  void aForgottenStatementIsPreparedAgain() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT ?")) {
      statement.setInt(1, 1);
      assertThat(answerOf(statement)).isEqualTo("INTEGER:1");
      broker.meta.forget();
      assertThat(answerOf(statement)).isEqualTo("INTEGER:1");
      broker.meta.statements.clear();
      assertThat(answerOf(statement)).isEqualTo("INTEGER:1");
    }
  }

  @Test
  void missingParametersAreToldBeforeAnythingIsSent() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT ?, ?")) {
      statement.setInt(1, 1);
      assertThatThrownBy(statement::executeQuery)
          .hasMessage("Parameter 2 of 2 is not set.")
          .extracting(TestCuveePreparedStatement::stateOf)
          .isEqualTo("07002");
      assertThatThrownBy(() -> statement.setInt(3, 1))
          .extracting(TestCuveePreparedStatement::stateOf)
          .isEqualTo("07009");
      statement.setInt(2, 1);
      statement.clearParameters();
      assertThatThrownBy(statement::executeQuery).hasMessageContaining("Parameter 1");
      assertThatThrownBy(() -> statement.executeQuery("SELECT 1")).hasMessageContaining("already");
    }
  }

  @Test
  void errorsOfPreparationKeepTheirState() {
    assertThatThrownBy(() -> connection.prepareStatement("FROM nosuch"))
        .hasMessage("Table 'nosuch' does not exist.")
        .extracting(TestCuveePreparedStatement::stateOf)
        .isEqualTo("42S02");
  }
}
