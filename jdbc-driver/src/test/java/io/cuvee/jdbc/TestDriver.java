package io.cuvee.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class TestDriver {
  private static int freePort() throws Exception {
    try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static long countRows(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT n 250")) {
      long count = 0;
      while (rows.next()) {
        count++;
      }
      return count;
    }
  }

  @Test
  void driverManagerFindsIt() throws Exception {
    try (FakeBroker broker = new FakeBroker();
        Connection connection = DriverManager.getConnection(broker.url())) {
      assertThat(countRows(connection)).isEqualTo(250);
    }
  }

  @Test
  void foreignUrlsAreLeftToOthers() throws SQLException {
    Driver driver = new Driver();
    assertThat(driver.connect("jdbc:avatica:remote:url=http://x", new Properties())).isNull();
    assertThat(driver.acceptsURL("jdbc:calcite:")).isFalse();
    assertThat(driver.acceptsURL("jdbc:cuvee://h/")).isTrue();
    assertThat(driver.jdbcCompliant()).isFalse();
  }

  @Test
  void propertiesAreDescribed() throws SQLException {
    Properties given = new Properties();
    given.setProperty("dialect", "pql");
    DriverPropertyInfo[] properties = new Driver().getPropertyInfo("jdbc:cuvee://h/", given);
    assertThat(properties).allSatisfy(property -> assertThat(property.description).isNotEmpty());
    assertThat(properties)
        .filteredOn(property -> property.name.equals("dialect"))
        .singleElement()
        .satisfies(property -> {
          assertThat(property.value).isEqualTo("pql");
          assertThat(property.choices).containsExactly("sql", "pql");
        });
  }

  @Test
  void noBrokerIs08001AndNamesAll() throws Exception {
    String hosts = "localhost:" + freePort() + ",localhost:" + freePort();
    assertThatThrownBy(() -> DriverManager.getConnection("jdbc:cuvee://" + hosts + "/"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining(hosts.split(",", -1)[0])
        .hasMessageContaining(hosts.split(",", -1)[1] + ": the connection was refused")
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("08001");
  }

  @Test
  void anUnknownHostIsToldAsSuch() {
    assertThatThrownBy(() -> DriverManager.getConnection("jdbc:cuvee://no-such-host.invalid/"))
        .hasMessageContaining("no-such-host.invalid:8099: the host is unknown");
  }

  @Test
  void theNextHostIsTriedIfTheFirstRefuses() throws Exception {
    try (FakeBroker broker = new FakeBroker();
        Connection connection =
            DriverManager.getConnection(
                "jdbc:cuvee://localhost:" + freePort() + ",localhost:" + broker.port() + "/")) {
      assertThat(countRows(connection)).isEqualTo(250);
    }
  }

  @Test
  void theNextHostIsTriedIfTheFirstIsNotReady() throws Exception {
    try (FakeBroker notReady = new FakeBroker();
        FakeBroker broker = new FakeBroker()) {
      notReady.failWith = 503;
      String url =
          "jdbc:cuvee://localhost:" + notReady.port() + ",localhost:" + broker.port() + "/";
      try (Connection connection = DriverManager.getConnection(url)) {
        assertThat(countRows(connection)).isEqualTo(250);
      }
    }
  }

  @Test
  void theNextHostIsAskedIfTheFirstStopsWhileItIsConnected() throws Exception {
    try (FakeBroker stopping = new FakeBroker();
        FakeBroker living = new FakeBroker()) {
      String url =
          "jdbc:cuvee://localhost:" + stopping.port() + ",localhost:" + living.port() + "/";
      try (Connection connection = DriverManager.getConnection(url)) {
        assertThat(countRows(connection)).isEqualTo(250);
        stopping.failWith = 503;
        assertThat(countRows(connection)).isEqualTo(250);
        assertThat(living.requests).contains("prepareAndExecute");
      }
    }
  }

  @Test
  void somethingThatIsNoBrokerIsToldAtOnce() throws Exception {
    try (FakeBroker broker = new FakeBroker()) {
      broker.failWith = 404;
      assertThatThrownBy(() -> DriverManager.getConnection(broker.url()))
          .hasMessageContaining("404")
          .hasMessageContaining("Is it a Cuvée broker?");
      // Avatica's own client repeats a 503 for ever.
      broker.failWith = 503;
      assertThatThrownBy(() -> DriverManager.getConnection(broker.url()))
          .hasMessageContaining("503");
    }
  }

  @Test
  void aRefusedUserIs28000() throws Exception {
    try (FakeBroker broker = new FakeBroker()) {
      broker.failWith = 401;
      assertThatThrownBy(() -> DriverManager.getConnection(broker.url(), "ada", "x"))
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("28000");
      assertThat(broker.header("openConnection", "Authorization")).isEqualTo("Basic YWRhOng=");
      assertThat(broker.requests).containsExactly("openConnection");
    }
  }

  @Test
  void theBrokerIsToldTheSettingsButNoSecrets() throws Exception {
    try (FakeBroker broker = new FakeBroker();
        Connection connection =
            DriverManager.getConnection(
                broker.url() + "?dialect=PQL&password=geheim&user=u&applicationName=Büro")) {
      assertThat(connection.isClosed()).isFalse();
      assertThat(broker.meta.connections.values())
          .singleElement()
          .satisfies(info ->
              assertThat(info)
                  .containsEntry("dialect", "pql")
                  .containsEntry("allowPartial", "false")
                  .containsEntry("timeZone", "UTC")
                  .containsEntry("applicationName", "Büro")
                  .doesNotContainValue("geheim"));
      assertThat(countRows(connection)).isEqualTo(250);
      assertThat(broker.header("prepareAndExecute", "X-Cuvee-Application")).isEqualTo("B%C3%BCro");
    }
  }

  @Test
  void controllersTellTheBrokers() throws Exception {
    try (FakeBroker broker = new FakeBroker()) {
      HttpServer controller =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      controller.createContext(
          "/v2/brokers/tenants/DefaultTenant",
          exchange -> {
            byte[] body =
                ("[{\"instanceName\":\"Broker_x\",\"host\":\"localhost\",\"port\":"
                        + broker.port()
                        + "}]")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
          });
      controller.start();
      String url =
          "jdbc:cuvee:discover://localhost:"
              + freePort()
              + ",localhost:"
              + controller.getAddress().getPort()
              + "/";
      try (Connection connection = DriverManager.getConnection(url)) {
        assertThat(countRows(connection)).isEqualTo(250);
      } finally {
        controller.stop(0);
      }
    }
  }

  @Test
  void tablesTellTheBrokersWhereTenantsDoNot() throws Exception {
    try (FakeBroker broker = new FakeBroker()) {
      HttpServer controller =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      controller.createContext(
          "/tables/livebrokers",
          exchange -> {
            byte[] body =
                ("{\"t_OFFLINE\":[{\"host\":\"localhost\",\"port\":" + broker.port() + "}]}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
          });
      controller.start();
      String url = "jdbc:cuvee:discover://localhost:" + controller.getAddress().getPort() + "/";
      try (Connection connection = DriverManager.getConnection(url)) {
        assertThat(countRows(connection)).isEqualTo(250);
      } finally {
        controller.stop(0);
      }
    }
  }

  @Test
  void noControllerIs08001() throws Exception {
    int port = freePort();
    assertThatThrownBy(
            () -> DriverManager.getConnection("jdbc:cuvee:discover://localhost:" + port + "/"))
        .hasMessageContaining("localhost:" + port)
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("08001");
  }

  @Test
  void aPoolWorksAndEvictsNothingOnABrokersRestart() throws Exception {
    try (FakeBroker broker = new FakeBroker()) {
      HikariConfig config = new HikariConfig();
      config.setJdbcUrl(broker.url());
      config.setReadOnly(true);
      config.setAutoCommit(false);
      config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
      config.setSchema("default");
      config.setMaximumPoolSize(2);
      try (HikariDataSource pool = new HikariDataSource(config)) {
        try (Connection connection = pool.getConnection()) {
          assertThat(countRows(connection)).isEqualTo(250);
        }
        broker.meta.forget();
        try (Connection connection = pool.getConnection()) {
          assertThat(connection.isValid(1)).isTrue();
          assertThat(countRows(connection)).isEqualTo(250);
        }
      }
    }
  }
}
