package io.cuvee.calcite.translate;

import io.cuvee.calcite.catalog.CatalogTable;
import io.cuvee.calcite.catalog.Types;
import io.cuvee.calcite.rule.OpaqueNearestJoin;
import io.cuvee.calcite.rule.RandomColumns;
import io.cuvee.calcite.rule.Relational;
import io.cuvee.calcite.rule.SharedQuery;
import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.catalog.SystemTables;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.SortKey;
import io.cuvee.common.type.ColumnType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Intersect;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Minus;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.RepeatUnion;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.core.Spool;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.core.Uncollect;
import org.apache.calcite.rel.core.Union;
import org.apache.calcite.rel.core.Values;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.schema.TransientTable;
import org.jspecify.annotations.Nullable;

/// Splits a relational expression into fragments for the servers and operators for the broker.
/// `Aggregate? Project* Filter*` over a table goes to the servers; what stands above stays. Limits
/// are pushed afterwards, by [io.cuvee.common.plan.LimitPushdown]. One instance serves one
/// statement.
public final class PlanTranslator {
  private final ExpressionTranslator expressions;
  private final Slots slots;
  private final AggregateTranslator aggregates;
  private final JoinTranslator joins;
  private final WindowTranslator windows;
  private final Set<String> tables = new TreeSet<>();
  private final Map<String, Catalog.Table> read = new HashMap<>();
  private final Deque<Handed> handed = new ArrayDeque<>();
  private int nextNumber;

  /// @param clientTypes of the client's `?`
  public PlanTranslator(RexBuilder rexBuilder, Slots slots, List<ColumnType> clientTypes) {
    this.slots = slots;
    this.expressions = new ExpressionTranslator(rexBuilder, slots, clientTypes);
    this.aggregates = new AggregateTranslator(expressions);
    this.joins = new JoinTranslator(expressions);
    this.windows = new WindowTranslator(expressions);
  }

  /// The plan of `rel`, with a column for each of its fields.
  public PlanNode translate(RelNode rel) {
    PlanNode plan = ColumnPruning.apply(Emptiness.apply(visit(rel).plan()));
    return new LookupJoins(read).apply(plan);
  }

  /// The logical tables that the plan reads.
  public Set<String> tables() {
    return tables;
  }

  /// The parameters of the plan.
  public List<Slot> slots() {
    return slots.list();
  }

  private Relation visit(RelNode rel) {
    return switch (rel) {
      case TableScan scan when scan.getTable().unwrap(TransientTable.class) != null -> given(scan);
      case TableScan scan -> scan(scan);
      case Filter filter -> filter(filter);
      case Project project -> project(project);
      case Aggregate aggregate -> aggregates.translate(aggregate, visit(aggregate.getInput()));
      case Sort sort -> sort(sort);
      case Join join ->
          new Relation.Planned(
              joins.translate(join, visit(join.getLeft()).plan(), visit(join.getRight()).plan()));
      case OpaqueNearestJoin join ->
          new Relation.Planned(
              joins.translate(join, visit(join.getLeft()).plan(), visit(join.getRight()).plan()));
      case SetOp set -> set(set);
      case Values values -> values(values);
      case RepeatUnion union -> recursion(union);
      case SharedQuery query ->
          new Relation.Planned(new PlanNode.Shared(visit(query.rel()).plan(), query.number()));
      case Spool spool -> visit(spool.getInput());
      case Correlate correlate ->
          Unnested.isPlain(correlate) ? unnest(correlate) : lateral(correlate);
      case Uncollect uncollect -> unnest(uncollect);
      default -> throw unsupported("A query with " + rel.getRelTypeName().replace("Logical", ""));
    };
  }

  /// Rows that an operator above hands down, with the name that they have there.
  private record Handed(String name, PlanNode.Given rows) {}

  private Relation given(TableScan scan) {
    String name = scan.getTable().getQualifiedName().getLast();
    for (Handed rows : handed) {
      if (rows.name().equals(name)) {
        return new Relation.Planned(
            Plans.withTypes(rows.rows(), types(scan), expressions.typing()));
      }
    }
    throw unsupported("A recursive query that is read here");
  }

  private Relation recursion(RepeatUnion union) {
    List<ColumnType> types = types(union);
    String name = Objects.requireNonNull(union.getTransientTable()).getQualifiedName().getLast();
    PlanNode.Given rows = new PlanNode.Given(nextNumber++, types);
    PlanNode first = visit(union.getSeedRel()).plan();
    handed.push(new Handed(name, rows));
    PlanNode next = visit(union.getIterativeRel()).plan();
    handed.pop();
    return new Relation.Planned(
        new PlanNode.Recursion(
            Plans.withTypes(first, types, expressions.typing()),
            Plans.withTypes(next, types, expressions.typing()),
            union.all,
            rows.number()));
  }

