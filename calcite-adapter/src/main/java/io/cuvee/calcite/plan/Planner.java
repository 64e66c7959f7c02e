package io.cuvee.calcite.plan;

import io.cuvee.calcite.cache.PlanCache;
import io.cuvee.calcite.catalog.SchemaTree;
import io.cuvee.calcite.catalog.Types;
import io.cuvee.calcite.parser.Command;
import io.cuvee.calcite.parser.Lexemes;
import io.cuvee.calcite.parser.Literal;
import io.cuvee.calcite.parser.ScannedStatement;
import io.cuvee.calcite.parser.StatementScan;
import io.cuvee.calcite.pql.PqlStatement;
import io.cuvee.calcite.translate.ConstantCast;
import io.cuvee.calcite.translate.Slot;
import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.catalog.VirtualColumns;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.QueryPlan;
import io.cuvee.common.type.ColumnType;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Plans statements, and keeps the plans: statements that differ only in literals beside
/// comparisons share one. Thread-safe. Statements of a known shape are planned on the caller's
/// thread within microseconds; others on few threads of their own, each shape once at a time.
public final class Planner {
  static {
    // Calcite reads these when its first class loads; saffron.properties says the same, unless
    // another jar's comes first.
    for (String property : List.of("calcite.default.charset", "calcite.default.nationalcharset")) {
      if (System.getProperty(property) == null) {
        System.setProperty(property, "UTF-8");
      }
    }
    if (System.getProperty("calcite.default.collation.name") == null) {
      System.setProperty("calcite.default.collation.name", "UTF-8$en_US");
    }
  }

  private static final Pattern EXPLAIN =
      Pattern.compile("(?i)\\s*EXPLAIN\\s+(?:ANALYZE\\s+|PLAN\\s+FOR\\s+)?");

  private final PlannerConfig config;
  private final PlanCache<Key, Shape> cache;
  private final ConcurrentHashMap<Key, CompletableFuture<Shape>> underWay =
      new ConcurrentHashMap<>();
  private final PlanningThreads threads = new PlanningThreads();
  private volatile @Nullable SchemaTree latest;

  public Planner(PlannerConfig config) {
    this.config = config;
    this.cache = new PlanCache<>(config.cacheEntries(), config.cacheSize().bytes(), Shape::weight);
  }

  /// What a plan depends on.
  private record Key(String text, long catalogVersion, Dialect dialect, ZoneId zone) {}

  /// What is known of a key.
  ///
  /// @param compiled absent if statements of this shape must be planned with their literals
  private record Shape(@Nullable CompiledPlan compiled, int keyLength) {
    long weight() {
      return 200 + 2L * keyLength + (compiled == null ? 0 : compiled.weight());
    }
  }

  /// The plan of `sql`, from the cache where its shape was planned before.
  ///
  /// @throws CuveeException that says what is wrong with the statement, with line and column
  public PlannedStatement plan(String sql, Session session, Catalog catalog) {
    if (sql.length() > config.maxStatementLength()) {
      throw new CuveeException(
          ErrorCode.SQL_PARSE,
          "The statement has "
              + sql.length()
              + " characters; at most "
              + config.maxStatementLength()
              + " are allowed.");
    }
    return switch (session.dialect()) {
      case SQL -> planSql(sql, session, catalog);
      case PQL -> planPql(sql, session, catalog);
    };
  }

  /// Whether a statement must not wait behind others, because it is there to see to them.
  public static boolean isUrgent(String sql) {
    return Command.isUrgent(sql);
  }

  private PlannedStatement planPql(String pql, Session session, Catalog catalog) {
    Matcher explain = EXPLAIN.matcher(pql);
    String prefix = explain.lookingAt() ? explain.group() : "";
    String sql = prefix + PqlStatement.toSql(pql.substring(prefix.length()));
    try {
      return planSql(sql, session, catalog);
    } catch (CuveeException e) {
      // Places in the message are those of the SQL.
      throw new CuveeException(e.code(), e.getMessage() + " The PQL was read as: " + sql, e);
    }
  }

  private PlannedStatement planSql(String text, Session session, Catalog catalog) {
    Optional<String> described = Command.described(text);
    if (described.isPresent()) {
      return planQuery(columnsOf(planQuery(described.get(), session, catalog)), session, catalog);
    }
    Optional<String> summarized = Summary.query(text);
    if (summarized.isPresent()) {
      String query = summarized.get();
      List<QueryPlan.OutputColumn> columns = planQuery(query, session, catalog).plan().columns();
      return planQuery(Summary.sql(query, columns, Planner::typeName), session, catalog);
    }
    Command command = Command.of(text, catalog).orElse(null);
    if (command == null) {
      return planQuery(text, session, catalog);
    }
    PlannedStatement query = planQuery(command.sql(), session, catalog);
    return command.kills() ? query.as(PlannedStatement.Kind.KILL) : query;
  }

  /// What DESCRIBE says of a query: its columns, as rows.
  private static String columnsOf(PlannedStatement query) {
    List<String> rows = new ArrayList<>();
    for (QueryPlan.OutputColumn column : query.plan().columns()) {
      rows.add(
          "('%s', '%s', '%s', %d)"
              .formatted(
                  column.label().replace("'", "''"),
                  typeName(column.type()),
                  column.nullable() ? "YES" : "NO",
                  rows.size()));
    }
    return "SELECT column_name, data_type, is_nullable FROM (VALUES "
        + String.join(", ", rows)
        + ") AS t (column_name, data_type, is_nullable, position) ORDER BY position";
  }

  private static String typeName(ColumnType type) {
    String element = Types.relType(type.elementType(), true).getSqlTypeName().getName();
    return type.isArray() ? element + " ARRAY" : element;
  }

