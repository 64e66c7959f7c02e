package io.cuvee.jdbc;

import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.calcite.avatica.AvaticaParameter;
import org.apache.calcite.avatica.AvaticaSeverity;
import org.apache.calcite.avatica.ColumnMetaData;
import org.apache.calcite.avatica.ColumnMetaData.Rep;
import org.apache.calcite.avatica.MetaImpl;
import org.apache.calcite.avatica.MissingResultsException;
import org.apache.calcite.avatica.NoSuchConnectionException;
import org.apache.calcite.avatica.NoSuchStatementException;
import org.apache.calcite.avatica.QueryState;
import org.apache.calcite.avatica.remote.AvaticaRuntimeException;
import org.apache.calcite.avatica.remote.TypedValue;

/// The server's half of Avatica's protocol over a few made-up answers, with Avatica's own classes,
/// so that the driver is held to the protocol and not to its own idea of it.
final class FakeMeta extends MetaImpl {
  static final int FRAME_SIZE = 100;

  final Map<String, Map<String, String>> connections = new ConcurrentHashMap<>();
  final Map<Integer, String> statements = new ConcurrentHashMap<>();
  final List<String> syncedSchemas = new ArrayList<>();
  private final Map<Integer, List<Object>> results = new ConcurrentHashMap<>();
  private final AtomicInteger nextStatement = new AtomicInteger();
  private final Blocker blocker;
  volatile List<Object> lastParameters = List.of();

  /// Lets the statement "SLOW" wait until it is cancelled.
  interface Blocker {
    void awaitCancellation();
  }

  FakeMeta(Blocker blocker) {
    super(null);
    this.blocker = blocker;
  }

  static ColumnMetaData column(int ordinal, String label, int sqlType, String type, Rep rep) {
    return column(ordinal, label, ColumnMetaData.scalar(sqlType, type, rep));
  }

  static ColumnMetaData column(int ordinal, String label, ColumnMetaData.AvaticaType type) {
    return MetaImpl.columnMetaData(label, ordinal, type, true);
  }

  private static Signature signature(String sql, List<ColumnMetaData> columns) {
    List<AvaticaParameter> parameters = new ArrayList<>();
    for (int i = 0; i < sql.chars().filter(c -> c == '?').count(); i++) {
      parameters.add(
          new AvaticaParameter(true, 19, 0, Types.BIGINT, "BIGINT", "java.lang.Long", "?" + i));
    }
    return Signature.create(columns, sql, parameters, CursorFactory.LIST, StatementType.SELECT);
  }

  /// One row with a column of each type, and one of NULLs.
  private static List<ColumnMetaData> typesColumns() {
    ColumnMetaData.AvaticaType text = ColumnMetaData.scalar(Types.VARCHAR, "VARCHAR", Rep.STRING);
    ColumnMetaData.AvaticaType number = ColumnMetaData.scalar(Types.BIGINT, "BIGINT", Rep.LONG);
    return List.of(
        column(0, "b", Types.BOOLEAN, "BOOLEAN", Rep.BOOLEAN),
        column(1, "i", Types.INTEGER, "INTEGER", Rep.INTEGER),
        column(2, "l", Types.BIGINT, "BIGINT", Rep.LONG),
        column(3, "f", Types.REAL, "REAL", Rep.FLOAT),
        column(4, "d", Types.DOUBLE, "DOUBLE", Rep.DOUBLE),
        column(5, "dec", Types.DECIMAL, "DECIMAL", Rep.NUMBER),
        column(6, "s", Types.VARCHAR, "VARCHAR", Rep.STRING),
        column(7, "bin", Types.VARBINARY, "VARBINARY", Rep.BYTE_STRING),
        column(8, "dt", Types.DATE, "DATE", Rep.JAVA_SQL_DATE),
        column(9, "ts", Types.TIMESTAMP, "TIMESTAMP", Rep.JAVA_SQL_TIMESTAMP),
        column(10, "tags", ColumnMetaData.array(text, "VARCHAR ARRAY", Rep.ARRAY)),
        column(11, "nums", ColumnMetaData.array(number, "BIGINT ARRAY", Rep.ARRAY)),
        column(12, "u", Types.OTHER, "UUID", Rep.STRING),
        column(13, "nan", Types.DOUBLE, "DOUBLE", Rep.DOUBLE),
        column(14, "big", Types.DECIMAL, "DECIMAL", Rep.NUMBER));
  }

  private static List<Object> typesRows() {
    return List.of(
        Arrays.<Object>asList(
            true,
            42,
            9_007_199_254_740_993L,
            1.5f,
            0.1,
            new java.math.BigDecimal("12345678901234567890.1200"),
            "Zürich 'x'",
            new byte[] {0, 1, (byte) 255},
            15_706, // 2013-01-01
            1_357_017_300_123L, // 2013-01-01 05:15:00.123
            List.of("a", "b"),
            Arrays.asList(1L, null, 3L),
            "123e4567-e89b-12d3-a456-426614174000",
            Double.NaN,
            new java.math.BigInteger("99999999999999999999999999999999999999")),
        Arrays.<Object>asList(new Object[15]));
  }

