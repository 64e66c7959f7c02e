package io.cuvee.calcite.plan;

import io.cuvee.calcite.parser.StatementParser;
import io.cuvee.calcite.parser.StatementScan;
import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.plan.SqlExpressions;
import io.cuvee.common.type.ColumnType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.jspecify.annotations.Nullable;

/// Plans each expression as the one column of a query. Thread-safe.
public final class RowExpressions implements SqlExpressions {
  private static final String TABLE = "row";
  private static final PlannerConfig CONFIG = PlannerConfig.DEFAULT.withoutCache();

  /// One for the process: it has threads of its own.
  private static final Planner PLANNER = new Planner(CONFIG);

  /// The planner keeps what it knows of a version.
  private static final AtomicLong VERSIONS = new AtomicLong();

  private record OneTable(long version, Table only) implements Catalog {
    @Override
    public List<Table> tables() {
      return List.of(only);
    }

    @Override
    public Optional<Table> table(String name) {
      return only.name().equalsIgnoreCase(name) ? Optional.of(only) : Optional.empty();
    }
  }

  @Override
  public Parsed parse(String sql, List<FieldSpec> known) {
    // A comment at its end must not take the bracket with it.
    String query = "SELECT (" + sql + "\n) FROM \"" + TABLE + "\"";
    Map<String, FieldSpec> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    known.forEach(field -> fields.put(field.name(), field));
    for (String name : names(query)) {
      fields.putIfAbsent(name, FieldSpec.dimension(name, ColumnType.STRING));
    }
    PlannedStatement planned =
        PLANNER.plan(
            query,
            Session.DEFAULT,
            new OneTable(
                VERSIONS.incrementAndGet(),
                new Catalog.Table(
                    TABLE,
                    fields.values().stream()
                        .map(field -> new Catalog.TableColumn(field.name(), field.type(), true))
                        .toList(),
                    0,
                    false)));
    if (planned.sources().stream().anyMatch(ValueSource.Clock.class::isInstance)) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "it reads the clock, which is not the same on all servers. Use a time of the row.");
    }
    Row row = row(planned.plan().bind(planned.values(List.of())));
    return new Parsed(
        row.values().getFirst(),
        row.columns().stream().map(name -> fields.get(name.toLowerCase(Locale.ROOT))).toList());
  }

  /// All that may be names of fields.
  private static List<String> names(String query) {
    SqlNode parsed =
        StatementParser.parse(
            StatementScan.scan(query, CONFIG.maxNesting(), CONFIG.maxListLength()));
    List<String> names = new ArrayList<>();
    if (parsed instanceof SqlSelect select) {
      var _ =
          select
              .getSelectList()
              .accept(
                  new SqlBasicVisitor<@Nullable Void>() {
                    @Override
                    public @Nullable Void visit(SqlIdentifier name) {
                      if (name.isSimple() && !name.isStar()) {
                        names.add(name.getSimple());
                      }
                      return null;
                    }
                  });
    }
    return names;
  }

  private record Row(List<Expression> values, List<String> columns) {}

  private static Row row(PlanNode root) {
    return switch (root) {
      case PlanNode.Scan scan
          when scan.query().filter() == null
              && scan.query().output() instanceof SegmentQuery.Selection selection
              && selection.limit() == SegmentQuery.NO_LIMIT ->
          new Row(selection.projections(), scan.query().columns());
      case PlanNode.Project project -> {
        Row input = row(project.input());
        yield new Row(
            project.expressions().stream()
                .map(expression ->
                    expression.rewrite(part ->
                        part instanceof Expression.Column column
                            ? input.values().get(column.index())
                            : part))
                .toList(),
            input.columns());
      }
      default ->
          throw new CuveeException(
              ErrorCode.FEATURE_NOT_SUPPORTED,
              "it reads more than one row. Write it over the fields of a row alone.");
    };
  }
}
