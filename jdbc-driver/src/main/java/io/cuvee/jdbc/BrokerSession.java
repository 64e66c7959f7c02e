package io.cuvee.jdbc;

import io.cuvee.jdbc.http.BrokerDiscovery;
import io.cuvee.jdbc.http.Endpoint;
import io.cuvee.jdbc.http.HttpAnswer;
import io.cuvee.jdbc.http.HttpCaller;
import io.cuvee.jdbc.http.Json;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// One Avatica connection, over HTTP, to one broker at a time. Thread-safe.
///
/// If the broker is gone or has forgotten the connection, the session opens a new one on a broker
/// that lives and asks again: asking twice harms nobody. A statement that changes something is sent
/// again only if it cannot have been carried out; else that is a `08007`. Each new Avatica
/// connection is a new *generation*, in which statements of earlier ones are unknown. Only the rest
/// of a half-read result cannot be had from another broker; that is a `08006`.
final class BrokerSession {
  private static final Logger LOGGER = Logger.getLogger("io.cuvee.jdbc");

  /// How long after a query's own time limit the broker may still say so itself.
  private static final Duration TIMEOUT_GRACE = Duration.ofSeconds(5);

  /// For requests that clean up, and whose failure nobody would mind.
  private static final Duration CLEANUP_TIMEOUT = Duration.ofSeconds(2);

  /// How long a broker may take to open an Avatica connection, which is next to no work.
  private static final Duration MAX_CONNECT_TIME = Duration.ofSeconds(30);

  private static final int MAX_IDLE_STATEMENTS = 8;
  private static final int MAX_ATTEMPTS = 3;

  private final ConnectionOptions options;
  private final HttpCaller http;
  private final AvaticaExchange exchange;
  private final Deque<StatementId> idleStatements = new ArrayDeque<>(); // guarded by this
  private final Map<String, String> openedWith = new HashMap<>(); // guarded by this
  private volatile Endpoint broker;
  private volatile String connectionId = "";
  private volatile int generation;
  private volatile Duration networkTimeout;

  private BrokerSession(ConnectionOptions options) throws SQLException {
    this.options = options;
    this.http = options.newCaller();
    this.exchange = new AvaticaExchange(http);
    this.broker = options.endpoints().get(0);
    this.networkTimeout = options.networkTimeout();
    this.openedWith.putAll(options.brokerInfo());
  }

  /// @throws SQLException `08001` if no broker answers, `28000` if it refuses the user
  static BrokerSession open(ConnectionOptions options) throws SQLException {
    BrokerSession session = new BrokerSession(options);
    session.connect();
    return session;
  }

  private synchronized void connect() throws SQLException {
    List<String> failures = new ArrayList<>();
    SQLException refusal = null;
    for (Endpoint candidate : candidates()) {
      try {
        connectTo(candidate);
        return;
      } catch (IOException e) {
        failures.add(candidate + ": " + HttpCaller.reason(e));
        LOGGER.log(Level.FINE, "Broker " + candidate + " cannot be reached", e);
      } catch (SQLException e) {
        failures.add(candidate + ": " + e.getMessage());
        refusal = e;
      }
    }
    if (refusal != null && failures.size() == 1) {
      throw refusal;
    }
    throw SqlErrors.of(
        "No broker can be reached: " + String.join("; ", failures) + ".",
        refusal == null ? SqlState.CANNOT_CONNECT : refusal.getSQLState(),
        refusal);
  }

  private synchronized void connectTo(Endpoint candidate) throws IOException, SQLException {
    String newId = UUID.randomUUID().toString();
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("request", "openConnection");
    request.put("connectionId", newId);
    request.put("info", openedWith);
    exchange.send(candidate, request, null, List.of(), shortest(networkTimeout, MAX_CONNECT_TIME));
    broker = candidate;
    connectionId = newId;
    generation++;
    idleStatements.clear();
  }

