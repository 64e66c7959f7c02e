package io.cuvee.sqltests.logic;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.TextForms;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.ValuesBuilder;
import io.cuvee.launcher.local.LocalEngine;
import io.cuvee.segment.build.SegmentBuilder;
import io.cuvee.segment.build.SegmentSpec;
import io.cuvee.segment.store.Segment;
import io.cuvee.segment.store.Verify;
import io.cuvee.sqltests.cluster.Rows;
import io.cuvee.sqltests.duckdb.DuckDb;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The tables of one file: DuckDB runs the statements, what its tables hold then becomes segments,
/// and Cuvée answers the queries. A view stands in a query as its text.
public final class LogicTables implements AutoCloseable {
  private static final Duration TIME_LIMIT =
      Duration.ofSeconds(Integer.getInteger("cuvee.logic.seconds", 20));

  /// A table of fewer rows is one segment, others are two.
  private static final int ROWS_OF_TWO = 8;

  private static final Pattern TABLE =
      Pattern.compile(
          "(?is)^\\s*(?:CREATE\\s+TABLE|INSERT\\s+(?:OR\\s+\\w+\\s+)?INTO|REPLACE\\s+INTO|UPDATE|DELETE\\s+FROM|DROP\\s+TABLE(?:\\s+IF\\s+EXISTS)?)\\s+(\\w+).*");
  private static final Pattern VIEW =
      Pattern.compile("(?is)^\\s*CREATE\\s+(?:TEMP(?:ORARY)?\\s+)?VIEW\\s+(\\w+)\\s+AS\\s+(.*)");
  private static final Pattern DROP_VIEW =
      Pattern.compile("(?is)^\\s*DROP\\s+VIEW\\s+(IF\\s+EXISTS\\s+)?(\\w+).*");

  /// What only makes queries faster.
  private static final Pattern INDEX =
      Pattern.compile("(?is)^\\s*(?:(?:CREATE\\s+(?:UNIQUE\\s+)?|DROP\\s+)INDEX|REINDEX)\\b.*");

  private final DuckDb duckDb = DuckDb.open();
  private final LocalEngine engine = new LocalEngine(1);
  private final Path work = Files.createTempDirectory("cuvee-logic");
  private final Set<String> changed = new LinkedHashSet<>();
  private final Map<String, String> views = new LinkedHashMap<>();
  private int segmentCount;

  public LogicTables() throws SQLException, IOException {}

  /// Runs a statement that is no query.
  public void execute(String sql) throws SQLException {
    Matcher view = VIEW.matcher(sql);
    Matcher drop = DROP_VIEW.matcher(sql);
    if (sql.isBlank()) {
      return;
    }
    if (view.matches()) {
      if (views.putIfAbsent(view.group(1).toLowerCase(Locale.ROOT), view.group(2)) != null) {
        throw new SQLException("The view is there already: " + sql);
      }
    } else if (drop.matches()) {
      if (views.remove(drop.group(2).toLowerCase(Locale.ROOT)) == null && drop.group(1) == null) {
        throw new SQLException("There is no such view: " + sql);
      }
    } else if (!INDEX.matcher(sql).matches()) {
      duckDb.execute(sql.replaceAll("(?i)\\bFLOAT\\b", "DOUBLE"));
      Matcher table = TABLE.matcher(sql);
      if (table.matches()) {
        changed.add(table.group(1).toLowerCase(Locale.ROOT));
      }
    }
  }

  /// Asks DuckDB.
  public Rows expected(String sql) throws SQLException {
    return duckDb.query(sql);
  }

  /// Asks Cuvée.
  ///
  /// @return the rows' values
  public List<@Nullable Object[]> query(String sql) throws SQLException, IOException {
    for (String table : changed) {
      load(table);
    }
    changed.clear();
    return engine.query(
        withoutViews(sql),
        TIME_LIMIT,
        (plan, pages) -> {
          List<@Nullable Object[]> rows = new ArrayList<>();
          for (Page page = pages.next(); page != null; page = pages.next()) {
            for (int row = 0; row < page.rowCount(); row++) {
              @Nullable Object[] cells = new @Nullable Object[plan.columns().size()];
              for (int column = 0; column < cells.length; column++) {
                Object value = page.column(column).get(row);
                cells[column] =
                    value == null
                        ? null
                        : value instanceof Number
                            ? value
                            : TextForms.text(value, plan.columns().get(column).type());
              }
              rows.add(cells);
            }
          }
          return rows;
        });
  }