  private Signature shapeOf(String sql) {
    String text = sql.trim();
    if (text.startsWith("SELECT n")) {
      return signature(text, List.of(column(0, "n", Types.BIGINT, "BIGINT", Rep.LONG)));
    }
    if (text.equals("SELECT types")) {
      return signature(text, typesColumns());
    }
    if (text.startsWith("SELECT ?")) {
      List<ColumnMetaData> columns = new ArrayList<>();
      for (int i = 0; i < text.chars().filter(c -> c == '?').count(); i++) {
        columns.add(column(i, "p" + i, Types.VARCHAR, "VARCHAR", Rep.STRING));
      }
      return signature(text, columns);
    }
    if (text.equals("SLOW")) {
      blocker.awaitCancellation();
      throw new AvaticaRuntimeException(
          "Query cancelled by user", 57, "57014", AvaticaSeverity.ERROR);
    }
    if (text.startsWith("INSERT")) {
      throw new AvaticaRuntimeException(
          "Cuvée is read-only. Load rows with `cuvee import`.", 25, "25006", AvaticaSeverity.ERROR);
    }
    throw new AvaticaRuntimeException(
        "Table 'nosuch' does not exist.", 42, "42S02", AvaticaSeverity.ERROR);
  }

  private List<Object> rowsOf(String sql, List<TypedValue> parameters) {
    String text = sql.trim();
    List<Object> rows = new ArrayList<>();
    if (text.startsWith("SELECT n")) {
      int count = Integer.parseInt(text.replaceAll("\\D+", "0"));
      for (int i = 0; i < count; i++) {
        rows.add(List.of((long) i));
      }
      return rows;
    }
    if (text.equals("SELECT types")) {
      return typesRows();
    }
    List<Object> row = new ArrayList<>();
    List<Object> values = new ArrayList<>();
    for (TypedValue parameter : parameters) {
      values.add(parameter.value);
      row.add(parameter.type + ":" + parameter.value);
    }
    lastParameters = values;
    rows.add(row);
    return rows;
  }

  private void check(String connectionId) {
    if (!connections.containsKey(connectionId)) {
      throw new NoSuchConnectionException("Connection not found: " + connectionId);
    }
  }

  /// Forgets everything, as a restart does.
  void forget() {
    connections.clear();
    statements.clear();
    results.clear();
  }

  @Override
  public void openConnection(ConnectionHandle ch, Map<String, String> info) {
    connections.put(ch.id, new HashMap<>(info));
  }

  @Override
  public void closeConnection(ConnectionHandle ch) {
    connections.remove(ch.id);
  }

  @Override
  public ConnectionProperties connectionSync(ConnectionHandle ch, ConnectionProperties properties) {
    check(ch.id);
    if (properties.getSchema() != null) {
      syncedSchemas.add(properties.getSchema());
    }
    return properties;
  }

  @Override
  public StatementHandle createStatement(ConnectionHandle ch) {
    check(ch.id);
    int id = nextStatement.incrementAndGet();
    statements.put(id, "");
    return new StatementHandle(ch.id, id, null);
  }

  @Override
  public StatementHandle prepare(ConnectionHandle ch, String sql, long maxRowCount) {
    StatementHandle handle = createStatement(ch);
    statements.put(handle.id, sql);
    return new StatementHandle(ch.id, handle.id, shapeOf(sql));
  }

  @Deprecated
  @Override
  public ExecuteResult prepareAndExecute(
      StatementHandle h, String sql, long maxRowCount, PrepareCallback callback) {
    throw new IllegalStateException("Avatica calls the method with two limits");
  }

  @Override
  public ExecuteResult prepareAndExecute(
      StatementHandle h,
      String sql,
      long maxRowCount,
      int maxRowsInFirstFrame,
      PrepareCallback callback)
      throws NoSuchStatementException {
    check(h.connectionId);
    if (!statements.containsKey(h.id)) {
      throw new NoSuchStatementException(h);
    }
    if (sql.startsWith("CREATE")) {
      return new ExecuteResult(List.of(MetaResultSet.count(h.connectionId, h.id, 7)));
    }
    return answer(h, sql, List.of());
  }

  @Deprecated
  @Override
  public ExecuteResult execute(StatementHandle h, List<TypedValue> values, long maxRowCount) {
    throw new IllegalStateException("Avatica calls the method with an int");
  }

  @Override
  public ExecuteResult execute(StatementHandle h, List<TypedValue> values, int maxRowsInFirstFrame)
      throws NoSuchStatementException {
    check(h.connectionId);
    String sql = statements.get(h.id);
    if (sql == null) {
      throw new NoSuchStatementException(h);
    }
    return answer(h, sql, values);
  }

