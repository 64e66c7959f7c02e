package io.cuvee.calcite.rule;

import io.cuvee.calcite.catalog.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.calcite.plan.Contexts;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelOptTable;
import org.apache.calcite.plan.hep.HepPlanner;
import org.apache.calcite.plan.hep.HepProgram;
import org.apache.calcite.prepare.CalciteCatalogReader;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelRoot;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.RelFactories;
import org.apache.calcite.rel.logical.LogicalRepeatUnion;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql2rel.SqlToRelConverter;
import org.apache.calcite.tools.RelBuilder;

/// From a validated statement to the relational expression that is translated.
public final class Relational {
  private static final SqlToRelConverter.Config CONFIG =
      SqlToRelConverter.config()
          .withExpand(false)
          .withInSubQueryThreshold(Integer.MAX_VALUE)
          .withTrimUnusedFields(false)
          .withDecorrelationEnabled(false)
          .withRelBuilderFactory(
              RelBuilder.proto(
                  Contexts.of((RelFactories.RepeatUnionFactory) Relational::recursion)));

  /// For statements with random values, whose projections must not be merged.
  private static final SqlToRelConverter.Config SEPARATE =
      CONFIG.withRelBuilderConfigTransform(builder -> builder.withBloat(-1));

  /// A recursive query whose first rows have the types of all rows: each column may be NULL, and
  /// text has any length.
  private static RelNode recursion(
      RelNode first, RelNode next, boolean all, int iterationLimit, RelOptTable table) {
    RelBuilder builder = RelFactories.LOGICAL_BUILDER.create(first.getCluster(), null).push(first);
    RexBuilder rex = builder.getRexBuilder();
    List<RexNode> fields = new ArrayList<>();
    for (RelDataTypeField field : table.getRowType().getFieldList()) {
      RelDataType type = rex.getTypeFactory().createTypeWithNullability(field.getType(), true);
      RexNode value = builder.field(field.getIndex());
      fields.add(value.getType().equals(type) ? value : rex.makeAbstractCast(type, value, false));
    }
    RelNode typed = builder.project(fields, first.getRowType().getFieldNames(), true).build();
    return LogicalRepeatUnion.create(typed, next, all, iterationLimit, table);
  }

  private final RexBuilder rexBuilder = new RoundingBuilder();
  private final RelOptCluster cluster;

  /// Leaves a literal's cast to FLOAT to the kernel, which rounds; Calcite would keep the literal's
  /// digits and only call them FLOAT.
  private static final class RoundingBuilder extends RexBuilder {
    RoundingBuilder() {
      super(Types.FACTORY);
    }

    @Override
    public RexNode makeCast(
        SqlParserPos position,
        RelDataType type,
        RexNode value,
        boolean matchNullability,
        boolean safe,
        RexLiteral format) {
      return type.getSqlTypeName() == SqlTypeName.REAL
              && value instanceof RexLiteral literal
              && !literal.isNull()
          ? makeAbstractCast(position, type, value, safe, format)
          : super.makeCast(position, type, value, matchNullability, safe, format);
    }
  }

  public Relational() {
    HepPlanner planner = new HepPlanner(Rules.PUSH_DOWN);
    planner.setExecutor(ConstantExecutor.INSTANCE);
    this.cluster = RelOptCluster.create(planner, rexBuilder);
    cluster.setMetadataQuerySupplier(Metadata::query);
  }

  public RexBuilder rexBuilder() {
    return rexBuilder;
  }

  /// Converts and rewrites the statement. Its fields are those that the client sees.
  ///
  /// @param beside whether a sub-query that Calcite cannot decorrelate may be computed beside its
  ///   outer rows. Otherwise it fails: with a literal in the place of a parameter it may be a join.
  public RelNode plan(
      SqlNode statement, SqlValidator validator, CalciteCatalogReader reader, boolean beside) {
    boolean random = RandomColumns.areIn(statement);
    QueryConverter converter =
        new QueryConverter(validator, reader, cluster, random ? SEPARATE : CONFIG);
    RelRoot root = converter.convertQuery(statement, false, true);
    for (SharedQuery.Rows rows : converter.shared()) {
      rows.plan(plan(rows.rel(), true, beside));
    }
    return plan(root.project(), random, beside);
  }

  private RelNode plan(RelNode converted, boolean random, boolean beside) {
    RelNode rel = random ? converted.accept(new RandomColumns()) : converted;
    Traits traits = Traits.of(rel);
    RelBuilder builder = RelFactories.LOGICAL_BUILDER.create(cluster, null);
    if (traits.hasSubQuery) {
      rel.accept(new OuterAggregates());
      rel = rel.accept(new SomeInequalities(rexBuilder));
      rel = rel.accept(new JoinSubQueries(builder)).accept(new InnerSubQueries(builder));
      rel = rel.accept(new RowMembership(builder)).accept(new SemiJoins(builder));
      rel = run(Rules.SUB_QUERIES, rel).accept(new OuterVariables());
      traits = Traits.of(rel);
    }
    if (traits.hasCorrelate && !LateralOnly.holds(rel)) {
      rel = decorrelated(rel, beside);
    }
    return pushedDown(rel);
  }

  private RelNode decorrelated(RelNode rel, boolean beside) {
    try {
      return Decorrelation.of(rel);
    } catch (RuntimeException | AssertionError cannot) {
      if (beside) {
        return rel;
      }
      throw cannot;
    }
  }

  /// `rel` with its conditions where they are about, and its joins in order.
  public static RelNode pushedDown(RelNode rel) {
    RelBuilder builder = RelFactories.LOGICAL_BUILDER.create(rel.getCluster(), null);
    return new JoinOrder(builder).apply(run(Rules.PUSH_DOWN, rel));
  }

  private static RelNode run(HepProgram program, RelNode rel) {
    HepPlanner planner = new HepPlanner(program);
    planner.setExecutor(ConstantExecutor.INSTANCE);
    planner.setRoot(rel);
    return planner.findBestExp();
  }

  /// What a relational expression holds.
  private record Traits(boolean hasSubQuery, boolean hasCorrelate) {
    static Traits of(RelNode rel) {
      AtomicBoolean subQuery = new AtomicBoolean();
      AtomicBoolean correlate = new AtomicBoolean();
      RexShuttle expressions =
          new RexShuttle() {
            @Override
            public RexNode visitSubQuery(RexSubQuery query) {
              subQuery.set(true);
              return query;
            }
          };
      rel.accept(
          new RelHomogeneousShuttle() {
            @Override
            public RelNode visit(RelNode node) {
              node.accept(expressions);
              if (node instanceof Correlate) {
                correlate.set(true);
              }
              return super.visit(node);
            }
          });
      return new Traits(subQuery.get(), correlate.get());
    }
  }
}
