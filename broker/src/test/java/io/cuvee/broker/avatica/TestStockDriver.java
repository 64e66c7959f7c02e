package io.cuvee.broker.avatica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.broker.BrokerConfig;
import io.cuvee.broker.BrokerFixture;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Avatica's own driver, which knows nothing of Cuvée, in both of its serialisations.
class TestStockDriver {
  private BrokerFixture broker = new BrokerFixture();

  @AfterEach
  void stop() throws Exception {
    broker.close();
  }

  private Connection connect(String serialization) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:avatica:remote:url="
            + broker.url("/avatica")
            + ";serialization="
            + serialization
            + ";timeZone=UTC");
  }

  /// Serves the numbers from 0 in pages.
  private void serveNumbers(int pages, int pageRows) throws Exception {
    broker.server((request, reply) -> {
      for (int i = 0; i < pages; i++) {
        long first = (long) i * pageRows;
        reply.page(Page.of(LongValues.of(LongStream.range(first, first + pageRows).toArray())));
      }
      reply.end();
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"protobuf", "json"})
  void everyTypeArrives(String serialization) throws Exception {
    try (Connection connection = connect(serialization);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT every type")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt(1)).isEqualTo(42);
      assertThat(rows.getLong(2)).isEqualTo(9007199254740993L);
      assertThat(rows.getFloat(3)).isEqualTo(1.25f);
      assertThat(rows.getDouble(4)).isEqualTo(0.1);
      assertThat(rows.getBigDecimal(5)).isEqualByComparingTo("12345678901234567890123456789.12");
      assertThat(rows.getBoolean(6)).isTrue();
      assertThat(rows.getTimestamp(7).getTime()).isEqualTo(1_709_251_198_120L);
      assertThat(rows.getString(7)).startsWith("2024-02-29 23:59:58");
      assertThat(rows.getString(8)).isEqualTo("2024-02-29");
      assertThat(rows.getString(9)).isEqualTo("ä\"漢\n");
      assertThat(rows.getString(10)).isEqualTo("{\"a\":[1]}");
      assertThat(rows.getString(11)).isEqualTo("00000000-0000-0000-0000-000000000000");
      assertThat(rows.getBytes(12)).containsExactly(1, 2, 255);
      if (serialization.equals("protobuf")) {
        // In JSON, Avatica's client takes small numbers for Integers and then fails itself.
        assertThat(String.valueOf(rows.getArray(13))).isEqualTo("[1, 2]");
      }
      assertThat(String.valueOf(rows.getArray(14))).isEqualTo("[a, b]");
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt(1)).isEqualTo(Integer.MIN_VALUE);
      assertThat(rows.getLong(2)).isEqualTo(Long.MIN_VALUE);
      assertThat(rows.getDouble(4)).isEqualTo(1e300);
      assertThat(rows.getBigDecimal(5)).isEqualByComparingTo(new BigDecimal("-0.5"));
      assertThat(rows.getTimestamp(7).getTime()).isEqualTo(-1);
      assertThat(rows.getString(9)).isEmpty();
      assertThat(rows.getBytes(12)).isEmpty();
      assertThat(rows.next()).isTrue();
      for (int i = 1; i <= 14; i++) {
        assertThat(rows.getObject(i)).as("column %d", i).isNull();
        assertThat(rows.wasNull()).isTrue();
      }
      assertThat(rows.next()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"protobuf", "json"})
  void columnsAreDescribed(String serialization) throws Exception {
    try (Connection connection = connect(serialization);
        PreparedStatement statement = connection.prepareStatement("SELECT every ?")) {
      ResultSetMetaData columns = statement.getMetaData();
      assertThat(columns.getColumnCount()).isEqualTo(14);
      assertThat(columns.getColumnLabel(2)).isEqualTo("c_LONG");
      assertThat(columns.getColumnType(2)).isEqualTo(Types.BIGINT);
      assertThat(columns.getColumnTypeName(9)).isEqualTo("VARCHAR");
      assertThat(columns.getColumnType(13)).isEqualTo(Types.ARRAY);
      assertThat(columns.getPrecision(5)).isEqualTo(38);
      assertThat(columns.isNullable(1)).isEqualTo(ResultSetMetaData.columnNullable);
      assertThat(columns.isReadOnly(1)).isTrue();
      assertThat(statement.getParameterMetaData().getParameterCount()).isEqualTo(14);
      assertThat(statement.getParameterMetaData().getParameterType(7)).isEqualTo(Types.TIMESTAMP);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"protobuf", "json"})
  void parametersArrive(String serialization) throws Exception {
    try (Connection connection = connect(serialization);
        PreparedStatement statement = connection.prepareStatement("SELECT every ?")) {
      for (int round = 0; round < 2; round++) {
        statement.setInt(1, 7);
        statement.setLong(2, Long.MAX_VALUE);
        statement.setFloat(3, 0.5f);
        statement.setDouble(4, 2.5);
        statement.setBigDecimal(5, new BigDecimal("1.50"));
        statement.setBoolean(6, true);
        statement.setTimestamp(7, Timestamp.from(java.time.Instant.ofEpochMilli(86_400_000)));
        statement.setDate(8, Date.valueOf("2024-02-29"));
        statement.setString(9, "漢");
        statement.setNull(10, Types.VARCHAR);
        statement.setString(11, "12345678-1234-1234-1234-123456789abc");
        statement.setBytes(12, new byte[] {9, 8});
        statement.setNull(13, Types.ARRAY);
        statement.setNull(14, Types.ARRAY);
        try (ResultSet rows = statement.executeQuery()) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getInt(1)).isEqualTo(7);
          assertThat(rows.getLong(2)).isEqualTo(Long.MAX_VALUE);
          assertThat(rows.getFloat(3)).isEqualTo(0.5f);
          assertThat(rows.getDouble(4)).isEqualTo(2.5);
          assertThat(rows.getBigDecimal(5)).isEqualByComparingTo("1.5");
          assertThat(rows.getBoolean(6)).isTrue();
          assertThat(rows.getTimestamp(7).getTime()).isEqualTo(86_400_000);
          assertThat(rows.getString(8)).isEqualTo("2024-02-29");
          assertThat(rows.getString(9)).isEqualTo("漢");
          assertThat(rows.getString(10)).isNull();
          assertThat(rows.getString(11)).isEqualTo("12345678-1234-1234-1234-123456789abc");
          assertThat(rows.getBytes(12)).containsExactly(9, 8);
          assertThat(rows.getObject(13)).isNull();
          assertThat(rows.next()).isFalse();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"protobuf", "json"})
  void longResultComesInFrames(String serialization) throws Exception {
    serveNumbers(40, 1000);
    try (Connection connection = connect(serialization);
        Statement statement = connection.createStatement()) {
      statement.setFetchSize(3000);
      try (ResultSet rows = statement.executeQuery("SELECT x FROM t")) {
        for (long i = 0; i < 40_000; i++) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getLong(1)).isEqualTo(i);
        }
        assertThat(rows.next()).isFalse();
      }
      assertThat(broker.queries.running()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"protobuf", "json"})
  void resultThatIsLeftEarlyEndsItsQuery(String serialization) throws Exception {
    serveNumbers(500, 10_000);
    try (Connection connection = connect(serialization)) {
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("SELECT x FROM t")) {
        assertThat(rows.next()).isTrue();
        assertThat(broker.queries.running()).hasSize(1);
      }
      for (int i = 0; i < 1000 && !broker.queries.running().isEmpty(); i++) {
        Thread.sleep(5);
      }
      assertThat(broker.queries.running()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"protobuf", "json"})
  void maxRowsEndsTheResult(String serialization) throws Exception {
    serveNumbers(40, 1000);
    try (Connection connection = connect(serialization);
        Statement statement = connection.createStatement()) {
      for (int limit : List.of(1, 1000, 1001, 7000)) {
        statement.setMaxRows(limit);
        try (ResultSet rows = statement.executeQuery("SELECT x FROM t")) {
          int count = 0;
          while (rows.next()) {
            count++;
          }
          assertThat(count).isEqualTo(limit);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"protobuf", "json"})
  void slowAnswerIsWaitedForInEmptyFrames(String serialization) throws Exception {
    broker.close();
    broker = new BrokerFixture(BrokerConfig.DEFAULT, Duration.ofMillis(50));
    broker.server((request, reply) -> {
      Thread.sleep(400);
      reply.page(Page.of(LongValues.of(5)));
      Thread.sleep(300);
      reply.page(Page.of(LongValues.of(6)));
      reply.end();
    });
    try (Connection connection = connect(serialization);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT x FROM t")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getLong(1)).isEqualTo(5);
      assertThat(rows.next()).isTrue();
      assertThat(rows.getLong(1)).isEqualTo(6);
      assertThat(rows.next()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"protobuf", "json"})
  void failuresHaveTheirStateAndMessage(String serialization) throws Exception {
    broker.server(
        (request, reply) -> reply.error(ErrorCode.DIVISION_BY_ZERO, "Division by zero in row 7."));
    try (Connection connection = connect(serialization);
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.executeQuery("SELEKT"))
          .isInstanceOfSatisfying(
              SQLException.class,
              e -> {
                assertThat(e.getSQLState()).isEqualTo("42601");
                assertThat(e.getErrorCode()).isEqualTo(150);
              })
          .hasMessageContaining("'SELEKT' is no statement");
      assertThatThrownBy(() -> statement.executeQuery("SELECT x FROM t LIMIT 10"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22012"))
          .hasMessageContaining("in row 7");
      try (ResultSet rows = statement.executeQuery("SELECT 1")) {
        assertThat(rows.next()).isTrue();
      }
    }
    assertThat(broker.queries.running()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"protobuf", "json"})
  void metadataAnswersJdbcsQuestions(String serialization) throws Exception {
    try (Connection connection = connect(serialization)) {
      var metadata = connection.getMetaData();
      assertThat(column(metadata.getCatalogs(), "TABLE_CAT")).containsExactly("cuvee");
      assertThat(column(metadata.getSchemas(), "TABLE_SCHEM"))
          .containsExactly("default", "information_schema", "system");
      assertThat(column(metadata.getTableTypes(), "TABLE_TYPE"))
          .containsExactly("SYSTEM TABLE", "TABLE");
      assertThat(column(metadata.getTables(null, "default", "%", null), "TABLE_NAME"))
          .containsExactly("t");
      assertThat(column(metadata.getTables(null, null, "%", new String[] {"TABLE"}), "TABLE_NAME"))
          .containsExactly("t");
      assertThat(column(metadata.getTables(null, "sys%", "segm%", null), "TABLE_TYPE"))
          .containsExactly("SYSTEM TABLE");
      assertThat(column(metadata.getColumns(null, "system", "settings", "%"), "COLUMN_NAME"))
          .containsExactly("setting_name", "setting_value");
      assertThat(
              column(
                  metadata.getTables("cuvee", "default", "T", new String[] {"TABLE"}),
                  "TABLE_NAME"))
          .containsExactly("t");
      assertThat(column(metadata.getTables(null, null, "%", new String[] {"VIEW"}), "TABLE_NAME"))
          .isEmpty();
      assertThat(column(metadata.getTables("other", null, "%", null), "TABLE_NAME")).isEmpty();
      assertThat(column(metadata.getTables("", null, "%", null), "TABLE_NAME")).isEmpty();
      assertThat(column(metadata.getColumns(null, null, "t", "%"), "COLUMN_NAME"))
          .containsExactly("x", "name_1", "tags", "price");
      assertThat(column(metadata.getColumns(null, null, "t", "name\\_1"), "COLUMN_NAME"))
          .containsExactly("name_1");
      assertThat(column(metadata.getColumns(null, null, "t", "%"), "DATA_TYPE"))
          .containsExactly(Types.BIGINT, Types.VARCHAR, Types.ARRAY, Types.DECIMAL);
      assertThat(column(metadata.getColumns(null, null, "t", "%"), "ORDINAL_POSITION"))
          .containsExactly(1, 2, 3, 4);
      assertThat(column(metadata.getTypeInfo(), "TYPE_NAME"))
          .contains("BIGINT", "VARCHAR", "TIMESTAMP", "ARRAY");
      assertThat(metadata.getStringFunctions()).contains("UPPER");
      assertThat(connection.isReadOnly()).isTrue();
      assertThat(connection.getCatalog()).isEqualTo("cuvee");
      assertThat(connection.getSchema()).isEqualTo("default");
      connection.setAutoCommit(false);
      assertThat(connection.getAutoCommit()).isFalse();
      connection.commit();
      connection.rollback();
    }
  }

  private static List<Object> column(ResultSet rows, String name) throws SQLException {
    List<Object> values = new ArrayList<>();
    try (rows) {
      while (rows.next()) {
        values.add(rows.getObject(name));
      }
    }
    return values;
  }

  @ParameterizedTest
  @ValueSource(strings = {"protobuf", "json"})
  void explainGivesLines(String serialization) throws Exception {
    try (Connection connection = connect(serialization);
        Statement statement = connection.createStatement()) {
      assertThat(column(statement.executeQuery("EXPLAIN PLAN FOR SELECT 1"), "PLAN"))
          .containsExactly("Values rows=1 [1]");
      assertThat(column(statement.executeQuery("EXPLAIN ANALYZE SELECT 1"), "PLAN"))
          .contains("Scan t", "rows: 1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"protobuf", "json"})
  void forgottenStatementIsPreparedAnew(String serialization) throws Exception {
    try (Connection connection = connect(serialization);
        PreparedStatement statement = connection.prepareStatement("SELECT 1");
        PreparedStatement other = connection.prepareStatement("SELECT every type")) {
      var id = statement.unwrap(org.apache.calcite.avatica.AvaticaStatement.class).handle.id;
      for (int i = id; i <= id + 1; i++) {
        closeOnBroker(connection, i);
      }
      try (ResultSet rows = statement.executeQuery()) {
        assertThat(rows.next()).isTrue();
      }
      try (ResultSet rows = other.executeQuery()) {
        assertThat(rows.next()).isTrue();
      }
    }
  }

  private void closeOnBroker(Connection connection, int statementId) throws Exception {
    String id = connection.unwrap(org.apache.calcite.avatica.AvaticaConnection.class).id;
    String body =
        "{\"request\":\"closeStatement\",\"connectionId\":\""
            + id
            + "\",\"statementId\":"
            + statementId
            + "}";
    var answer =
        java.net.http.HttpClient.newHttpClient()
            .send(
                java.net.http.HttpRequest.newBuilder(java.net.URI.create(broker.url("/avatica")))
                    .POST(java.net.http.HttpRequest.BodyPublishers.ofString(body))
                    .build(),
                java.net.http.HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"protobuf", "json"})
  void manyConnectionsAtOnce(String serialization) throws Exception {
    serveNumbers(20, 1000);
    List<Thread> threads = new ArrayList<>();
    List<Throwable> failures = new java.util.concurrent.CopyOnWriteArrayList<>();
    for (int i = 0; i < 16; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                try (Connection connection = connect(serialization);
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT x FROM t")) {
                  long next = 0;
                  while (rows.next()) {
                    assertThat(rows.getLong(1)).isEqualTo(next++);
                  }
                  assertThat(next).isEqualTo(20_000);
                } catch (SQLException | AssertionError e) {
                  failures.add(e);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
    assertThat(broker.avatica.sessionCount()).isZero();
  }
}
