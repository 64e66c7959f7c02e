package io.cuvee.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLSyntaxErrorException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// Against a broker that sends rows in JSON and one that sends them by column.
@ParameterizedClass(name = "by column: {0}")
@ValueSource(booleans = {false, true})
class TestCuveeStatement {
  private final boolean byColumn;
  private FakeBroker broker;
  private Connection connection;
  private Statement statement;

  TestCuveeStatement(boolean byColumn) {
    this.byColumn = byColumn;
  }

  @BeforeEach
  void connect() throws Exception {
    broker = new FakeBroker();
    broker.sendsColumns = byColumn;
    connection = DriverManager.getConnection(broker.url());
    statement = connection.createStatement();
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
  void rowsComeInFramesUntilTheLast() throws SQLException {
    ResultSet rows = statement.executeQuery("SELECT n 1050");
    for (int i = 0; i < 1050; i++) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getLong(1)).isEqualTo(i);
      assertThat(rows.getRow()).isEqualTo(i + 1);
      assertThat(rows.isLast()).isEqualTo(i == 1049);
    }
    assertThat(rows.next()).isFalse();
    assertThat(rows.isAfterLast()).isTrue();
    assertThatThrownBy(() -> rows.getLong(1))
        .extracting(TestCuveeStatement::stateOf)
        .isEqualTo("24000");
  }

  @Test
  void aSmallQueryCostsOneRoundTripOnceAStatementIsThere() throws SQLException {
    broker.requests.clear();
    for (int i = 0; i < 3; i++) {
      try (Statement another = connection.createStatement();
          ResultSet rows = another.executeQuery("SELECT n 5")) {
        assertThat(rows.next()).isTrue();
      }
    }
    assertThat(broker.requests)
        .containsExactly(
            "createStatement", "prepareAndExecute", "prepareAndExecute", "prepareAndExecute");
  }

  @Test
  void aHalfReadResultIsClosedOnTheBroker() throws SQLException {
    ResultSet rows = statement.executeQuery("SELECT n 500");
    rows.next();
    rows.close();
    // Closing waits for no answer; the next request comes after it.
    assertThat(connection.isValid(5)).isTrue();
    assertThat(broker.requests).endsWith("closeStatement", "connectionSync");
    assertThat(broker.meta.statements).isEmpty();
    assertThatThrownBy(rows::next).extracting(TestCuveeStatement::stateOf).isEqualTo("55000");
  }

  @Test
  void errorsOfTheBrokerKeepTheirStateAndMessage() {
    assertThatThrownBy(() -> statement.executeQuery("FROM nosuch"))
        .isInstanceOf(SQLSyntaxErrorException.class)
        .hasMessage("Table 'nosuch' does not exist.")
        .satisfies(e -> assertThat(stateOf(e)).isEqualTo("42S02"))
        .satisfies(e -> assertThat(((SQLException) e).getErrorCode()).isEqualTo(42));
  }

  @Test
  void writingIsRefusedByTheBroker() {
    assertThatThrownBy(() -> statement.executeUpdate("INSERT INTO t VALUES (1)"))
        .hasMessageContaining("read-only")
        .extracting(TestCuveeStatement::stateOf)
        .isEqualTo("25006");
  }

  @Test
  void aStatementWithoutRowsHasACount() throws SQLException {
    assertThat(statement.execute("CREATE TABLE x (a INT)")).isFalse();
    assertThat(statement.getUpdateCount()).isEqualTo(7);
    assertThat(statement.getResultSet()).isNull();
    assertThat(statement.getMoreResults()).isFalse();
    assertThat(statement.getUpdateCount()).isEqualTo(-1);
  }

  @Test
  void executeTellsOfRows() throws SQLException {
    assertThat(statement.execute("SELECT n 3")).isTrue();
    assertThat(statement.getUpdateCount()).isEqualTo(-1);
    assertThat(statement.getResultSet().next()).isTrue();
    assertThatThrownBy(() -> statement.executeUpdate("SELECT n 3")).hasMessageContaining("rows");
  }

  @Test
  void maxRowsIsSentAndHeld() throws SQLException {
    statement.setMaxRows(120);
    ResultSet rows = statement.executeQuery("SELECT n 1000");
    int count = 0;
    while (rows.next()) {
      count++;
      assertThat(rows.isLast()).isEqualTo(count == 120);
    }
    assertThat(count).isEqualTo(120);
    assertThat(broker.header("prepareAndExecute", "X-Cuvee-Max-Rows")).isEqualTo("120");
    assertThat(broker.header("prepareAndExecute", "X-Cuvee-Fetch-Size")).isEqualTo("10000");
  }

  @Test
  void cancelFromAnotherThreadStopsTheQuery() throws Exception {
    CompletableFuture<Throwable> failure =
        CompletableFuture.supplyAsync(() -> {
          try {
            statement.executeQuery("SLOW");
            return null;
          } catch (SQLException e) {
            return e;
          }
        });
    assertThat(broker.slowStarted.await(5, TimeUnit.SECONDS)).isTrue();
    statement.cancel();
    Throwable error = failure.get(5, TimeUnit.SECONDS);
    assertThat(error).isNotInstanceOf(SQLTimeoutException.class);
    assertThat(stateOf(error)).isEqualTo("57014");
    assertThat(broker.cancelledIds)
        .containsExactly(broker.header("prepareAndExecute", "X-Cuvee-Query-Id"));
    // The statement is as good as new.
    assertThat(statement.executeQuery("SELECT n 1").next()).isTrue();
  }

  @Test
  void cancelBetweenFramesStopsTheReader() throws SQLException {
    ResultSet rows = statement.executeQuery("SELECT n 1000");
    rows.next();
    statement.cancel();
    assertThatThrownBy(rows::next).extracting(TestCuveeStatement::stateOf).isEqualTo("57014");
  }

  @Test
  void cancelOfNothingIsHarmless() throws SQLException {
    statement.cancel();
    ResultSet rows = statement.executeQuery("SELECT n 2");
    statement.cancel();
    assertThat(rows.next()).isTrue();
    assertThat(broker.cancelledIds).isEmpty();
  }

  @Test
  void aBrokerThatDoesNotAnswerInTimeIsGivenUp() throws SQLException {
    connection.setNetworkTimeout(Runnable::run, 200);
    assertThatThrownBy(() -> statement.executeQuery("SLOW"))
        .hasMessageContaining("within 200 ms")
        .extracting(TestCuveeStatement::stateOf)
        .isEqualTo("08006");
    assertThat(broker.cancelledIds).hasSize(1);
  }

  @Test
  void anInterruptedThreadStopsItsQuery() throws Exception {
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    Thread thread =
        new Thread(() -> {
          try {
            statement.executeQuery("SLOW");
            failure.complete(null);
          } catch (SQLException e) {
            failure.complete(e);
          }
        });
    thread.start();
    assertThat(broker.slowStarted.await(5, TimeUnit.SECONDS)).isTrue();
    thread.interrupt();
    assertThat(stateOf(failure.get(5, TimeUnit.SECONDS))).isEqualTo("57014");
    assertThat(broker.cancelledIds).hasSize(1);
    assertThat(statement.executeQuery("SELECT n 1").next()).isTrue();
  }

  @Test
  void theCommonPoolIsNotNeeded() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch busy = new CountDownLatch(ForkJoinPool.getCommonPoolParallelism());
    for (int i = 0; i < 64; i++) {
      ForkJoinPool.commonPool()
          .execute(() -> {
            busy.countDown();
            try {
              release.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    }
    try {
      assertThat(busy.await(10, TimeUnit.SECONDS)).isTrue();
      // Else it would fail after this time.
      connection.setNetworkTimeout(Runnable::run, 10_000);
      assertThat(statement.executeQuery("SELECT n 1").next()).isTrue();
    } finally {
      release.countDown();
    }
  }

  @Test
  void theTimeLimitIsSentToTheBroker() throws SQLException {
    statement.setQueryTimeout(3);
    statement.executeQuery("SELECT n 1");
    assertThat(broker.header("prepareAndExecute", "X-Cuvee-Timeout-Millis")).isEqualTo("3000");
    assertThat(statement.getQueryTimeout()).isEqualTo(3);
  }

  @Test
  void warningsOfTheBrokerArrive() throws SQLException {
    broker.warning = "2 of 8 segments of 'flights' are missing: ä, b + c";
    ResultSet rows = statement.executeQuery("SELECT n 1");
    assertThat((Throwable) rows.getWarnings()).hasMessage(broker.warning);
    assertThat(statement.getWarnings().getSQLState()).isEqualTo("01000");
    statement.clearWarnings();
    assertThat((Throwable) rows.getWarnings()).isNull();
  }

  @Test
  void aForgottenConnectionIsOpenedAgain() throws SQLException {
    assertThat(statement.executeQuery("SELECT n 1").next()).isTrue();
    broker.meta.forget();
    assertThat(statement.executeQuery("SELECT n 1").next()).isTrue();
    broker.meta.forget();
    assertThat(connection.isValid(1)).isTrue();
    broker.meta.forget();
    assertThat(connection.getMetaData().getCatalogs().next()).isTrue();
  }

  @Test
  void aForgottenStatementIsCreatedAgain() throws SQLException {
    assertThat(statement.executeQuery("SELECT n 1").next()).isTrue();
    broker.meta.statements.clear();
    assertThat(statement.executeQuery("SELECT n 1").next()).isTrue();
  }

  @Test
  void theRestOfAForgottenResultIs08006() throws SQLException {
    ResultSet rows = statement.executeQuery("SELECT n 1000");
    broker.meta.forget();
    assertThatThrownBy(
            () -> {
              while (rows.next()) {
                rows.getLong(1);
              }
            })
        .hasMessageContaining("after row 100")
        .extracting(TestCuveeStatement::stateOf)
        .isEqualTo("08006");
    assertThat(statement.executeQuery("SELECT n 1").next()).isTrue();
  }

  @Test
  void aClosedHttpConnectionCostsNothing() throws SQLException {
    ResultSet rows = statement.executeQuery("SELECT n 1000");
    int count = 0;
    while (rows.next()) {
      broker.dropsNext = count % 100 == 99;
      assertThat(rows.getLong(1)).isEqualTo(count);
      count++;
    }
    assertThat(count).isEqualTo(1000);
    assertThat(broker.requests).containsOnlyOnce("openConnection");
  }

  @Test
  void whatMayHaveBeenChangedIsNotSentAgain() throws SQLException {
    for (String change : List.of("DROP TABLE t", " -- why\n/* a\nb */create TABLE t (i INT)")) {
      // So that there is a statement already.
      statement.executeQuery("SELECT n 1").close();
      broker.requests.clear();
      broker.dropsNext = true;
      assertThatThrownBy(() -> statement.execute(change))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("may have been carried out or not")
          .satisfies(failure -> assertThat(stateOf(failure)).isEqualTo("08007"));
      assertThat(broker.requests).containsOnlyOnce("prepareAndExecute");
    }
  }

  @Test
  void anotherBrokerTakesOverWhenOneDies() throws Exception {
    try (FakeBroker first = new FakeBroker();
        Connection twoHosts =
            DriverManager.getConnection(
                "jdbc:cuvee://localhost:" + first.port() + ",localhost:" + broker.port() + "/")) {
      twoHosts.setSchema("sales");
      Statement running = twoHosts.createStatement();
      assertThat(running.executeQuery("SELECT n 1").next()).isTrue();
      first.stop();
      assertThat(running.executeQuery("SELECT n 1").next()).isTrue();
      assertThat(broker.meta.connections.values())
          .anySatisfy(info -> assertThat(info).containsEntry("schema", "sales"));
    }
  }

  @Test
  void withoutAnyBrokerTheConnectionFailsAndIsInvalid() throws Exception {
    broker.stop();
    assertThat(connection.isValid(1)).isFalse();
    assertThatThrownBy(() -> statement.executeQuery("SELECT n 1"))
        .extracting(TestCuveeStatement::stateOf)
        .isEqualTo("08006");
  }

  @Test
  void closingFollowsTheHierarchy() throws SQLException {
    ResultSet rows = statement.executeQuery("SELECT n 1");
    statement.closeOnCompletion();
    rows.close();
    assertThat(statement.isClosed()).isTrue();
    assertThatThrownBy(() -> statement.executeQuery("SELECT n 1"))
        .extracting(TestCuveeStatement::stateOf)
        .isEqualTo("55000");

    Statement second = connection.createStatement();
    ResultSet first = second.executeQuery("SELECT n 1");
    second.executeQuery("SELECT n 1");
    assertThat(first.isClosed()).isTrue();
    connection.close();
    connection.close();
    assertThat(second.isClosed()).isTrue();
    assertThat(broker.meta.connections).isEmpty();
    assertThatThrownBy(connection::createStatement)
        .extracting(TestCuveeStatement::stateOf)
        .isEqualTo("08003");
  }

  @Test
  void batchesAreNotSupported() {
    assertThatThrownBy(() -> statement.addBatch("SELECT 1"))
        .isInstanceOf(SQLFeatureNotSupportedException.class)
        .extracting(TestCuveeStatement::stateOf)
        .isEqualTo("0A000");
  }
}
