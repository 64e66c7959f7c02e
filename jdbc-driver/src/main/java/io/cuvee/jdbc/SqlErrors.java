package io.cuvee.jdbc;

import io.cuvee.jdbc.http.Json;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLNonTransientException;
import java.sql.SQLSyntaxErrorException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.sql.SQLTransientException;
import org.jspecify.annotations.Nullable;

/// Makes the [SQLException] subclass that JDBC asks for, from a SQLState.
final class SqlErrors {
  private SqlErrors() {}

  static SQLException of(String message, String sqlState) {
    return of(message, sqlState, 0, null);
  }

  static SQLException of(String message, String sqlState, @Nullable Throwable cause) {
    return of(message, sqlState, 0, cause);
  }

  static SQLException of(
      String message, String sqlState, int vendorCode, @Nullable Throwable cause) {
    switch (sqlState.length() < 2 ? "" : sqlState.substring(0, 2)) {
      case "08":
        return sqlState.equals(SqlState.CONNECTION_FAILURE)
            ? new SQLTransientConnectionException(message, sqlState, vendorCode, cause)
            : new SQLNonTransientConnectionException(message, sqlState, vendorCode, cause);
      case "0A":
        return new SQLFeatureNotSupportedException(message, sqlState, vendorCode, cause);
      case "22":
        return new SQLDataException(message, sqlState, vendorCode, cause);
      case "25":
        return new SQLNonTransientException(message, sqlState, vendorCode, cause);
      case "28":
        return new SQLInvalidAuthorizationSpecException(message, sqlState, vendorCode, cause);
      case "42":
        return new SQLSyntaxErrorException(message, sqlState, vendorCode, cause);
      case "53":
        return new SQLTransientException(message, sqlState, vendorCode, cause);
      case "57":
        return sqlState.equals(SqlState.QUERY_CANCELED)
            ? new SQLTimeoutException(message, sqlState, vendorCode, cause)
            : new SQLTransientException(message, sqlState, vendorCode, cause);
      default:
        return new SQLException(message, sqlState, vendorCode, cause);
    }
  }

  static SQLException unsupported(String what) {
    return new SQLFeatureNotSupportedException(
        what + " is not supported by Cuvée's JDBC driver.", SqlState.NOT_SUPPORTED);
  }

  static SQLException closed(String what) {
    return of("The " + what + " is closed.", SqlState.OBJECT_CLOSED);
  }

  static SQLException badCast(Object value, String target) {
    String text = value instanceof byte[] ? Json.hex((byte[]) value) : value.toString();
    return of(
        "Cannot convert '"
            + (text.length() > 100 ? text.substring(0, 100) + "…" : text)
            + "' to "
            + target
            + ".",
        SqlState.INVALID_CAST);
  }

  /// What `unwrap` does, the same for every JDBC object.
  static <T> T unwrap(Object object, Class<T> type) throws SQLException {
    if (type.isInstance(object)) {
      return type.cast(object);
    }
    throw of(
        object.getClass().getName() + " does not wrap a " + type.getName() + ".",
        SqlState.INVALID_PARAMETER);
  }
}
