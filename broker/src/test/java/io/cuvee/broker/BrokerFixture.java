package io.cuvee.broker;

import io.cuvee.broker.avatica.AvaticaEndpoint;
import io.cuvee.broker.http.QueryRoutes;
import io.cuvee.broker.query.QueryService;
import io.cuvee.broker.routing.ClusterView;
import io.cuvee.broker.scatter.ServerLinks;
import io.cuvee.calcite.plan.PlannedStatement;
import io.cuvee.calcite.plan.PlannedStatement.Kind;
import io.cuvee.calcite.plan.ValueSource;
import io.cuvee.cluster.state.Instance.Phase;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.QueryPlan;
import io.cuvee.common.plan.QueryPlan.OutputColumn;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.http.HttpServer;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A broker whose statements are planned by hand and whose servers are scripted.
public final class BrokerFixture implements AutoCloseable {
  private static final Schema SCHEMA =
      Schema.of(
          "t",
          List.of(
              FieldSpec.dimension("x", ColumnType.LONG),
              FieldSpec.dimension("name_1", ColumnType.STRING),
              FieldSpec.dimension("tags", ColumnType.arrayOf(DataType.STRING)),
              FieldSpec.dimension("price", ColumnType.BIG_DECIMAL)));

  public final FakeCluster cluster = new FakeCluster();
  private final Map<String, PlannedStatement> statements = new HashMap<>();
  private final ServerLinks links = new ServerLinks("test", Duration.ofSeconds(2), 5);
  private final ClusterView view;
  public final QueryService queries;
  public final AvaticaEndpoint avatica;
  private final HttpServer http;
  private final List<ScriptedServer> servers = new ArrayList<>();

  public BrokerFixture(BrokerConfig config, Duration frameWait) {
    cluster.table(SCHEMA, TableConfig.offline("t", 1));
    view = new ClusterView(cluster, links::retain);
    view.start(Duration.ofSeconds(10));
    queries =
        new QueryService(
            config, (sql, session, catalog) -> plan(sql), view, links, () -> "Broker_test_1");
    avatica =
        new AvaticaEndpoint(
            queries, () -> "test:1", config.maxSessions(), config.sessionTimeout(), frameWait);
    HttpServer.Builder server = HttpServer.builder().host("127.0.0.1");
    new QueryRoutes(queries, () -> "Broker_test_1").addTo(server);
    avatica.addTo(server);
    http = server.start();
    everyType();
    statement(
        "SELECT x FROM t",
        new PlanNode.Scan(scan(SegmentQuery.NO_LIMIT)),
        List.of(new OutputColumn("x", ColumnType.LONG, true, "t")));
    statement(
        "SELECT x FROM t LIMIT 10",
        new PlanNode.Scan(scan(10)),
        List.of(new OutputColumn("x", ColumnType.LONG, true, "t")));
  }

  public BrokerFixture() {
    this(BrokerConfig.DEFAULT, Duration.ofSeconds(5));
  }

  private static SegmentQuery scan(long limit) {
    return new SegmentQuery(
        "t",
        List.of("x"),
        List.of(ColumnType.LONG),
        null,
        new SegmentQuery.Selection(
            List.of(new Expression.Column(0, ColumnType.LONG)), List.of(), limit));
  }

  public int port() {
    return http.port();
  }

  public String url(String path) {
    return "http://127.0.0.1:" + port() + path;
  }

  /// Adds a server that has all of table t.
  public ScriptedServer server(ScriptedServer.Script script) throws Exception {
    ScriptedServer server = new ScriptedServer(script);
    servers.add(server);
    String id = "server" + servers.size();
    cluster.server(id, server.port(), Phase.WARM);
    cluster.serves(id, "t_OFFLINE", "s", SegmentState.ONLINE);
    cluster.segment("t_OFFLINE", "s", 10, false);
    for (int i = 0;
        view.current().routing().tables().get("t_OFFLINE").parts().isEmpty() && i < 2000;
        i++) {
      Thread.sleep(5);
    }
    return server;
  }

  private PlannedStatement plan(String sql) {
    PlannedStatement known = statements.get(sql.strip());
    if (known == null) {
      throw new CuveeException(
          ErrorCode.SQL_PARSE, "Line 1, column 1: '" + sql + "' is no statement of this test.");
    }
    return known;
  }

  public void statement(String sql, PlanNode root, List<OutputColumn> columns) {
    statement(Kind.QUERY, sql, root, columns, List.of());
  }

