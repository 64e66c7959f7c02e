package io.cuvee.jdbc;

import java.sql.SQLException;

/// The broker does not know the Avatica connection: it was restarted, or the connection idle for
/// too long. Caught by [BrokerSession].
final class UnknownConnectionException extends SQLException {
  private static final long serialVersionUID = 1;

  UnknownConnectionException() {
    super("The broker does not know this connection.", SqlState.CONNECTION_CLOSED);
  }
}
