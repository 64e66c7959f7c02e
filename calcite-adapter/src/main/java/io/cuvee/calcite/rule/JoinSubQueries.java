package io.cuvee.calcite.rule;

import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalCorrelate;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.tools.RelBuilder;
import org.apache.calcite.util.ImmutableBitSet;

/// Sub-queries in the condition of a join move to where rules find them. Those of an inner join
/// become a filter above it. Those of an outer join that read one side at most become a column of
/// that side, or a filter of the side whose rows are not kept; where one reads both sides, the join
/// is done row by row.
final class JoinSubQueries extends RelHomogeneousShuttle {
  private final RelBuilder builder;
  private final RexBuilder rex;

  JoinSubQueries(RelBuilder builder) {
    this.builder = builder;
    this.rex = builder.getRexBuilder();
  }

  @Override
  public RelNode visit(LogicalJoin join) {
    return visit((RelNode) join);
  }

  @Override
  public RelNode visit(RelNode node) {
    RelNode visited = super.visit(node).accept(nested());
    return visited instanceof LogicalJoin join && hasSubQuery(join.getCondition())
        ? join.getJoinType() == JoinRelType.INNER ? filtered(join) : new Sides(join).joined()
        : visited;
  }

  /// Goes into sub-queries.
  private RexShuttle nested() {
    return new RexShuttle() {
      @Override
      public RexNode visitSubQuery(RexSubQuery query) {
        RexSubQuery visited = (RexSubQuery) super.visitSubQuery(query);
        RelNode rel = visited.rel.accept(JoinSubQueries.this);
        return rel.equals(visited.rel) ? visited : visited.clone(rel);
      }
    };
  }

  private static boolean hasSubQuery(RexNode node) {
    return RexUtil.SubQueryFinder.find(node) != null;
  }

  private RelNode filtered(Join join) {
    List<RexNode> within = new ArrayList<>();
    List<RexNode> above = new ArrayList<>();
    for (RexNode condition : RelOptUtil.conjunctions(join.getCondition())) {
      (hasSubQuery(condition) ? above : within).add(condition);
    }
    RelNode plain =
        LogicalJoin.create(
            join.getLeft(),
            join.getRight(),
            join.getHints(),
            RexUtil.composeConjunction(rex, within),
            Set.of(),
            JoinRelType.INNER);
    return LogicalFilter.create(
        plain, RexUtil.composeConjunction(rex, above), ImmutableSet.copyOf(join.getVariablesSet()));
  }

  /// One outer join.
  private final class Sides {
    private final Join join;
    private final int leftWidth;
    private final int width;
    private final Side left;
    private final Side right;

    Sides(Join join) {
      this.join = join;
      this.leftWidth = join.getLeft().getRowType().getFieldCount();
      this.width = join.getRowType().getFieldCount();
      this.left = new Side(join.getLeft(), 0);
      this.right = new Side(join.getRight(), leftWidth);
    }

    RelNode joined() {
      JoinRelType type = join.getJoinType();
      List<RexNode> conditions = new ArrayList<>();
      for (RexNode condition : RelOptUtil.conjunctions(join.getCondition())) {
        ImmutableBitSet read = read(condition);
        boolean ofLeft = leftWidth >= read.length();
        boolean ofRight = read.isEmpty() || read.nth(0) >= leftWidth;
        if (!hasSubQuery(condition)) {
          conditions.add(condition);
        } else if (ofRight && type == JoinRelType.LEFT) {
          right.filters.add(condition);
        } else if (ofLeft && type == JoinRelType.RIGHT) {
          left.filters.add(condition);
        } else {
          conditions.add(condition);
        }
      }
      RexNode condition = RexUtil.composeConjunction(rex, conditions);
      List<RexSubQuery> queries = new ArrayList<>();
      condition.accept(
          new RexShuttle() {
            @Override
            public RexNode visitSubQuery(RexSubQuery query) {
              queries.add(query);
              return query;
            }
          });
      for (RexSubQuery query : queries) {
        ImmutableBitSet read = read(query);
        if (leftWidth >= read.length()) {
          left.columns.putIfAbsent(query, left.columns.size());
        } else if (read.nth(0) >= leftWidth) {
          right.columns.putIfAbsent(query, right.columns.size());
        } else {
          return rowByRow();
        }
      }
      return withColumns(condition);
    }

