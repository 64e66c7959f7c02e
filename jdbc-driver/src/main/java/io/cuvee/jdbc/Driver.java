package io.cuvee.jdbc;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Connects to Cuvée's brokers.
///
/// URLs are `jdbc:cuvee://host[:8099][,host2[:port]…]/[?key=value&…]` for brokers by name, tried in
/// this order, and `jdbc:cuvee:discover://controller[:9000][,…]/[?…]` for any live broker that the
/// controllers know. [#getPropertyInfo] describes the keys; an unknown one is an error.
public final class Driver implements java.sql.Driver {
  private static final Logger LOGGER = Logger.getLogger("io.cuvee.jdbc");

  static {
    try {
      DriverManager.registerDriver(new Driver());
    } catch (SQLException e) {
      LOGGER.log(Level.SEVERE, "Cannot register Cuvée's JDBC driver", e);
    }
  }

  /// Made by [DriverManager] or by a tool that knows the class's name.
  public Driver() {}

  /// Opens a connection, or gives null if the URL is another driver's.
  ///
  /// @throws SQLException `08001` if the URL is wrong or no broker answers, `28000` if the broker
  ///   refuses the user
  @Override
  public @Nullable Connection connect(String url, @Nullable Properties info) throws SQLException {
    if (!acceptsURL(url)) {
      return null;
    }
    return CuveeConnection.open(
        ConnectionOptions.parse(url, info == null ? new Properties() : info));
  }

  @Override
  public boolean acceptsURL(@Nullable String url) throws SQLException {
    if (url == null) {
      throw SqlErrors.of("The URL is null.", SqlState.CANNOT_CONNECT);
    }
    return url.startsWith(ConnectionOptions.PREFIX);
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, @Nullable Properties info)
      throws SQLException {
    Properties given = info == null ? new Properties() : info;
    ConnectionOptions options =
        ConnectionOptions.parse(acceptsURL(url) ? url : ConnectionOptions.PREFIX + "//", given);
    List<DriverPropertyInfo> properties = new ArrayList<>();
    for (ConnectionSetting setting : ConnectionSetting.values()) {
      DriverPropertyInfo property = new DriverPropertyInfo(setting.key(), options.get(setting));
      property.description = setting.description();
      property.required = false;
      property.choices =
          setting.choices().isEmpty() ? null : setting.choices().toArray(new String[0]);
      properties.add(property);
    }
    return properties.toArray(new DriverPropertyInfo[0]);
  }

  @Override
  public int getMajorVersion() {
    return DriverVersion.MAJOR;
  }

  @Override
  public int getMinorVersion() {
    return DriverVersion.MINOR;
  }

  /// False: JDBC compliance asks for SQL-92 entry level with updates, and Cuvée is read-only.
  @Override
  public boolean jdbcCompliant() {
    return false;
  }

  @Override
  public Logger getParentLogger() {
    return LOGGER;
  }
}