  /// The brokers to try: the last one first, because a restart is shorter than it looks.
  private List<Endpoint> candidates() throws SQLException {
    if (!options.discovers()) {
      List<Endpoint> candidates = new ArrayList<>(options.endpoints());
      if (candidates.remove(broker)) {
        candidates.add(0, broker);
      }
      return candidates;
    }
    try {
      return new BrokerDiscovery(http, options.endpoints()).liveBrokers();
    } catch (IOException e) {
      StringBuilder message = new StringBuilder(HttpCaller.reason(e));
      for (Throwable suppressed : e.getSuppressed()) {
        message.append("; ").append(suppressed.getMessage());
      }
      throw SqlErrors.of(message + ".", SqlState.CANNOT_CONNECT, e);
    }
  }

  private static Duration shortest(Duration left, Duration right) {
    return left.isZero() || left.compareTo(right) > 0 ? right : left;
  }

  // Statements

  /// Runs a statement.
  QueryAnswer execute(String sql, QueryCall call) throws SQLException {
    for (int attempt = 1; ; attempt++) {
      StatementId statement = takeStatement();
      Map<String, Object> request = newRequest("prepareAndExecute");
      request.put("statementId", statement.id());
      request.put("sql", sql);
      request.put("maxRowsInFirstFrame", call.fetchSize());
      request.put("maxRowCount", call.maxRows() > 0 ? call.maxRows() : -1);
      try {
        AvaticaAnswer answer = call(request, call, List.of(), SqlText.isQuestion(sql));
        if (!answer.isTrue("missingStatement")) {
          return queryAnswer(statement, answer);
        }
      } catch (SessionRenewedException e) {
        if (attempt == MAX_ATTEMPTS) {
          throw e;
        }
        continue;
      } catch (SQLException e) {
        giveBack(statement, !call.isCancelled());
        throw e;
      }
      checkAttempts(attempt);
    }
  }