    /// The fields that an expression reads, itself and in its sub-queries.
    private ImmutableBitSet read(RexNode node) {
      ImmutableBitSet.Builder bits = ImmutableBitSet.builder();
      bits.addAll(RelOptUtil.InputFinder.bits(node));
      node.accept(
          new RexShuttle() {
            @Override
            public RexNode visitSubQuery(RexSubQuery query) {
              for (CorrelationId id : join.getVariablesSet()) {
                bits.addAll(RelOptUtil.correlationColumns(id, query.rel));
              }
              return super.visitSubQuery(query);
            }
          });
      return bits.build();
    }

    private RelNode withColumns(RexNode condition) {
      RelNode newLeft = left.rel();
      RelNode newRight = right.rel();
      int moved = newLeft.getRowType().getFieldCount() - leftWidth;
      RexNode newCondition =
          condition.accept(
              new RexShuttle() {
                @Override
                public RexNode visitSubQuery(RexSubQuery query) {
                  Integer onLeft = left.columns.get(query);
                  int index =
                      onLeft != null
                          ? leftWidth + onLeft
                          : width + moved + Objects.requireNonNull(right.columns.get(query));
                  return new RexInputRef(index, query.getType());
                }

                @Override
                public RexNode visitInputRef(RexInputRef field) {
                  return field.getIndex() < leftWidth
                      ? field
                      : new RexInputRef(field.getIndex() + moved, field.getType());
                }
              });
      builder.push(
          LogicalJoin.create(
              newLeft, newRight, join.getHints(), newCondition, Set.of(), join.getJoinType()));
      List<RexNode> fields = new ArrayList<>(builder.fields().subList(0, leftWidth));
      int start = newLeft.getRowType().getFieldCount();
      fields.addAll(builder.fields().subList(start, start + width - leftWidth));
      return builder.project(fields, join.getRowType().getFieldNames()).build();
    }

    /// Row by row: each row of a side that is kept with the rows of the other that pass the
    /// condition.
    private RelNode rowByRow() {
      JoinRelType type = join.getJoinType();
      if (type != JoinRelType.FULL) {
        return keeping(type == JoinRelType.LEFT);
      }
      // The rows on the right that have no match come behind.
      RelNode matched = keeping(true);
      CorrelationId row = join.getCluster().createCorrel();
      builder.push(matches(right, left, row));
      RelNode marked = builder.project(List.of(rex.makeLiteral(true)), List.of("found")).build();
      builder.push(correlate(right, marked, row));
      builder.filter(builder.isNull(builder.field(width - leftWidth)));
      List<RexNode> fields = new ArrayList<>();
      for (RelDataTypeField field : join.getLeft().getRowType().getFieldList()) {
        fields.add(rex.makeNullLiteral(field.getType()));
      }
      fields.addAll(builder.fields().subList(0, width - leftWidth));
      RelNode others = builder.project(fields, join.getRowType().getFieldNames(), true).build();
      return builder.push(matched).push(others).union(true).build();
    }

    private RelNode keeping(boolean keepsLeft) {
      Side kept = keepsLeft ? left : right;
      CorrelationId row = join.getCluster().createCorrel();
      builder.push(correlate(kept, matches(kept, keepsLeft ? right : left, row), row));
      List<RexNode> fields = new ArrayList<>(builder.fields());
      if (!keepsLeft) {
        Collections.rotate(fields, leftWidth);
      }
      return builder.project(fields, join.getRowType().getFieldNames()).build();
    }

    /// The rows of the other side that pass the condition with a row of the kept one.
    private RelNode matches(Side kept, Side other, CorrelationId keptRow) {
      CorrelationId otherRow = join.getCluster().createCorrel();
      RexNode condition =
          join.getCondition()
              .accept(
                  new OfSides() {
                    @Override
                    RexNode field(int index) {
                      return kept.has(index) ? kept.ofRow(keptRow, index) : other.field(index);
                    }

                    @Override
                    RexNode outerField(int index) {
                      return kept.has(index)
                          ? kept.ofRow(keptRow, index)
                          : other.ofRow(otherRow, index);
                    }
                  });
      return LogicalFilter.create(other.input, condition, ImmutableSet.of(otherRow));
    }

