package io.cuvee.sqltests.iq;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/// The connection that a script sees: it shows each query to a listener before it runs, and puts
/// the SQLState before the message of each error, so that scripts can tell them.
final class ScriptConnection {
  private ScriptConnection() {}

  /// Hears of each query.
  interface Listener {
    void beforeQuery(String sql);
  }

  static Connection wrap(Connection connection, Listener listener) {
    return proxy(
        Connection.class,
        (proxy, method, arguments) -> {
          Object result = call(method, connection, arguments);
          return result instanceof Statement statement && method.getName().equals("createStatement")
              ? wrap(statement, listener)
              : result;
        });
  }

  private static Statement wrap(Statement statement, Listener listener) {
    return proxy(
        Statement.class,
        (proxy, method, arguments) -> {
          if (method.getName().equals("executeQuery")) {
            listener.beforeQuery((String) arguments[0]);
          }
          return call(method, statement, arguments);
        });
  }

  private static @Nullable Object call(
      Method method, Object target, @Nullable Object @Nullable [] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof SQLException error) {
        throw new ShownError(error);
      }
      throw e.getCause();
    }
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            ScriptConnection.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  /// Prints as `42P01: There is no table …`.
  private static final class ShownError extends SQLException {
    private static final long serialVersionUID = 1;

    ShownError(SQLException error) {
      super(error.getMessage(), error.getSQLState(), error.getErrorCode());
      setStackTrace(new StackTraceElement[0]);
    }

    /// What the scripts show of an error.
    @Override
    @SuppressWarnings("OverrideThrowableToString")
    public String toString() {
      return getSQLState() + ": " + getMessage();
    }
  }
}
