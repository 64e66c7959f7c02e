package io.cuvee.broker.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.broker.query.Admission;
import io.cuvee.broker.query.QueryCall;
import io.cuvee.broker.query.QueryOptions;
import io.cuvee.broker.query.QueryRun;
import io.cuvee.broker.query.QueryService;
import io.cuvee.broker.routing.TableRouting;
import io.cuvee.broker.system.PeerBrokers;
import io.cuvee.calcite.plan.Dialect;
import io.cuvee.calcite.plan.Session;
import io.cuvee.calcite.pql.PqlForm;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.page.Page;
import io.cuvee.http.HttpRequest;
import io.cuvee.http.HttpResponse;
import io.cuvee.http.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `POST /query/sql` and its kin.
public final class QueryRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(QueryRoutes.class);
  private static final int MAX_BODY_BYTES = 4 << 20;

  /// A longer answer is sent in pieces while it is made.
  private static final int WHOLE_BYTES = 4 << 20;

  private static final int PIECE_BYTES = 64 << 10;
  private static final String JSON = "application/json";

  private final QueryService queries;
  private final Supplier<String> brokerId;

  /// @param brokerId how answers name this broker
  public QueryRoutes(QueryService queries, Supplier<String> brokerId) {
    this.queries = queries;
    this.brokerId = brokerId;
  }

  public HttpServer.Builder addTo(HttpServer.Builder server) {
    return server
        .route("POST", "/query/sql", request -> query(request, "sql", Dialect.SQL))
        .route("POST", "/query", request -> query(request, "sql", Dialect.SQL))
        .route("POST", "/query/pql", request -> query(request, "pql", Dialect.PQL))
        .route("GET", "/query/sql", this::queryByGet)
        .route("GET", "/query", this::queryByGet)
        .route("DELETE", "/query/{id}", this::cancel)
        .route("GET", "/queries", request -> running())
        .route(
            "GET",
            PeerBrokers.QUERIES_PATH,
            request -> HttpResponse.json(200, queries.runningAsJson()))
        .route("GET", "/debug/routingTable/{table}", this::routingTable)
        .route("GET", "/debug/servers/{server}", this::duties);
  }

  private HttpResponse queryByGet(HttpRequest request) {
    String sql =
        request
            .query("sql")
            .orElseThrow(() ->
                new CuveeException(
                    ErrorCode.INVALID_INPUT,
                    "The query parameter 'sql' is missing: /query/sql?sql=SELECT%201."));
    return run(request, sql, request.query("queryOptions", ""), List.of(), Dialect.SQL);
  }

  private HttpResponse query(HttpRequest request, String key, Dialect dialect) throws IOException {
    JsonNode body = Json.object(request.text(MAX_BODY_BYTES), "request", ErrorCode.INVALID_INPUT);
    JsonNode sql = body.get(key);
    if (sql == null || !sql.isTextual()) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT, "The request needs the statement as text in '" + key + "'.");
    }
    List<@Nullable Object> values = new ArrayList<>();
    for (JsonNode value : body.path("parameters")) {
      values.add(value(value));
    }
    return run(request, sql.asText(), body.path("queryOptions").asText(""), values, dialect);
  }

  private static @Nullable Object value(JsonNode node) {
    return switch (node.getNodeType()) {
      case NULL, MISSING -> null;
      case BOOLEAN -> node.asBoolean();
      case NUMBER ->
          node.isIntegralNumber()
              ? node.canConvertToLong() ? (Object) node.asLong() : node.decimalValue()
              : node.asDouble();
      case ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        node.forEach(element -> list.add(value(element)));
        yield list;
      }
      case STRING -> node.asText();
      case BINARY, OBJECT, POJO ->
          throw new CuveeException(
              ErrorCode.INVALID_INPUT,
              "'parameters' takes numbers, text, booleans, null and arrays of these.");
    };
  }

  private HttpResponse run(
      HttpRequest request,
      String text,
      String options,
      List<@Nullable Object> values,
      Dialect dialect) {
    QueryRun run;
    PqlForm form;
    try {
      QueryOptions chosen = QueryOptions.of(text, options);
      form = dialect == Dialect.PQL ? chosen.oldForm().orElse(null) : null;
      QueryOptions asked = form == null ? chosen : chosen.asking(form.sql());
      QueryCall call =
          asked.applyTo(
              new QueryCall(
                  request.header("X-Cuvee-Query-Id"),
                  asked.sql(),
                  values,
                  new Session(form == null ? dialect : Dialect.SQL, Session.DEFAULT.zone()),
                  Optional.empty(),
                  QueryCall.ALL_ROWS,
                  false,
                  true,
                  false,
                  request.remoteAddress()));
      run = queries.register(call);
      run.arrived(request.beginNanos());
      run.watch(request::isClientGone);
    } catch (CuveeException e) {
      return HttpResponse.bytes(status(request, e), JSON, QueryResponse.failed(brokerId.get(), e))
          .withHeader("X-Pinot-Error-Code", Integer.toString(e.code().number()));
    }
    return answer(request, run, form);
  }

  /// Runs a statement as a request would, throws the answer away and counts it nowhere, so that the
  /// code on its way is compiled before a client's first query comes.
  ///
  /// @throws CuveeException whatever is wrong with it
  public void rehearse(String sql) {
    QueryRun run = queries.register(QueryCall.of(sql, Session.DEFAULT));
    run.uncounted();
    try (run;
        Admission.Turn _ = queries.enter(run)) {
      queries.begin(run);
      QueryResponse response = new QueryResponse(brokerId.get());
      response.open(run.columns());
      for (Page page = run.next(); page != null; page = run.next()) {
        response.rows(page);
      }
      response.end(run, Optional.empty());
    }
  }

  /// Pinot answers 200 also for a failure, unless the client asks otherwise.
  private static int status(HttpRequest request, CuveeException failure) {
    return request
            .header("Pinot-Use-Http-Status-For-Errors")
            .filter("true"::equalsIgnoreCase)
            .isPresent()
        ? HttpResponse.error(failure).status()
        : 200;
  }

  private HttpResponse answer(HttpRequest request, QueryRun run, @Nullable PqlForm form) {
    boolean handedOn = false;
    Admission.Turn turn = null;
    try {
      Admission.Turn working = queries.enter(run);
      turn = working;
      queries.begin(run);
      QueryResponse response = new QueryResponse(brokerId.get(), form);
      response.open(run.columns());
      for (Page page = run.next(); page != null; page = run.next()) {
        response.rows(page);
        if (response.out().size() > WHOLE_BYTES) {
          handedOn = true;
          return HttpResponse.stream(200, JSON, body -> stream(run, working, response, body));
        }
      }
      response.end(run, Optional.empty());
      return HttpResponse.bytes(200, JSON, response.out().toByteBuffer())
          .withHeader("X-Pinot-Error-Code", "-1");
    } catch (CuveeException e) {
      logDefect(run, e);
      QueryResponse response = new QueryResponse(brokerId.get());
      response.end(run, Optional.of(e));
      return HttpResponse.bytes(status(request, e), JSON, response.out().toByteBuffer())
          .withHeader("X-Pinot-Error-Code", Integer.toString(e.code().number()));
    } finally {
      if (!handedOn) {
        end(run, turn);
      }
    }
  }

  private static void stream(
      QueryRun run, Admission.Turn turn, QueryResponse response, OutputStream body)
      throws IOException {
    Optional<CuveeException> failure = Optional.empty();
    try {
      flush(response, body);
      for (Page page = run.next(); page != null; page = run.next()) {
        response.rows(page);
        if (response.out().size() > PIECE_BYTES) {
          flush(response, body);
        }
      }
    } catch (CuveeException e) {
      logDefect(run, e);
      failure = Optional.of(e);
    } finally {
      end(run, turn);
    }
    response.end(run, failure);
    flush(response, body);
  }

  private static void flush(QueryResponse response, OutputStream body) throws IOException {
    body.write(response.out().array(), 0, response.out().size());
    response.out().truncate(0);
  }

  private static void end(QueryRun run, Admission.@Nullable Turn turn) {
    try {
      run.close();
    } finally {
      if (turn != null) {
        turn.close();
      }
    }
  }

  private static void logDefect(QueryRun run, CuveeException failure) {
    if (failure.code().kind() == ErrorCode.Kind.INTERNAL) {
      LOG.error("Query {} failed: {}", run.id(), run.call().sql(), failure);
    }
  }

  private HttpResponse cancel(HttpRequest request) {
    String id = request.variable("id");
    if (!queries.cancel(id)) {
      throw new CuveeException(
          ErrorCode.NOT_FOUND, "No query with the id '" + id + "' runs on this broker.");
    }
    return HttpResponse.text(200, "Cancelled query: " + id);
  }

  private HttpResponse running() {
    ObjectNode all = Json.MAPPER.createObjectNode();
    queries.running().stream()
        .sorted(Comparator.comparingLong(QueryRun::startMillis))
        .forEach(run -> all.put(run.id(), run.call().sql()));
    return HttpResponse.bytes(200, JSON, all.toString().getBytes(StandardCharsets.UTF_8));
  }

  /// A server that wants to stop asks whether it may.
  private HttpResponse duties(HttpRequest request) {
    QueryService.Duties duties = queries.duties(request.variable("server"));
    return HttpResponse.json(
        200,
        Json.MAPPER
            .createObjectNode()
            .put("server", request.variable("server"))
            .put("departed", duties.departed())
            .put("segments", duties.segments())
            .put("olderQueries", duties.olderQueries()));
  }

  /// `{"flights_OFFLINE":{"server-1":["segment", …]}}`, of a logical or a physical table.
  private HttpResponse routingTable(HttpRequest request) {
    String name = request.variable("table");
    ObjectNode all = Json.MAPPER.createObjectNode();
    for (TableRouting routing : queries.snapshot().routing().tables().values()) {
      String physical = routing.physicalTable();
      if (physical.equals(name)
          || physical.startsWith(name + "_") && physical.lastIndexOf('_') == name.length()) {
        ObjectNode servers = all.putObject(physical);
        request
            .query("segment")
            .map(routing::byServer)
            .orElseGet(routing::byServer)
            .forEach((server, segments) -> segments.forEach(servers.withArray(server)::add));
      }
    }
    if (all.isEmpty()) {
      throw new CuveeException(ErrorCode.TABLE_NOT_FOUND, "There is no table '" + name + "'.");
    }
    return HttpResponse.json(200, all);
  }
}