    private RelNode correlate(Side kept, RelNode matches, CorrelationId row) {
      ImmutableBitSet read = RelOptUtil.correlationColumns(row, matches);
      return LogicalCorrelate.create(kept.input, matches, List.of(), row, read, JoinRelType.LEFT);
    }

    /// An input of the join.
    private final class Side {
      private final RelNode input;
      private final int offset;
      private final List<RexNode> filters = new ArrayList<>();

      /// Sub-queries that become columns, with their numbers.
      private final Map<RexSubQuery, Integer> columns = new LinkedHashMap<>();

      Side(RelNode input, int offset) {
        this.input = input;
        this.offset = offset;
      }

      boolean has(int index) {
        return index >= offset && index < offset + input.getRowType().getFieldCount();
      }

      RexNode field(int index) {
        RelDataTypeField field = input.getRowType().getFieldList().get(index - offset);
        return new RexInputRef(index - offset, field.getType());
      }

      RexNode ofRow(CorrelationId row, int index) {
        return rex.makeFieldAccess(rex.makeCorrel(input.getRowType(), row), index - offset);
      }

      RelNode rel() {
        if (filters.isEmpty() && columns.isEmpty()) {
          return input;
        }
        CorrelationId row = input.getCluster().createCorrel();
        RexShuttle ofThis =
            new OfSides() {
              @Override
              RexNode field(int index) {
                return Side.this.field(index);
              }

              @Override
              RexNode outerField(int index) {
                return ofRow(row, index);
              }
            };
        RelNode rel = input;
        if (!filters.isEmpty()) {
          rel =
              LogicalFilter.create(
                  rel,
                  RexUtil.composeConjunction(rex, ofThis.visitList(filters)),
                  ImmutableSet.of(row));
        }
        if (columns.isEmpty()) {
          return rel;
        }
        builder.push(rel);
        List<RexNode> fields = new ArrayList<>(builder.fields());
        List<String> names = new ArrayList<>(rel.getRowType().getFieldNames());
        builder.clear();
        for (RexSubQuery query : columns.keySet()) {
          fields.add(query.accept(ofThis));
          names.add("query$" + names.size());
        }
        return LogicalProject.create(rel, List.of(), fields, names, Set.of(row));
      }
    }

    /// Turns expressions over the join's row into ones over a side's.
    private abstract class OfSides extends RexShuttle {
      /// A field of the join's row that an expression reads.
      abstract RexNode field(int index);

      /// A field of the join's row that a sub-query reads.
      abstract RexNode outerField(int index);

      @Override
      public RexNode visitInputRef(RexInputRef reference) {
        return field(reference.getIndex());
      }

      @Override
      public RexNode visitSubQuery(RexSubQuery query) {
        RexSubQuery visited = (RexSubQuery) super.visitSubQuery(query);
        RexShuttle reading =
            new RexShuttle() {
              @Override
              public RexNode visitFieldAccess(RexFieldAccess access) {
                return access.getReferenceExpr() instanceof RexCorrelVariable variable
                        && join.getVariablesSet().contains(variable.id)
                    ? outerField(access.getField().getIndex())
                    : super.visitFieldAccess(access);
              }

              @Override
              public RexNode visitSubQuery(RexSubQuery inner) {
                RexSubQuery operands = (RexSubQuery) super.visitSubQuery(inner);
                return operands.clone(operands.rel.accept(rels(this)));
              }
            };
        return visited.clone(visited.rel.accept(rels(reading)));
      }
    }
  }

  private static RelHomogeneousShuttle rels(RexShuttle expressions) {
    return new RelHomogeneousShuttle() {
      @Override
      public RelNode visit(RelNode node) {
        return super.visit(node).accept(expressions);
      }
    };
  }
}
