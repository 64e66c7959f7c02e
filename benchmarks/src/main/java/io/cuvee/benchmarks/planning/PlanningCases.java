package io.cuvee.benchmarks.planning;

import io.cuvee.benchmarks.ssb.SsbColumn;
import io.cuvee.benchmarks.ssb.SsbQueries;
import io.cuvee.benchmarks.ssb.SsbTable;
import io.cuvee.calcite.plan.PlannedStatement;
import io.cuvee.calcite.plan.Planner;
import io.cuvee.calcite.plan.PlannerConfig;
import io.cuvee.calcite.plan.Session;
import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.type.ColumnType;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// From the text of a query on one table of 36 columns to the plan with its values.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PlanningCases {
  private static final int TEXTS = 64;

  private static final Catalog CATALOG =
      new Flat(
          new Catalog.Table(
              SsbTable.NAME,
              SsbTable.COLUMNS.stream()
                  .map(column -> new Catalog.TableColumn(column.name(), type(column), true))
                  .toList(),
              6_000_000,
              false));

  @Param({"Q1.1", "Q2.1", "Q3.3", "Q4.2"})
  private String query;

  private Planner cached;
  private Planner uncached;
  private List<String> texts = List.of();
  private int next;

  private record Flat(Table table) implements Catalog {
    @Override
    public long version() {
      return 1;
    }

    @Override
    public Optional<Table> table(String name) {
      return table.name().equalsIgnoreCase(name) ? Optional.of(table) : Optional.empty();
    }

    @Override
    public List<Table> tables() {
      return List.of(table);
    }
  }

  private static ColumnType type(SsbColumn column) {
    return switch (column.kind()) {
      case INT -> ColumnType.INT;
      case LONG -> ColumnType.LONG;
      case TEXT -> ColumnType.STRING;
    };
  }

  /// Texts that differ in one literal.
  @Setup
  public void prepare() {
    cached = new Planner(PlannerConfig.DEFAULT);
    uncached = new Planner(PlannerConfig.DEFAULT.withoutCache());
    String text = Objects.requireNonNull(SsbQueries.flights().get(query));
    texts =
        IntStream.range(0, TEXTS)
            .mapToObj(i -> text.replace("WHERE ", "WHERE lo_tax <> " + i + " AND "))
            .toList();
  }

  private PlanNode bound(Planner planner) {
    next = (next + 1) % TEXTS;
    PlannedStatement statement = planner.plan(texts.get(next), Session.DEFAULT, CATALOG);
    return statement.plan().bind(statement.values(List.of()));
  }

  @Benchmark
  public PlanNode hit() {
    return bound(cached);
  }

  @Benchmark
  public PlanNode miss() {
    return bound(uncached);
  }
}