  /// A sub-query of each row of the left side that is more than UNNEST.
  private Relation lateral(Correlate correlate) {
    if (correlate.getJoinType() != JoinRelType.INNER
        && correlate.getJoinType() != JoinRelType.LEFT) {
      throw unsupported("A sub-query that refers to the outer query in this way");
    }
    PlanNode left = visit(correlate.getLeft()).plan();
    List<ColumnType> types = new ArrayList<>(types(correlate.getLeft()));
    types.add(ColumnType.LONG);
    PlanNode.Given rows = new PlanNode.Given(nextNumber++, types);
    LateralQuery query = LateralQuery.of(correlate, rows.number());
    handed.push(new Handed(query.givenName(), rows));
    PlanNode right = visit(Relational.pushedDown(query.rel())).plan();
    handed.pop();
    return new Relation.Planned(
        new PlanNode.Lateral(
            Plans.withTypes(left, types.subList(0, types.size() - 1), expressions.typing()),
            right,
            correlate.getJoinType() == JoinRelType.LEFT,
            rows.number()));
  }

  private static List<ColumnType> types(RelNode rel) {
    return rel.getRowType().getFieldList().stream()
        .map(field -> Types.columnType(field.getType()))
        .toList();
  }

  /// UNNEST of constants.
  private Relation unnest(Uncollect uncollect) {
    Unnested.check(uncollect);
    PlanNode plan =
        new PlanNode.Unnest(visit(uncollect.getInput()).plan(), 0, false, uncollect.withOrdinality);
    List<Expression> columns = Relation.columnsOf(plan.types());
    return new Relation.Planned(Plans.project(plan, columns.subList(1, columns.size())));
  }

  /// UNNEST of arrays of each row of the left side.
  private Relation unnest(Correlate correlate) {
    Unnested right = Unnested.of(correlate);
    Relation left = visit(correlate.getLeft());
    PlanNode plan = left.plan();
    List<Expression> columns = Relation.columnsOf(plan.types());
    List<Expression> widened = new ArrayList<>(columns);
    widened.add(expressions.translate(right.array(), columns));
    PlanNode unnested =
        new PlanNode.Unnest(
            new PlanNode.Project(plan, widened),
            columns.size(),
            correlate.getJoinType() == JoinRelType.LEFT,
            right.withOrdinality());
    List<Expression> element = new ArrayList<>(Relation.columnsOf(unnested.types()));
    element.remove(columns.size());
    PlanNode result = Plans.project(unnested, element);
    List<Expression> fields = Relation.columnsOf(result.types());
    for (RexNode condition : right.conditions()) {
      result = new PlanNode.Filter(result, expressions.translate(condition, fields));
    }
    List<Expression> output = new ArrayList<>(columns);
    output.addAll(expressions.translateAll(right.fields(), fields));
    return new Relation.Planned(Plans.project(result, output));
  }

  private static CuveeException unsupported(String what) {
    return new CuveeException(ErrorCode.FEATURE_NOT_SUPPORTED, what + " is not supported.");
  }

  private Relation scan(TableScan scan) {
    Catalog.Table table =
        Objects.requireNonNull(scan.getTable().unwrap(CatalogTable.class)).table();
    tables.add(table.name());
    read.put(table.name(), table);
    Relation.TableRows rows = Relation.TableRows.all(table);
    // The broker itself has the rows of these; nothing more is pushed into their scans.
    return SystemTables.owns(table.name()) ? new Relation.Planned(rows.plan()) : rows;
  }

  private Relation filter(Filter filter) {
    Relation input = visit(filter.getInput());
    Expression condition = expressions.translate(filter.getCondition(), input.fields());
    if (condition.equals(Literals.TRUE)) {
      return input;
    }
    return switch (input) {
      case Relation.TableRows rows -> rows.and(condition);
      case Relation.Planned planned ->
          new Relation.Planned(new PlanNode.Filter(planned.plan(), condition));
    };
  }

