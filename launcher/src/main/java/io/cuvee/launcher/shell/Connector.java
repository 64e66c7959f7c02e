package io.cuvee.launcher.shell;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// A connection that is opened when it is first needed. Thread-safe.
final class Connector implements AutoCloseable {
  private final String url;
  private @Nullable Connection connection;

  Connector(String url) {
    this.url = url;
  }

  String url() {
    return url;
  }

  synchronized Connection connection() throws SQLException {
    Connection open = connection;
    if (open == null) {
      open = connection = DriverManager.getConnection(url);
    }
    return open;
  }

  @Override
  public synchronized void close() {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException gone) {
        // The broker forgets what is idle.
      }
      connection = null;
    }
  }
}
