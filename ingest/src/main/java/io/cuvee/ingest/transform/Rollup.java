package io.cuvee.ingest.transform;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.operator.PlanExecution;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Makes one row of those that are equal but for their metrics, with the operators of the broker.
/// Metrics that are NULL do not count; sums of DOUBLE may differ in the last places from what they
/// were.
public final class Rollup {
  private final Schema schema;
  private final List<Integer> keys;
  private final List<AggregateCall> metrics;
  private final List<Integer> metricColumns;

  private Rollup(
      Schema schema, List<Integer> keys, List<AggregateCall> metrics, List<Integer> metricColumns) {
    this.schema = schema;
    this.keys = keys;
    this.metrics = metrics;
    this.metricColumns = metricColumns;
  }

  /// By dimensions and times.
  ///
  /// @param timeColumn counts as a time whatever its role
  /// @param settings may have `column.aggregationType`: sum, min or max
  /// @throws CuveeException `INVALID_TABLE` if a metric cannot be aggregated so
  public static Rollup of(
      Schema schema, Optional<String> timeColumn, Map<String, String> settings) {
    List<Integer> keys = new ArrayList<>();
    List<AggregateCall> metrics = new ArrayList<>();
    List<Integer> metricColumns = new ArrayList<>();
    for (int i = 0; i < schema.fields().size(); i++) {
      FieldSpec field = schema.fields().get(i);
      if (field.role() != FieldSpec.Role.METRIC
          || timeColumn.filter(field.name()::equals).isPresent()) {
        keys.add(i);
      } else {
        metrics.add(metric(schema, i, settings));
        metricColumns.add(i);
      }
    }
    return new Rollup(schema, keys, metrics, metricColumns);
  }

  /// Of rows that are equal in everything.
  public static Rollup distinct(Schema schema) {
    return new Rollup(
        schema, IntStream.range(0, schema.fields().size()).boxed().toList(), List.of(), List.of());
  }

  private static AggregateCall metric(Schema schema, int column, Map<String, String> settings) {
    FieldSpec field = schema.fields().get(column);
    String function =
        settings
            .getOrDefault(field.name() + ".aggregationType", "sum")
            .strip()
            .toUpperCase(Locale.ROOT);
    boolean isNumber =
        !field.type().isArray()
            && switch (field.type().dataType()) {
              case INT, LONG, FLOAT, DOUBLE, BIG_DECIMAL -> true;
              case BOOLEAN, TIMESTAMP, DATE, TIME, STRING, JSON, UUID, BYTES -> false;
            };
    if (!isNumber || !List.of("SUM", "MIN", "MAX").contains(function)) {
      throw new CuveeException(
          ErrorCode.INVALID_TABLE,
          "Schema '"
              + schema.name()
              + "': the metric '"
              + field.name()
              + "' of type "
              + field.type()
              + " cannot be rolled up by '"
              + function
              + "'. Numbers can, by sum, min or max, which "
              + field.name()
              + ".aggregationType says; else merge by concat.");
    }
    return new AggregateCall(
        function,
        List.of(new Expression.Column(column, field.type())),
        false,
        null,
        function.equals("SUM") ? sumType(field.type()) : field.type());
  }

  private static ColumnType sumType(ColumnType type) {
    return switch (type.dataType()) {
      case INT, LONG -> ColumnType.LONG;
      case FLOAT, DOUBLE -> ColumnType.DOUBLE;
      case BIG_DECIMAL, BOOLEAN, TIMESTAMP, DATE, TIME, STRING, JSON, UUID, BYTES -> type;
    };
  }

  /// Reads all of `rows`.
  public PageSource of(PageSource rows, QueryContext context, MemoryBudget memory) {
    List<Expression> columns = new ArrayList<>();
    List<String> names = new ArrayList<>();
    List<ColumnType> types = new ArrayList<>();
    for (FieldSpec field : schema.fields()) {
      columns.add(new Expression.Column(columns.size(), field.type()));
      names.add(field.name());
      types.add(field.type());
    }
    PlanNode scan =
        new PlanNode.Scan(
            new SegmentQuery(
                schema.name(),
                names,
                types,
                null,
                new SegmentQuery.Selection(columns, List.of(), SegmentQuery.NO_LIMIT)));
    List<Integer> all = IntStream.range(0, keys.size()).boxed().toList();
    PlanNode grouped =
        new PlanNode.Aggregate(
            scan, keys.stream().map(columns::get).toList(), List.of(all), metrics);
    return new InOrder(PlanExecution.execute(grouped, query -> rows, context, memory));
  }

  /// Keys and metrics as columns of the schema again.
  private final class InOrder implements PageSource {
    private final PageSource input;

    InOrder(PageSource input) {
      this.input = input;
    }

    @Override
    public @Nullable Page next() {
      Page page = input.next();
      if (page == null) {
        return null;
      }
      Values[] columns = new Values[schema.fields().size()];
      for (int i = 0; i < keys.size(); i++) {
        columns[keys.get(i)] = page.column(i);
      }
      for (int i = 0; i < metricColumns.size(); i++) {
        int column = metricColumns.get(i);
        columns[column] = fit(page.column(keys.size() + i), schema.fields().get(column));
      }
      return new Page(page.rowCount(), List.of(columns));
    }

    @Override
    public void close() {
      input.close();
    }
  }

  /// Sums in the type of their column.
  private static Values fit(Values values, FieldSpec field) {
    if (field.type().dataType() == DataType.INT) {
      LongValues longs = (LongValues) values;
      for (int i = 0; i < longs.count(); i++) {
        if (!longs.isNull(i) && longs.values()[i] != (int) longs.values()[i]) {
          throw new CuveeException(
              ErrorCode.NUMERIC_OVERFLOW,
              "The sum "
                  + longs.values()[i]
                  + " of the metric '"
                  + field.name()
                  + "' is beyond its type INT. Merge by concat, or make the column LONG.");
        }
      }
    }
    if (field.type().dataType() == DataType.FLOAT) {
      DoubleValues doubles = (DoubleValues) values;
      double[] floats = new double[doubles.count()];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (float) doubles.values()[i];
      }
      return new DoubleValues(floats, floats.length, doubles.validity());
    }
    return values;
  }
}