  private Relation project(Project project) {
    Relation input = visit(project.getInput());
    if (project.containsOver()) {
      return new Relation.Planned(windows.translate(project, input.plan()));
    }
    List<Expression> fields = expressions.translateAll(project.getProjects(), input.fields());
    return switch (input) {
      case Relation.TableRows rows when isSmall(fields) -> rows.with(fields);
      case Relation.TableRows rows ->
          new Relation.Planned(
              Plans.project(
                  rows.plan(),
                  expressions.translateAll(
                      project.getProjects(), Relation.columnsOf(rows.plan().types()))));
      case Relation.Planned planned -> new Relation.Planned(Plans.project(planned.plan(), fields));
    };
  }

  /// Whether merged projections have not grown out of hand, as `x + x` of `x + x` of … does.
  private static boolean isSmall(List<Expression> fields) {
    int[] size = new int[1];
    for (Expression field : fields) {
      count(field, size);
    }
    return size[0] <= 10_000;
  }

  private static void count(Expression expression, int[] size) {
    size[0]++;
    if (size[0] <= 10_000 && expression instanceof Expression.Call call) {
      call.arguments().forEach(argument -> count(argument, size));
    }
  }

  private Relation sort(Sort sort) {
    Relation input = visit(sort.getInput());
    List<SortKey> order = new ArrayList<>();
    for (RelFieldCollation collation : sort.getCollation().getFieldCollations()) {
      order.add(sortKey(collation));
    }
    Expression offset = count(sort.offset);
    Expression limit = count(sort.fetch);
    if (RandomColumns.isBoundary(sort)) {
      return new Relation.Planned(input.plan());
    }
    if (order.isEmpty() && offset == null && limit == null) {
      return input;
    }
    PlanNode plan = input.plan();
    // Arrays are put in order by bytes that stand behind the other columns.
    List<Expression> columns = Relation.columnsOf(plan.types());
    List<Expression> widened = new ArrayList<>(columns);
    for (int i = 0; i < order.size(); i++) {
      SortKey key = order.get(i);
      if (columns.get(key.column()).type().isArray()) {
        order.set(i, new SortKey(widened.size(), key.descending(), key.nullsFirst()));
        widened.add(Typing.sortKey(columns.get(key.column())));
      }
    }
    if (widened.size() == columns.size()) {
      return new Relation.Planned(new PlanNode.Sort(plan, order, offset, limit));
    }
    PlanNode sorted = new PlanNode.Sort(Plans.project(plan, widened), order, offset, limit);
    return new Relation.Planned(Plans.project(sorted, columns));
  }

  static SortKey sortKey(RelFieldCollation collation) {
    boolean descending = collation.getDirection().isDescending();
    boolean nullsFirst =
        switch (collation.nullDirection) {
          case FIRST -> true;
          case LAST -> false;
          // NULL counts as larger than any value, as in PostgreSQL.
          case UNSPECIFIED -> descending;
        };
    return new SortKey(collation.getFieldIndex(), descending, nullsFirst);
  }

  private @Nullable Expression count(@Nullable RexNode count) {
    if (count == null) {
      return null;
    }
    Expression value = expressions.translate(count, List.of());
    if (!value.type().dataType().isInteger()) {
      throw new CuveeException(
          ErrorCode.TYPE_MISMATCH, "LIMIT and OFFSET take a whole number, not " + value + ".");
    }
    return expressions.typing().as(value, ColumnType.LONG);
  }

  private Relation set(SetOp set) {
    PlanNode.SetKind kind =
        switch (set) {
          case Union union -> PlanNode.SetKind.UNION;
          case Intersect intersect -> PlanNode.SetKind.INTERSECT;
          case Minus minus -> PlanNode.SetKind.EXCEPT;
          default -> throw unsupported("The set operation " + set.kind.sql);
        };
    List<ColumnType> types = types(set);
    List<PlanNode> inputs = new ArrayList<>();
    for (RelNode input : set.getInputs()) {
      inputs.add(Plans.withTypes(visit(input).plan(), types, expressions.typing()));
    }
    if (inputs.size() == 1 && set.all) {
      return new Relation.Planned(inputs.getFirst());
    }
    return new Relation.Planned(new PlanNode.SetOperation(kind, set.all, inputs));
  }

  private Relation values(Values values) {
    List<ColumnType> types = types(values);
    List<List<Expression>> rows = new ArrayList<>();
    for (List<RexLiteral> tuple : values.getTuples()) {
      List<Expression> row = new ArrayList<>();
      for (int i = 0; i < tuple.size(); i++) {
        row.add(expressions.typing().as(Literals.of(tuple.get(i)), types.get(i)));
      }
      rows.add(row);
    }
    return new Relation.Planned(new PlanNode.Values(rows, types));
  }
}
