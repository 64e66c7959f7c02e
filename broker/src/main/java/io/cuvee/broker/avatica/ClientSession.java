package io.cuvee.broker.avatica;

import io.cuvee.calcite.plan.Dialect;
import io.cuvee.calcite.plan.Session;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.calcite.avatica.ConnectionPropertiesImpl;
import org.apache.calcite.avatica.Meta;
import org.jspecify.annotations.Nullable;

/// One JDBC connection: what its client chose when it opened it, and its statements. Thread-safe.
final class ClientSession {
  private static final int MAX_STATEMENTS = 2000;

  private final String id;
  private final Session session;
  private final boolean allowPartial;
  private final Map<Integer, ClientStatement> statements = new ConcurrentHashMap<>();
  private final ConnectionPropertiesImpl properties;
  private volatile long usedNanos = System.nanoTime();

  /// @param info the client's choices: `dialect`, `timeZone`, `allowPartial`, `schema`; others are
  ///   not for us
  ClientSession(String id, Map<String, String> info) {
    this.id = id;
    this.session = new Session(dialect(info.get("dialect")), zone(info.get("timeZone")));
    this.allowPartial = Boolean.parseBoolean(info.getOrDefault("allowPartial", "false"));
    this.properties =
        new ConnectionPropertiesImpl(
            true,
            true,
            java.sql.Connection.TRANSACTION_NONE,
            SqlColumns.CATALOG,
            SqlColumns.SCHEMA);
  }

  private static Dialect dialect(@Nullable String name) {
    if (name == null || name.isBlank()) {
      return Dialect.SQL;
    }
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "sql" -> Dialect.SQL;
      case "pql" -> Dialect.PQL;
      default ->
          throw new CuveeException(
              ErrorCode.INVALID_PARAMETER,
              "Connection property dialect is '" + name + "'. Use sql or pql.");
    };
  }

  private static ZoneId zone(@Nullable String name) {
    try {
      return name == null || name.isBlank() ? Session.DEFAULT.zone() : ZoneId.of(name);
    } catch (DateTimeException e) {
      throw new CuveeException(
          ErrorCode.INVALID_PARAMETER,
          "Connection property timeZone is '" + name + "'. Use a zone such as UTC or Europe/Paris.",
          e);
    }
  }

  String id() {
    return id;
  }

  Session session() {
    return session;
  }

  boolean allowPartial() {
    return allowPartial;
  }

  void touch() {
    usedNanos = System.nanoTime();
  }

  long idleNanos() {
    return System.nanoTime() - usedNanos;
  }

  /// Takes over what the client set; the connection stays read-only whatever it says.
  synchronized ConnectionPropertiesImpl sync(Meta.ConnectionProperties changes) {
    properties.merge(changes);
    properties.setReadOnly(true);
    properties.setDirty(false);
    return properties;
  }

  @Nullable ClientStatement statement(int statementId) {
    return statements.get(statementId);
  }

  void add(ClientStatement statement) {
    if (statements.size() >= MAX_STATEMENTS) {
      throw new CuveeException(
          ErrorCode.TOO_MANY_REQUESTS,
          "This connection has "
              + MAX_STATEMENTS
              + " open statements. Close those that are not needed.");
    }
    statements.put(statement.id(), statement);
  }

  void closeStatement(int statementId) {
    ClientStatement statement = statements.remove(statementId);
    if (statement != null) {
      statement.close();
    }
  }

  /// Ends the queries of statements that nobody asked about for so long. Those statements stay.
  void closeIdleResults(long nanos) {
    statements.values().forEach(statement -> statement.closeIdleResult(nanos));
  }

  void close() {
    statements.values().forEach(ClientStatement::close);
    statements.clear();
  }
}