  public void statement(
      Kind kind,
      String sql,
      PlanNode root,
      List<OutputColumn> columns,
      List<ColumnType> parameters) {
    QueryPlan plan =
        new QueryPlan(root, columns, parameters, Set.of("t"), "Scan t\n  filter: none");
    List<ValueSource> sources = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      sources.add(new ValueSource.Client(i, parameters.get(i)));
    }
    statements.put(
        sql, new PlannedStatement(kind, plan, parameters, true, sources, ZoneOffset.UTC));
  }

  /// One column of each type; a row of values, a row of other values, a row of NULLs.
  public static final Map<ColumnType, List<Object>> TYPES = types();

  private static Map<ColumnType, List<Object>> types() {
    Map<ColumnType, List<Object>> types = new java.util.LinkedHashMap<>();
    types.put(ColumnType.INT, List.of(42L, (long) Integer.MIN_VALUE));
    types.put(ColumnType.LONG, List.of(9007199254740993L, Long.MIN_VALUE));
    types.put(ColumnType.FLOAT, List.of((double) 1.25f, (double) -0.1f));
    types.put(ColumnType.DOUBLE, List.of(0.1, 1e300));
    types.put(
        ColumnType.BIG_DECIMAL,
        List.of(new BigDecimal("12345678901234567890123456789.12"), new BigDecimal("-0.5")));
    types.put(ColumnType.BOOLEAN, List.of(1L, 0L));
    types.put(ColumnType.TIMESTAMP, List.of(1_709_251_198_120L, -1L));
    types.put(ColumnType.DATE, List.of(19_782L, -1L));
    types.put(ColumnType.STRING, List.of(utf8("ä\"漢\n"), utf8("")));
    types.put(ColumnType.JSON, List.of(utf8("{\"a\":[1]}"), utf8("null")));
    types.put(ColumnType.UUID, List.of(new byte[16], new byte[16]));
    types.put(ColumnType.BYTES, List.of(new byte[] {1, 2, (byte) 255}, new byte[0]));
    types.put(ColumnType.arrayOf(DataType.LONG), List.of(List.of(1L, 2L), List.of()));
    types.put(
        ColumnType.arrayOf(DataType.STRING),
        List.of(List.of(utf8("a"), utf8("b")), List.of(utf8(""))));
    return types;
  }

  private void everyType() {
    List<OutputColumn> columns = new ArrayList<>();
    List<ColumnType> types = List.copyOf(TYPES.keySet());
    List<List<Expression>> rows = new ArrayList<>();
    for (int row = 0; row < 3; row++) {
      List<Expression> cells = new ArrayList<>();
      for (ColumnType type : types) {
        @Nullable Object value = row == 2 ? null : TYPES.get(type).get(row);
        cells.add(new Expression.Literal(value, type));
      }
      rows.add(cells);
    }
    types.forEach(type -> columns.add(new OutputColumn("c_" + type, type, true, null)));
    statement("SELECT every type", new PlanNode.Values(rows, types), columns);
    List<Expression> parameters = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      parameters.add(new Expression.Parameter(i, types.get(i)));
    }
    statement(
        Kind.QUERY,
        "SELECT every ?",
        new PlanNode.Values(List.of(parameters), types),
        columns,
        types);
    List<ColumnType> one = Arrays.asList(ColumnType.INT);
    PlanNode constant =
        new PlanNode.Values(List.of(List.of(new Expression.Literal(1L, ColumnType.INT))), one);
    List<OutputColumn> column = List.of(new OutputColumn("EXPR$0", ColumnType.INT, false, null));
    statement("SELECT 1", constant, column);
    statement(Kind.EXPLAIN_PLAN, "EXPLAIN PLAN FOR SELECT 1", constant, column, List.of());
    statement(
        Kind.EXPLAIN_PLAN,
        "EXPLAIN PLAN FOR SELECT x FROM t",
        new PlanNode.Scan(scan(SegmentQuery.NO_LIMIT)),
        List.of(new OutputColumn("x", ColumnType.LONG, true, "t")),
        List.of());
    statement(Kind.EXPLAIN_ANALYZE, "EXPLAIN ANALYZE SELECT 1", constant, column, List.of());
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    http.close();
    queries.close();
    avatica.close();
    view.close();
    links.close();
    for (ScriptedServer server : servers) {
      server.close();
    }
  }
}
