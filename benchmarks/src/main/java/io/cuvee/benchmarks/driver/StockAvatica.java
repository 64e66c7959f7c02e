package io.cuvee.benchmarks.driver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.calcite.avatica.AvaticaStatement;
import org.apache.calcite.avatica.ColumnMetaData;
import org.apache.calcite.avatica.ColumnMetaData.Rep;
import org.apache.calcite.avatica.MetaImpl;
import org.apache.calcite.avatica.QueryState;
import org.apache.calcite.avatica.metrics.noop.NoopMetricsSystem;
import org.apache.calcite.avatica.remote.JsonHandler;
import org.apache.calcite.avatica.remote.LocalService;
import org.apache.calcite.avatica.remote.TypedValue;

/// A server of Avatica's own classes that answers every query with the rows of [FactsTable], frame
/// by frame, in JSON.
final class StockAvatica implements AutoCloseable {
  static {
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  StockAvatica(int rows) throws IOException {
    JsonHandler handler =
        new JsonHandler(new LocalService(new Facts(rows)), NoopMetricsSystem.getInstance());
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> answer(handler, exchange));
    server.setExecutor(threads);
    server.start();
  }

  private static void answer(JsonHandler handler, HttpExchange exchange) throws IOException {
    String request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    byte[] body = handler.apply(request).getResponse().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  String jdbcUrl() {
    return "jdbc:avatica:remote:timeZone=UTC;serialization=json;url=http://localhost:"
        + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private static final class Facts extends MetaImpl {
    private final int rows;
    private final AtomicInteger nextStatement = new AtomicInteger();

    Facts(int rows) {
      super(null);
      this.rows = rows;
    }

    private static Signature signature(String sql) {
      List<ColumnMetaData> columns = new ArrayList<>();
      add(columns, "id", Types.BIGINT, "BIGINT", Rep.LONG);
      add(columns, "n", Types.INTEGER, "INTEGER", Rep.INTEGER);
      add(columns, "price", Types.DOUBLE, "DOUBLE", Rep.DOUBLE);
      add(columns, "city", Types.VARCHAR, "VARCHAR", Rep.STRING);
      add(columns, "name", Types.VARCHAR, "VARCHAR", Rep.STRING);
      add(columns, "day", Types.DATE, "DATE", Rep.INTEGER);
      add(columns, "moment", Types.TIMESTAMP, "TIMESTAMP", Rep.LONG);
      add(columns, "flag", Types.BOOLEAN, "BOOLEAN", Rep.BOOLEAN);
      add(columns, "amount", Types.DOUBLE, "DOUBLE", Rep.DOUBLE);
      add(columns, "code", Types.VARCHAR, "VARCHAR", Rep.STRING);
      return Signature.create(columns, sql, List.of(), CursorFactory.LIST, StatementType.SELECT);
    }

    private static void add(
        List<ColumnMetaData> columns, String name, int sqlType, String type, Rep rep) {
      columns.add(
          MetaImpl.columnMetaData(
              name, columns.size(), ColumnMetaData.scalar(sqlType, type, rep), true));
    }

    private Frame frame(long offset, int maxRows) {
      int wanted = maxRows <= 0 ? AvaticaStatement.DEFAULT_FETCH_SIZE : maxRows;
      int count = (int) Math.min(wanted, rows - offset);
      List<Object> frame = new ArrayList<>(count);
      for (long id = offset; id < offset + count; id++) {
        frame.add(FactsTable.row(id));
      }
      return new Frame(offset, offset + count == rows, frame);
    }

    @Override
    public void openConnection(ConnectionHandle connection, Map<String, String> info) {}

    @Override
    public void closeConnection(ConnectionHandle connection) {}

    @Override
    public ConnectionProperties connectionSync(
        ConnectionHandle connection, ConnectionProperties properties) {
      return properties;
    }

    @Override
    public StatementHandle createStatement(ConnectionHandle connection) {
      return new StatementHandle(connection.id, nextStatement.incrementAndGet(), null);
    }

    @Override
    public StatementHandle prepare(ConnectionHandle connection, String sql, long maxRowCount) {
      return new StatementHandle(connection.id, nextStatement.incrementAndGet(), signature(sql));
    }

    @Deprecated
    @Override
    public ExecuteResult prepareAndExecute(
        StatementHandle statement, String sql, long maxRowCount, PrepareCallback callback) {
      return prepareAndExecute(statement, sql, maxRowCount, (int) maxRowCount, callback);
    }

    @Override
    public ExecuteResult prepareAndExecute(
        StatementHandle statement,
        String sql,
        long maxRowCount,
        int maxRowsInFirstFrame,
        PrepareCallback callback) {
      return new ExecuteResult(
          List.of(
              MetaResultSet.create(
                  statement.connectionId,
                  statement.id,
                  false,
                  signature(sql),
                  frame(0, maxRowsInFirstFrame))));
    }

    @Deprecated
    @Override
    public ExecuteResult execute(
        StatementHandle statement, List<TypedValue> values, long maxRowCount) {
      throw new UnsupportedOperationException("Nothing is prepared here");
    }

    @Override
    public ExecuteResult execute(
        StatementHandle statement, List<TypedValue> values, int maxRowsInFirstFrame) {
      throw new UnsupportedOperationException("Nothing is prepared here");
    }

    @Override
    public Frame fetch(StatementHandle statement, long offset, int fetchMaxRowCount) {
      return frame(offset, fetchMaxRowCount);
    }

    @Override
    public void closeStatement(StatementHandle statement) {}

    @Override
    public boolean syncResults(StatementHandle statement, QueryState state, long offset) {
      return true;
    }

    @Override
    public ExecuteBatchResult prepareAndExecuteBatch(
        StatementHandle statement, List<String> commands) {
      return new ExecuteBatchResult(new long[0]);
    }

    @Override
    public ExecuteBatchResult executeBatch(
        StatementHandle statement, List<List<TypedValue>> values) {
      return new ExecuteBatchResult(new long[0]);
    }

    @Override
    public void commit(ConnectionHandle connection) {}

    @Override
    public void rollback(ConnectionHandle connection) {}
  }
}