  private String withoutViews(String sql) {
    String text = sql;
    for (Map.Entry<String, String> view : views.entrySet()) {
      if (text.toLowerCase(Locale.ROOT).contains(view.getKey())) {
        text =
            text.replaceAll(
                "(?i)(\\bFROM\\s+|\\bJOIN\\s+|,\\s*)" + view.getKey() + "\\b",
                "$1("
                    + Matcher.quoteReplacement(withoutViews(view.getValue()))
                    + ") AS "
                    + view.getKey());
      }
    }
    return text;
  }

  private void load(String table) throws SQLException, IOException {
    engine.remove(table);
    try (Statement statement = duckDb.connection().createStatement();
        ResultSet tables =
            statement.executeQuery(
                "SELECT 1 FROM duckdb_tables() WHERE lower(table_name) = '" + table + "'")) {
      if (!tables.next()) {
        return;
      }
    }
    try (Statement statement = duckDb.connection().createStatement();
        ResultSet rows = statement.executeQuery("SELECT * FROM " + table)) {
      Schema schema = schema(table, rows.getMetaData());
      List<List<@Nullable Object>> cells = cells(rows, schema);
      int parts = cells.size() < ROWS_OF_TWO ? 1 : 2;
      List<Segment> segments = new ArrayList<>();
      for (int i = 0; i < parts; i++) {
        Path directory = work.resolve(table + "_" + segmentCount++);
        new SegmentBuilder(SegmentSpec.of(table, directory.getFileName().toString(), schema))
            .build(
                pages(
                    schema,
                    cells.subList(cells.size() * i / parts, cells.size() * (i + 1) / parts)),
                directory);
        segments.add(Segment.open(directory, Verify.STRUCTURE));
      }
      engine.put(schema, segments);
    }
  }

  private static Schema schema(String table, ResultSetMetaData columns) throws SQLException {
    List<FieldSpec> fields = new ArrayList<>();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      ColumnType type =
          switch (columns.getColumnType(i)) {
            case Types.INTEGER -> ColumnType.INT;
            case Types.BIGINT -> ColumnType.LONG;
            case Types.DOUBLE, Types.FLOAT -> ColumnType.DOUBLE;
            default -> ColumnType.STRING;
          };
      fields.add(
          new FieldSpec(
              columns.getColumnName(i), type, FieldSpec.Role.DIMENSION, false, null, null, null));
    }
    return Schema.of(table, fields);
  }

  private static List<List<@Nullable Object>> cells(ResultSet rows, Schema schema)
      throws SQLException {
    List<List<@Nullable Object>> all = new ArrayList<>();
    while (rows.next()) {
      List<@Nullable Object> cells = new ArrayList<>();
      for (int i = 1; i <= schema.fields().size(); i++) {
        ColumnType type = schema.fields().get(i - 1).type();
        Object value =
            type.equals(ColumnType.STRING)
                ? bytes(rows.getString(i))
                : type.equals(ColumnType.DOUBLE) ? (Object) rows.getDouble(i) : rows.getLong(i);
        cells.add(rows.wasNull() ? null : value);
      }
      all.add(cells);
    }
    return all;
  }

  private static byte @Nullable [] bytes(@Nullable String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  private static PageSource pages(Schema schema, List<List<@Nullable Object>> rows) {
    List<ValuesBuilder> builders =
        schema.fields().stream().map(field -> ValuesBuilder.of(field.type(), rows.size())).toList();
    for (List<@Nullable Object> row : rows) {
      for (int i = 0; i < builders.size(); i++) {
        builders.get(i).appendObject(row.get(i));
      }
    }
    return PageSource.of(
        List.of(new Page(rows.size(), builders.stream().map(ValuesBuilder::build).toList())));
  }

  @Override
  public void close() throws SQLException, IOException {
    engine.close();
    duckDb.close();
    try (Stream<Path> paths = Files.walk(work)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
