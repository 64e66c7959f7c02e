package io.cuvee.calcite.rule;

import java.util.List;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.AbstractRelNode;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.metadata.RelMetadataQuery;
import org.apache.calcite.rel.type.RelDataType;

/// A query of WITH whose rows all who read it must see alike, since there are random values in it.
/// To the rules it is a table, so that nothing of one reader moves into it; it is planned on its
/// own, once.
public final class SharedQuery extends AbstractRelNode {
  private final Rows rows;

  /// What several readers share.
  static final class Rows {
    private final int number;
    private RelNode rel;
    private int readers;

    Rows(int number, RelNode rel) {
      this.number = number;
      this.rel = rel;
    }

    RelNode rel() {
      return rel;
    }

    void plan(RelNode planned) {
      rel = planned;
    }

    SharedQuery read() {
      readers++;
      return new SharedQuery(this);
    }
  }

  private SharedQuery(Rows rows) {
    super(rows.rel.getCluster(), rows.rel.getTraitSet());
    this.rows = rows;
  }

  /// Which query it is of those of the statement.
  public int number() {
    return rows.number;
  }

  /// The query.
  public RelNode rel() {
    return rows.rel;
  }

  /// Whether nobody else reads it.
  boolean isReadOnce() {
    return rows.readers == 1;
  }

  @Override
  protected RelDataType deriveRowType() {
    return rows.rel.getRowType();
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return this;
  }

  @Override
  public double estimateRowCount(RelMetadataQuery metadata) {
    return metadata.getRowCount(rows.rel);
  }

  @Override
  public RelWriter explainTerms(RelWriter writer) {
    return super.explainTerms(writer).item("number", rows.number);
  }
}
