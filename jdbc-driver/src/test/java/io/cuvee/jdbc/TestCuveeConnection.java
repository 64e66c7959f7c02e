package io.cuvee.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TestCuveeConnection {
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

  @Test
  void itIsReadOnlyAndWithoutTransactions() throws Exception {
    connection.setReadOnly(false);
    assertThat(connection.isReadOnly()).isTrue();
    connection.setAutoCommit(false);
    assertThat(connection.getAutoCommit()).isFalse();
    connection.commit();
    connection.rollback();
    assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_NONE);
    connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    assertThatThrownBy(connection::setSavepoint)
        .isInstanceOf(SQLFeatureNotSupportedException.class);
    // None of it costs a round trip.
    assertThat(broker.requests).containsExactly("openConnection");
  }

  @Test
  void schemasAreSetOnTheBroker() throws Exception {
    assertThat(connection.getSchema()).isEqualTo("default");
    assertThat(connection.getCatalog()).isEqualTo("cuvee");
    connection.setSchema("system");
    assertThat(connection.getSchema()).isEqualTo("system");
    assertThat(broker.meta.syncedSchemas).containsExactly("system");
  }

  @Test
  void isValidReallyAsks() throws Exception {
    assertThat(connection.isValid(1)).isTrue();
    assertThat(broker.requests).endsWith("connectionSync");
    assertThatThrownBy(() -> connection.isValid(-1)).hasMessageContaining("below 0");
    connection.close();
    assertThat(connection.isValid(1)).isFalse();
  }

  @Test
  void scrollableResultsAreDowngradedWithAWarning() throws Exception {
    Statement statement =
        connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE);
    assertThat(statement.getResultSetType()).isEqualTo(ResultSet.TYPE_FORWARD_ONLY);
    assertThat(connection.getWarnings().getSQLState()).isEqualTo("01S02");
    assertThat((Throwable) connection.getWarnings().getNextWarning())
        .hasMessageContaining("read-only");
    ResultSet rows = statement.executeQuery("SELECT n 2");
    assertThatThrownBy(rows::previous).isInstanceOf(SQLFeatureNotSupportedException.class);
    assertThatThrownBy(() -> rows.updateInt(1, 1))
        .isInstanceOf(SQLFeatureNotSupportedException.class);
    connection.clearWarnings();
    assertThat((Throwable) connection.getWarnings()).isNull();
  }

  @Test
  void theApplicationsNameIsClientInfo() throws Exception {
    connection.setClientInfo("ApplicationName", "report");
    connection.createStatement().executeQuery("SELECT n 1");
    assertThat(broker.header("prepareAndExecute", "X-Cuvee-Application")).isEqualTo("report");
    assertThat(connection.getClientInfo("ApplicationName")).isEqualTo("report");
    connection.setClientInfo("Colour", "red");
    assertThat((Throwable) connection.getWarnings()).hasMessageContaining("Colour");
  }

  @Test
  void otherThingsThatPoolsAndToolsCall() throws Exception {
    connection.setNetworkTimeout(Runnable::run, 5000);
    assertThat(connection.getNetworkTimeout()).isEqualTo(5000);
    connection.setHoldability(ResultSet.CLOSE_CURSORS_AT_COMMIT);
    assertThat(connection.nativeSQL("SELECT {fn now()}")).isEqualTo("SELECT {fn now()}");
    assertThat(connection.getTypeMap()).isEmpty();
    assertThat(connection.unwrap(CuveeConnection.class)).isSameAs(connection);
    assertThat(connection.isWrapperFor(Connection.class)).isTrue();
    assertThat(connection.isWrapperFor(String.class)).isFalse();
    connection.abort(Runnable::run);
    assertThat(connection.isClosed()).isTrue();
    assertThat(broker.meta.connectionIds()).isEmpty();
  }
}
