package io.cuvee.broker.avatica;

import io.cuvee.broker.query.Admission;
import io.cuvee.broker.query.QueryCall;
import io.cuvee.broker.query.QueryOptions;
import io.cuvee.broker.query.QueryRun;
import io.cuvee.broker.query.QueryService;
import io.cuvee.calcite.plan.PlannedStatement;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.QueryPlan.OutputColumn;
import io.cuvee.http.HttpRequest;
import io.cuvee.http.HttpResponse;
import io.cuvee.http.HttpServer;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.calcite.avatica.AvaticaSeverity;
import org.apache.calcite.avatica.Meta;
import org.apache.calcite.avatica.remote.JsonService;
import org.apache.calcite.avatica.remote.Service;
import org.apache.calcite.avatica.remote.TypedValue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `POST /avatica`: one request of Avatica's protocol, in protobuf or JSON.
///
/// A failure is HTTP 500 with an error response and never 503, because Avatica's client asks again
/// without end or pause when it sees that.
public final class AvaticaEndpoint implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AvaticaEndpoint.class);
  private static final int MAX_BODY_BYTES = 8 << 20;

  // There is nothing to commit; Avatica keeps the constructors to itself.
  private static final Service.CommitResponse COMMITTED =
      parse("{\"response\":\"commit\"}", Service.CommitResponse.class);
  private static final Service.RollbackResponse ROLLED_BACK =
      parse("{\"response\":\"rollback\"}", Service.RollbackResponse.class);

  private final QueryService queries;
  private final ClientSessions sessions;
  private final SignatureTexts signatures = new SignatureTexts();
  private final Supplier<String> address;
  private final long frameWaitMillis;

  /// @param address of this broker, as answers name it
  /// @param frameWait after which a client gets an empty frame and asks again, before some proxy
  ///   loses patience
  public AvaticaEndpoint(
      QueryService queries,
      Supplier<String> address,
      int maxSessions,
      Duration sessionTimeout,
      Duration frameWait) {
    this.frameWaitMillis = frameWait.toMillis();
    this.queries = queries;
    this.sessions = new ClientSessions(maxSessions, sessionTimeout);
    this.address = address;
  }

  private Service.RpcMetadataResponse metadata() {
    return new Service.RpcMetadataResponse(address.get());
  }

  private static <T> T parse(String json, Class<T> type) {
    try {
      return JsonService.MAPPER.readValue(json, type);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public HttpServer.Builder addTo(HttpServer.Builder server) {
    return server.route("POST", "/avatica", this::handle).route("POST", "/", this::handle);
  }

  /// How many JDBC connections are open.
  public int sessionCount() {
    return sessions.count();
  }

  /// An answer, and what it lacks if it is partial.
  private record Answer(ByteBuffer body, String contentType, Optional<String> warning) {}

  private static Answer plain(AvaticaWire wire, Service.Response response) throws IOException {
    return new Answer(wire.write(response), wire.contentType(), Optional.empty());
  }

  private HttpResponse handle(HttpRequest request) throws IOException {
    byte[] body = request.body(MAX_BODY_BYTES);
    AvaticaWire wire =
        AvaticaWire.of(body, metadata(), RequestHeaders.readsColumns(request), signatures);
    try {
      Answer answer = answer(wire, read(wire, body), RequestHeaders.of(request));
      HttpResponse response = HttpResponse.bytes(200, answer.contentType(), answer.body());
      return answer.warning().isEmpty()
          ? response
          : response.withHeader(
              "X-Cuvee-Warning",
              "01000 "
                  + URLEncoder.encode(answer.warning().get(), StandardCharsets.UTF_8)
                      .replace("+", "%20"));
    } catch (MissingConnection e) {
      return failure(
          wire,
          "No connection '"
              + e.id
              + "' is open on this broker; it was closed, was idle for too long, or the broker was"
              + " restarted. Connect again.",
          Service.ErrorResponse.MISSING_CONNECTION_ERROR_CODE,
          "08003");
    } catch (CuveeException e) {
      return failure(wire, e);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      return failure(wire, CuveeException.of(e));
    }
  }

  private static Service.Request read(AvaticaWire wire, byte[] body) {
    try {
      return wire.read(body);
    } catch (IOException | RuntimeException e) {
      throw AvaticaWire.unreadable(e);
    }
  }

  private HttpResponse failure(AvaticaWire wire, CuveeException failure) throws IOException {
    if (failure.code().kind() == ErrorCode.Kind.INTERNAL) {
      LOG.error("A JDBC request failed", failure);
    }
    return failure(wire, failure.getMessage(), failure.code().number(), failure.code().sqlState());
  }

  private HttpResponse failure(AvaticaWire wire, String message, int number, String sqlState)
      throws IOException {
    Service.ErrorResponse response =
        new Service.ErrorResponse(
            List.of(), message, number, sqlState, AvaticaSeverity.ERROR, metadata());
    return HttpResponse.bytes(500, wire.contentType(), wire.write(response));
  }

  /// The client's connection is not known here.
  private static final class MissingConnection extends RuntimeException {
    private final String id;

    MissingConnection(String id) {
      super(id, null, false, false);
      this.id = id;
    }
  }

  private ClientSession session(String id) {
    return sessions.find(id).orElseThrow(() -> new MissingConnection(id));
  }

  private Answer answer(AvaticaWire wire, Service.Request request, RequestHeaders headers)
      throws IOException {
    return switch (request) {
      case Service.PrepareAndExecuteRequest execute -> prepareAndExecute(wire, execute, headers);
      case Service.ExecuteRequest execute -> execute(wire, execute, headers);
      case Service.FetchRequest fetch -> fetch(wire, fetch, headers);
      default -> plain(wire, simple(request));
    };
  }

  private Service.Response simple(Service.Request request) {
    return switch (request) {
      case Service.OpenConnectionRequest open -> {
        sessions.open(open.connectionId, open.info == null ? Map.of() : open.info);
        yield new Service.OpenConnectionResponse(metadata());
      }
      case Service.CloseConnectionRequest close -> {
        sessions.close(close.connectionId);
        yield new Service.CloseConnectionResponse(metadata());
      }
      case Service.ConnectionSyncRequest sync ->
          new Service.ConnectionSyncResponse(
              session(sync.connectionId).sync(sync.connProps), metadata());
      case Service.CreateStatementRequest create -> {
        ClientStatement statement = newStatement(session(create.connectionId), "");
        yield new Service.CreateStatementResponse(create.connectionId, statement.id(), metadata());
      }
      case Service.CloseStatementRequest close -> {
        sessions
            .find(close.connectionId)
            .ifPresent(session -> session.closeStatement(close.statementId));
        yield new Service.CloseStatementResponse(metadata());
      }
      case Service.PrepareRequest prepare -> prepare(prepare);
      case Service.SyncResultsRequest sync -> {
        session(sync.connectionId);
        // A result cannot be found again at an offset; the client reports that it is gone.
        yield new Service.SyncResultsResponse(false, true, metadata());
      }
      case Service.CatalogsRequest catalogs ->
          table(catalogs.connectionId, MetadataAnswers.catalogs());
      case Service.SchemasRequest schemas ->
          table(
              schemas.connectionId,
              MetadataAnswers.schemas(
                  queries.snapshot().catalog(), schemas.catalog, schemas.schemaPattern));
      case Service.TableTypesRequest types ->
          table(types.connectionId, MetadataAnswers.tableTypes());
      case Service.TypeInfoRequest types -> table(types.connectionId, MetadataAnswers.typeInfo());
      case Service.TablesRequest tables ->
          table(
              tables.connectionId,
              MetadataAnswers.tables(
                  queries.snapshot().catalog(),
                  tables.catalog,
                  tables.schemaPattern,
                  tables.tableNamePattern,
                  tables.typeList));
      case Service.ColumnsRequest columns ->
          table(
              columns.connectionId,
              MetadataAnswers.columns(
                  queries.snapshot().catalog(),
                  columns.catalog,
                  columns.schemaPattern,
                  columns.tableNamePattern,
                  columns.columnNamePattern));
      case Service.DatabasePropertyRequest properties -> {
        session(properties.connectionId);
        yield new Service.DatabasePropertyResponse(
            MetadataAnswers.databaseProperties(), metadata());
      }
      case Service.CommitRequest commit -> {
        session(commit.connectionId);
        yield COMMITTED;
      }
      case Service.RollbackRequest rollback -> {
        session(rollback.connectionId);
        yield ROLLED_BACK;
      }
      default ->
          throw new CuveeException(
              ErrorCode.FEATURE_NOT_SUPPORTED,
              "Batches are not supported: the database is read-only over JDBC. Load rows with"
                  + " 'cuvee import' or over HTTP.");
    };
  }

  private Service.ResultSetResponse table(String connectionId, MetadataAnswers.Table answer) {
    session(connectionId);
    Meta.Signature signature =
        Meta.Signature.create(
            answer.columns(), "", List.of(), Meta.CursorFactory.ARRAY, Meta.StatementType.SELECT);
    Meta.Frame frame = new Meta.Frame(0, true, new ArrayList<>(answer.rows()));
    return new Service.ResultSetResponse(
        connectionId, sessions.newStatementId(), true, signature, frame, -1, metadata());
  }

  private ClientStatement newStatement(ClientSession session, String sql) {
    ClientStatement statement = new ClientStatement(sessions.newStatementId(), sql);
    session.add(statement);
    return statement;
  }

  private Service.PrepareResponse prepare(Service.PrepareRequest request) {
    ClientSession session = session(request.connectionId);
    if (queries.definition(request.sql).isPresent()) {
      ClientStatement statement = newStatement(session, request.sql);
      Meta.Signature nothing = SqlColumns.signature(request.sql, List.of(), List.of());
      return new Service.PrepareResponse(
          new Meta.StatementHandle(request.connectionId, statement.id(), nothing), metadata());
    }
    QueryOptions options = QueryOptions.of(request.sql, "");
    PlannedStatement planned = queries.plan(options.sql(), options.applyTo(session.session()));
    Meta.Signature signature =
        SqlColumns.signature(
            request.sql,
            QueryService.columns(planned),
            SqlColumns.parameters(planned.clientParameterTypes()));
    ClientStatement statement = newStatement(session, request.sql);
    return new Service.PrepareResponse(
        new Meta.StatementHandle(request.connectionId, statement.id(), signature), metadata());
  }

  private Answer prepareAndExecute(
      AvaticaWire wire, Service.PrepareAndExecuteRequest request, RequestHeaders headers)
      throws IOException {
    ClientSession session = session(request.connectionId);
    ClientStatement statement = session.statement(request.statementId);
    if (statement == null) {
      return missingStatement(wire);
    }
    long maxRows = request.maxRowCount > 0 ? request.maxRowCount : QueryCall.ALL_ROWS;
    return run(
        wire,
        session,
        statement,
        request.sql,
        List.of(),
        maxRows,
        request.maxRowsInFirstFrame,
        headers);
  }

  private Answer execute(AvaticaWire wire, Service.ExecuteRequest request, RequestHeaders headers)
      throws IOException {
    ClientSession session = session(request.statementHandle.connectionId);
    ClientStatement statement = session.statement(request.statementHandle.id);
    // Avatica's client repeats the text, and does not prepare anew by itself when a broker has
    // forgotten a statement.
    Meta.Signature stated = request.statementHandle.signature;
    String sql =
        stated != null && stated.sql != null && !stated.sql.isEmpty()
            ? stated.sql
            : statement == null ? "" : statement.sql();
    if (sql.isEmpty()) {
      return missingStatement(wire);
    }
    if (statement == null) {
      statement = new ClientStatement(request.statementHandle.id, sql);
      session.add(statement);
    }
    List<TypedValue> values = request.parameterValues;
    // What this request calls the row count is the client's fetch size; a row limit comes as a
    // header.
    return run(
        wire,
        session,
        statement,
        sql,
        ParameterDecoder.decode(values),
        QueryCall.ALL_ROWS,
        request.maxRowCount,
        headers);
  }

  private Answer missingStatement(AvaticaWire wire) throws IOException {
    return plain(wire, new Service.ExecuteResponse(List.of(), true, metadata()));
  }

  private Answer run(
      AvaticaWire wire,
      ClientSession session,
      ClientStatement statement,
      String sql,
      List<@Nullable Object> values,
      long maxRows,
      int fetchSize,
      RequestHeaders headers)
      throws IOException {
    statement.open(null);
    QueryOptions options = QueryOptions.of(sql, "");
    QueryCall call =
        options.applyTo(
            new QueryCall(
                headers.queryId(),
                options.sql(),
                values,
                session.session(),
                headers.timeout(),
                Math.min(maxRows, headers.maxRows().orElse(QueryCall.ALL_ROWS)),
                session.allowPartial(),
                true,
                false,
                headers.client()));
    QueryRun run = queries.register(call);
    run.watch(headers.isClientGone());
    Cursor cursor = new Cursor(queries, run);
    boolean kept = false;
    Admission.Turn turn = null;
    try {
      turn = queries.enter(run);
      queries.begin(run);
      List<OutputColumn> columns = run.columns();
      if (run.isUpdate()) {
        while (run.next() != null) {
          // Whoever counts rows gets none.
        }
        return plain(wire, updated(session, statement));
      }
      Admission.Turn working = turn;
      turn = null;
      Cursor.EncodedFrame frame =
          cursor.frame(
              0,
              frameRows(fetchSize, headers),
              () -> wire.newRows(columns),
              frameWaitMillis,
              working);
      ByteBuffer body = wire.executed(session.id(), statement, sql, columns, frame);
      kept = !frame.done();
      return new Answer(body, wire.rowsType(), frame.done() ? run.warning() : Optional.empty());
    } finally {
      if (turn != null) {
        turn.close();
      }
      if (kept) {
        statement.open(cursor);
      } else {
        cursor.close();
      }
    }
  }

  private Service.ExecuteResponse updated(ClientSession session, ClientStatement statement) {
    return new Service.ExecuteResponse(
        List.of(
            new Service.ResultSetResponse(
                session.id(), statement.id(), false, null, null, 0, metadata())),
        false,
        metadata());
  }

  private static int frameRows(int fetchSize, RequestHeaders headers) {
    return fetchSize > 0
        ? fetchSize
        : (int) Math.min(Integer.MAX_VALUE, headers.fetchSize().orElse(0L));
  }

  private Answer fetch(AvaticaWire wire, Service.FetchRequest request, RequestHeaders headers)
      throws IOException {
    ClientSession session = session(request.connectionId);
    ClientStatement statement = session.statement(request.statementId);
    Cursor cursor = statement == null ? null : statement.cursor();
    if (statement == null || cursor == null) {
      throw new CuveeException(
          ErrorCode.DATA_UNAVAILABLE,
          "The rows from "
              + request.offset
              + " on are not kept any more: the result was read to its end, or was idle for too"
              + " long. Run the query again.");
    }
    boolean kept = false;
    try {
      List<OutputColumn> columns = cursor.run().columns();
      cursor.run().watch(headers.isClientGone());
      Cursor.EncodedFrame frame =
          cursor.frame(
              request.offset,
              frameRows(request.fetchMaxRowCount, headers),
              () -> wire.newRows(columns),
              frameWaitMillis,
              null);
      ByteBuffer body = wire.fetched(frame);
      kept = !frame.done();
      return new Answer(
          body, wire.rowsType(), frame.done() ? cursor.run().warning() : Optional.empty());
    } finally {
      if (!kept) {
        statement.open(null);
      }
    }
  }

  @Override
  public void close() {
    sessions.close();
  }
}