  PreparedQuery prepare(String sql) throws SQLException {
    for (int attempt = 1; ; attempt++) {
      Map<String, Object> request = newRequest("prepare");
      request.put("sql", sql);
      request.put("maxRowCount", -1);
      int preparedIn = generation;
      try {
        AvaticaAnswer answer = call(request, null, List.of());
        Signature signature = answer.signature();
        Object id = answer.object("statement").get("id");
        if (signature == null || !(id instanceof Number)) {
          throw protocolError("The broker's answer to 'prepare' lacks the statement.");
        }
        return new PreparedQuery(
            sql, new StatementId(((Number) id).intValue(), preparedIn), signature);
      } catch (SessionRenewedException e) {
        if (attempt == MAX_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /// Runs a prepared statement with values in Avatica's form, prepares it anew if need be.
  QueryAnswer execute(PreparedQuery query, List<?> values, QueryCall call) throws SQLException {
    for (int attempt = 1; ; attempt++) {
      if (query.statement().generation() != generation) {
        query.replaceBy(prepare(query.sql()));
      }
      Map<String, Object> handle = new LinkedHashMap<>();
      handle.put("connectionId", connectionId);
      handle.put("id", query.statement().id());
      handle.put("signature", null);
      Map<String, Object> request = new LinkedHashMap<>();
      request.put("request", "execute");
      request.put("statementHandle", handle);
      request.put("parameterValues", values);
      // Avatica's name for what is the size of the first frame; the row limit is a header.
      request.put("maxRowCount", call.fetchSize());
      try {
        AvaticaAnswer answer =
            call(request, call, query.signature().columns(), SqlText.isQuestion(query.sql()));
        if (!answer.isTrue("missingStatement")) {
          return queryAnswer(query.statement(), answer);
        }
        query.replaceBy(prepare(query.sql()));
      } catch (SessionRenewedException e) {
        if (attempt == MAX_ATTEMPTS) {
          throw e;
        }
        continue;
      }
      checkAttempts(attempt);
    }
  }

  private static void checkAttempts(int attempt) throws SQLException {
    if (attempt == MAX_ATTEMPTS) {
      throw protocolError("The broker forgets statements as soon as they are created.");
    }
  }

  private static QueryAnswer queryAnswer(StatementId statement, AvaticaAnswer answer) {
    Object count = answer.firstResult().get("updateCount");
    long updateCount = count instanceof Number ? ((Number) count).longValue() : -1;
    return new QueryAnswer(statement, answer.signature(), answer.frame(), updateCount);
  }

  /// Asks for the rows of a result from an offset on.
  ///
  /// @throws SQLException `08006` if the broker that has the rest of the result is gone
  Frame fetch(StatementId statement, long offset, QueryCall call, List<Column> columns)
      throws SQLException {
    if (statement.generation() == generation) {
      Map<String, Object> request = newRequest("fetch");
      request.put("statementId", statement.id());
      request.put("offset", offset);
      request.put("fetchMaxRowCount", call.fetchSize());
      try {
        AvaticaAnswer answer = call(request, call, columns);
        Frame frame = answer.frame();
        if (frame != null && !answer.isTrue("missingStatement")) {
          return frame;
        }
      } catch (SessionRenewedException e) {
        LOGGER.log(Level.FINE, "The broker of a half-read result is gone", e);
      }
    }
    throw SqlErrors.of(
        "The broker no longer has the rows after row "
            + offset
            + " of this result, because it was restarted or the result was idle for too long. Run"
            + " the query again.",
        SqlState.CONNECTION_FAILURE);
  }

  private StatementId takeStatement() throws SQLException {
    synchronized (this) {
      StatementId idle = idleStatements.poll();
      if (idle != null) {
        return idle;
      }
    }
    for (int attempt = 1; ; attempt++) {
      int createdIn = generation;
      try {
        AvaticaAnswer answer = call(newRequest("createStatement"), null, List.of());
        return new StatementId(answer.number("statementId", -1), createdIn);
      } catch (SessionRenewedException e) {
        if (attempt == MAX_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /// Takes a statement back: one whose rows have all come is kept for the next query, which saves
  /// two round trips; another is closed on the broker.
  void giveBack(StatementId statement, boolean isReusable) {
    if (statement.generation() != generation) {
      return;
    }
    if (isReusable) {
      synchronized (this) {
        if (idleStatements.size() < MAX_IDLE_STATEMENTS) {
          idleStatements.push(statement);
          return;
        }
      }
    }
    Map<String, Object> request = newRequest("closeStatement");
    request.put("statementId", statement.id());
    try {
      exchange.tell(broker, request, CLEANUP_TIMEOUT);
    } catch (IOException e) {
      LOGGER.log(Level.FINE, "The broker cleans up by itself later", e);
    }
  }

  /// Tells the broker to stop a query, and releases the thread that waits for it.
  void cancel(QueryCall call) {
    call.markCancelled();
    try {
      http.delete(http.uri(broker, "/query/" + call.id()), CLEANUP_TIMEOUT);
    } catch (IOException e) {
      LOGGER.log(Level.FINE, "Cannot tell the broker to cancel query " + call.id(), e);
    }
    call.stopWaiting();
  }

  // The connection

  /// Whether a broker answers within the time; opens a new Avatica connection if it must.
  boolean isAlive(Duration timeout) {
    try {
      Duration limit = timeout.isZero() ? shortest(networkTimeout, TIMEOUT_GRACE) : timeout;
      try {
        exchange.send(broker, syncRequest(null), null, List.of(), limit);
      } catch (UnknownConnectionException e) {
        renew(generation);
      }
      return true;
    } catch (IOException | SQLException e) {
      LOGGER.log(Level.FINE, "The connection is not valid", e);
      return false;
    }
  }

  /// Tells the broker the schema of unqualified names, now and after a reconnection.
  void useSchema(String schema) throws SQLException {
    synchronized (this) {
      openedWith.put("schema", schema);
    }
    try {
      call(syncRequest(schema), null, List.of());
    } catch (SessionRenewedException e) {
      // The new Avatica connection was opened with the schema.
      LOGGER.log(Level.FINE, "Reconnected", e);
    }
  }

  private Map<String, Object> syncRequest(@Nullable String schema) {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("connProps", "connPropsImpl");
    properties.put("autoCommit", null);
    properties.put("readOnly", null);
    properties.put("transactionIsolation", null);
    properties.put("catalog", null);
    properties.put("schema", schema);
    properties.put("dirty", schema != null);
    Map<String, Object> request = newRequest("connectionSync");
    request.put("connProps", properties);
    return request;
  }

  void setNetworkTimeout(Duration timeout) {
    networkTimeout = timeout;
  }

  Duration networkTimeout() {
    return networkTimeout;
  }

  void close() {
    cleanUp(newRequest("closeConnection"));
  }

  // Metadata

  /// Asks one of Avatica's metadata questions, `getTables` and the like, for all its rows, each
  /// with its cells by upper-case column name.
  List<Map<String, Object>> metadata(String question, Map<String, ?> arguments)
      throws SQLException {
    SQLException failure = null;
    for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      Map<String, Object> request = newRequest(question);
      request.putAll(arguments);
      int askedIn = generation;
      try {
        return allRows(call(request, null, List.of()), askedIn);
      } catch (SessionRenewedException e) {
        failure = e;
      }
    }
    throw failure == null ? protocolError(question) : failure;
  }

  private List<Map<String, Object>> allRows(AvaticaAnswer answer, int askedIn) throws SQLException {
    List<Map<String, Object>> rows = new ArrayList<>();
    Signature signature = answer.signature();
    Frame frame = answer.frame();
    if (signature == null || frame == null) {
      return rows;
    }
    StatementId statement = new StatementId(answer.number("statementId", -1), askedIn);
    QueryCall call = new QueryCall(Duration.ZERO, 0, options.fetchSize(), "");
    while (true) {
      for (int row = 0; row < frame.rowCount(); row++) {
        Map<String, Object> named = new HashMap<>();
        for (int i = 0; i < signature.columns().size(); i++) {
          Cells cells = frame.column(i);
          if (!cells.isNull(row)) {
            named.put(SqlText.upper(signature.columns().get(i).label), cells.get(row));
          }
        }
        rows.add(named);
      }
      if (frame.isLast()) {
        break;
      }
      frame = fetch(statement, rows.size(), call, signature.columns());
    }
    if (answer.isTrue("ownStatement") && statement.id() >= 0) {
      giveBack(statement, false);
    }
    return rows;
  }

  /// What the broker says of itself, by Avatica's names, such as `GET_STRING_FUNCTIONS`.
  Map<String, Object> databaseProperties() throws SQLException {
    try {
      return call(newRequest("databaseProperties"), null, List.of()).object("map");
    } catch (SessionRenewedException e) {
      return call(newRequest("databaseProperties"), null, List.of()).object("map");
    }
  }

  /// The broker's version, or nothing if it does not tell.
  @Nullable String brokerVersion() {
    try {
      HttpAnswer answer = http.get(http.uri(broker, "/version"), CLEANUP_TIMEOUT);
      if (answer.status() == HttpURLConnection.HTTP_OK) {
        Object version = Json.readObject(answer.body()).get("version");
        return version == null ? null : version.toString();
      }
    } catch (IOException e) {
      LOGGER.log(Level.FINE, "The broker does not tell its version", e);
    }
    return null;
  }

  // Requests

  private Map<String, Object> newRequest(String kind) {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("request", kind);
    request.put("connectionId", connectionId);
    return request;
  }

  private void cleanUp(Map<String, Object> request) {
    try {
      exchange.send(broker, request, null, List.of(), CLEANUP_TIMEOUT);
    } catch (IOException | SQLException e) {
      LOGGER.log(Level.FINE, "The broker cleans up by itself later", e);
    }
  }

  private AvaticaAnswer call(
      Map<String, Object> request, @Nullable QueryCall call, List<Column> columns)
      throws SQLException {
    return call(request, call, columns, true);
  }

  /// Sends a request to the session's broker.
  ///
  /// @param isRepeatable whether it may be sent again though it may have been carried out
  /// @throws SessionRenewedException if there is a new Avatica connection, to which the request
  ///   must be made out anew
  private AvaticaAnswer call(
      Map<String, Object> request,
      @Nullable QueryCall call,
      List<Column> columns,
      boolean isRepeatable)
      throws SQLException {
    int sentIn = generation;
    Duration limit =
        call == null || call.timeout().isZero()
            ? networkTimeout
            : shortest(networkTimeout, call.timeout().plus(TIMEOUT_GRACE));
    for (boolean isRepeated = false; ; isRepeated = true) {
      try {
        return exchange.send(broker, request, call, columns, limit);
      } catch (UnknownConnectionException e) {
        renew(sentIn);
        throw new SessionRenewedException("The broker did not know the connection.", e);
      } catch (ConnectException | HttpConnectTimeoutException e) {
        throw renewAfter(sentIn, e);
      } catch (HttpTimeoutException e) {
        throw timedOut(call, limit, e);
      } catch (InterruptedIOException e) {
        throw interrupted(call, e);
      } catch (IOException e) {
        if (!isRepeatable) {
          throw SqlErrors.of(
              "The connection to broker "
                  + broker
                  + " broke ("
                  + HttpCaller.reason(e)
                  + ") before the answer. The statement may have been carried out or not; look"
                  + " before you run it again.",
              SqlState.OUTCOME_UNKNOWN,
              e);
        }
        // Most often the broker had just closed a connection that was idle; it has lost nothing.
        if (isRepeated) {
          throw renewAfter(sentIn, e);
        }
      }
    }
  }

  private SQLException timedOut(@Nullable QueryCall call, Duration limit, IOException cause) {
    if (call != null) {
      cancel(call);
    }
    return call == null || call.timeout().isZero()
        ? SqlErrors.of(
            "Broker " + broker + " did not answer within " + limit.toMillis() + " ms.",
            SqlState.CONNECTION_FAILURE,
            cause)
        : SqlErrors.of(
            "The query took longer than " + call.timeout().toMillis() + " ms.",
            SqlState.QUERY_CANCELED,
            cause);
  }

  private SQLException interrupted(@Nullable QueryCall call, IOException cause) {
    if (call != null) {
      // Cancelling waits for the broker, which an interrupted thread could not.
      Thread.interrupted();
      cancel(call);
      Thread.currentThread().interrupt();
    }
    return new SQLException(
        "The thread was interrupted while it waited for broker " + broker + ".",
        SqlState.QUERY_CANCELED,
        cause);
  }

  /// Opens a new Avatica connection after the loss of the old one.
  ///
  /// @return what to throw: that the request must be made out anew, or that there is no broker left
  private SQLException renewAfter(int sentIn, IOException cause) {
    String lost =
        "The connection to broker " + broker + " broke (" + HttpCaller.reason(cause) + ").";
    try {
      renew(sentIn);
      return new SessionRenewedException(lost, cause);
    } catch (SQLException e) {
      SQLException failure =
          SqlErrors.of(lost + " " + e.getMessage(), SqlState.CONNECTION_FAILURE, cause);
      failure.addSuppressed(e);
      return failure;
    }
  }

  private synchronized void renew(int lostGeneration) throws SQLException {
    if (generation == lostGeneration) {
      connect();
      LOGGER.log(Level.FINE, "Reconnected to broker {0}", broker);
    }
  }

  private static SQLException protocolError(String message) {
    return SqlErrors.of(message, SqlState.CONNECTION_FAILURE);
  }

  /// There is a new Avatica connection, and the request was made out to the old one.
  private static final class SessionRenewedException extends SQLException {
    private static final long serialVersionUID = 1;

    SessionRenewedException(String message, @Nullable Throwable cause) {
      super(message, SqlState.CONNECTION_FAILURE, cause);
    }
  }
}