  private PlannedStatement planQuery(String sql, Session session, Catalog catalog) {
    ScannedStatement statement =
        StatementScan.scan(sql, config.maxNesting(), config.maxListLength());
    if (statement.prefix() != ScannedStatement.Prefix.NONE || config.cacheEntries() == 0) {
      // What is explained shows its literals.
      return planned(
          statement, session, threads.run(() -> whole(statement, catalog)), false, false);
    }
    Key key = new Key(statement.key(), catalog.version(), session.dialect(), session.zone());
    Shape shape = cache.get(key);
    boolean fromCache = shape != null;
    if (shape == null) {
      shape = shape(key, statement, catalog);
    }
    CompiledPlan compiled = shape.compiled();
    if (compiled != null) {
      try {
        return planned(statement, session, compiled, fromCache, true);
      } catch (CuveeException unfitLiteral) {
        // A text that is to be a point in time, say, in a form that only the kernels know.
        return exact(statement, key, session, catalog);
      }
    }
    return exact(statement, key, session, catalog);
  }

  /// The statement with its literals in the plan, which is kept for the same text.
  private PlannedStatement exact(
      ScannedStatement statement, Key shape, Session session, Catalog catalog) {
    Key key =
        new Key(
            Lexemes.plain(statement.text()), shape.catalogVersion(), shape.dialect(), shape.zone());
    Shape known = cache.get(key);
    CompiledPlan plan =
        known == null
            ? threads.run(() -> whole(statement, catalog))
            : Objects.requireNonNull(known.compiled());
    if (known == null) {
      cache.put(key, new Shape(plan, key.text().length()));
    }
    return planned(statement, session, plan, known != null, false);
  }

  /// Plans a shape that is not in the cache. Those who come meanwhile wait for the one who was
  /// first.
  private Shape shape(Key key, ScannedStatement statement, Catalog catalog) {
    CompletableFuture<Shape> mine = new CompletableFuture<>();
    CompletableFuture<Shape> first = underWay.putIfAbsent(key, mine);
    if (first != null) {
      try {
        return first.join();
      } catch (java.util.concurrent.CompletionException failed) {
        // Its message has the other statement's places.
        return new Shape(threads.run(() -> whole(statement, catalog)), key.text().length());
      }
    }
    try {
      Shape shape =
          threads.run(() ->
              new Shape(
                  Compiler.compileShape(statement, schemas(catalog, statement)).orElse(null),
                  key.text().length()));
      if (shape.compiled() == null) {
        // Fails here if the statement is wrong, before anything is kept of it.
        exact(statement, key, new Session(key.dialect(), key.zone()), catalog);
      }
      cache.put(key, shape);
      mine.complete(shape);
      return shape;
    } catch (RuntimeException | Error failure) {
      mine.completeExceptionally(failure);
      throw failure;
    } finally {
      underWay.remove(key, mine);
    }
  }

  private CompiledPlan whole(ScannedStatement statement, Catalog catalog) {
    return Compiler.compileWhole(statement, schemas(catalog, statement));
  }

  private SchemaTree schemas(Catalog catalog, ScannedStatement statement) {
    // Apart, since a NATURAL JOIN would see what tables have in common.
    return VirtualColumns.areNamedIn(statement.text())
        ? new SchemaTree(catalog, true)
        : schemas(catalog);
  }

  private SchemaTree schemas(Catalog catalog) {
    SchemaTree schemas = latest;
    if (schemas == null || schemas.catalog().version() != catalog.version()) {
      schemas = new SchemaTree(catalog);
      latest = schemas;
    }
    return schemas;
  }

  private static PlannedStatement planned(
      ScannedStatement statement,
      Session session,
      CompiledPlan compiled,
      boolean fromCache,
      boolean literalsTaken) {
    List<Slot> slots = compiled.slots();
    List<ValueSource> sources;
    if (slots.isEmpty()) {
      sources = List.of();
    } else {
      sources = new ArrayList<>(slots.size());
      for (Slot slot : slots) {
        sources.add(source(slot, literalsTaken ? statement.literals() : List.of()));
      }
    }
    return new PlannedStatement(
        switch (statement.prefix()) {
          case NONE -> PlannedStatement.Kind.QUERY;
          case EXPLAIN_PLAN -> PlannedStatement.Kind.EXPLAIN_PLAN;
          case EXPLAIN_ANALYZE -> PlannedStatement.Kind.EXPLAIN_ANALYZE;
        },
        compiled.plan(),
        compiled.clientTypes(),
        fromCache,
        sources,
        session.zone());
  }

  private static ValueSource source(Slot slot, List<Literal> literals) {
    return switch (slot.origin()) {
      case Slot.Client client -> new ValueSource.Client(client.index(), slot.from());
      case Slot.TakenLiteral taken -> {
        Literal literal = literals.get(taken.number());
        yield new ValueSource.Constant(
            ConstantCast.convert(literal.value(), literal.type(), slot.to()));
      }
      case Slot.Clock clock ->
          new ValueSource.Clock(
              switch (clock.reading()) {
                case TIMESTAMP -> ValueSource.Reading.TIMESTAMP;
                case LOCAL_TIMESTAMP -> ValueSource.Reading.LOCAL_TIMESTAMP;
                case DATE -> ValueSource.Reading.DATE;
              },
              clock.months(),
              clock.amount());
    };
  }

  /// Plans made-up statements over the catalog's tables, so that the code is compiled before the
  /// first client asks.
  public void warmUp(Catalog catalog, int rounds) {
    WarmUp.run(catalog, rounds, schemas(catalog), threads);
  }
}