  private ExecuteResult answer(StatementHandle h, String sql, List<TypedValue> parameters) {
    Signature signature = shapeOf(sql);
    List<Object> rows = rowsOf(sql, parameters);
    results.put(h.id, rows);
    return new ExecuteResult(
        List.of(MetaResultSet.create(h.connectionId, h.id, false, signature, frame(rows, 0))));
  }

  private static Frame frame(List<Object> rows, long offset) {
    int from = (int) Math.min(offset, rows.size());
    int to = Math.min(rows.size(), from + FRAME_SIZE);
    return new Frame(offset, to == rows.size(), rows.subList(from, to));
  }

  @Override
  public Frame fetch(StatementHandle h, long offset, int fetchMaxRowCount)
      throws NoSuchStatementException, MissingResultsException {
    check(h.connectionId);
    List<Object> rows = results.get(h.id);
    if (rows == null) {
      throw new NoSuchStatementException(h);
    }
    // Every third time there is nothing yet, as with a long query.
    if (offset % 300 == 0 && Math.floorMod(nextStatement.getAndIncrement(), 2) == 0) {
      return new Frame(offset, false, List.of());
    }
    return frame(rows, offset);
  }

  @Override
  public void closeStatement(StatementHandle h) {
    statements.remove(h.id);
    results.remove(h.id);
  }

  // Metadata

  private MetaResultSet metadata(ConnectionHandle ch, String columns, List<Object> rows) {
    check(ch.id);
    List<ColumnMetaData> list = new ArrayList<>();
    for (String name : columns.split(" ", -1)) {
      list.add(column(list.size(), name, Types.VARCHAR, "VARCHAR", Rep.OBJECT));
    }
    return MetaResultSet.create(
        ch.id, 0, true, signature("metadata", list), new Frame(0, true, rows));
  }

  @Override
  public MetaResultSet getCatalogs(ConnectionHandle ch) {
    return metadata(ch, "TABLE_CAT", List.of(List.of("cuvee")));
  }

  @Override
  public MetaResultSet getSchemas(ConnectionHandle ch, String catalog, Pat schemaPattern) {
    // The columns in another order than JDBC's.
    return metadata(
        ch,
        "TABLE_CATALOG TABLE_SCHEM",
        List.of(
            List.of("cuvee", "system"),
            List.of("cuvee", "default"),
            List.of("cuvee", "information_schema")));
  }

  @Override
  public MetaResultSet getTableTypes(ConnectionHandle ch) {
    return metadata(ch, "TABLE_TYPE", List.of(List.of("TABLE"), List.of("SYSTEM TABLE")));
  }

  @Override
  public MetaResultSet getTables(
      ConnectionHandle ch, String catalog, Pat schema, Pat table, List<String> types) {
    return metadata(
        ch,
        "TABLE_CAT TABLE_SCHEM TABLE_NAME TABLE_TYPE",
        List.of(
            List.of("cuvee", "default", "flights", "TABLE"),
            List.of("cuvee", "default", "airports", "TABLE"),
            List.of("cuvee", "default", "a_b", "TABLE"),
            List.of("cuvee", "default", "axb", "TABLE"),
            List.of("cuvee", "system", "queries", "SYSTEM TABLE")));
  }

  @Override
  public MetaResultSet getColumns(
      ConnectionHandle ch, String catalog, Pat schema, Pat table, Pat column) {
    return metadata(
        ch,
        "TABLE_CAT TABLE_SCHEM TABLE_NAME COLUMN_NAME DATA_TYPE TYPE_NAME NULLABLE"
            + " ORDINAL_POSITION IS_NULLABLE",
        List.of(
            List.of("cuvee", "default", "flights", "origin", 12, "VARCHAR", 1, 2, "YES"),
            List.of("cuvee", "default", "flights", "carrier", 12, "VARCHAR", 1, 10, "YES"),
            List.of("cuvee", "default", "flights", "distance", 4, "INTEGER", 0, 1, "NO")));
  }

  @Override
  public Map<DatabaseProperty, Object> getDatabaseProperties(ConnectionHandle ch) {
    return Map.of(DatabaseProperty.GET_NUMERIC_FUNCTIONS, "ABS,SQRT");
  }

  @Override
  public boolean syncResults(StatementHandle h, QueryState state, long offset) {
    return false;
  }

  @Override
  public ExecuteBatchResult prepareAndExecuteBatch(StatementHandle h, List<String> commands) {
    throw new IllegalStateException("The driver sends no batches");
  }

  @Override
  public ExecuteBatchResult executeBatch(StatementHandle h, List<List<TypedValue>> values) {
    throw new IllegalStateException("The driver sends no batches");
  }

  @Override
  public void commit(ConnectionHandle ch) {
    throw new IllegalStateException("The driver sends no commit");
  }

  @Override
  public void rollback(ConnectionHandle ch) {
    throw new IllegalStateException("The driver sends no rollback");
  }

  Set<String> connectionIds() {
    return connections.keySet();
  }
}
